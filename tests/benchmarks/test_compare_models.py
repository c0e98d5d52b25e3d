"""The comparison of models: problems on which somebody must be late, means over runs with and without proof."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import quality
from benchmarks.quality import tightened
from cmo_kit import Order, generate_instance, solve
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import lower_bound
from cmo_kit.study.results.speed import mean_seconds, models_table, speedup


def test_a_tightened_problem_has_a_positive_optimum() -> None:
    """Due dates are cut until the bound proves that some order is late; a tenth less cut, and nobody need be."""
    instance, percent = tightened(2)
    drawn = generate_instance("small", 2, orders=7, sites=2, batches=[1, 3])

    def cut(left: int) -> tuple[Order, ...]:
        return tuple(replace(order, due_date=order.due_date * left // 100) for order in drawn.orders)

    assert percent in range(10, 100, 10)
    assert instance.digest == replace(drawn, name="tight-7-2", orders=cut(percent), generator=None).digest
    assert instance.one_run_failure is None
    assert lower_bound(instance).lower_bound > 0
    assert solve(replace(drawn, orders=cut(percent + 10)), "search", evaluations=5000).total_tardiness == 0


def test_a_run_without_proof_counts_as_the_limit() -> None:
    proof, none = {"status": "optimal", "seconds": 4.0}, {"status": "feasible", "seconds": 20.3}
    problems = [{"runs": {"slow": proof, "fast": proof | {"seconds": 1.0}}}, {"runs": {"slow": none, "fast": proof}}]
    assert mean_seconds(problems, "slow", 25.0) == pytest.approx(10)
    assert mean_seconds(problems, "fast", 25.0) == pytest.approx(2)
    assert speedup(problems, "slow", "fast") == pytest.approx(4)
    assert speedup(problems[1:], "slow", "fast") is None
    text = models_table({"problems": problems, "limit_seconds": 25.0, "orders": 7, "models": ["slow", "fast"]})
    assert text.splitlines()[2].split() == ["slow", "1", "10.00", "1.0x"]


def test_the_comparison_writes_what_it_measures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "numbers.json"
    monkeypatch.setattr(quality, "BOUND_SECONDS", 0.2)
    monkeypatch.setattr(quality, "MODELS", {name: quality.MODELS[name] for name in ("runs, CBC", "CP-SAT")})
    monkeypatch.setattr(quality, "installed", lambda module: module is None)
    options = ["models", "--seconds", "60", "--model-seeds", "2", "3", "--orders", "2", "--out", str(out)]
    assert quality.main(options) == 0
    printed = capsys.readouterr().out.splitlines()[1:]
    assert printed[0] == "2 problems of 2 orders, at most 60 s each"
    assert printed[2].split()[:3] == ["runs,", "CBC", "2"]
    stored = read_json(out)["models"]
    assert stored["settings"]["models"] == ["runs, CBC"]
    assert [problem["seed"] for problem in stored["runs"].values()] == [2, 3]
    for problem in stored["runs"].values():
        found = problem["runs"]["runs, CBC"]
        assert found["status"] == "optimal"
        assert found["total_tardiness"] == found["lower_bound"] > 0
