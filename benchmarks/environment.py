"""What a speed depends on besides the program: processor, versions, what numpy dispatches to."""

import os
import platform
from importlib import import_module
from typing import Any

import numpy as np

from cmo_kit.study.execute.record import cpu_name


def dispatched_features() -> list[str]:
    """Instruction sets beyond its baseline that numpy was built for and this processor has."""
    umath = import_module("numpy._core._multiarray_umath")
    built: list[str] = list(getattr(umath, "__cpu_dispatch__", []))
    present: dict[str, bool] = getattr(umath, "__cpu_features__", {})
    return [feature for feature in built if present.get(feature)]


def describe() -> dict[str, Any]:
    """The facts that belong beside every measured number."""
    import llvmlite.binding  # type: ignore[import-untyped]
    import numba

    return {
        "processor": cpu_name(),
        "compiled_for": llvmlite.binding.get_host_cpu_name(),
        "numpy_dispatches_to": dispatched_features(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def use_one_processor() -> None:
    """Keep this process on one processor, where the system lets it choose: moving costs warm caches."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
