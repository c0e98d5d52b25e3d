"""The one way the kit compiles a function.

Nothing here may change a number: no fast-math, no contraction of ``a * b + c`` into one rounding, so
a compiled function agrees with the readable one to the last bit.
"""

import contextlib
import hashlib
import io
import pickle
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

caching: Any = import_module("numba.core.caching")
PACKAGE = Path(__file__).resolve().parent.parent


@cache
def newest_source(package: Path) -> float:
    """When a source file with compiled code was last changed, in seconds since the epoch."""
    sources = [path for folder in ("fast", "codings", "search", "bounds") for path in (package / folder).rglob("*.py")]
    return max((path.stat().st_mtime for path in sources), default=0.0)


@cache
def forget_outdated(folder: Path, newest: float) -> None:
    """Drop the files of stored functions in ``folder`` that are older than ``newest``.

    numba looks only at the file of a function itself, so an edit of a part in another file would go unnoticed.
    """
    for file in folder.glob("*.nb[ic]"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < newest:
                file.unlink()


class SealedFile(caching.IndexDataCacheFile):  # type: ignore[misc]
    """The files of a stored function, each with a digest of what it holds: damaged machine code must not run."""

    def _dump(self, content: object) -> bytes:
        return self._sealed(caching.dumps(content))

    def _sealed(self, content: bytes) -> bytes:
        """``content`` and behind it, where pickle does not look, the digest of it and of the source that it is of."""
        return content + hashlib.sha256(repr(self._source_stamp).encode() + content).digest()

    def _check(self, raw: bytes) -> None:
        if raw != self._sealed(raw[: -hashlib.sha256().digest_size]):
            raise ValueError("the file is damaged, or of another source")

    def _load_index(self) -> dict[Any, str]:
        with contextlib.suppress(FileNotFoundError):
            file = io.BytesIO(Path(self._index_path).read_bytes())
            if pickle.load(file) == self._version:
                self._check(file.read())
        found: dict[Any, str] = super()._load_index()
        return found

    def _load_data(self, name: str) -> Any:
        self._check(Path(self._data_path(name)).read_bytes())
        return super()._load_data(name)

    def forget(self) -> None:
        """Drop the files as far as that is possible."""
        base = self._index_name.removesuffix(".nbi")
        for file in Path(self._cache_path).glob("*.nb[ic]"):
            if file.name.startswith(f"{base}."):
                with contextlib.suppress(OSError):
                    file.unlink()


class Store(caching.FunctionCache):  # type: ignore[misc]
    """A place on disk for a function's machine code that can fail in every way and costs no more than compiling."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        source, base = self._impl.locator.get_source_stamp(), self._impl.filename_base
        self._cache_file = SealedFile(self._cache_path, base, source)

    def load_overload(self, *arguments: Any) -> Any:
        """What is stored; None, and it is dropped, where it is damaged or cannot be read."""
        try:
            return super().load_overload(*arguments)
        except Exception:  # unpickling what is damaged raises anything
            self._cache_file.forget()
            return None

    def save_overload(self, *arguments: Any) -> None:
        """Store, or go on without: the disk may be full, and nobody but the next process misses the files."""
        try:
            super().save_overload(*arguments)
        except Exception:
            self._cache_file.forget()


def stored(function: Function, **options: Any) -> Function:
    """``function`` as machine code, kept on disk between processes where there is a place for it.

    numba looks for that place beside the source file, then in the user's cache directory (or in
    ``NUMBA_CACHE_DIR``). Where none is writable, or the disk is full, the function is compiled anew in every
    process: a few seconds, the same results. Files that are damaged are dropped and made anew.
    """
    try:
        made = njit(cache=True, **options)(function)
    except RuntimeError:  # numba's word for "no directory to write to"
        return njit(**options)(function)  # type: ignore[no-any-return]
    if hasattr(made, "stats"):  # with compiling switched off numba gives the function back as it is
        made._cache = Store(function)
        with contextlib.suppress(OSError):
            forget_outdated(Path(made.stats.cache_path), newest_source(PACKAGE))
    return made  # type: ignore[no-any-return]


def compiled(function: Function) -> Function:
    """``function`` as :func:`stored` machine code that other threads run beside."""
    return stored(function, nogil=True, error_model="numpy")


def inlined(function: Function) -> Function:
    """``function`` for compiled functions alone, which get its code in their own instead of calling it.

    A call would hand over the description of every table and workspace array, which costs as much as the
    shorter parts themselves.
    """
    return njit(error_model="numpy", forceinline=True)(function)  # type: ignore[return-value]
