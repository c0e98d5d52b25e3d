"""Forged certificates: whatever they hold, no more is proved than is true, and memory is not asked for without end."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, load_instance
from cmo_kit.bounds import verify
from cmo_kit.core.instance import Instance, Order
from tools.fuzz.forged import KINDS, forge_many

STORED = json.loads(
    (Path(__file__).resolve().parents[2] / "tools" / "fuzz" / "certificates.json").read_text(encoding="utf-8")
)
#: Its optimum is 6, and its certificate has a machine and a tree.
NAME, OPTIMUM = "tiny-large-order", 6


def part_of(certificate: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(part for part in certificate["parts"] if part["kind"] == kind)


def forge(change: Callable[[dict[str, Any]], None], kind: str = "tree", claim: float = 0) -> tuple[float, float]:
    """What the certificate proves whose only part is the changed one of this kind."""
    certificate = copy.deepcopy(STORED[NAME])
    part = part_of(certificate, kind)
    change(part)
    certificate |= {"parts": [part], "lower_bound": claim, "one_run_lower_bound": claim}
    return verify(load_instance(NAME), certificate)


def test_the_stored_certificates_prove_what_they_claim() -> None:
    for name, certificate in STORED.items():
        assert verify(load_instance(name), certificate)[0] == certificate["lower_bound"]
    assert forge(lambda part: None)[0] == OPTIMUM


def as_prices(part: dict[str, Any], curve: list[int], resolution: int = 1) -> None:
    """Make it a set of one price curve for all orders."""
    count = len(part["classes"])
    part |= {"kind": "prices", "runs": "any", "classes": [0] * count, "offsets": [0] * count}
    part |= {"curves": [[curve]], "resolution": resolution}


@pytest.mark.parametrize("order", [None, [0, 1], True, -1, 99, "0", 0.5])
@pytest.mark.parametrize("rule", ["last start", "runs"])
def test_the_cases_of_a_tree_are_about_one_order(order: object, rule: str) -> None:
    """As indices null, true and lists mean several orders at once, and the two cases are not all that there are."""

    def change(part: dict[str, Any]) -> None:
        part |= {"beat": [100, 1], "nodes": [[[0], rule, order, 0, 1, 2], [[0]], [[0]]]}

    with pytest.raises(InputError, match="a node's order must be integers from 0 to"):
        forge(change)


@pytest.mark.parametrize("beat", [[41, 8], [21, 4], [43, 8]])
def test_the_least_whole_number_above_a_goal_is_what_its_refutation_proves(beat: list[int]) -> None:
    """More than 5.125 and whole is 6, not 6.125, which would be rounded up to 7."""
    assert forge(lambda part: part.update(beat=beat)) == (OPTIMUM, OPTIMUM)


@pytest.mark.parametrize("resolution", [0, -1, -1024, True, 1.5, "1", None])
def test_the_unit_of_prices_is_a_positive_integer(resolution: Any) -> None:
    """With a negative one delays would be profits."""
    with pytest.raises(InputError, match="resolution"):
        forge(lambda part: as_prices(part, [0] * 40, resolution))


@pytest.mark.parametrize(
    "curve",
    [[2**62] * 4 + [0] * 60, [2**63 - 1, 2**63 - 1, 2, *[0] * 60], [0] * 20 + [2**62, 2**62, 2**63 - 1, 1] + [0] * 20],
)
def test_price_curves_that_pass_64_bits_are_too_high(curve: list[int]) -> None:
    """Each increment is positive, and in 64 bits their sum would come round to where it was."""
    with pytest.raises(InputError, match="prices are too large"):
        forge(lambda part: as_prices(part, curve))


@pytest.mark.parametrize(
    "curve", [[0.5] * 40, ["1"] * 40, [True] * 40, [[1]] * 40, [2**63] * 40, [2**70] * 40, [None] * 40, []]
)
def test_price_curves_are_lists_of_integers(curve: list[Any]) -> None:
    with pytest.raises(InputError):
        forge(lambda part: as_prices(part, curve))


@pytest.mark.parametrize("field", ["classes", "offsets"])
@pytest.mark.parametrize("value", [True, -1, 0.5, None, "0", 2**63, 10**30, [0]])
def test_classes_and_offsets_are_indices(field: str, value: Any) -> None:
    """An offset that overflows would read a curve from its end."""
    with pytest.raises(InputError, match=f"{field} must be integers from 0 to"):
        forge(lambda part: part.update({field: [value, *part[field][1:]]}))


@pytest.mark.parametrize("unit", [[1, 10**12], [1, 10**6], [1, 10**300]])
def test_a_grid_too_fine_for_memory_is_refused(unit: list[int]) -> None:
    def change(part: dict[str, Any]) -> None:
        as_prices(part, [0] * 100_000)
        part["unit"] = unit

    with pytest.raises(InputError):
        forge(change)


@pytest.mark.parametrize("pair", [["1e999999999", 1], "1/2", [1], [1, 0], [1, -1], [1.5, 1], [True, 1], None, {"a": 1}])
@pytest.mark.parametrize("field", ["unit", "factor", "slack"])
def test_numbers_of_the_grid_are_pairs_of_integers(field: str, pair: Any) -> None:
    """As a text a number of ten characters could have a billion digits."""
    with pytest.raises(InputError, match=f"{field} must be a numerator and a denominator"):
        forge(lambda part: part.update({field: pair}))


@pytest.mark.parametrize("claim", [float("nan"), float("inf"), -1, "6", None, [], True, 10**400])
def test_claims_are_numbers(claim: Any) -> None:
    with pytest.raises(InputError, match="lower_bound is"):
        forge(lambda part: None, claim=claim)


@pytest.mark.parametrize(
    "nodes", [[], {}, None, [[]], [[[0], "runs", 0, 0, 0, 0]], [[[0], "runs", 0, 0, 1, -1], [[0]]], [[[9]]]]
)
def test_trees_without_an_end_or_a_beginning_prove_nothing(nodes: Any) -> None:
    with pytest.raises(InputError):
        forge(lambda part: part.update(nodes=nodes, beat=[100, 1]))


@pytest.mark.parametrize("certificate", [None, [], "x", 5, {}, {"format": "cmo-bound/1"}])
def test_what_is_no_certificate_is_malformed(certificate: Any) -> None:
    with pytest.raises(InputError, match="the certificate is malformed"):
        verify(load_instance(NAME), certificate)


def test_a_certificate_has_few_parts() -> None:
    """Each part takes its time, and a file of some megabytes could have a hundred thousand."""
    certificate = copy.deepcopy(STORED[NAME])
    certificate["parts"] *= 100
    with pytest.raises(InputError, match="the certificate has over 16 parts"):
        verify(load_instance(NAME), certificate)


@pytest.mark.parametrize("resolution", [1, 2**40, 2**55, 2**56 - 1, 2**60, 2**62 - 1])
@pytest.mark.parametrize("batches", [1, 3])
def test_an_order_that_is_late_from_the_start_costs_what_it_costs(batches: int, resolution: int) -> None:
    """However finely its lateness is counted, that is no proof that it cannot be made; here without any prices."""
    instance = Instance("late", 2, (Order("a", batches, 0.5, (2, 50, 50)), Order("b", 1, 9, (1, 2, 2))), ((1, 1),) * 2)
    for unit in ([1, 1], [1, 2], [1, 128]):
        part = {"kind": "tree", "runs": "any", "unit": unit, "factor": [1, 1], "slack": [0, 1], "classes": [0, 0]}
        part |= {"offsets": [0, 0], "resolution": resolution, "curves": [[[0]]], "beat": [10**12, 1], "nodes": [[[0]]]}
        certificate = {"format": "cmo-bound/1", "instance": "late", "digest": instance.digest, "parts": [part]}
        nothing = {"lower_bound": 0, "one_run_lower_bound": 0}
        try:
            assert verify(instance, certificate | nothing).lower_bound == (101 if unit == [1, 1] else 101.5)
        except InputError as error:
            assert "prices are too large" in str(error) and resolution >= 2**55
        with pytest.raises(InputError):
            verify(instance, certificate | {"lower_bound": 10**6, "one_run_lower_bound": 10**6})


def test_forged_certificates_prove_no_more_than_is_true() -> None:
    """Built to prove the most, of genuine ones and from nothing (``make fuzz`` has 500 of each kind)."""
    found = forge_many(5, seed=5)
    assert sum(found.values()) == 5 * len(KINDS)
    assert sum(number for what, number in found.items() if what.endswith("accepted")) >= 1.5 * len(KINDS)
