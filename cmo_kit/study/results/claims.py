"""The paper's claims held against a study: a ledger that is computed, not typed.

A claim is *reproduced* or *not reproduced* where the study can decide it, and otherwise *cannot be tested*;
the numbers stand beside the verdict. What is said of CPLEX, of people or of another machine's seconds no study here
decides: [P] runs with other solvers. Methods of the study that the paper does not have take no part, but where they
change the picture the numbers say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from cmo_kit.base.csvfile import Row
from cmo_kit.models.model_size import model_size
from cmo_kit.study.results.collect import Study
from cmo_kit.study.results.published import TABLE_4, TABLE_4_MEANS, relative_deviation_index
from cmo_kit.study.results.tables import labels_of, mean_over_seeds, on_its_problem, sets_of

YES, NO, OPEN = "reproduced", "not reproduced", "cannot be tested"
PAPER_MEMORY = 32  # GB, of the machine that the paper's experiments ran on
HOUR = 3600
#: How far a saving in per cent may lie from the printed one.
SAVING_TOLERANCE = 5.0


class Claim(NamedTuple):
    """A claim of the paper, the verdict, and the numbers behind it."""

    claim: str
    verdict: str
    numbers: str


@dataclass(frozen=True)
class Evidence:
    """The runs of a study by the part that their method plays in the paper."""

    study: Study

    def labels(self, method: str) -> list[str]:
        """The labels with this method."""
        return labels_of(row for row in self.study.rows if row["method"] == method and not row.get("grid"))

    @property
    def solver(self) -> str:
        """What solves [P] in the runs of :meth:`rows`."""
        return "HiGHS" if any(row.get("parameters.solver") == "highs" for row in self.rows("milp")) else "CBC"

    def rows(self, method: str, test_set: str = "", label: str = "") -> list[Row]:
        """The runs of a label, or of the first one with this method, on problems of a set or on all of the paper's."""
        chosen = label or next(iter(self.labels(method)), "")
        rows = [row for row in self.study.rows if (row["method"], row["label"]) == (method, chosen)]
        return [row for row in rows if on_its_problem(row) and row["instance"].startswith(test_set)]

    def means(self, method: str, test_set: str = "") -> dict[str, float | None]:
        """Mean total tardiness by problem; None where a run has no schedule."""
        by_problem = mean_over_seeds(self.rows(method, test_set), "total_tardiness")
        return {problem: next(iter(found.values())) for problem, found in by_problem.items()}

    def triples(self, test_set: str = "") -> dict[str, tuple[float | None, float, float]]:
        """Problem -> [P], Expert, genetic algorithm, as in Table 4; problems with both of the latter."""
        milp, expert, ga = (self.means(method, test_set) for method in ("milp", "expert", "ga"))
        return {p: (milp.get(p), e, g) for p, g in ga.items() if g is not None and (e := expert.get(p)) is not None}


def claims_ledger(study: Study) -> list[Claim]:
    """Every claim of the paper's experiments, in the order in which the paper makes them."""
    evidence = Evidence(study)
    return [
        below_solver(evidence),
        below_expert(evidence),
        model_is_optimal(evidence),
        model_fails_at_real_sizes(evidence),
        nothing_on_large(evidence),
        *(mean_rdi(evidence, name) for name in ("small", "medium")),
        saving_on_large(evidence),
        *(ga_seconds(evidence, name) for name in ("small", "medium", "large")),
        faster_than_solver(evidence),
        faster_than_planners(evidence),
        no_convergence(evidence),
    ]


def ledger_table(study: Study) -> tuple[list[str], list[list[str]]]:
    """The ledger as a table: every claim, its verdict, and the numbers behind it."""
    claims = enumerate(claims_ledger(study), start=1)
    return ["claim", "verdict", "numbers"], [[f"{k}. {c.claim}", c.verdict, c.numbers] for k, c in claims]


def below_solver(evidence: Evidence) -> Claim:
    """Told, not judged: whatever another solver leaves behind is no schedule of CPLEX."""
    claim = "The GA has less total tardiness than CPLEX on all 15 problems."
    ga, milp = evidence.means("ga"), evidence.means("milp")
    both = [(g, m) for problem, g in ga.items() if g is not None and (m := milp.get(problem)) is not None]
    runs = sum(problem in ga for problem in milp)
    if not runs:
        return Claim(claim, OPEN, "The study has no problem with runs of both.")
    numbers = f"[P] with another solver, {evidence.solver}, has a schedule on {len(both)} of {runs} problems"
    numbers += f"; the GA is below it on {sum(g < m for g, m in both)}." if both else ": there is nothing to compare."
    return Claim(claim, OPEN, numbers)


def below_expert(evidence: Evidence) -> Claim:
    """The rule batch by batch stands for the Expert: its means are near the printed ones, those of whole orders not."""
    claim = "The GA has less total tardiness than the Expert on all 15 problems."
    triples = evidence.triples()
    if not triples:
        return Claim(claim, OPEN, "The study has no problem with both the Expert and the GA.")
    below = sum(ga < expert for _, expert, ga in triples.values())
    numbers = f"Read as batch by batch: below the Expert on {below} of {len(triples)} problems."
    orders = evidence.means("expert_orders")
    both = [(t[2], o) for p, t in triples.items() if (o := orders.get(p)) is not None]
    if both:
        numbers += f" Read as whole orders: below it on {sum(g < o for g, o in both)} of {len(both)}."
    verdict = NO if below < len(triples) else YES if len(triples) == len(TABLE_4) else OPEN
    return Claim(claim, verdict, numbers)


def model_is_optimal(evidence: Evidence) -> Claim:
    """Proofs on the Small set; the paper does not say how small a small problem is."""
    claim = "[P] solves small problems to optimality."
    rows = evidence.rows("milp", "small")
    if not rows:
        return Claim(claim, OPEN, "The study has no run of [P] on the Small set.")
    proved = sum(row["status"] == "optimal" for row in rows)
    above = sum(TABLE_4[p].cplex > TABLE_4[p].ga for p in TABLE_4 if p.startswith("small"))  # type: ignore[operator]
    numbers = (
        f"Proved optimal on {proved} of {len(rows)} Small problems, in {span(row['seconds'] for row in rows)} s. "
        f"In the paper's own table CPLEX is above the GA on {above} of 5, so was not optimal there either; "
        "how small a small problem is the paper does not say."
    )
    labels = evidence.labels("milp")
    for label in labels if len(labels) > 1 else ():
        runs = evidence.rows("milp", "small", label)
        found = sum(row["total_tardiness"] is not None for row in runs)
        optimal = sum(row["status"] == "optimal" for row in runs)
        numbers += f" {label}: a schedule on {found} of {len(runs)}, proved optimal on {optimal}"
        claimed = [float(row["solver_bound"]) for row in runs if row.get("solver_bound")]
        numbers += f"; the solver claims bounds of {span(claimed)}." if claimed else "."
    return Claim(claim, YES if proved == len(rows) else OPEN, numbers)


def model_fails_at_real_sizes(evidence: Evidence) -> Claim:
    """One problem solved would refute it; that one solver with one limit solves none does not show it."""
    claim = "[P] cannot solve problems of real size."
    rows = [row for name in ("medium", "large") for row in evidence.rows("milp", name)]
    if not rows:
        return Claim(claim, OPEN, "The study has no run of [P] on Medium or Large.")
    proved = sum(row["status"] == "optimal" for row in rows)
    refused = sum(row["status"] == "too_large" for row in rows)
    numbers = (
        f"With {evidence.solver} it is solved on {proved} of {len(rows)} Medium and Large problems; on {refused} it is "
        "not even built, for its estimated memory. Another solver, or more time and memory, may do better."
    )
    return Claim(claim, NO if proved else OPEN, numbers)


def nothing_on_large(evidence: Evidence) -> Claim:
    """Told, not judged: the memory of another solver is estimated."""
    claim = "CPLEX finds nothing on Large within an hour, for lack of memory."
    rows = evidence.rows("milp", "large")
    if not rows:
        return Claim(claim, OPEN, "The study has no run of [P] on the Large set.")
    found = sum(row["total_tardiness"] is not None for row in rows)
    sizes = [model_size(evidence.study.instance(row["instance"])).memory / 1e9 for row in rows]
    numbers = (
        f"[P] has a schedule on {found} of {len(rows)}. With PuLP and CBC the model needs an estimated "
        f"{span(sizes, 0)} GB; the paper's machine had {PAPER_MEMORY} GB. What CPLEX needs is not measured."
    )
    return Claim(claim, OPEN, numbers)


def mean_rdi(evidence: Evidence, name: str) -> Claim:
    """Among the same three methods as in the paper; told, not judged, as the worst of them sets the scale."""
    _, _, _, cplex, expert, _ = TABLE_4_MEANS[name]
    claim = f"The mean RDI on {name.capitalize()} is {cplex:.3f} for CPLEX and {expert:.3f} for the Expert."
    triples = evidence.triples(name)
    if not triples:
        return Claim(claim, OPEN, "The study has no such problem.")
    missing = sum(triple[0] is None for triple in triples.values())
    if missing:
        reason = f"[P] with {evidence.solver} has no schedule on {missing} of {len(triples)} problems"
        return Claim(claim, OPEN, f"{reason}: RDI among three methods cannot be computed.")
    indices = [relative_deviation_index(triple) for triple in triples.values()]
    ours = [fmean(index[k] or 0.0 for index in indices) for k in (0, 1)]
    return Claim(claim, OPEN, f"With {evidence.solver} in the place of CPLEX {ours[0]:.3f} and {ours[1]:.3f}.")


def saving_on_large(evidence: Evidence) -> Claim:
    """How far the genetic algorithm's mean lies below the Expert's, in per cent."""
    printed = saving((row.expert, row.ga) for problem, row in TABLE_4.items() if problem.startswith("large"))
    claim = f"On Large the GA lies {printed:.2f} % below the Expert on average."
    pairs = [(expert, ga) for _, expert, ga in evidence.triples("large").values()]
    if not pairs:
        return Claim(claim, OPEN, "The study has no Large problem.")
    ours = saving(pairs)
    numbers = f"Ours {ours:.2f} % on {len(pairs)} problems; reproduced would be within {SAVING_TOLERANCE:g} points."
    orders = evidence.means("expert_orders", "large")
    whole = [(t[1], o) for p, t in evidence.triples("large").items() if (o := orders.get(p)) is not None]
    if whole:
        numbers += f" The Expert with whole orders lies {saving(whole):.2f} % below the Expert batch by batch."
    return Claim(claim, YES if abs(ours - printed) <= SAVING_TOLERANCE else NO, numbers)


def ga_seconds(evidence: Evidence, name: str) -> Claim:
    """Times of another machine, language and program: told, not judged."""
    claim = f"The GA takes {TABLE_4_MEANS[name][5]:g} s on {name.capitalize()} on average."
    rows = evidence.rows("ga", name)
    if not rows:
        return Claim(claim, OPEN, "The study has no such run.")
    mean = fmean(row["seconds"] for row in rows)
    return Claim(claim, OPEN, f"Ours {mean:.2f} s in {len(rows)} runs; machine, language and program are others.")


def faster_than_solver(evidence: Evidence) -> Claim:
    """Told, not judged, where [P] was built at all: another solver's seconds up to a limit are not CPLEX's."""
    claim = "The GA is faster than CPLEX."
    milp = [row for row in evidence.rows("milp") if row["status"] != "too_large"]
    ga = [row for row in evidence.rows("ga") if row["instance"] in {row["instance"] for row in milp}]
    if not milp or not ga:
        return Claim(claim, OPEN, "The study has no problem with runs of both.")
    ours, theirs = (fmean(row["seconds"] for row in rows) for rows in (ga, milp))
    names = ", ".join(name.capitalize() for name in sets_of(row["instance"] for row in milp))
    numbers = f"On {names}: GA {ours:.2f} s, [P] with another solver, {evidence.solver}, {theirs:.1f} s on average"
    return Claim(claim, OPEN, f"{numbers}, up to its limit.")


def faster_than_planners(evidence: Evidence) -> Claim:
    """People cannot be timed here; the rule that imitates them can."""
    claim = "The GA is faster than the planners."
    ga, expert = evidence.rows("ga"), evidence.rows("expert")
    if not ga or not expert:
        return Claim(claim, OPEN, "The study has no runs of both.")
    ours, rule = (fmean(row["seconds"] for row in rows) for rows in (ga, expert))
    numbers = f"People are not timed. The rule that imitates them takes {rule:.4f} s, the GA {ours:.2f} s on average."
    return Claim(claim, OPEN, numbers)


def no_convergence(evidence: Evidence) -> Claim:
    """A run that an hour cuts off has not converged; of one that ended by patience nobody knows."""
    claim = "The GA does not converge on Large within an hour."
    rows = evidence.rows("ga", "large")
    if not rows:
        return Claim(claim, OPEN, "The study has no Large problem.")
    cut = sum(row["seconds"] >= 0.99 * HOUR for row in rows)
    numbers = f"{cut} of {len(rows)} runs were cut off; they took {span(row['seconds'] for row in rows)} s."
    everyone = [row for row in evidence.study.rows if row["total_tardiness"] is not None]
    means = evidence.means("ga", "large").items()
    pairs = [(ga, min(row["total_tardiness"] for row in everyone if row["instance"] == p)) for p, ga in means if ga]
    if pairs:
        numbers += f" Ended by patience is not converged: the study's best schedules lie {saving(pairs):.1f} % lower."
    return Claim(claim, YES if cut == len(rows) else OPEN, numbers)


def saving(pairs: Iterable[tuple[float, float]]) -> float:
    """How far the mean of the second lies below the mean of the first, in per cent.

    Of the means, and not a mean of percentages: only so do Table 4's columns give the paper's 37.19 %.
    """
    first, second = zip(*pairs, strict=True)
    return 100 * (1 - float(sum(second)) / float(sum(first)))


def span(values: Iterable[float], digits: int = 1) -> str:
    """``least to greatest``."""
    found = sorted(values)
    return f"{found[0]:.{digits}f} to {found[-1]:.{digits}f}"
