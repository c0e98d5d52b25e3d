"""What make calibrate, make study-check and make bench-ga measure, on a few problems and runs."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import calibration, generation, overhead, parts
from cmo_kit import generate_instance, load_instance, solve
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.jsonfile import read_json
from cmo_kit.study.execute.cluster import Cluster


def test_calibration_holds_means_against_the_printed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = [solve(generate_instance("small", seed), "expert").total_tardiness or 0.0 for seed in (1, 2)]
    printed = {"small": (0.0, sum(totals) / 2, 300.0), "medium": (0.0, 1.0, 1.0)}
    monkeypatch.setattr(calibration, "TABLE_4_MEANS", printed)
    monkeypatch.setattr(calibration, "FILE", tmp_path / "calibration.json")
    monkeypatch.setattr(calibration, "PROBLEMS", {"small": (2, 2)})
    monkeypatch.setattr(calibration, "ga_total", lambda test_set, seed: 290.0 + seed)
    assert calibration.calibrate() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].split()[:4] == ["small,", "Expert", "2", f"{sum(totals) / 2:.1f}"]
    assert lines[-2].endswith("yes") and "+0.0 %" in lines[-2]
    assert lines[-1].split()[1:4] == ["GA", "2", "291.5"]
    kept = read_json(calibration.FILE)
    assert kept["means"]["small, GA"] == {"problems": 2, "mean": 291.5, "standard_deviation": 0.5**0.5}
    assert kept["date"] and kept["environment"]["processor"]
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
    assert overhead.main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 runs of 0.2 s on 1 workers: overhead ")
    assert lines[1].startswith("3 results with 1,000 generations each collected in ")


def test_the_overhead_on_a_cluster_that_loses_a_worker_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With threads for the cluster, of which tests/study has a real one."""
    killed: list[int] = []
    worker = SimpleNamespace(process=SimpleNamespace(process=SimpleNamespace(pid=7)))
    local = SimpleNamespace(scheduler_address="", workers={0: worker})
    monkeypatch.setattr(overhead, "need", lambda *_: SimpleNamespace(LocalCluster=lambda **_: nullcontext(local)))
    threads = Cluster(lambda: ThreadPoolExecutor(1), 1, str)
    monkeypatch.setattr(overhead, "dask_cluster", lambda *_: nullcontext(threads))
    monkeypatch.setattr(os, "kill", lambda number, _: killed.append(number))
    changes = {"CLUSTER_RUNS": 4, "CLUSTER_WORKERS": 1, "SECONDS": 0.1, "LOOK_SECONDS": 0.02, "MOST_OVERHEAD": 1e9}
    for name, value in changes.items():
        monkeypatch.setattr(overhead, name, value)
    assert overhead.main(["--cluster"]) == 0
    said = "4 of 4 runs of 0.1 s on 1 workers of a Dask cluster, one killed: overhead "
    assert capsys.readouterr().out.startswith(said)
    assert killed == [7]


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


def test_every_part_gets_its_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changes = {"EVALUATIONS": 200, "POPULATION": 20, "SEEDS": 2, "PROBLEMS": ("fig3",), "FILE": tmp_path / "parts.csv"}
    for name, value in changes.items():
        monkeypatch.setattr(parts, name, value)
    monkeypatch.setattr(parts, "installed", lambda module: False)
    assert parts.main() == 0
    rows = read_csv(tmp_path / "parts.csv", ("label", "instance"), ("seed", "total_tardiness"))
    assert [(row["label"], row["seed"]) for row in rows] == [(label, seed) for label in parts.PARTS for seed in (1, 2)]
    assert rows[0]["total_tardiness"] == parts.with_parts("the paper's", load_instance("fig3"), 1)


def test_survivors_are_the_best_of_all_chromosomes() -> None:
    """With them the worst survivor never gets worse, and the best of all runs is among them."""
    kept, worst = parts.surviving(parts.roulette_selection), []
    survivors, look_on = kept["crossover"].__self__, kept["on_generation"]
    result = solve(
        load_instance("small-1"), "ga", 3, evaluations=600, population_size=30,
        **kept | {"on_generation": lambda generation: (look_on(generation), worst.append(survivors.tardiness[-1]))[2:]},
    )  # fmt: skip
    assert worst == sorted(worst, reverse=True) and worst[-1] < worst[0]
    assert survivors.tardiness[0] == result.total_tardiness
    assert survivors.keys.shape == (30, load_instance("small-1").key_count)
    assert (np.diff(survivors.tardiness) >= 0).all()
