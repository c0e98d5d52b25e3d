"""A laboratory: choose the parts of the genetic algorithm, watch it run, compare runs, and take them along as code."""

from __future__ import annotations

import os

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.library import instance_names, load_instance
from cmo_kit.widgets.trials.page import Laboratory

MOST_KEYS = 2000  # Large has 1,160 at most


def laboratory(instance: Instance | str | os.PathLike[str] = "small-1", seed: int = 1, run: bool = False) -> Laboratory:
    """Open a laboratory.

    Parameters
    ----------
    instance : Instance, str or path
        The problem to begin with, of any size up to Large; the others of the kit can be chosen there.
    seed : int
        As in :func:`cmo_kit.solve`.
    run : bool
        Whether the first run is made at once, so that a notebook that is saved shows one.

    Returns
    -------
    Laboratory
        A notebook's cell that ends with it shows it.

    Raises
    ------
    InputError
        For an instance that there is not or that is too large, or a seed that breaks its rule.

    Examples
    --------
    >>> laboratory("fig3", seed=2).instance
    Instance('fig3': 4 orders, 11 batches, 3 Sites)
    """
    chosen = instance if isinstance(instance, Instance) else load_instance(instance)
    if chosen.key_count > MOST_KEYS:
        raise InputError(f"{chosen.name!r} has {chosen.key_count} keys; the laboratory takes {MOST_KEYS} at most")
    shipped = isinstance(instance, str) and instance in instance_names()
    opened = Laboratory(None if shipped else chosen, str(instance), check_integer(seed, "seed", 0))
    if run:
        opened.run()
        opened.session.wait()
    return opened
