"""The laboratory without a browser: runs that are paused, stepped, stopped, compared, and repeated by their code."""

import re
from typing import Any

import numpy as np
import pytest

from cmo_kit import InputError, Result, load_instance, solve
from cmo_kit.widgets import laboratory
from cmo_kit.widgets.trials.page import Laboratory
from cmo_kit.widgets.trials.picture import draw_schedules
from cmo_kit.widgets.trials.session import DEFAULTS, PARTS, STARTS, Run, Session, Setup

PLAIN = {"population_size": 10, "patience": None} | {name: DEFAULTS[name] for name in PARTS}
SECONDS = 60  # until a run must be done, on a machine that does other things too


def setup(limit: tuple[str, float] = ("generations", 8), **changes: Any) -> Setup:
    return Setup(load_instance("fig3"), PLAIN | changes, 5, limit)


def executed(code: str) -> Result:
    """What the lines give as somebody else runs them."""
    space: dict[str, Any] = {}
    exec(code.replace("\nsolve(", "\nresult = solve("), space)
    return space["result"]


def done(session: Session) -> Run:
    assert session.wait(SECONDS)
    return session.runs[-1]


def assert_same(run: Run, result: Result) -> None:
    """The code's run has the numbers of every generation, and the schedule."""
    assert result.history is not None and run.result is not None
    for name, column in zip(("best", "mean", "worst", "evaluations"), np.array(run.rows).T[:4], strict=False):
        np.testing.assert_array_equal(getattr(result.history, name), column)
    assert result.schedule == run.result.schedule


def test_a_run_goes_to_its_limit_and_is_the_one_that_solve_gives() -> None:
    session = Session()
    session.begin([setup()])
    run = done(session)
    assert (run.generation, session.state) == (8, "ready")
    assert_same(run, solve(load_instance("fig3"), "ga", 5, generations=8, population_size=10, patience=None))


def test_steps_pause_and_going_on_change_nothing_of_a_run() -> None:
    session = Session()
    session.begin([setup()], last=0)
    for generation in range(3):
        run = done(session)
        assert (run.generation, session.state) == (generation, "paused")
        assert_same_beginning(run, generation)
        session.step()
    assert done(session).generation == 3
    session.go_on()
    assert_same(done(session), executed(run.code))


def assert_same_beginning(run: Run, generation: int) -> None:
    """The code of a run that is under way leads to where it is."""
    history = executed(run.code).history
    assert history is not None and len(history.best) == generation + 1
    assert history.best[-1] == run.total


@pytest.mark.parametrize("paused", [True, False])
def test_a_run_stopped_at_any_moment_is_kept_and_its_code_repeats_it(paused: bool) -> None:
    session = Session()
    session.begin([setup(("evaluations", 10**9), elitism="none")], last=2 if paused else np.inf)
    if paused:
        assert session.wait(SECONDS)
    session.stop()
    run = done(session)
    assert run.result is not None and run.result.status == "stopped"
    assert_same(run, executed(run.code))
    session.begin([setup()])  # and the next one begins as if nothing had been
    assert done(session).generation == 8


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("parts", list(zip(*([*names, names[0]][:3] for names in PARTS.values()), strict=True)))
def test_the_code_of_every_choice_repeats_its_run(start: str, parts: tuple[str, ...]) -> None:
    chosen = dict(zip(PARTS, parts, strict=True)) | {"crossover_probability": 0.4, "mutation_probability": 0.9, "w": 7}
    session = Session()
    session.begin([Setup(load_instance("small-2"), PLAIN | chosen, 3, ("evaluations", 47), start)])
    assert_same(done(session), executed(session.runs[-1].code))


def test_two_runs_have_common_random_numbers_and_go_step_by_step() -> None:
    session = Session()
    session.begin([setup(), setup(mutation_probability=0.6)], last=0)
    assert done(session)
    one, two = session.current
    np.testing.assert_array_equal(one.tardiness, two.tardiness)  # one first population
    session.step()
    done(session)
    assert one.generation == two.generation == 1
    assert not np.array_equal(one.tardiness, two.tardiness)
    session.go_on()
    done(session)
    for run in (one, two):
        assert_same(run, executed(run.code))


def test_seconds_are_those_of_work() -> None:
    """A run that is paused does not come nearer to its limit, and its code says where it ended."""
    session = Session()
    session.begin([setup(("seconds", 0.3))], last=1)
    run = done(session)
    worked = run.worked
    with session.changed:
        assert not session.changed.wait(0.3)
    assert run.worked == worked
    session.go_on()
    assert done(session).worked >= 0.3
    assert_same(run, executed(run.code))


def test_what_breaks_in_a_run_is_said_and_the_next_one_begins() -> None:
    session = Session()
    session.begin([setup(w=-1)])
    run = done(session)
    assert run.trouble == "w is -1; it must be at least 0"
    session.begin([setup()])
    assert not done(session).trouble


def test_of_very_many_runs_the_latest_are_kept_and_can_be_forgotten() -> None:
    session = Session()
    for _ in range(22):
        session.begin([setup(("generations", 1))])
        done(session)
    assert [run.number for run in session.runs] == list(range(3, 23))
    session.forget()
    assert session.runs == []
    session.begin([setup(("generations", 1))])
    assert done(session).number == 1


@pytest.fixture(scope="module")
def opened() -> Laboratory:
    """A laboratory that has run once."""
    return laboratory("tiny-ties", seed=3, run=True)


def test_the_page_shows_curves_population_schedule_table_and_code(opened: Laboratory) -> None:
    opened.draw()
    (run,) = opened.session.runs
    assert f"1: {run.total:g}" in opened.pictures.value
    assert "bound" in opened.pictures.value and "different schedules" in opened.pictures.value
    assert "Gantt chart of tiny-ties" in opened.gantt.value
    assert "above best known" in opened.table.value
    assert_same(run, executed(opened.code.value))


def test_a_population_of_0_is_as_many_as_table_3_has_and_no_choice_is_written_over(opened: Laboratory) -> None:
    """What somebody types while a problem is being fetched stays."""
    for problem, many in (("fig3", 100), ("medium-1", 200), ("large-1", 300), ("tiny-ties", 100)):
        opened.problem.value = problem
        assert opened.setups()[0].parameters["population_size"] == many
    opened.population.value, opened.problem.value = 12, "fig3"
    assert opened.setups()[0].parameters["population_size"] == 12
    opened.population.value, opened.problem.value = 0, "tiny-ties"


def test_every_control_has_a_name(opened: Laboratory) -> None:
    """That a screen reader says."""
    common, *_ = opened.page.children
    assert all(control.description for control in common.children)


def test_buttons_do_what_they_say(opened: Laboratory) -> None:
    opened.pair.value, opened.sides[1].parameters["selection"].value = True, "rank"
    opened.buttons["step"].click()
    assert opened.session.wait(SECONDS)
    opened.draw()
    assert opened.session.state == "paused" and opened.buttons["pause"].description == "Go on"
    assert "rank" in opened.table.value and "under way" in opened.table.value
    opened.buttons["pause"].click()
    assert opened.session.wait(SECONDS) and opened.session.state == "ready"
    opened.draw()
    opened.show.value = opened.show.options[1]
    assert [run.number for run in opened.shown] == [1]
    opened.buttons["forget"].click()
    assert opened.show.options == ("the latest",) and opened.shown == ()


def test_another_schedule_at_the_same_address_is_drawn(opened: Laboratory) -> None:
    """Every generation has a best chromosome of its own, often where the one before lay in memory."""
    opened.run()
    run = done(opened.session)
    keys = run.best.copy()
    for shift in range(9):
        run.best = None
        run.best = (keys + shift / 9) % 1
        opened.draw()
        assert draw_schedules([run]) in opened.gantt.value


def test_an_own_instance_is_loaded_by_nobody() -> None:
    """Its code leaves the problem to whoever has it; best known and bound are the kit's own problems' only."""
    other = load_instance("fig3")
    mine = laboratory(type(other).from_dict(other.to_dict() | {"name": "large-1"}), run=True)
    mine.draw()
    assert "instance = ...  # your own" in mine.code.value
    assert "known" not in mine.pictures.value


def test_pictures_and_table_say_weighted_where_a_weight_is_not_1() -> None:
    lab = laboratory("tiny-weights", run=True)
    lab.draw()
    shown = lab.pictures.value + lab.gantt.value + lab.table.value
    assert len(re.findall("eighted total tardiness", shown)) >= 6
    assert not re.search("(?<!eighted )[tT]otal tardiness", shown)
    lab.session.begin([setup()])
    done(lab.session)
    lab.draw()
    assert "weighted total tardiness / total tardiness" in lab.table.value


def test_bad_input_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r"^seed is -1; it must be at least 0$"):
        laboratory("fig3", seed=-1)
    with pytest.raises(InputError, match=r"^the instance is 'fig4'; it must be"):
        laboratory("fig4")
