"""Chapter 2: what keys mean. Misreadings of the decoder have names, and keys are drawn on which all of them differ."""

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from cmo_kit.base.values import shown
from cmo_kit.core.chromosome import decode
from cmo_kit.core.instance import Instance
from cmo_kit.course.exercises.readings import equal_lists, hold, separating
from cmo_kit.course.exercises.verdict import Wrong, asked, close, entries, exercise, number, numbers, sites_of
from cmo_kit.library import load_instance
from cmo_kit.views.paper import FIGURE_3_KEYS

#: The chromosome that is decoded by hand in exercise 02.1.
BY_HAND = (0.61, 0.15, 0.35, 0.80, 0.22, 0.55, 0.70)
#: Keys of the batches of Figure 3, and the keys of the Site changes in exercise 02.2.
FIGURE_3 = FIGURE_3_KEYS[:11]
SITE_CHANGES = {"a": (0.05, 0.59), "b": (0.59, 0.59), "c": (0.59, 0.99)}
Sites = list[list[tuple[str, int]]]


def walk(
    instance: Instance, keys: Any, *, merge: str = "Site", sequence: str = "first", late: bool = False,
    descending: bool = False, ties: str = "gene", by_number: bool = False, drop: bool = False,
) -> Sites:  # fmt: skip
    """Decode as Section 4.1 says, or by a misreading of it."""
    values, genes, batches = np.asarray(keys), range(instance.key_count), instance.total_batches
    behind = {"gene": genes, "reversed": genes[::-1], "change": [*genes[batches:], *genes[:batches]]}[ties]
    order = sorted(behind, key=lambda gene: -values[gene] if descending else values[gene])
    sites: list[list[list[Any]]] = [[] for _ in range(instance.sites)]
    l, waiting = 0, 0
    for gene in order:
        if gene >= batches:
            if by_number:
                l = gene - batches + 1
            elif late:
                waiting += 1
            else:
                l += 1
            continue
        name = instance.orders[int(instance.gene_orders[gene])].id
        places = sites if merge == "all" else [sites[l]]
        runs = [run for site in places for run in site if run[0] == name]
        if merge == "none" or (merge == "neighbours" and sites[l][-1:] != runs[-1:]):
            runs = []
        if runs:
            runs[-1][1] += 1
            if sequence == "last":
                sites[l].remove(runs[-1])
                sites[l].append(runs[-1])
        else:
            sites[l].append([name, 1])
        l, waiting = l + waiting, 0
    if sequence == "number":
        sites = [sorted(site, key=lambda run: instance.order_index[run[0]]) for site in sites]
    while drop and sites and not sites[-1]:
        sites.pop()
    return [[(name, count) for name, count in site] for site in sites]


#: What the check says -> what is read differently.
MISREADINGS: dict[str, dict[str, Any]] = {
    "you walk without merging: every batch opens a run, but it belongs to the run that its order has on this Site":
        {"merge": "none"},
    "you merge neighbours only; a batch joins its order's run on this Site also when another order came in between":
        {"merge": "neighbours"},
    "you merge across Sites; a batch joins a run on the current Site only, and opens one where there is none":
        {"merge": "all"},
    "your runs stand in the sequence of their last batches; the first batch of an order counts": {"sequence": "last"},
    "your runs stand in the sequence of the orders' numbers; the first batch of each order on the Site counts":
        {"sequence": "number"},
    "your Site change takes effect after the next batch; the batch behind it is on the next Site already":
        {"late": True},
    "you sort in descending sequence; the smallest key comes first": {"descending": True},
    "equal keys: yours come in reversed gene order; the gene that stands earlier in the chromosome comes first "
    "(a stable sort)": {"ties": "reversed"},
    "equal keys: your Site change comes before a batch with the same key; batches stand earlier in the chromosome":
        {"ties": "change"},
    "your Site change leads to the Site of its number; each one leads to the next Site, by its key":
        {"by_number": True},
    "you drop empty Sites at the end; an empty Site is an empty list": {"drop": True},
}  # fmt: skip


@cache
def decoder_cases() -> list[tuple[Instance, list[float]]]:
    """Keys of Figure 3's instance on which every two readings differ, one Site alone, and Figure 3 itself."""
    instance, alone = load_instance("fig3"), load_instance("tiny-one-site")
    rng = np.random.default_rng(23)

    def draw() -> tuple[Instance, list[float]]:
        return instance, rng.random(instance.key_count).round(int(rng.integers(1, 3))).tolist()

    readings = [lambda i, k, options=options: walk(i, k, **options) for options in ({}, *MISREADINGS.values())]
    cases = [(instance, list(FIGURE_3_KEYS)), *separating(draw, readings), *(draw() for _ in range(10))]
    return [*cases, (instance, [0.5] * instance.key_count), (alone, rng.random(alone.key_count).tolist())]


@exercise("02.1")
def decode_by_hand(mine: Any) -> str:
    """Seven keys of tiny-ties."""
    instance = load_instance("tiny-ties")
    given = sites_of(mine, instance)
    if given == walk(instance, BY_HAND):
        return "sort, walk, change Sites, merge: that is all that decoding is"
    for sentence, options in MISREADINGS.items():
        if given == walk(instance, BY_HAND, **options):
            raise Wrong(sentence)
    raise Wrong("sort the seven genes once more and walk them; one of the runs is not where its batches lead")


@exercise("02.2")
def site_changes(mine: Any) -> str:
    """How many batches stand on each Site for three pairs of Site changes."""
    instance = load_instance("fig3")
    if not isinstance(mine, dict) or set(mine) != set(SITE_CHANGES):
        raise Wrong("the answer must be a dictionary with the keys a, b, c")
    for name, pair in SITE_CHANGES.items():
        keys = [*FIGURE_3, *pair]
        counts = [len(starts) for starts in decode(instance, keys).starts]
        below = [sum(key < change for key in FIGURE_3) for change in pair]
        hold(
            entries(mine[name], name, 3),
            counts,
            {
                f"{name}: you counted from the other end; the smallest key comes first": counts[::-1],
                f"{name}: you counted the batches below each Site change; the second number is those between the two":
                    [*below, sum(key >= max(pair) for key in FIGURE_3)],
                f"{name}: a batch comes before a Site change with the same key, it stands earlier in the chromosome":
                    [below[0], below[1] - below[0], 11 - below[1]],
                f"{name}: two Site changes with no batch between them leave a Site empty": [*counts[:1], counts[2], 0],
            },
            f"{name}: count the batches below the smaller change, between the two, and above the larger one",
            equal_lists,
        )  # fmt: skip
    return "Sites are empty at the front, in the middle, at the end, wherever no batch stands between two changes"


@exercise("02.3")
def decoder(mine: Any) -> str:
    """A decoder of one's own, held against all misreadings."""
    cases = decoder_cases()
    given = [
        sites_of(asked(mine, instance, np.array(keys), returns="It must be a list of runs for each Site."), instance)
        for instance, keys in cases
    ]
    right = [walk(*case) for case in cases]
    if given == right:
        return "that is Section 4.1 in your own words; the kit's own decoder agrees on every one of these keys"
    for sentence, options in MISREADINGS.items():
        if given == [walk(*case, **options) for case in cases]:
            raise Wrong(sentence)
    place = next(k for k in range(len(cases)) if given[k] != right[k])
    instance, keys = cases[place]
    if len(given[place]) != instance.sites:
        raise Wrong(f"your schedule has {len(given[place])} Sites; it must have {instance.sites}, empty ones included")
    l = next(l for l in range(instance.sites) if given[place][l] != right[place][l])
    raise Wrong(
        f"on {instance.name} with keys {' '.join(f'{key:.2g}' for key in keys)} your Site {l + 1} is "
        f"{shown(given[place][l])}; it must be {shown(right[place][l])}"
    )


@exercise("02.4")
def encoder(mine: Any) -> str:
    """Keys for a given schedule."""
    instance = load_instance("fig3")
    rng = np.random.default_rng(24)
    wanted = [walk(instance, rng.random(instance.key_count)) for _ in range(12)]
    wanted += [walk(instance, [*FIGURE_3, *pair]) for pair in ((0, 0), (0, 0.5), (0.5, 0.5), (1, 1), (0.59, 0.17))]
    for sites in wanted:
        keys = numbers(asked(mine, instance, sites, returns="It must be a list of keys."), "your list of keys")
        if len(keys) != instance.key_count:
            raise Wrong(f"you give {len(keys)} keys; there must be {instance.key_count}, Site changes included")
        if min(keys) < 0 or max(keys) > 1:
            raise Wrong(f"your keys reach from {min(keys):g} to {max(keys):g}; a key lies between 0 and 1")
        found = walk(instance, keys)
        if found == sites:
            continue
        if walk(instance, keys, descending=True) == sites:
            raise Wrong("your keys fall where they should rise: the smallest key comes first")
        if walk(instance, keys, sequence="last") == sites:
            raise Wrong("your runs would be right if last batches counted; a run stands where its first batch does")
        if sorted(found, key=str) == sorted(sites, key=str):
            raise Wrong("the Sites have their runs, but the wrong numbers: mind Sites that are empty")
        tie = " (some of your keys are equal; then the gene number decides)" if len(set(keys)) < len(keys) else ""
        raise Wrong(f"for {shown(sites)} your keys decode to {shown(found)}{tie}")
    return "every schedule with one run per order and Site has keys, and mostly very many"


@exercise("02.5")
def two_keys(mine: Any) -> str:
    """Two keys to change among equal ones."""
    instance = load_instance("tiny-ties")
    keys = numbers(mine, count=instance.key_count)
    if min(keys) < 0 or max(keys) > 1:
        raise Wrong("a key lies between 0 and 1")
    changed = sum(not close(key, 0.5) for key in keys)
    if changed > 2:
        raise Wrong(f"{changed} keys are not 0.5; two are enough, for equal keys have a sequence too")
    found = walk(instance, keys)
    if found == [[("1", 2), ("2", 2)], [("3", 2)]]:
        return "among equal keys the earlier gene comes first, and Site changes stand last in the chromosome"
    if not found[1]:
        raise Wrong("everything is on Site 1: the Site change stands behind the batches; what must come behind it?")
    raise Wrong(f"your keys decode to {found}")


@exercise("02.6")
def empty_sites(mine: Any) -> str:
    """How often random keys leave a Site of Figure 3's instance empty, by counting all places of the Site changes."""
    instance = load_instance("fig3")
    n = instance.key_count
    places = list(combinations(range(n), 2))
    share = {
        "first": sum(a == 0 for a, _ in places) / len(places),
        "middle": sum(b == a + 1 for a, b in places) / len(places),
        "last": sum(b == n - 1 for _, b in places) / len(places),
        "any": sum(a == 0 or b == a + 1 or b == n - 1 for a, b in places) / len(places),
    }
    if not isinstance(mine, dict) or set(mine) != {*share, "conclusion"}:
        raise Wrong("the answer must be a dictionary with first, middle, last, any and conclusion")
    for name, value in share.items():
        measured = number(mine[name], name)
        if measured > 1:
            raise Wrong(f"{name} is {measured:g}; give the share of all chromosomes, between 0 and 1")
        if abs(measured - value) <= 0.03:
            continue
        if name == "any" and abs(measured - sum(list(share.values())[:3])) <= 0.03:
            raise Wrong("any is the sum of the other three; a chromosome with two empty Sites counts once")
        if name == "any" and measured < share["first"] * 0.5:
            raise Wrong("any seems to count chromosomes with several empty Sites; one is enough")
        raise Wrong(f"{name} is {measured:.3f}; with 5,000 uniform chromosomes of all {n} keys it comes out otherwise")
    if mine["conclusion"] != "alike":
        raise Wrong("the three shares differ by less than chance moves them: no Site is empty more often than another")
    return f"{100 * share['any']:.0f} % of random chromosomes leave a Site unused, the first as often as the others"
