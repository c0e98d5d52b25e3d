"""A schedule built by hand: every edit, every button and key, and what holds after any sequence of them."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html import unescape

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from cmo_kit import InputError, Instance, Run, Schedule, check_schedule, load_instance, solve
from cmo_kit.bounds import lower_bound
from cmo_kit.widgets import Event, beat_the_ga
from cmo_kit.widgets.beat import best_known, rivals_for
from cmo_kit.widgets.beat.edits import Place, Sites, add, empty_sites, left_to_place, merge, move, remove, split
from cmo_kit.widgets.beat.picture import render, standing
from cmo_kit.widgets.beat.state import BUTTONS, KEYS, TRAY, Game, Rival, new_game, step
from tests.helpers.strategies import instances

FIG1 = load_instance("fig1")  # orders A x3, B x3, C x2 on two Sites
A2, B1, C1 = Run("A", 2), Run("B", 1), Run("C", 1)
SITES: Sites = ((A2, B1), (C1,))


def game_of(*runs: list[tuple[str, int]]) -> Game:
    """A game of Figure 1's orders with these runs on its Sites."""
    sites = tuple(tuple(Run(*run) for run in site) for site in runs)
    return replace(new_game(FIG1, ()), sites=sites)


def clicked(game: Game, *names: str) -> Game:
    for name in names:
        game = step(game, Event("click", name))
    return game


def typed(game: Game, *keys: str) -> Game:
    for key in keys:
        game = step(game, Event("key", "", key))
    return game


# The five edits.


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (Place(0, 0), ((Run("B", 2), A2, B1), (C1,))),
        (Place(0, 1), ((A2, Run("B", 2), B1), (C1,))),
        (Place(0, 2), ((A2, B1, Run("B", 2)), (C1,))),
        (Place(1, 1), ((A2, B1), (C1, Run("B", 2)))),
    ],
)
def test_add_puts_a_run_into_a_gap(gap: Place, expected: Sites) -> None:
    """Before the first run, between runs, behind the last, on another Site."""
    assert add(FIG1, SITES, gap, "B", 2) == expected


@pytest.mark.parametrize(
    ("gap", "order", "batches", "sentence"),
    [
        (Place(0, 0), "A", 1, "order A has no batch left to place"),
        (Place(0, 4), "B", 1, "gap of Site 1 is 4; it must be at most 3"),
        (Place(0, -1), "B", 1, "gap of Site 1 is -1; it must be at least 0"),
        (Place(2, 0), "B", 1, "site is 2; it must be at most 1"),
        (Place(0, 0), "Z", 1, "order is 'Z'; the instance has no such order"),
        (Place(0, 0), "B", 3, "batches of order B is 3; it must be at most 2"),
        (Place(0, 0), "B", 0, "batches of order B is 0; it must be at least 1"),
    ],
)
def test_add_refuses(gap: Place, order: str, batches: int, sentence: str) -> None:
    """No such gap, Site or order, or more batches than are left: one sentence each."""
    with pytest.raises(InputError, match=sentence):
        add(FIG1, ((A2, B1, Run("A", 1)), (C1,)), gap, order, batches)


@pytest.mark.parametrize(
    ("source", "gap", "expected"),
    [
        (Place(0, 0), Place(0, 0), SITES),
        (Place(0, 0), Place(0, 1), SITES),
        (Place(0, 0), Place(0, 2), ((B1, A2), (C1,))),
        (Place(0, 1), Place(0, 0), ((B1, A2), (C1,))),
        (Place(0, 0), Place(1, 0), ((B1,), (A2, C1))),
        (Place(1, 0), Place(0, 1), ((A2, C1, B1), ())),
    ],
)
def test_move_counts_gaps_as_they_are_before(source: Place, gap: Place, expected: Sites) -> None:
    """Both gaps beside a run leave it where it is; a Site may become empty."""
    assert move(SITES, source, gap) == expected


def test_split_and_merge_undo_each_other() -> None:
    """A run cut in two and joined again is the same run; the first part has the batches asked for."""
    sites: Sites = ((C1, Run("A", 3)), ())
    cut = split(sites, Place(0, 1), 1)
    assert cut == ((C1, Run("A", 1), A2), ())
    assert merge(cut, Place(0, 1), Place(0, 2)) == sites
    assert merge(cut, Place(0, 2), Place(0, 1)) == sites


def test_merge_reaches_across_sites() -> None:
    """The batches join the target, wherever it stands; the source is gone."""
    sites: Sites = ((B1, Run("A", 1)), (C1, A2))
    assert merge(sites, Place(0, 1), Place(1, 1)) == ((B1,), (C1, Run("A", 3)))
    assert merge(sites, Place(1, 1), Place(0, 1)) == ((B1, Run("A", 3)), (C1,))


@pytest.mark.parametrize("batches", [0, 2, -1])
def test_split_leaves_no_part_empty(batches: int) -> None:
    """Neither part may have no batch."""
    with pytest.raises(InputError, match="batches of the first part of order A"):
        split(SITES, Place(0, 0), batches)


def test_split_and_merge_refuse() -> None:
    """One batch cannot be split; a run is not merged with itself nor with another order's."""
    with pytest.raises(InputError, match="has 1 batch; a run that is split"):
        split(SITES, Place(0, 1), 1)
    with pytest.raises(InputError, match="cannot be merged with itself"):
        merge(SITES, Place(0, 0), Place(0, 0))
    with pytest.raises(InputError, match="runs of orders A and B cannot be merged"):
        merge(SITES, Place(0, 0), Place(0, 1))


def test_remove_gives_batches_back() -> None:
    """What is taken off is left to place again; a run that is not there is refused."""
    assert left_to_place(FIG1, SITES) == {"A": 1, "B": 2, "C": 1}
    assert left_to_place(FIG1, remove(SITES, Place(0, 0))) == {"A": 3, "B": 2, "C": 1}
    with pytest.raises(InputError, match="run is 2; Site 1 has 2 runs"):
        remove(SITES, Place(0, 2))
    with pytest.raises(InputError, match="run is -1"):
        remove(SITES, Place(0, -1))


# Clicks.


def test_an_order_is_placed_by_two_clicks() -> None:
    """Order, then gap; all its batches at once, or fewer after the minus."""
    game = clicked(new_game(FIG1, ()), "order-0", "gap-1-0")
    assert game.sites == ((), (Run("A", 3),))
    assert game.hand is None
    game = clicked(game, "order-1", "fewer", "gap-1-0")
    assert game.sites == ((), (Run("B", 2), Run("A", 3)))
    assert game.left == {"A": 0, "B": 1, "C": 2}


def test_a_part_of_a_run_is_moved() -> None:
    """Taking fewer than all splits the run; the rest stays, on the same Site and on another."""
    start = game_of([("A", 3), ("B", 1)], [])
    assert clicked(start, "run-0-0", "fewer", "gap-1-0").sites == ((Run("A", 1), B1), (A2,))
    assert clicked(start, "run-0-0", "fewer", "fewer", "gap-0-2").sites == ((A2, B1, Run("A", 1)), ())
    assert clicked(start, "run-0-0", "fewer", "gap-0-0").sites == ((A2, Run("A", 1), B1), ())
    assert clicked(start, "run-0-0", "fewer", "gap-0-1").sites == ((Run("A", 1), A2, B1), ())


def test_a_click_on_a_run_of_the_same_order_joins_it() -> None:
    """From another Site, from what is left to place, and in part."""
    start = game_of([("A", 1)], [("B", 1), ("A", 1)])
    assert clicked(start, "run-0-0", "run-1-1").sites == ((), (B1, A2))
    assert clicked(start, "order-0", "run-1-1").sites == ((Run("A", 1),), (B1, A2))
    parts = game_of([("A", 2), ("B", 1), ("A", 1)], [])
    assert clicked(parts, "run-0-0", "fewer", "run-0-2").sites == ((Run("A", 1), B1, A2), ())


def test_a_click_on_a_run_of_another_order_takes_that_up() -> None:
    """And a click on the run in hand lets it go."""
    game = clicked(game_of([("A", 1)], [("B", 1)]), "run-0-0", "run-1-0")
    assert game.hand is not None
    assert game.hand.source == Place(1, 0)
    assert clicked(game, "run-1-0").hand is None
    assert game.past == ()


def test_split_button_halves_or_takes_what_is_in_hand() -> None:
    """All in hand: the middle; fewer: so many first."""
    start = game_of([("B", 3)], [])
    assert clicked(start, "run-0-0", "split").sites == ((B1, Run("B", 2)), ())
    assert clicked(start, "run-0-0", "fewer", "split").sites == ((Run("B", 2), B1), ())


def test_merge_button_joins_the_next_run_of_the_order_on_the_site() -> None:
    """The next one behind, else the one before; without one it says so."""
    start = game_of([("A", 1), ("B", 1), ("A", 1), ("A", 1)], [])
    assert clicked(start, "run-0-0", "merge").sites == ((A2, B1, Run("A", 1)), ())
    assert clicked(start, "run-0-3", "merge").sites == ((B1, Run("A", 1), A2), ())
    alone = clicked(start, "run-0-1", "merge")
    assert alone.sites == start.sites
    assert alone.said == "Site 1 has no other run of order B to merge."


def test_take_off_gives_back_what_is_in_hand() -> None:
    """A whole run or a part of it; what was not on a Site is only let go."""
    start = game_of([("A", 3)], [])
    assert clicked(start, "run-0-0", "remove").left["A"] == 3
    assert clicked(start, "run-0-0", "fewer", "remove").sites == ((Run("A", 1),), ())
    assert clicked(start, "order-1", "remove").sites == start.sites


@pytest.mark.parametrize("name", ["split", "merge", "more", "fewer", "gap-0-0", "remove", "let-go"])
def test_an_empty_hand_does_nothing(name: str) -> None:
    """The buttons that need something in hand say so and change no Site."""
    start = game_of([("A", 3)], [])
    game = clicked(start, name)
    assert game.sites == start.sites
    assert game.past == ()
    assert game.said != start.said


def test_undo_and_redo_walk_through_every_edit() -> None:
    """Back to the empty Sites and forth again; a new edit ends what could be done again."""
    game = new_game(FIG1, ())
    seen = [game.sites]
    for names in (("order-0", "gap-0-0"), ("run-0-0", "split"), ("run-0-0", "gap-1-0"), ("reset",)):
        game = clicked(game, *names)
        seen.append(game.sites)
    for expected in reversed(seen[:-1]):
        game = clicked(game, "undo")
        assert game.sites == expected
    assert clicked(game, "undo").said == "There is nothing to undo."
    for expected in seen[1:]:
        game = clicked(game, "redo")
        assert game.sites == expected
    assert clicked(game, "redo").said == "There is nothing to do again."
    assert clicked(game, "undo", "order-1", "gap-0-0").future == ()


def test_putting_a_run_where_it_stands_is_no_edit() -> None:
    """Nothing to undo comes of it."""
    assert clicked(game_of([("A", 3), ("B", 1)], []), "run-0-0", "gap-0-1").past == ()


@pytest.mark.parametrize("name", ["run-0-5", "run-9-0", "gap-0-9", "order-9", "order-", "nothing", "run-0"])
def test_a_click_on_what_is_not_there_is_refused(name: str) -> None:
    """A late click on a run that is gone gives a sentence and changes nothing."""
    with pytest.raises(InputError):
        clicked(game_of([("A", 3)], []), "order-1", "let-go", "order-1", name)


# Keys.


def test_the_keyboard_alone_builds_a_schedule() -> None:
    """Arrows and Enter place all orders; plus and minus split; the checker is content."""
    game = typed(new_game(FIG1, ()), "ArrowDown")  # the first key shows the cursor, on the first order
    assert game.cursor == Place(TRAY, 0)
    game = typed(game, "Enter", "ArrowDown", "Enter")
    assert game.sites == ((Run("A", 3),), ())
    game = typed(game, "ArrowUp", "ArrowRight", "Enter", "-", "ArrowDown", "ArrowDown", "Enter")
    assert game.sites == ((Run("A", 3),), (Run("B", 2),))
    game = typed(game, "ArrowUp", "ArrowUp", "ArrowRight", "Space", "ArrowDown", "ArrowRight", "ArrowRight", "Space")
    assert game.sites == ((Run("A", 3), Run("B", 1)), (Run("B", 2),))
    game = typed(game, "ArrowUp", "ArrowRight", "ArrowRight", "Enter", "ArrowDown", "ArrowDown", "ArrowRight", "Enter")
    assert game.complete
    assert check_schedule(FIG1, game.schedule) == []


def test_letters_do_what_their_buttons_do() -> None:
    """Split, merge, undo, redo, let go; capital letters too."""
    game = typed(game_of([("A", 3)], []), "ArrowUp", "ArrowDown", "Enter", "s")
    assert game.sites == ((Run("A", 1), A2), ())
    game = typed(game, "Enter", "M")
    assert game.sites == ((Run("A", 3),), ())
    assert typed(game, "z", "z", "Y").sites == ((Run("A", 1), A2), ())
    assert typed(game, "Enter", "Escape").hand is None
    assert typed(game, "Enter", "Delete").sites == typed(game, "Enter", "Backspace").sites == ((), ())


def test_the_cursor_stays_on_the_picture() -> None:
    """At every edge it stops; on a shorter row it goes to the last place."""
    game = typed(game_of([("A", 1), ("B", 1)], []), "ArrowUp")
    assert typed(game, "ArrowUp").cursor == Place(TRAY, 0)
    assert typed(game, "ArrowLeft").cursor == Place(TRAY, 0)
    assert typed(game, *["ArrowRight"] * 5).cursor == Place(TRAY, 2)
    assert typed(game, *["ArrowRight"] * 2, "ArrowDown").cursor == Place(0, 1)
    assert typed(game, *["ArrowRight"] * 2, "ArrowDown", "ArrowDown").cursor == Place(1, 0)
    assert typed(game, *["ArrowDown"] * 5).cursor == Place(1, 0)
    assert typed(game, *["ArrowDown"] * 5, "Enter").said == "Site 2 is empty: take batches from above first."


# What holds after anything.


@st.composite
def events(draw: st.DrawFn) -> Event:
    """A click on anything, there or not, or a key."""
    if draw(st.booleans()):
        return Event("key", "", draw(st.sampled_from([*KEYS, "x"])))
    number = st.integers(0, 4)
    place = st.one_of(
        st.sampled_from(sorted(BUTTONS)),
        st.builds("order-{}".format, number),
        st.builds("run-{}-{}".format, number, number),
        st.builds("gap-{}-{}".format, number, number),
    )
    return Event("click", draw(place))


@settings(max_examples=80, deadline=None)
@given(instances(maximum_sites=3), st.lists(events(), max_size=40))
def test_any_events_keep_every_batch_and_the_score_right(instance: Instance, happened: list[Event]) -> None:
    """No batch is lost or made, the independent checker has the same score, undo leads back to empty Sites."""
    game = new_game(instance, ())
    for event in happened:
        before = game
        try:
            game = step(game, event)
        except InputError:
            assert game is before
        if len(game.past) > len(before.past):
            assert game.past[-1] == before.sites
        placed = {order.id: sum(run.batches for site in game.sites for run in site if run.order == order.id)
                  for order in instance.orders}  # fmt: skip
        assert all(run.batches >= 1 for site in game.sites for run in site)
        assert all(0 <= placed[order.id] <= order.batches for order in instance.orders)
        assert game.left == {order.id: order.batches - placed[order.id] for order in instance.orders}
        rules = {violation.rule for violation in check_schedule(instance, game.schedule)}
        assert rules == (set() if game.complete else {"batches"})  # times and score are as the checker has them
        assert game.hand is None or 1 <= game.hand.batches <= game.most_in_hand
    ElementTree.fromstring(render(game))
    for _ in game.past:
        game = clicked(game, "undo")
    assert game.sites == empty_sites(instance)


@settings(max_examples=30, deadline=None)
@given(instances(maximum_sites=3), st.integers(0, 99))
def test_any_schedule_can_be_built(instance: Instance, seed: int) -> None:
    """What a method found is rebuilt run by run, with the same score to the last bit."""
    wanted = solve(instance, "expert", seed=seed).schedule
    assert wanted is not None
    game = new_game(instance, ())
    for l, site in enumerate(wanted.sites):
        for k, run in enumerate(site):
            game = clicked(game, f"order-{instance.order_index[run.order]}")
            game = clicked(game, *["fewer"] * (game.most_in_hand - run.batches), f"gap-{l}-{k}")
    assert game.schedule == wanted
    assert game.schedule.total_tardiness == wanted.total_tardiness


# The rivals, the words and the whole.


def test_the_rivals_are_what_solve_gives() -> None:
    """Both experts, the genetic algorithm with its seed, and the best known; a search where the table has no row."""
    found = rivals_for(FIG1, 3, 500)
    expected = [solve(FIG1, "expert"), solve(FIG1, "expert_orders"), solve(FIG1, "ga", seed=3, evaluations=500),
                solve(FIG1, "search", seed=3, evaluations=50_000)]  # fmt: skip
    assert [rival.schedule for rival in found] == [result.schedule for result in expected]
    assert found[-1].bound == lower_bound(FIG1).lower_bound
    assert best_known(FIG1) is None
    names = [rival.name for rival in rivals_for(load_instance("tiny-pipeline"), 3, 500)]
    assert names == ["expert, batch by batch", "expert, whole orders", "genetic algorithm", "best known"]
    known = best_known(load_instance("tiny-pipeline"))
    assert known is not None
    assert (known.total_tardiness, known.bound) == (3, 3)


def test_another_problem_of_the_same_name_has_no_best_known() -> None:
    """A name is not enough: the problem must be the very one."""
    document = load_instance("tiny-pipeline").to_dict()
    document["orders"][0]["due_date"] = 11
    assert best_known(Instance.from_dict(document)) is None
    assert best_known(load_instance("tiny-pipeline")) is not None


def test_the_standing_tells_better_equal_and_worse() -> None:
    """Only a complete schedule is compared; an optimum is named."""
    best = solve(load_instance("tiny-pipeline"), "milp").schedule
    assert best is not None
    worse = Schedule(best.instance, [[("3", 1), ("1", 2), ("2", 2)], []])
    game = replace(new_game(best.instance, (Rival("one", worse), Rival("two", best, 3))), sites=best.sites)
    difference = worse.total_tardiness - 3
    assert standing(game) == (
        f"3 days: {difference:g} days better than one; as good as two. No schedule is better: that is proved."
    )
    assert f"{difference:g} days worse than two" in standing(replace(game, sites=worse.sites))
    assert standing(replace(game, sites=((), ()))) == "5 batches left to place; so far 0 days of tardiness."


def test_what_is_carried_is_put_where_it_is_let_go() -> None:
    """An order to a Site, a run to another, back above the Sites, and nowhere; some of a run stay some of it."""
    game = game_of([("A", 3)], [])
    for taken, place, sites in (
        ("order-1", "gap-1-0", (["A3"], ["B3"])),
        ("run-0-0", "gap-1-1", ([], ["B3", "A3"])),
        ("run-1-1", "", ([], ["B3", "A3"])),
        ("run-1-0", "tray", ([], ["A3"])),
    ):
        game = step(step(game, Event("take", taken)), Event("put", taken, place))
        assert tuple([f"{run.order}{run.batches}" for run in site] for site in game.sites) == sites
        assert game.hand is None
    assert 'data-carried="3 of A"' in render(game)
    fewer = clicked(game, "run-1-0", "fewer")
    assert 'data-carried="2 of A"' in render(fewer)  # what the pointer carries is what would be put
    parted = step(step(fewer, Event("take", "run-1-0")), Event("put", "run-1-0", "gap-0-0"))
    assert [[run.batches for run in site] for site in parted.sites] == [[2], [1]]


def test_the_proved_bound_is_a_line_among_the_scores() -> None:
    best = best_known(load_instance("tiny-pipeline"))
    assert best is not None
    assert "proved: no schedule is below 3 days" in render(new_game(best.schedule.instance, (best,)))
    assert "proved" not in render(new_game(FIG1, ()))


def test_the_scores_are_called_weighted_where_a_weight_is_not_1() -> None:
    for name, total in (("fig1", "Total tardiness"), ("tiny-weights", "Weighted total tardiness")):
        frame = render(new_game(load_instance(name), ()))
        assert f"<title>{total} of your schedule and of those to beat</title>" in frame


def test_the_checker_speaks() -> None:
    """What is missing is said, and that nothing is wrong; nothing while nothing is built."""
    assert "Checker" not in render(game_of([], []))
    text = " ".join(ElementTree.fromstring(render(game_of([("A", 3)], []))).itertext())
    assert "Order B has 0 batches scheduled and asks for 3: 3 too few." in text
    done = game_of([("A", 3), ("C", 2)], [("B", 3)])
    assert "Checker: nothing is wrong." in " ".join(ElementTree.fromstring(render(done)).itertext())


def test_the_text_is_a_schedule_file() -> None:
    """What is copied out can be read again, and the checker finds nothing."""
    game = clicked(game_of([("A", 3), ("C", 2)], [("B", 3)]), "text")
    box = ElementTree.fromstring(render(game)).find(".//textarea")
    assert box is not None
    document = json.loads(unescape(box.text or ""))
    assert check_schedule(FIG1, document) == []
    assert Schedule.from_dict(document, FIG1) == game.schedule


@pytest.mark.parametrize("held", [False, True])
def test_every_name_in_the_picture_can_be_clicked(held: bool) -> None:
    """Whatever the picture offers, the step knows it."""
    game = game_of([("A", 2), ("B", 1)], [("C", 1)])
    game = clicked(game, "run-0-0") if held else game
    names = [node.get("data-touch") for node in ElementTree.fromstring(render(game)).iter() if node.get("data-touch")]
    assert ("gap-0-2" in names) == held
    assert {"order-2", "run-0-1", "undo", "text"} <= set(names)
    assert len(names) == len(set(names))
    for name in names:
        assert name is not None
        if name != "split" or held:
            clicked(game, name)


def test_the_stage_shows_each_state_and_each_error() -> None:
    """From the creation to a finished schedule through events alone."""
    stage = beat_the_ga(FIG1, seed=2, evaluations=200)
    assert "8 batches left to place" in stage.frame
    for name in ("order-0", "gap-0-0", "order-1", "gap-1-0", "order-2", "gap-0-1"):
        stage.send_event(Event("click", name))
    assert stage.state.complete
    assert "Checker: nothing is wrong." in stage.frame
    stage.send_event(Event("click", "gap-0-7"))
    assert "Nothing is in hand" in stage.frame
    stage.send_event(Event("click", "run-0-7"))
    assert "run is 7; Site 1 has 2 runs" in unescape(stage.frame)
    assert stage.state.complete


def test_the_names_of_narrow_runs_stand_above_them() -> None:
    """On a problem of many days no bar has room, and every run still says its order; larger problems are refused."""
    small = load_instance("small-1")
    game = clicked(new_game(small, ()), "order-6", "gap-0-0")
    for state in (game, clicked(game, "run-0-0")):
        tree = ElementTree.fromstring(render(state))
        run = next(node for node in tree.iter() if node.get("data-touch") == "run-0-0")
        svg = "{http://www.w3.org/2000/svg}"
        assert [text.text for text in run.iter(f"{svg}text")] == ["o7"]
    with pytest.raises(InputError, match=r"'large-1' has \d+ batches; by hand problems of at most 160 are built"):
        beat_the_ga(load_instance("large-1"))
