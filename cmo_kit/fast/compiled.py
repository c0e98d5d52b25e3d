"""The one way the kit compiles a function.

Nothing here may change a number: no fast-math, no contraction of ``a * b + c`` into one rounding, so
a compiled function agrees with the readable one to the last bit.
"""

import contextlib
import hashlib
import inspect
import io
import pickle
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

caching: Any = import_module("numba.core.caching")


def fingerprint(function: Callable[..., Any]) -> str:
    """A digest of what the machine code of ``function`` is made of.

    That is the files of all functions that it calls, directly or through others, and of the classes of their arguments,
    the constants that they use, and this file. numba looks only at the file of a function itself.
    """
    package = function.__module__.partition(".")[0]
    waiting: list[Any] = [function]
    met, files, constants = set[int](), {__file__}, set[str]()
    while waiting:
        part = waiting.pop()
        part = getattr(
            part, "py_func", getattr(part, "_defn", part)
        )  # compiled functions, and those in LLVM's language
        if id(part) in met or isinstance(part, ModuleType):
            continue
        met.add(id(part))
        if not inspect.isfunction(part) and not inspect.isclass(part):
            constants.add(repr(part))
        elif part.__module__.partition(".")[0] == package:
            files.add(inspect.getfile(part))
            waiting += part.__annotations__.values()
            if inspect.isfunction(part):
                waiting += [part.__globals__[name] for name in used_names(part.__code__) if name in part.__globals__]
    texts = sorted(Path(file).read_text(encoding="utf-8") for file in files)
    return hashlib.sha256(repr((texts, sorted(constants))).encode()).hexdigest()


def used_names(code: CodeType) -> set[str]:
    """The global names that ``code`` and the functions inside it use, and those of attributes."""
    return set(code.co_names).union(*(used_names(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


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
        name = re.sub(r"-\d+(?=\.py)", "", self._impl.filename_base)  # with its line, moved functions would leave files
        self._cache_file = SealedFile(self._cache_path, name, None)

    def load_overload(self, *arguments: Any) -> Any:
        """What is stored; None, and it is dropped, where it is damaged or cannot be read."""
        try:  # not before: when the function was made, those behind it in its file were not there
            self._cache_file._source_stamp = fingerprint(self._py_func)
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


UNCOUNTED: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def kernel(function: Function) -> Function:
    """``function`` as by :func:`compiled`, if it makes no array and returns none.

    numba then need not count who refers to an array, which takes longer than a short kernel's own work.
    """
    return stored(function, nogil=True, **UNCOUNTED)


def kernel_part(function: Function) -> Function:
    """``function`` as by :func:`inlined`, for kernels: it makes no array and returns none."""
    return njit(forceinline=True, **UNCOUNTED)(function)  # type: ignore[no-any-return]
