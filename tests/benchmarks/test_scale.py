"""What grows how: the table by hand, and a tiny measurement that is gone on with."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import scale
from cmo_kit.base.jsonfile import read_json
from cmo_kit.study.results.speed import scale_table


def run(size: str, method: str, batches: int, **more: Any) -> dict[str, Any]:
    facts = {"size": size, "method": method, "orders": batches // 10, "sites": batches // 100, "batches": batches}
    return facts | {"total_tardiness": None, "reason": "", "seconds": 10.0, "peak_bytes": 2**20 * batches} | more


def test_the_table_says_as_which_power_numbers_grow() -> None:
    """Ten times as many batches: a try takes a hundred times as long, memory ten times as much; a gap has no power."""
    runs = [
        run("1x", "ga", 1000, total_tardiness=200, evaluations=1000),
        run("1x", "bound", 1000, lower_bound=150),
        run("10x", "ga", 10000, total_tardiness=4000, evaluations=10),
        run("10x", "bound", 10000, reason="it ran past 10 s"),
    ]
    part = {"settings": {"seconds": 10, "workers": 2}, "date": "2026-11-29", "environment": {"processor": "A"},
            "runs": {f"{one['size']}, {one['method']}": one for one in runs}}  # fmt: skip
    lines = [line.split("  ") for line in scale_table(part).splitlines()]
    cells = {line[0].strip(): [cell.strip() for cell in line[1:] if cell.strip()] for line in lines}
    assert cells["ga: microseconds a try"] == ["10,000.0", "1,000,000.0", "batches^2.00"]
    assert cells["ga: memory, MiB"][-1] == "batches^1.00"
    assert cells["ga: gap to the bound, %"] == ["25.0", "n.a."]
    assert cells["bound: proved, days"] == ["150.0", "n.a."]
    assert lines[-1] == ["10x, bound: it ran past 10 s"]


@pytest.mark.slow
def test_a_tiny_measurement_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scale, "GROWTH", {"1x": (12, 2)})
    monkeypatch.setattr(scale, "METHODS", ("ga", "bound"))
    arguments = ["--sizes", "1x", "--seconds", "0.3", "--workers", "1", "--out", str(tmp_path / "scale.json")]
    assert scale.main(arguments) == 0
    stored = read_json(tmp_path / "scale.json")["scale"]["runs"]
    assert 0 <= stored["1x, bound"]["lower_bound"] <= stored["1x, ga"]["total_tardiness"]
    assert stored["1x, ga"]["evaluations"] > 100
    assert "ga: gap to the bound, %" in capsys.readouterr().out
    assert scale.main(arguments) == 0
    assert read_json(tmp_path / "scale.json")["scale"]["runs"] == stored
