"""Every method by name, and :func:`solve`, which runs one.

A method is a function ``method(instance, rng, *, seconds, evaluations, progress, **parameters) -> Outcome``;
it is imported when it is first asked for. One's own are another kind: see :mod:`cmo_kit.methods.own`.
"""

import inspect
import json
import time
import warnings
from collections.abc import Callable, Collection
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import check_integer, check_number, shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.methods.own import EVALUATIONS, OwnMethod, brought, own_method
from cmo_kit.methods.parts import part
from cmo_kit.methods.result import Result

#: Name -> (module, function).
METHODS = {
    "expert": ("cmo_kit.core.expert", "expert"),
    "expert_orders": ("cmo_kit.core.expert", "expert_orders"),
    "ga": ("cmo_kit.methods.genetic", "genetic_algorithm"),
    "milp": ("cmo_kit.methods.milp", "milp"),
    "atcs": ("cmo_kit.codings.initial", "atcs"),
    "brkga": ("cmo_kit.codings.brkga", "brkga"),
    "sequence_sa": ("cmo_kit.codings.published", "sequence_sa"),
    "sequence_ga": ("cmo_kit.codings.published", "sequence_ga"),
    "search": ("cmo_kit.search", "search"),
    "run_milp": ("cmo_kit.models.run_milp", "run_milp"),
    "cpsat": ("cmo_kit.models.cpsat", "cpsat"),
}

#: Keywords that every method takes or that are no user's choice.
COMMON = ("instance", "rng", "seconds", "evaluations", "progress", "evaluate", "compiled_operators")


def method_function(name: str | Callable[..., Any]) -> Callable[..., Outcome]:
    """The function behind a method's name; of a method of one's own, however it is given, its :class:`OwnMethod`.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if not isinstance(name, str) or name not in METHODS:
        own = own_method(name)
        if own is None:
            known = ", ".join([*METHODS, *brought()])
            raise InputError(f"the method is {shown(name)}; it must be one of {known}, FILE.py:FUNCTION, or a function")
        return own
    module, function = METHODS[name]
    found: Callable[..., Outcome] = getattr(import_module(module), function)
    return found


def method_parameters(name: str | Callable[..., Any]) -> dict[str, Any]:
    """A method's own parameters with their defaults."""
    signature = inspect.signature(method_function(name))
    return {key: value.default for key, value in signature.parameters.items() if key not in COMMON}


def check_parameters(name: str | Callable[..., Any], given: Collection[str]) -> dict[str, Any]:
    """A method's own parameters with their defaults; refuses those ``given`` that it does not have."""
    known = method_parameters(name)
    for key in given:
        if key not in known:
            some = f"they are {', '.join(known)}" if known else "it has none"
            raise InputError(
                f"method {name.name if isinstance(name, OwnMethod) else name} has no parameter {key!r}; {some}"
            )
    return known


def prepared(name: str | Callable[..., Any], instance: Instance, compiled: bool = True) -> Callable[..., Outcome]:
    """A method's function, loaded and warm, with the compiled parts that it takes; evaluation, if ``compiled`` asks."""
    function = method_function(name)
    warm_up = getattr(import_module(function.__module__), "warm_up", None)
    if warm_up is not None:
        warm_up()
    parts, taken = dict[str, Any](), inspect.signature(function).parameters
    if compiled and "evaluate" in taken:
        from cmo_kit.fast import compiled_evaluation

        parts["evaluate"] = compiled_evaluation(instance)
    if "compiled_operators" in taken:
        from cmo_kit.fast.operators import compiled_operators

        parts["compiled_operators"] = compiled_operators()
    return partial(function, **parts) if parts else function


def solve(
    instance: Instance,
    method: str | Callable[..., Any] = "ga",
    seed: int = 1,
    seconds: float | None = None,
    evaluations: int | None = None,
    progress: Progress | None = None,
    **parameters: Any,
) -> Result:
    """Run a method on an instance.

    Parameters
    ----------
    instance : Instance
    method : str or callable
        The paper's ``expert``, ``expert_orders``, ``ga`` and ``milp``; beyond it ``atcs``, ``brkga``, ``sequence_sa``,
        ``sequence_ga``, ``search``, ``run_milp`` and ``cpsat``. Or one of your own: a function
        ``method(budget, rng, **parameters)``, or ``"FILE.py:FUNCTION"``; it asks its
        :class:`~cmo_kit.methods.budget.Budget` for total tardiness, which keeps the best, and need not return anything.
    seed : int
        The same seed gives the same result, unless ``seconds`` end the run: a method gets as far in them as the
        machine allows. ``search`` without ``evaluations`` runs for seconds; solvers need one worker for the promise.
    seconds : float, optional
        Wall clock of the method, counted after loading and compiling; the method's default if None.
    evaluations : int, optional
        Never exceeded. A method of one's own without any limit has 10,000.
    progress : callable, optional
        Called with (best, evaluations, seconds) while the method runs. What it raises ends the run, which keeps what it
        has found; a warning and ``trouble`` in ``details`` say in a sentence what happened.
    **parameters
        The method's own, by name; its docstring explains them.

    Returns
    -------
    Result

    Raises
    ------
    InputError
        For an unknown method or parameter, or a value that breaks a rule.

    Examples
    --------
    >>> solve(load_instance("fig3"), "expert")
    Result('fig3', 'expert', seed=1, total_tardiness=7, 'feasible')
    >>> solve(load_instance("fig3"), "ga", seed=1, evaluations=2000, population_size=50)
    Result('fig3', 'ga', seed=1, total_tardiness=4, 'feasible')
    """
    if not isinstance(instance, Instance):
        raise InputError(f"the instance is {shown(instance)}; it must be an Instance: see load_instance")
    if not (isinstance(method, str) and method in METHODS):
        method = method_function(method)
    name = method.name if isinstance(method, OwnMethod) else str(method)
    known = check_parameters(method, parameters)
    parameters = {key: value.item() if isinstance(value, np.generic) else value for key, value in parameters.items()}
    seed = check_integer(seed, "seed", 0)
    if seconds is not None:
        check_number(seconds, "seconds")
    if evaluations is not None:
        evaluations = check_integer(evaluations, "evaluations", 1)
    limits = {key: value for key, value in (("seconds", seconds), ("evaluations", evaluations)) if value is not None}
    if isinstance(method, OwnMethod) and not limits:
        limits = {"evaluations": EVALUATIONS}
    function = prepared(method, instance, compiled="decode" not in parameters)
    began = time.perf_counter()
    troubles = list[str]()
    progress = progress and part(progress, "progress", troubles)
    outcome = function(instance, np.random.default_rng(seed), progress=progress, **limits, **parameters)
    elapsed = time.perf_counter() - began
    details = dict(outcome.details) | ({"trouble": troubles[0]} if troubles else {})
    if "trouble" in details:
        warnings.warn(details["trouble"], stacklevel=2)
    schedule = outcome.schedule
    if schedule is not None:
        schedule.method, schedule.seed = name, seed
    total = None if schedule is None else schedule.total_tardiness
    bounded = outcome.lower_bound
    if outcome.status == "optimal" and total is not None:
        bounded = total
    one_run = outcome.one_run_lower_bound
    if one_run is not None and instance.one_run_failure is None:
        bounded = max(bounded, one_run)
    used = {key: value for key, value in known.items() if isinstance(value, str | int | float | bool)} | parameters
    used |= {key: value for key, value in outcome.details.items() if key in known}
    return Result(
        instance=instance.name,
        method=name,
        seed=seed,
        parameters={key: _plain(value) for key, value in (used | limits).items()},
        total_tardiness=total,
        lower_bound=bounded,
        status=outcome.status,
        seconds=elapsed,
        evaluations=outcome.evaluations,
        one_run_lower_bound=bounded if one_run is None and outcome.status == "optimal" else one_run,
        schedule=schedule,
        history=outcome.history,
        details=details,
    )


def _plain(value: Any) -> Any:
    """A parameter as a result file holds it: a function by its name, what is unknown to JSON as Python writes it."""
    if callable(value):
        return getattr(value, "__name__", repr(value))
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return repr(value)
    return value
