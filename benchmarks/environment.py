"""What a measured speed depends on besides the program, and how rivals are timed fairly."""

import datetime
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.jsonfile import write_json
from cmo_kit.study.execute.record import cpu_name

SHORTEST_SAMPLE = 0.002


def today() -> str:
    """The day, as it is written beside what was measured."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def dispatched_features() -> list[str]:
    """Instruction sets beyond its baseline that numpy was built for and this processor has."""
    umath = import_module("numpy._core._multiarray_umath")
    built: list[str] = list(getattr(umath, "__cpu_dispatch__", []))
    present: dict[str, bool] = getattr(umath, "__cpu_features__", {})
    return [feature for feature in built if present.get(feature)]


def stamp() -> dict[str, Any]:
    """The facts that belong beside every measured number: the ``date``, and the ``environment``."""
    import llvmlite.binding  # type: ignore[import-untyped]
    import numba

    environment = {
        "processor": cpu_name(),
        "compiled_for": llvmlite.binding.get_host_cpu_name(),
        "numpy_dispatches_to": dispatched_features(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }
    return {"date": today(), "environment": environment}


def keep_document(path: str | Path, document: dict[str, Any]) -> None:
    """Write measured numbers as JSON, and the folders above them."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_json(path, document)


def use_one_processor() -> None:
    """Keep this process on one processor, where the system lets it choose: moving costs warm caches."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def interleaved_medians(rivals: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of one call of each rival: processor time of the thread that works, not of waiting for others.

    Every round times each rival once, in turn, so that whatever else the machine does hits all of them alike; a sample
    repeats a short call until the clock can be trusted. The first call, which compiles and fills caches, is not timed.
    """
    calls = {}
    for name, rival in rivals.items():
        rival()
        began = time.thread_time()
        rival()
        calls[name] = max(1, round(SHORTEST_SAMPLE / max(time.thread_time() - began, 1e-9)))
    samples: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(repeats):
        for name, rival in rivals.items():
            began = time.thread_time()
            for _ in range(calls[name]):
                rival()
            samples[name].append((time.thread_time() - began) / calls[name])
    return {name: statistics.median(times) for name, times in samples.items()}
