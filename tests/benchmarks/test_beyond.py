"""``python -m benchmarks.beyond``: runs that are kept and not repeated, on equal budgets."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.beyond import IdeaRun, budgets, idea_runs, main, run_of, write_runs
from cmo_kit import InputError, Instance, load_instance
from cmo_kit.methods.ideas import IDEAS
from cmo_kit.study.results.ideas import read_runs, rerun, results_folder, totals_of
from tests.helpers.idea_row import idea_row

TINY = load_instance("tiny-weights")


class TestTable:
    def test_rows_survive_their_file(self, tmp_path: Path) -> None:
        rows = [idea_row(), idea_row(seed=2, total_tardiness=2.5, idea="search", busy=0.25)]
        write_runs(tmp_path / "runs.csv", rows)
        assert read_runs(tmp_path / "runs.csv") == rows
        assert run_of(read_runs(tmp_path / "runs.csv")[1]) == IdeaRun("x", "search", "evaluations", 10, 2)

    def test_bad_files_are_refused(self, tmp_path: Path) -> None:
        assert read_runs(tmp_path / "absent.csv") == []
        (tmp_path / "other.csv").write_text("a,b\n1,2\n")
        with pytest.raises(InputError, match="must stand once"):
            read_runs(tmp_path / "other.csv")
        write_runs(tmp_path / "runs.csv", [idea_row(seed="one")])
        with pytest.raises(InputError, match="seed is 'one'"):
            read_runs(tmp_path / "runs.csv")

    def test_runs_go_seed_by_seed(self) -> None:
        found = list(idea_runs([TINY, load_instance("fig3")], 3))
        assert len(set(found)) == len(found) == 3 * 2 * 2 * len(IDEAS)
        assert [run.seed for run in found] == sorted(run.seed for run in found)
        assert budgets(TINY, 0.5) == {"evaluations": 25000, "seconds": 0.25}

    def test_stored_runs_are_what_their_seeds_give(self) -> None:
        """The table that comes with the notebooks: all ideas, both budgets, equal seeds, and a run made again."""
        rows = read_runs(results_folder() / "runs.csv")
        assert {row["idea"] for row in rows} == set(IDEAS)
        names = dict.fromkeys(row["instance"] for row in rows)
        wanted = set(idea_runs([load_instance(name) for name in names], max(row["seed"] for row in rows)))
        assert {run_of(row) for row in rows} == wanted
        assert len(rows) == len(wanted)
        for idea in ("paper's GA", "GA, canonical codes", "GA, compact"):
            sentence = rerun(rows, load_instance("small-1"), idea, 2, 10)
            now, stored = sentence.split("seed 2: ")[1].split(" (stored ")
            assert stored == f"{now})"


class TestCommand:
    def test_it_goes_on_where_it_was(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        call = ["--out", str(tmp_path / "new" / "data"), "--instances", "fig3", "--share", "0.002"]
        assert main([*call, "--seeds", "1"]) == 0
        first = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert len(first) == 2 * len(IDEAS)
        assert (tmp_path / "new" / "data" / "gap.json").exists()
        assert main([*call, "--seeds", "2"]) == 0
        second = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert second[: len(first)] == first
        assert len(second) == 2 * len(first)
        assert main([*call[:-1], "0.003"]) == 2
        assert "--anew everything" in capsys.readouterr().err
        assert main([*call, "--seeds", "1", "--anew", "seconds"]) == 0
        third = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert len([entry for entry in third if entry["budget"] == "seconds"]) == len(IDEAS)
        assert main([*call, "--seeds", "1", "--anew", "everything"]) == 0
        totals = [
            totals_of(read, "fig3", "evaluations")
            for read in (first, read_runs(tmp_path / "new" / "data" / "runs.csv"))
        ]
        assert totals[0] == totals[1]

    def test_an_unknown_instance_is_bad_input(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--out", str(tmp_path), "--instances", "absent"]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_an_interrupt_keeps_what_is_done(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = []

        def interrupted(run: IdeaRun, instance: Instance, progress: object) -> dict[str, Any]:
            calls.append(run)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return idea_row(instance=run.instance, idea=run.idea, seed=run.seed)

        monkeypatch.setattr("benchmarks.beyond.make_run", interrupted)
        assert main(["--out", str(tmp_path), "--instances", "fig3", "--share", "0.001"]) == 130
        assert len(read_runs(tmp_path / "runs.csv")) == 2
        assert not (tmp_path / "gap.json").exists()
