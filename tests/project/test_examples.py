"""Every public docstring: what goes in and comes out is named, and its example says what really happens."""

import doctest
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cmo_kit
from tools.site import REFERENCE

NAMES = [name for _, names in REFERENCE.values() for name in names]
#: What a reader has imported already, as the reference's index says.
IMPORTED = {"np": np, "cmo_kit": cmo_kit} | {name: getattr(cmo_kit, name) for name in cmo_kit.__all__}


def public(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


DOCUMENTED = [name for name in NAMES if callable(public(name))]


def inputs(thing: Any) -> Iterator[str]:
    """The parameters of a function, or of a class of this kit's own making."""
    if "__dataclass_fields__" in vars(thing):
        yield from (field.name for field in fields(thing))
    elif not isinstance(thing, type) or "__init__" in vars(thing):
        yield from (name for name in inspect.signature(thing).parameters if name != "self")


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_docstring_names_what_goes_in_and_what_comes_out(name: str) -> None:
    thing, text = public(name), public(name).__doc__ or ""
    lacking = [given for given in inputs(thing) if not re.search(rf"(?<!\w){given}(?!\w)", text)]
    assert lacking == []
    if not isinstance(thing, type) and inspect.get_annotations(inspect.unwrap(thing)).get("return") not in (
        None,
        "None",
    ):
        assert "Returns\n" in text


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_example_of_a_docstring_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where an example writes its files
    thing = public(name)
    text = inspect.cleandoc(thing.__doc__ or "")
    assert "Examples\n--------\n" in text
    known = IMPORTED | {name.rpartition(".")[2]: thing}
    example = doctest.DocTestParser().get_doctest(text, known, name, None, None)
    assert example.examples and "+SKIP" not in text
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert not told, "".join(told)


def there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True


def test_what_docstrings_point_at_is_there() -> None:
    """Names given in full; the site resolves the others where they stand."""
    texts = (path.read_text(encoding="utf-8") for path in Path(cmo_kit.__file__).parent.rglob("*.py"))
    named = {name for text in texts for name in re.findall(r":(?:func|class|mod|data|meth):`~?(cmo_kit[.\w]+)`", text)}
    assert len(named) > 40
    assert [name for name in sorted(named) if not there(name)] == []
