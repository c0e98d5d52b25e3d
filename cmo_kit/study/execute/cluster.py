"""A Dask cluster as the executor of a study. ``distributed`` is an extra and imported here alone."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple, TypeVar

import cmo_kit
from cmo_kit.base.errors import InputError, need

#: Seconds within which whatever is asked of a cluster must be answered, and for which it may be without workers.
PATIENCE = 6.0
LOOK_SECONDS = 1.0
Answer = TypeVar("Answer")


class Cluster(NamedTuple):
    """What a study needs of a cluster.

    ``make_executor`` makes an executor on a connection of its own; ``workers`` is how many runs the cluster does at
    once; ``trouble`` says in a sentence why no run can end any more, and is empty while some can.
    """

    make_executor: Callable[[], Executor]
    workers: int
    trouble: Callable[[], str]


@contextlib.contextmanager
def dask_cluster(address: str, folder: str | os.PathLike[str]) -> Iterator[Cluster]:
    """Connect to the cluster whose scheduler has an address such as ``tcp://10.0.0.1:8786``.

    All workers must see the study's ``folder`` under the same path. Raises :class:`MissingPartError` when
    ``distributed`` is not installed, and :class:`InputError` when no scheduler answers, when it has no workers, or when
    a worker lacks the folder or this version.
    """
    distributed = need("distributed", "--dask needs the extra 'dask': pip install 'cmo-kit[dask]'")
    clients: list[Any] = []
    logging.getLogger("tornado.application").addFilter(_is_news)

    def connect() -> Any:
        try:
            client = _answer(
                lambda: distributed.Client(address, timeout=PATIENCE, set_as_default=False), f"--dask is {address!r}"
            )
        except InputError:
            raise
        except Exception as error:  # what reads the words of another kind of server raises anything
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            raise InputError(f"--dask is {address!r}; no scheduler answers there ({reason})") from None
        clients.append(client)
        return client

    stop = threading.Event()
    try:
        client = connect()
        workers = sum(_answer(client.nthreads, f"--dask is {address!r}").values())
        if not workers:
            raise InputError(f"--dask is {address!r}; the cluster there has no workers")
        try:
            seen = _answer(lambda: client.run(_probe, str(folder)), f"--dask is {address!r}; its workers")
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"--dask is {address!r}; its workers cannot import cmo_kit ({error})") from None
        for worker, (version, visible) in seen.items():
            if version != cmo_kit.__version__:
                raise InputError(f"--dask: worker {worker} has cmo_kit {version}; it must be {cmo_kit.__version__}")
            if not visible:
                raise InputError(f"--dask: worker {worker} does not see the folder {folder}; all must share it")
        last = [time.monotonic()]

        def look() -> None:
            while not stop.wait(LOOK_SECONDS):
                with contextlib.suppress(Exception):  # a scheduler that is gone has no workers
                    if client.nthreads():
                        last[0] = time.monotonic()

        def trouble() -> str:
            silent = time.monotonic() - last[0]
            return f"the cluster has had no workers for {silent:.0f} s" if silent > PATIENCE else ""

        threading.Thread(target=look, daemon=True).start()
        yield Cluster(lambda: connect().get_executor(), workers, trouble)
    finally:
        stop.set()
        for client in clients:
            with contextlib.suppress(Exception):  # a cluster that is gone needs no farewell
                _answer(lambda client=client: client.close(timeout=1), "")  # type: ignore[misc]


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a loop's error is none of those that follow from runs being cancelled, which the study says itself."""
    return type((record.exc_info or (None, None))[1]).__name__ != "FutureCancelledError"


def _answer(question: Callable[[], Answer], subject: str) -> Answer:
    """What ``question`` returns or raises; an :class:`InputError` when it takes too long, and it is left alone."""
    found: list[Answer] = []
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            found.append(question())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE + 1)
    if errors:
        raise errors[0]
    if not found:
        raise InputError(f"{subject}; nothing is answered there within {PATIENCE:g} s")
    return found[0]


def _probe(folder: str) -> tuple[str, bool]:
    """On a worker: the version of the kit and whether the study's folder is there."""
    return cmo_kit.__version__, os.path.isdir(folder)
