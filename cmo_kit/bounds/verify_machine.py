"""The single-machine bound again, by another algorithm, for verification only.

The least total tardiness on one machine comes from Lawler's theorem in its original form: all positions
behind the longest job's own are tried, none is skipped, and subproblems are named by (first job, last
job, job that bounds the lengths) as in Lawler 1977, doi:10.1016/S0167-5060(08)70742-8.
"""

from fractions import Fraction

#: More than the code that finds the bound allows itself: here no position is skipped, so more subproblems are met.
MOST_PROBLEMS = 400_000
Times = list[list[int]]


def orders_alone(G: Times, Q: list[int], d: list[int], W: list[int], ready: list[int], L: int) -> Fraction:
    """The sum over orders of the tardiness that they have even with all Sites for themselves."""
    total = 0
    for i in range(len(Q)):
        at_least = ready[i] + (ceiling(Q[i], L) - 1) * min(G[i])
        total += W[i] * max(0, at_least - d[i])
    return Fraction(total)


def ceiling(a: int, b: int) -> int:
    """``ceil(a / b)`` of integers."""
    return (a + b - 1) // b


def single_machine(G: Times, Q: list[int], d: list[int], L: int) -> int | None:
    """Least total tardiness of the jobs ``W_i`` with due dates ``L d_i + Delta``; None if that takes too long."""
    n = len(Q)
    last = [min(G[i][j] for j in range(n) if j != i or n == 1) for i in range(n)]
    between = [min(G[i]) for i in range(n)]
    gaps = sorted((x for i in range(n) for x in [last[i]] + [between[i]] * min(Q[i] - 1, L)), reverse=True)
    delta = sum(gaps[:L])
    jobs = sorted((L * d[i] + delta, (Q[i] - 1) * between[i] + last[i]) for i in range(n))
    due, length = [job[0] for job in jobs], [job[1] for job in jobs]
    ranks = {i: rank for rank, i in enumerate(sorted(range(n), key=lambda i: (length[i], i)))}
    known: dict[tuple[int, int, int, int], int] = {}

    def solve(first: int, final: int, below: int, start: int) -> int | None:
        """Jobs ``first..final`` of rank less than ``below``, the machine being free at ``start``."""
        inside = [i for i in range(first, final + 1) if ranks[i] < below]
        if not inside:
            return 0
        key = (inside[0], inside[-1], below, start)
        if key not in known:
            if len(known) > MOST_PROBLEMS:
                return None
            longest = max(inside, key=lambda i: ranks[i])
            options = []
            for k in inside:
                if k < longest:
                    continue
                end = start + sum(length[i] for i in inside if i <= k)
                before = solve(inside[0], k, ranks[longest], start)
                after = solve(k + 1, inside[-1], ranks[longest], end)
                if before is None or after is None:
                    return None
                options.append(before + max(0, end - due[longest]) + after)
            known[key] = min(options)
        return known[key]

    return solve(0, n - 1, n, 0)
