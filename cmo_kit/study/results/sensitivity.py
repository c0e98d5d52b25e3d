"""What a study of parameters says: which of them matters, which setting is better, what few runs would have said."""

from collections.abc import Sequence

import numpy as np

from cmo_kit.base.csvfile import Row
from cmo_kit.study.results.grid import Grid
from cmo_kit.study.results.statistics import summary
from cmo_kit.study.results.tables import labels_of, mean_over_seeds


def explained_variance(grid: Grid) -> dict[str, float]:
    """How much of the variance between settings each parameter explains on its own, from 0 to 1.

    In a grid of all values with all others the shares add up to 1 with what is left: that is interaction, where what
    one parameter does depends on another.
    """
    settings = grid.relative.mean(axis=1)
    shares = {}
    for key, values in grid.values.items():
        means = np.empty_like(settings)
        for value in values:
            chosen = grid.chosen(**{key: value})
            means[chosen] = settings[chosen].mean()
        shares[key] = float(means.var() / settings.var()) if settings.var() > 0 else 0.0
    return shares


def beside(rows: Sequence[Row], label: str) -> tuple[list[str], list[list[str]]]:
    """Every setting beside one of them, in per cent of that one's mean on the same problem.

    A problem counts once: its difference is of means over seeds, and the interval over problems is Student's t.
    Problems on which a run has no schedule, or ``label`` no tardiness, are left out.
    """
    means = mean_over_seeds(rows, "total_tardiness")
    lines = []
    for other in (each for each in labels_of(rows) if each != label):
        pairs = [(by_label.get(other), by_label.get(label)) for by_label in means.values()]
        above = [100 * (mine / theirs - 1) for mine, theirs in pairs if mine is not None and theirs]
        if above:
            found = summary(above)
            interval = f"{found.low:+.1f} % to {found.high:+.1f} %" if found.runs > 1 else ""
            below = f"{sum(each < 0 for each in above)} of {found.runs}"
            lines.append([other, f"{found.mean:+.1f} %", interval, below])
    return ["setting", f"beside {label}", "95 % interval", "below it on"], lines


def chosen_from_few(
    grid: Grid, problems: int, seeds: int, studies: int, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """Which settings small studies would have named as the best, most frequent first, and how many of ``studies``.

    Each draws so many problems of the grid and for every setting so many runs on each of them, with replacement, and
    takes the setting of the least mean, each problem in parts of its mean over all settings. Ties go to the first.
    """
    names, (whole, totals) = list(grid.settings), grid.totals
    runs: dict[tuple[str, str], list[float]] = {}
    for row in grid.rows:
        runs.setdefault((row["instance"], row["label"]), []).append(row["total_tardiness"])
    found = [[runs[problem, name] for name in names] for problem in whole]
    numbers = np.array([list(map(len, of_problem)) for of_problem in found])[:, :, None]
    scaled = np.zeros((*numbers.shape[:2], numbers.max()))
    for p, mean in enumerate(totals.mean(axis=0)):
        for k, totals_of in enumerate(found[p]):
            scaled[p, k, : len(totals_of)] = np.array(totals_of) / (mean or 1.0)
    counts = np.zeros(len(names), dtype=int)
    for _ in range(studies):
        drawn = rng.choice(len(whole), problems, replace=False)
        chosen = rng.integers(numbers[drawn], size=(problems, len(names), seeds))
        counts[np.take_along_axis(scaled[drawn], chosen, axis=2).mean(axis=2).mean(axis=0).argmin()] += 1
    return [(names[k], int(counts[k])) for k in np.argsort(-counts, kind="stable") if counts[k]]
