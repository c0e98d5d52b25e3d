"""What make calibrate, make study-check and make bench-ga measure, on a few problems and runs."""

import pytest

from benchmarks import calibration, generation, overhead
from cmo_kit import generate_instance, solve


def test_calibration_holds_means_against_the_printed_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = [solve(generate_instance("small", seed), "expert").total_tardiness or 0.0 for seed in (1, 2)]
    printed = {"small": (0.0, sum(totals) / 2, 300.0), "medium": (0.0, 1.0, 1.0)}
    monkeypatch.setattr(calibration, "TABLE_4_MEANS", printed)
    monkeypatch.setattr(calibration, "PROBLEMS", {"small": (2, 2)})
    monkeypatch.setattr(calibration, "ga_total", lambda test_set, seed: 290.0 + seed)
    assert calibration.calibrate() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].split()[:4] == ["small,", "Expert", "2", f"{sum(totals) / 2:.1f}"]
    assert lines[-2].endswith("yes") and "+0.0 %" in lines[-2]
    assert lines[-1].split()[1:4] == ["GA", "2", "291.5"]
    monkeypatch.setattr(calibration, "PROBLEMS", {"small": (2, 0), "medium": (2, 0)})
    assert calibration.calibrate() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].endswith("yes") and lines[-1].endswith("NO")


def test_the_calibration_s_genetic_algorithm_is_the_paper_s() -> None:
    assert calibration.ga_total("small", 3) < calibration.expert_total("small", 3)


def test_the_overhead_of_a_study_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"RUNS": 2, "SECONDS": 0.2, "WORKERS": 1, "RESULTS": 3}.items():
        monkeypatch.setattr(overhead, name, value)
    monkeypatch.setattr(overhead, "MOST_OVERHEAD", 1e9)
    monkeypatch.setattr(overhead, "MOST_SECONDS", 0.0)
    assert overhead.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 runs of 0.2 s on 1 workers: overhead ")
    assert lines[1].startswith("3 results with 1,000 generations each collected in ")


def test_the_cost_of_an_evaluation_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = {"GENERATIONS": 2, "REPEATS": 1, "DECODED": 1, "use_one_processor": lambda: None}
    for name, value in changes.items():
        monkeypatch.setattr(generation, name, value)
    for most, code in ((0.1, 1), (1e9, 0)):
        monkeypatch.setattr(generation, "MOST", {"small": most})
        assert generation.main() == code
        row = capsys.readouterr().out.splitlines()[-1].split()
        assert row[0] == "small" and row[-1] == f"{most}x"
        decoding, compiled = float(row[1]), float(row[2])
        assert float(row[4].removesuffix("x")) == pytest.approx(compiled / decoding, rel=0.05)
