"""The instances that come with the kit, by name."""

import os
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    """A folder that is inside an installed package, and beside the package in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def instances_folder() -> Path:
    """Where the shipped instances lie."""
    return _folder("instances")


def notebooks_folder() -> Path:
    """Where the notebooks lie."""
    return _folder("notebooks")


def instance_names() -> list[str]:
    """Names that :func:`load_instance` knows, numbers in their order.

    Returns
    -------
    list of str

    Examples
    --------
    >>> [name for name in instance_names() if name.startswith("small")]
    ['small-1', 'small-2', 'small-3', 'small-4', 'small-5']
    """
    names = [path.stem for path in instances_folder().glob("*.json")]
    return sorted(names, key=lambda name: (name.rstrip("0123456789"), len(name), name))


def load_instance(name: str | os.PathLike[str]) -> Instance:
    """Load a shipped instance by name, or any instance file by path.

    Parameters
    ----------
    name : str or path

    Returns
    -------
    Instance

    Raises
    ------
    InputError
        For an unknown name, a missing file, or a file that breaks a rule.

    Examples
    --------
    >>> load_instance("fig3")
    Instance('fig3': 4 orders, 11 batches, 3 Sites)
    """
    if isinstance(name, str) and name in instance_names():
        return Instance.load(instances_folder() / f"{name}.json")
    if not isinstance(name, str | os.PathLike):
        raise InputError(f"the instance is {shown(name)}; it must be a name or a path")
    text = os.fspath(name)
    if text.endswith(".json") or os.sep in text or os.path.isfile(text):
        return Instance.load(text)
    raise InputError(
        f"the instance is {shown(text)}; it must be a path or one of the names that come with the kit, such as 'fig3'"
    )
