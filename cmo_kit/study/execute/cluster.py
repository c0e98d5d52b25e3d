"""A Dask cluster as the executor of a study. ``distributed`` is an extra and imported here alone."""

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

import cmo_kit
from cmo_kit.base.errors import InputError, need

#: Seconds within which a scheduler must answer.
PATIENCE = 10


@contextlib.contextmanager
def dask_cluster(address: str, folder: str | os.PathLike[str]) -> Iterator[tuple[Callable[[], Executor], int]]:
    """Connect to a cluster and hold it against what runs need.

    Parameters
    ----------
    address : str
        The scheduler's, such as ``tcp://10.0.0.1:8786``.
    folder : path
        The study's folder; all workers must see it under the same path.

    Yields
    ------
    (make_executor, workers)
        Makes an executor on a connection of its own; how many runs the cluster does at once.

    Raises
    ------
    MissingPartError
        When ``distributed`` is not installed.
    InputError
        When no scheduler answers, when it has no workers, or when a worker lacks the folder or this version.
    """
    distributed = need("distributed", "--dask needs the extra 'dask': pip install 'cmo-kit[dask]'")
    clients: list[Any] = []

    def connect() -> Any:
        try:
            client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            raise InputError(f"--dask is {address!r}; no scheduler answers there ({reason})") from None
        clients.append(client)
        return client

    try:
        client = connect()
        workers = sum(client.nthreads().values())
        if not workers:
            raise InputError(f"--dask is {address!r}; the cluster there has no workers")
        try:
            seen = client.run(_probe, str(folder))
        except Exception as error:
            raise InputError(f"--dask is {address!r}; its workers cannot import cmo_kit ({error})") from None
        for worker, (version, visible) in seen.items():
            if version != cmo_kit.__version__:
                raise InputError(f"--dask: worker {worker} has cmo_kit {version}; it must be {cmo_kit.__version__}")
            if not visible:
                raise InputError(f"--dask: worker {worker} does not see the folder {folder}; all must share it")
        yield lambda: connect().get_executor(), workers
    finally:
        for client in clients:
            with contextlib.suppress(Exception):  # a cluster that is gone needs no farewell
                client.close(timeout=PATIENCE)


def _probe(folder: str) -> tuple[str, bool]:
    """On a worker: the version of the kit and whether the study's folder is there."""
    return cmo_kit.__version__, os.path.isdir(folder)
