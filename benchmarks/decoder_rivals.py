"""Rivals of the compiled decoder: its own algorithm in C, compiled ahead at -O3, and the best found in numpy alone."""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
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
    """Total tardiness of populations through decode.c, the algorithm of :mod:`cmo_kit.fast.lanes`.

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
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "decode.so"
            command = [program, *ALWAYS, *options, "-o", str(library), str(Path(__file__).with_name("decode.c")), "-lm"]
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


class NumpyDecoder:
    """Total tardiness of populations whose keys do not tie, the same numbers as core.

    The Site of a batch is counted, not sorted for; then one ``argsort`` over (e, L, I) puts the runs of
    each Site in order, and one ``cumsum``, which adds one by one, gives all starts.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.first = np.concatenate([[0], np.cumsum(instance.Q)[:-1]])
        orders = len(instance.Q)
        #: Row I opens a Site (sigma), column I and what follows it are nothing.
        self.g = np.zeros((orders + 1, orders + 1))
        self.g[:orders, :orders] = instance.g
        self.g[orders, :orders] = instance.sigma
        self.same = np.diag(instance.g)

    def total_tardiness(self, population: NDArray[np.float64]) -> NDArray[np.float64]:
        """Equation (1) of every chromosome; (e, n) keys to (e,) time units."""
        instance = self.instance
        e, L, I, T = len(population), instance.sites, len(instance.Q), instance.total_batches
        keys, changes = population[:, :T], np.sort(population[:, T:], axis=1)
        least, count = np.empty((e, L, I)), np.empty((e, L, I), dtype=np.int64)
        below_before = np.zeros((e, I), dtype=np.int64)
        masked, least_above = keys, np.minimum.reduceat(keys, self.first, axis=1)
        for l in range(L):
            least[:, l] = least_above
            if l < L - 1:
                above = keys > changes[:, l, None]
                below = instance.Q - np.add.reduceat(above, self.first, axis=1, dtype=np.int64)
                masked = np.where(above, keys, np.inf)
                least_above = np.minimum.reduceat(masked, self.first, axis=1)
            else:
                below = np.broadcast_to(instance.Q, (e, I))
            count[:, l] = below - below_before
            below_before = below
        least[count == 0] = np.inf
        sequence = np.argsort(least, axis=2)
        run = np.take_along_axis(count, sequence, axis=2)
        here = np.where(run > 0, sequence, I)
        before = np.concatenate([np.full((e, L, 1), I), here[:, :, :-1]], axis=2)
        steps = np.empty((e, L, I, 2))
        steps[..., 0] = self.g[before, here]
        steps[..., 1] = (run - 1) * self.same[sequence]
        starts = np.cumsum(steps.reshape(e, L, 2 * I), axis=2)[:, :, 1::2]
        last = np.empty((e, L, I))
        np.put_along_axis(last, sequence, np.where(run > 0, starts, -np.inf), axis=2)
        late = np.maximum(0.0, last.max(axis=1) + instance.tails - instance.D)
        total: NDArray[np.float64] = np.cumsum(instance.w * late, axis=1)[:, -1]
        return total
