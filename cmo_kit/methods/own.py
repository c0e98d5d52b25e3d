"""Methods of one's own: a function ``method(budget, rng, **parameters)``, from Python, a file or another package."""

import ast
import hashlib
import inspect
import json
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError, raised
from cmo_kit.base.jsonfile import read_text
from cmo_kit.base.limits import Progress
from cmo_kit.core.genetic import Evaluate
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.budget import Budget, BudgetSpent, Runaway, take_returned

#: Where other packages name their methods.
GROUP = "cmo_kit.methods"
#: The limit of a run without any; the result then depends on the seed alone.
EVALUATIONS = 10_000
MAXIMUM_BYTES = 1024 * 1024


class OwnMethod:
    """A method of one's own in the shape of the kit's methods; what becomes of its run is an :class:`Outcome`.

    Whatever it does, what its budget has seen until then is the result; ``trouble`` in ``details`` says in a sentence
    what was wrong.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.function, self.name = function, name
        try:
            signature = inspect.signature(function)
            first_two = signature.bind_partial(None, None).arguments
        except (TypeError, ValueError):
            raise InputError(
                f"method {name} must be a function of a budget and a generator: {name}(budget, rng, ...)"
            ) from None
        common = [p for p in inspect.signature(type(self).run).parameters.values() if p.kind == p.KEYWORD_ONLY]
        taken = (*first_two, *(p.name for p in common), "instance", "method", "seed")
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        parameters = signature.parameters.values()
        own = [p.replace(kind=p.KEYWORD_ONLY) for p in parameters if p.kind in kinds and p.name not in taken]
        self.__signature__ = inspect.Signature(common + own)

    def __call__(self, instance: Instance, rng: np.random.Generator, **arguments: Any) -> Outcome:
        """Run it, as every method is run."""
        return self.run(instance, rng, **arguments)

    def run(
        self,
        instance: Instance,
        rng: np.random.Generator,
        *,
        seconds: float | None = None,
        evaluations: int | None = None,
        progress: Progress | None = None,
        evaluate: Evaluate | None = None,
        **parameters: Any,
    ) -> Outcome:
        """Run the function on a budget of its own.

        Raises
        ------
        InputError
            When it fails before its first evaluation, or ends without any.
        """
        document, before = instance.to_dict(), _state(instance)
        budget = Budget(instance, evaluations, seconds, progress, evaluate)
        trouble, status = "", "feasible"
        cause: BaseException | None = None
        try:
            trouble = take_returned(self.function(budget, rng, **parameters), budget, self.name)
        except BudgetSpent:
            pass
        except (KeyboardInterrupt, Runaway):
            status = "stopped"
        except (Exception, SystemExit) as error:
            trouble, status, cause = raised(self.name, error), "stopped", error
        best = budget.best
        if best is None:
            if status == "stopped" and cause is None:
                return Outcome(None, status)
            raise InputError(trouble or f"{self.name} has evaluated nothing") from cause
        if budget.refused > 1 and not trouble:
            trouble = (
                f"{self.name} went on when its budget was spent; {budget.refused - 1} more evaluations were refused"
            )
        if _state(instance) != before:
            trouble = f"{self.name} changed the instance that it was handed; load it anew"
            best = Schedule(Instance.from_dict(document), best.sites)
        details: dict[str, Any] = {} if budget.best_keys is None else {"keys": budget.best_keys}
        return Outcome(
            schedule=best,
            status="optimal" if best.total_tardiness == 0 else status,
            evaluations=budget.spent,
            history=budget.history,
            details=details | ({"trouble": trouble} if trouble else {}),
        )


def own_method(method: object) -> OwnMethod | None:
    """The method that is a function, stands as ``FILE.py:FUNCTION``, or was brought by a package; None for no such.

    Raises
    ------
    InputError
        For a file that cannot be read or run, and for one without the function.
    """
    if isinstance(method, OwnMethod):
        return method
    if callable(method):
        return OwnMethod(method, getattr(method, "__name__", type(method).__name__))
    if not isinstance(method, str):
        return None
    if place := file_and_function(method):
        return _of_file(*place)
    point = brought().get(method)
    if point is None:
        return None
    try:
        return OwnMethod(point.load(), method)
    except (Exception, SystemExit) as error:
        raise InputError(raised(f"method {method}, which a package brings,", error)) from error


def method_source(method: str) -> str:
    """What identifies the code of a method: its file's SHA-256 or its package's version; empty for the kit's."""
    if place := file_and_function(method):
        return hashlib.sha256(read_text(place[0], MAXIMUM_BYTES).encode()).hexdigest()
    point = brought().get(method)
    return f"{point.dist.name} {point.dist.version}" if point is not None and point.dist is not None else ""


def brought() -> dict[str, EntryPoint]:
    """The methods that other packages bring, by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def file_and_function(method: str) -> tuple[Path, str] | None:
    """The two parts of ``FILE.py:FUNCTION``; None for another name."""
    file, _, function = method.rpartition(":")
    return (Path(file), function) if file.endswith(".py") else None


def _of_file(path: Path, function: str) -> OwnMethod:
    """Run the file as a module that has a name of its own, and take the function."""
    text = read_text(path, MAXIMUM_BYTES)
    module = ModuleType(f"{path.stem}_{hashlib.sha256(text.encode()).hexdigest()[:16]}")
    module.__file__, sys.modules[module.__name__] = str(path), module
    try:
        _check_imports(compile(text, str(path), "exec", ast.PyCF_ONLY_AST), path)
        exec(compile(text, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        raise InputError(raised(str(path), error)) from error
    found = getattr(module, function, None)
    if not callable(found):
        own = [key for key, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
        raise InputError(f"{path} has no function {function!r}; it has {', '.join(own) or 'none'}")
    return OwnMethod(found, f"{path.name}:{function}")


def _check_imports(tree: ast.AST, path: Path) -> None:
    """Refuse modules beside a method's file: found or not by where it is run, and edited unnoticed by a study."""
    named = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            named.add(node.module)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            named |= {alias.name for alias in node.names}
    for name in sorted({name.partition(".")[0] for name in named} - {"cmo_kit"} - sys.stdlib_module_names):
        place = path.parent / name
        if place.with_suffix(".py").is_file() or any(place.glob("**/*.py")):
            raise InputError(f"it imports {name}, which lies in {path.parent.resolve()}; a method is one file")


def _state(instance: Instance) -> bytes:
    """What an instance holds, its arrays included."""
    arrays = [
        getattr(i, name) for i in (instance, instance.whole) for name in ("Q", "D", "w", "p", "g", "tails", "sigma")
    ]
    text = json.dumps(instance.to_dict(), sort_keys=True).encode()
    return hashlib.sha256(b"".join([text, *(array.tobytes() for array in arrays)])).digest()
