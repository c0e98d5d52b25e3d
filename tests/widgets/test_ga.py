"""The replay of the genetic algorithm: the recording is the run, the ways of genes are right, every control works."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from math import atan2, pi

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cmo_kit import InputError, Instance, decode, load_instance
from cmo_kit.core.operators import fitness
from cmo_kit.methods.genetic import genetic_algorithm
from cmo_kit.widgets import Event, ga_explorer
from cmo_kit.widgets.ga.picture import origins_sentence, render, told
from cmo_kit.widgets.ga.recording import Recording, ancestry, record
from cmo_kit.widgets.ga.state import KEYS, PAGES, Replay, step
from tests.helpers.strategies import instances

FIG3 = load_instance("fig3")
RUN = record(FIG3, seed=7, population_size=20, generations=30)
START = Replay(RUN, ancestry(RUN))


def clicked(state: Replay, *names: str) -> Replay:
    for name in names:
        state = step(state, Event("click", name))
    return state


# The recording.


@pytest.mark.parametrize(("size", "seed"), [(2, 0), (5, 1), (20, 7), (21, 3)])
def test_the_recording_is_the_run(size: int, seed: int) -> None:
    """Same schedule, same keys to the last bit, same history, same state of chance as without a recorder."""
    rng = np.random.default_rng(seed)
    plain = genetic_algorithm(
        FIG3, rng, seconds=None, patience=None, population_size=size, generations=12, crossover_probability=0.9,
        mutation_probability=0.5, mutation="one_gene", elitism="replace_worst", w=1,
    )  # fmt: skip
    recording = record(FIG3, seed, size, 12)
    assert recording.outcome.schedule == plain.schedule
    assert recording.outcome.details["keys"].tobytes() == plain.details["keys"].tobytes()
    assert recording.generations[-1].best.tobytes() == plain.details["keys"].tobytes()
    assert recording.outcome.evaluations == plain.evaluations
    assert plain.history is not None
    for name, values in (
        ("best", [generation.best_tardiness for generation in recording.generations]),
        ("worst", [generation.tardiness.max() for generation in recording.generations]),
        ("mean", [generation.tardiness.sum() / size for generation in recording.generations]),
    ):
        np.testing.assert_array_equal(getattr(plain.history, name), values)


@settings(max_examples=25, deadline=None)
@given(instances(), st.integers(2, 9), st.integers(0, 99))
def test_generations_follow_from_one_another(instance: Instance, size: int, seed: int) -> None:
    """Replayed operators give the recorded children; every stated tardiness is its chromosome's."""
    recording = record(instance, seed, size, 6)
    for before, after in zip(recording.generations, recording.generations[1:], strict=False):
        making = after.making
        assert making is not None
        children = making.children.copy()
        assert after.replaced is not None
        children[after.replaced] = after.best
        np.testing.assert_array_equal(children, after.keys)
        for child in range(size):
            place = making.partner(child)
            own, other = before.keys[making.parents[child]], before.keys[making.parents[place]]
            np.testing.assert_array_equal(making.crossed[child], np.where(making.exchanged[child], other, own))
            changed = np.flatnonzero(making.children[child] != making.crossed[child])
            assert changed.tolist() == ([making.mutated[child]] if making.mutated[child] >= 0 else [])
    for generation in recording.generations:
        values = [decode(instance, keys).total_tardiness for keys in generation.keys]
        np.testing.assert_array_equal(values, generation.tardiness)
        assert decode(instance, generation.best).total_tardiness == generation.best_tardiness


@settings(max_examples=25, deadline=None)
@given(instances(), st.integers(2, 9), st.integers(0, 99))
def test_every_gene_comes_from_where_its_key_first_stood(instance: Instance, size: int, seed: int) -> None:
    """No two keys drawn are equal, so the first place of a key in the whole run is its origin."""
    recording = record(instance, seed, size, 12)
    last = recording.generations[-1]
    for origin in ancestry(recording):
        assert origin.key == last.best[origin.gene]
        places = [
            (g, int(k))
            for g, generation in enumerate(recording.generations)
            for k in np.flatnonzero(generation.keys[:, origin.gene] == origin.key)
        ]
        assert (origin.generation, origin.chromosome) in places
        assert origin.generation == min(places)[0]
        assert origin.mutation == (origin.generation > 0)
        assert origin.generation + len(origin.path) - 1 == last.best_generation
        assert all((origin.generation + way, k) in places for way, k in enumerate(origin.path))
        assert origin.carrier(origin.generation) == origin.chromosome
        assert origin.carrier(origin.generation - 1) is None
        assert origin.carrier(last.best_generation) == last.best_child
        assert origin.carrier(last.best_generation + 1) is None


def test_a_run_that_reaches_zero_ends_early() -> None:
    """The recording is then shorter, and the replay ends where the run does, even if that is at once."""
    recording = record(load_instance("tiny-on-time"), 1, 10, 30)
    assert recording.generations[-1].best_tardiness == 0
    assert len(recording.generations) < 31
    replay = Replay(recording, ancestry(recording))
    assert replay.last == len(recording.generations) - 1
    for page in PAGES:
        ElementTree.fromstring(render(replace(replay, page=page)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-1, 20, 30), "seed is -1"),
        ((1, 1, 30), "population_size is 1; it must be at least 2"),
        ((1, 20, 0), "generations is 0; it must be at least 1"),
        ((1, 1000, 1000), "the run has 13013000 keys; a recording may hold 2000000"),
    ],
)
def test_record_refuses(arguments: tuple[int, int, int], words: str) -> None:
    """Parameters outside their bounds, and a run that would fill the memory."""
    with pytest.raises(InputError, match=words):
        record(FIG3, *arguments)


# The state.


def test_stepping_stops_at_both_ends() -> None:
    """First, Back, Next, Last and their keys."""
    assert clicked(START, "back").generation == 0
    assert clicked(START, "next", "next").generation == 2
    assert clicked(START, "last", "next").generation == 30
    assert clicked(START, "last", "first").generation == 0
    for key, generation in (("ArrowRight", 1), ("ArrowLeft", 0), ("End", 30), ("Home", 0)):
        assert step(START, Event("key", "", key)).generation == generation


def test_playing_goes_on_until_the_end() -> None:
    """Each tick is a generation; the last one stops; play at the end begins anew; a step stops too."""
    state = clicked(START, "play")
    assert state.playing
    for expected in range(1, 31):
        state = step(state, Event("tick"))
        assert state.generation == expected
    assert not state.playing
    again = step(state, Event("key", "", "Space"))
    assert (again.generation, again.playing) == (0, True)
    assert not clicked(again, "next").playing
    assert not clicked(again, "play").playing
    assert not step(again, Event("set", "generation", 4)).playing


def test_scrubbing_by_slider_and_by_handle() -> None:
    """The slider gives a generation, the handle a share of the track; both are rounded and clipped."""
    assert step(START, Event("set", "generation", 12)).generation == 12
    assert step(START, Event("set", "generation", 99)).generation == 30
    assert step(START, Event("drag", "generation", 0.5)).generation == 15
    assert step(START, Event("drop", "generation", 1)).generation == 30
    with pytest.raises(InputError, match="generation is 'x'; it must be a number"):
        step(START, Event("set", "generation", "x"))


def test_crossings_are_chosen_by_buttons_keys_and_chromosomes() -> None:
    """Buttons stop at the ends; a click on a chromosome walks through the crossings in which it is a parent."""
    assert clicked(START, "pair-back").pair == 0
    assert clicked(START, *["pair-next"] * 12).pair == 9
    assert step(START, Event("key", "", "ArrowDown")).pair == 1
    making = START.making
    assert making is not None
    for chromosome in range(20):
        own = sorted({int(place) // 2 for place in np.flatnonzero(making.parents == chromosome)})
        state, met = START, []
        for _ in own:
            state = clicked(state, f"chromosome-{chromosome}")
            met.append(state.pair)
            assert chromosome in state.parents
        assert sorted(met) == own
    assert clicked(START, "last", "chromosome-3").generation == 30


def test_in_an_odd_population_the_last_child_pairs_with_the_first_parent() -> None:
    """Its crossing has one child, of which the sentence speaks; a click on the first parent finds it."""
    recording = record(FIG3, 3, 5, 4)
    state = replace(Replay(recording, ancestry(recording)), page="crossing", pair=2)
    making = state.making
    assert making is not None
    assert state.pairs == 3
    assert state.parents == (making.parents[4], making.parents[0])
    text = " ".join(ElementTree.fromstring(render(state)).itertext())
    assert "child 5" in text
    assert "child 1" not in text
    assert f"The only child has total tardiness {decode(FIG3, making.children[4]).total_tardiness:g} day" in told(state)
    assert clicked(replace(state, pair=1), f"chromosome-{making.parents[0]}").pair == 2


def test_a_gene_is_marked_and_followed() -> None:
    """A click marks it, a second one not; its carrier has its key in every generation on the way."""
    state = clicked(START, "gene-3")
    origin = START.ancestors[3]
    for g in range(31):
        here = replace(state, generation=g)
        inside = origin.generation <= g <= RUN.generations[-1].best_generation
        assert (here.carrier is not None) == inside
        if here.carrier is not None:
            assert here.here.keys[here.carrier, 3] == RUN.generations[-1].best[3]
    assert clicked(state, "gene-3").gene is None
    assert step(state, Event("key", "", "Escape")).gene is None


FOREIGN = [*(Event("click", name) for name in ("nothing", "gene-99", "chromosome-99", "page-x")),
           Event("key", "", "q"), Event("drag", "other", 0.5)]  # fmt: skip


@pytest.mark.parametrize("event", FOREIGN)
def test_what_means_nothing_changes_nothing(event: Event) -> None:
    """Late or foreign events."""
    assert step(START, event) == START


NAMES = ["first", "back", "play", "next", "last", "pair-back", "pair-next", "no-gene", "gene-0", "gene-12", "gene-13",
         "chromosome-0", "chromosome-19", "chromosome-20", *(f"page-{name}" for name in PAGES)]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(Event, st.just("click"), st.sampled_from(NAMES)),
            st.builds(Event, st.just("key"), st.just(""), st.sampled_from([*KEYS, "x"])),
            st.builds(Event, st.sampled_from(["drag", "drop"]), st.just("generation"), st.floats(0, 1)),
            st.just(Event("tick")),
        ),
        max_size=30,
    )
)
def test_any_events_keep_the_replay_within_the_run(happened: list[Event]) -> None:
    """Everything that is shown is there, and the frame is well-formed."""
    state = START
    for event in happened:
        state = step(state, event)
        assert 0 <= state.generation <= 30
        assert 0 <= state.pair < 10
        assert state.gene is None or 0 <= state.gene < 13
        assert state.recording is RUN
        assert not (state.playing and state.generation == 30)
    ElementTree.fromstring(render(state))


# The pictures.


@pytest.mark.parametrize("page", list(PAGES))
@pytest.mark.parametrize("generation", [0, 1, 17, 30])
def test_every_page_is_drawn_with_words(page: str, generation: int) -> None:
    """Well-formed, each SVG with a title and a description, every name to touch only once."""
    tree = ElementTree.fromstring(render(replace(START, page=page, generation=generation, gene=2)))
    svg = "{http://www.w3.org/2000/svg}"
    pictures = list(tree.iter(f"{svg}svg"))
    assert pictures
    for picture in pictures:
        for part in ("title", "desc"):
            element = picture.find(f"{svg}{part}")
            assert element is not None
            assert len(element.text or "") > 15
    names = [node.get("data-touch") for node in tree.iter() if node.get("data-touch")]
    if page != "selection":  # there bar and sector of a chromosome have one name
        assert len(names) == len(set(names))
    for name in names:
        step(START, Event("click", str(name)))


def test_bars_and_sectors_are_as_long_as_they_say() -> None:
    """Bars grow with tardiness, the best above; sectors are shares of fitness; the wheel's hits are the parents."""
    tree = ElementTree.fromstring(render(replace(START, generation=4)))
    here, making = RUN.generations[4], RUN.generations[5].making
    assert making is not None
    svg = "{http://www.w3.org/2000/svg}"
    drawn = [part for part in tree.iter(f"{svg}g") if (part.get("data-touch") or "").startswith("chromosome-")]
    assert len(drawn) == 2 * RUN.size
    bars, sectors = drawn[: RUN.size], drawn[RUN.size :]
    for bar, k in zip(bars, np.argsort(here.tardiness, kind="stable"), strict=True):
        hits = int((making.parents == k).sum())
        T = f"{here.tardiness[k]:g} day" + ("" if here.tardiness[k] == 1 else "s")
        assert bar.findtext(f"{svg}title") == f"chromosome {k + 1}: total tardiness {T}, hit {hits} times"
    lengths = np.array([float(bar.findall(f"{svg}rect")[1].attrib["width"]) for bar in bars])
    np.testing.assert_allclose(lengths / lengths.max(), np.sort(here.tardiness) / here.tardiness.max(), atol=1e-4)
    shares = fitness(here.tardiness, 1) / fitness(here.tardiness, 1).sum()
    turns = []
    for k, sector in enumerate(sectors):
        told = sector.findtext(f"{svg}title") or ""
        assert told.startswith(f"chromosome {k + 1}: {shares[k]:.1%} of the wheel, ")
        assert told.endswith(f", {(making.parents == k).sum()} hits")
        (path,) = sector.findall(f"{svg}path")
        numbers = [float(number) for number in re.findall(r"[\d.]+", path.attrib["d"])]
        (x, y), begin, end = numbers[:2], numbers[2:4], numbers[-2:]  # its tip, and where its arc begins and ends
        turns.append([atan2(across - x, y - up) / (2 * pi) % 1 for across, up in (begin, end)])
    expected = np.column_stack([np.cumsum(shares) - shares, np.cumsum(shares)])
    np.testing.assert_allclose((np.array(turns) - expected + 0.5) % 1, 0.5, atol=1e-4)  # 0 and 1 are one direction


def test_the_crossing_is_told_gene_by_gene() -> None:
    """The sentence counts what the arrays hold, and the best schedule's page has its tardiness."""
    making = START.making
    assert making is not None
    for pair in range(10):
        text = told(replace(START, pair=pair))
        count = int(making.exchanged[2 * pair].sum())
        assert (f"{count} of 13 genes are exchanged" if count else "the children are copies") in text
        mutations = int((making.mutated[2 * pair : 2 * pair + 2] >= 0).sum())
        assert text.count("gets a new key for") == mutations
        best = min(decode(FIG3, keys).total_tardiness for keys in making.children[2 * pair : 2 * pair + 2])
        assert f"total tardiness {best:g} day" in text
    last = " ".join(ElementTree.fromstring(render(replace(START, generation=30, page="best"))).itertext())
    assert f"Total tardiness {RUN.generations[-1].best_tardiness:g} days." in last


def test_the_origins_are_counted() -> None:
    """First population and mutations add up."""
    mutations = sum(origin.mutation for origin in START.ancestors)
    assert f"Of 13 genes {13 - mutations} come from" in origins_sentence(START.ancestors)
    assert f"and {mutations} from mutations." in origins_sentence(START.ancestors)


def test_all_numbers_of_the_wheel_stand_inside_the_picture() -> None:
    """However many rings they need, at the top as well."""
    run = record(load_instance("tiny-weights"), 3, 60, 2)
    frame = render(Replay(run, ancestry(run)))
    high, rise, drawn = re.findall(
        r'viewBox="0 0 \S+ (\d+)"[^>]*><title>Roulette.*?(?:translate\(0 (\d+)\).*?)?(<path.*?)</svg>', frame
    )[0]
    heights = [float(y) + float(rise or 0) for y in re.findall(r'<text x="[^"]*" y="([^"]*)"', drawn)]
    assert len(heights) == 60 and min(heights) >= 12 and max(heights) <= float(high)


def test_generations_are_named_above_the_ways_of_genes_where_both_names_have_room() -> None:
    """A best chromosome that was met early leaves room for its own name only."""
    *others, last = RUN.generations
    for met, names in ((last.best_generation, ["generation 0"]), (1, [])):
        run = replace(RUN, generations=(*others, replace(last, best_generation=met)))
        ways = render(replace(START, recording=run, page="ancestry")).split("<title>Where each gene")[1]
        assert re.findall(">((?:best met in )?generation [^<]*)</text>", ways) == [
            f"best met in generation {met}",
            *names,
        ]


def test_titles_say_weighted_where_a_weight_is_not_1() -> None:
    for name, total in (("fig3", "otal tardiness"), ("tiny-weights", "eighted total tardiness")):
        titles = re.findall("<title>(.*?)</title>", ga_explorer(load_instance(name), 1, 4, 2).frame)
        assert [title[1:] for title in titles if title.endswith("days by generation")] == [
            f"{total} in days by generation"
        ]
        assert any(re.fullmatch(f"Population of generation 0, by .{total}", title) for title in titles)


def test_the_explorer_takes_problems_that_can_be_seen() -> None:
    """Its state is a recording of just this run; larger problems and populations are refused."""
    stage = ga_explorer(load_instance("fig1"), seed=2, population_size=6, generations=5)
    recording: Recording = stage.state.recording
    assert (recording.instance.name, recording.seed, recording.size, stage.state.last) == ("fig1", 2, 6, 5)
    stage.send_event(Event("click", "last"))
    assert "generation 5 of 5" in stage.frame
    with pytest.raises(InputError, match=r"'large-1' has .* keys; the explorer shows problems of at most 300"):
        ga_explorer(load_instance("large-1"))
    with pytest.raises(InputError, match="population_size is 61; it must be at most 60"):
        ga_explorer(population_size=61)
