"""What notebook 06 does: methods seed by seed, one file a run, and what their histories say."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cmo_kit import InputError, Result, load_instance, solve
from cmo_kit.base.jsonfile import read_json
from cmo_kit.study.plan.experiment import histories_by_method, results_table, run_methods, share_of_budget
from tests.helpers.study_help import falling

TINY = load_instance("tiny-weights")


def test_every_method_runs_with_every_seed_under_its_own_limits(tmp_path: Path) -> None:
    reports: list[float] = []
    found = run_methods(
        TINY,
        ["expert", "ga"],
        [1, 2],
        {"ga": {"evaluations": 400.0}},
        {"ga": {"population_size": 20}},
        str(tmp_path),
        lambda best, evaluations, seconds: reports.append(best),
    )
    assert [(result.method, result.seed) for result in found] == [("expert", 1), ("expert", 2), ("ga", 1), ("ga", 2)]
    assert found[3].schedule == solve(TINY, "ga", 2, evaluations=400, population_size=20).schedule
    assert reports
    for result in found:
        path = tmp_path / f"tiny-weights-{result.method}-{result.seed}.json"
        assert Result.load(path, TINY).to_dict() == result.to_dict()
        history = path.with_suffix(".history.json")
        assert history.exists() == (result.history is not None)
        if result.history is not None:
            assert read_json(history) == result.history.to_dict()
    assert set(histories_by_method(found)) == {"ga"}
    assert len(histories_by_method(found)["ga"]) == 2


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    assert len(run_methods(TINY, ["expert"], [1], {}, {})) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_table_has_a_line_for_a_run_without_a_schedule() -> None:
    result = Result(instance="x", method="milp", seed=1, parameters={}, total_tardiness=None, lower_bound=2.5,
                    status="no_solution", seconds=1.0, evaluations=1234)  # fmt: skip
    headers, lines = results_table([result, solve(TINY, "expert")])
    assert [len(line) for line in lines] == [len(headers)] * 2
    assert lines[0] == ["milp", "1", "n.a.", "2.5", "no_solution", "1,234"]
    assert lines[1][:2] == ["expert", "1"]


def test_the_share_of_the_budget_is_where_most_of_the_improvement_was_reached() -> None:
    """From 100 to 0 nine tenths are at 10, the third of four generations; half is at 50, the second."""
    histories = {"ga": [falling(100, 40, 10, 0), falling(7, 7)]}
    assert share_of_budget(histories) == "ga: 90 % of the improvement after 75 %, 50 % of the evaluations"
    assert share_of_budget(histories, 0.5) == "ga: 50 % of the improvement after 50 %, 50 % of the evaluations"


def test_one_method_and_one_seed_need_no_list() -> None:
    (found,) = run_methods(TINY, "ga", 2, {"ga": {"evaluations": 200}}, {})
    assert (found.method, found.seed) == ("ga", 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"methods": ["expert", "gs"]}, "the method is 'gs'; it must be one of"),
        ({"methods": "[expert, ga]"}, "the method is '\\[expert, ga\\]'"),
        ({"methods": None}, "methods is None; it must be a list"),
        ({"seeds": "1, 2"}, "seeds is '1, 2'; it must be a list"),
        ({"seeds": [1, -2]}, "seeds is -2; it must be at least 0"),
        ({"limits": "{}"}, "limits is '{}'; it must be an object"),
        ({"limits": {"ga": 3}}, "limits.ga is 3; it must be an object"),
        ({"settings": {"gs": {}}}, "the method is 'gs'"),
        ({"seeds": []}, "seeds is ..; there must be at least one"),
        ({"limits": {"ga": {"evals": 3}}}, "limits.ga has the unknown key 'evals'"),
        ({"limits": {"ga": {"evaluations": "many"}}}, "limits.ga.evaluations is 'many'; it must be a number"),
        ({"settings": {"ga": {"seconds": 3}}}, "method ga has no parameter 'seconds'"),
        ({"results": 3}, "results is 3; it must be a non-empty string"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_run(changes: dict[str, Any], sentence: str) -> None:
    given: dict[str, Any] = {"methods": ["expert"], "seeds": [1], "limits": {}, "settings": {}} | changes
    with pytest.raises(InputError, match=sentence), patch("cmo_kit.study.plan.experiment.solve") as solved:
        run_methods(TINY, **given)
    solved.assert_not_called()


@pytest.mark.parametrize(
    ("limits", "settings", "sentence"),
    [
        ({}, {"elitism": "some"}, "elitism is 'some'; it must be one of"),
        ({"evaluations": 0}, {}, "evaluations is 0; it must be at least 1"),
        ({"evaluations": 40.5}, {}, "evaluations is 40.5; it must be an integer"),
        ({"seconds": -1}, {}, "limits.ga.seconds is -1; it must be at least 0"),
    ],
)
def test_a_later_method_is_asked_for_its_values_before_the_first_one_runs(
    limits: dict[str, Any], settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    """What only the method itself can judge, too."""
    with pytest.raises(InputError, match=sentence):
        run_methods(TINY, ["expert", "ga"], [1], {"ga": limits}, {"ga": settings}, str(tmp_path))
    assert list(tmp_path.iterdir()) == []
