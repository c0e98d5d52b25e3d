"""The decoder in C: the algorithm of :mod:`cmo_kit.fast.lanes` compiled ahead, at -O3."""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance
from cmo_kit.fast.tables import make_tables, make_workspace

ALWAYS = ("-O3", "-std=gnu11", "-ffp-contract=off", "-Wno-psabi", "-shared", "-fPIC")
WHOLE_NUMBERS = ("orders", "sites", "bits", "length")
ARRAYS = ("first", "g", "same", "tails", "due", "weight", "keys", "changes", "cells", "runs", "starts")


class Problem(ctypes.Structure):
    """``problem`` of decode.c."""

    _fields_ = [(name, ctypes.c_int64) for name in WHOLE_NUMBERS] + [(name, ctypes.c_void_p) for name in ARRAYS]


def compiler() -> str | None:
    """A C compiler that knows GCC's vectors, if there is one."""
    return shutil.which("gcc") or shutil.which("clang")


class CDecoder:
    """Total tardiness of populations through the C program.

    Parameters
    ----------
    instance : Instance
    options : sequence of str
        For the compiler, besides -O3; ``-march=native`` lets it use all that the processor has.

    Raises
    ------
    RuntimeError
        Without a compiler, or when it fails.
    """

    def __init__(self, instance: Instance, options: Sequence[str] = ()) -> None:
        program = compiler()
        if program is None:
            raise RuntimeError("there is no C compiler (gcc or clang) on the path")
        with tempfile.TemporaryDirectory() as folder, resources.as_file(resources.files(__package__)) as package:
            library = Path(folder) / "decode.so"
            command = [program, *ALWAYS, *options, "-o", str(library), str(package / "decode.c"), "-lm"]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(f"the C compiler failed: {made.stderr[:500]}")
            self._decode = ctypes.CDLL(str(library)).decode
        read = make_tables(instance)
        work = make_workspace(read)
        if read.block < instance.sites:
            raise RuntimeError("the C program decodes all Sites as one block")
        if read.g.dtype != np.uint8:
            raise RuntimeError("the C program takes gaps from 0 to 255")
        self._kept = {**read._asdict(), **work._asdict()}
        numbers = (len(instance.Q), instance.sites, read.bits, instance.key_count)
        self._problem = Problem(*numbers, *(self._kept[name].ctypes.data for name in ARRAYS))

    def total_tardiness(self, population: NDArray[np.float64]) -> NDArray[np.float64]:
        """Equation (1) of every chromosome of an (e, n) population of at least 16."""
        return self._run(population)[0]

    def doubtful(self, population: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which chromosomes have keys that tie as whole numbers, for which the numbers may be wrong; shape (e,)."""
        return self._run(population)[1]

    def _run(self, population: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        e = len(population)
        tardiness, doubtful = np.empty(e), np.empty(e, np.bool_)
        self._decode(
            ctypes.c_void_p(population.ctypes.data),
            ctypes.c_int64(e),
            ctypes.byref(self._problem),
            ctypes.c_void_p(tardiness.ctypes.data),
            ctypes.c_void_p(doubtful.ctypes.data),
        )
        return tardiness, doubtful
