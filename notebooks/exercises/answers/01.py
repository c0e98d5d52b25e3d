"""Right and wrong answers to the exercises of chapter 1; see cmo_kit/course/sources.py."""

# %% 01.1 right
mine = (0.0, 6.0, 16.0, 25.0)

# %% 01.1 right
import numpy as np

mine = np.array([0, 6, 16, 25])

# %% 01.1 wrong: wait until the one before is complete
mine = [0, 10, 20, 29]

# %% 01.1 wrong: the gap is seed culture and setup time
mine = [0, 3, 10, 19]

# %% 01.1 wrong: the larger gap counts there
mine = [0, 6, 12, 21]

# %% 01.1 wrong: after all its operations
mine = [0, 6, 16, 18]

# %% 01.1 wrong: no gap is added
mine = [0, 6, 16, 21]

# %% 01.1 wrong: starts at 0
mine = [4, 10, 20, 29]

# %% 01.2 right
mine = [6.0, "purification", 4.0]

# %% 01.2 right
parts = {"seed culture": 2 + 1, "main culture": 6 + 3 - 4, "purification": 9 + 5 - 8}
operation = max(parts, key=parts.get)
mine = (parts[operation], operation, parts[operation] - instance.orders[1].processing_times[0])

# %% 01.2 wrong: the order changes
mine = (4, "purification", 2)

# %% 01.2 wrong: subtract the time that the second batch needs
mine = (14, "purification", 12)

# %% 01.2 wrong: main culture asks for
mine = (5, "main culture", 3)

# %% 01.2 wrong: has something to spare
mine = (6, "main culture", 4)

# %% 01.2 wrong: counted from the end of seed culture
mine = (6, "purification", 6)

# %% 01.2 wrong: of the batch in front, not of the one behind
mine = (6, "purification", 2)

# %% 01.3 right
from itertools import accumulate


def gap(front, cleaning, behind):
    ends, reached = accumulate(front), accumulate(behind, initial=0)
    return max(end + k - way for end, k, way in zip(ends, cleaning, reached, strict=False))


# %% 01.3 right
import numpy as np


def gap(front, cleaning, behind):
    reached = np.cumsum(behind) - behind
    return (np.cumsum(front) + cleaning - reached).max()


# %% 01.3 wrong: wait until the first is complete and clean
def gap(front, cleaning, behind):
    return sum(front) + cleaning[-1]


# %% 01.3 wrong: forgets the way of the second batch
# the solution, but: o] - sum(behind[:o]) for o => o] for o

# %% 01.3 wrong: takes the way of the first batch
# the solution, but: (behind[ => (front[

# %% 01.3 wrong: counts the operation itself into the way
# the solution, but: :o] => : o + 1]

# %% 01.3 wrong: forgets the cleaning
# the solution, but: ]) + cleaning[o] - sum => ]) - sum


# %% 01.3 wrong: is a return missing?
def gap(front, cleaning, behind):
    max(sum(front[: o + 1]) + cleaning[o] - sum(behind[:o]) for o in range(len(front)))


# %% 01.3 wrong: changes its argument number 2
def gap(front, cleaning, behind):
    for o in range(len(front)):
        cleaning[o] += sum(front[: o + 1]) - sum(behind[:o])
    return max(cleaning)


# %% 01.3 wrong: IndexError
# the solution, but: len(front) => 3


# %% 01.3 wrong: your function returns 6; it must be
def gap(front, cleaning, behind):
    return 6


# %% 01.4 right
mine = 11.0

# %% 01.4 right
mine = sum(max(0, last - due) for last, due in ((25, 20), (28, 30), (21, 15)))

# %% 01.4 wrong: earns nothing
mine = 9

# %% 01.4 wrong: you add up the batches
mine = 13

# %% 01.4 wrong: the largest tardiness
mine = 6

# %% 01.4 wrong: number of tardy orders
mine = 2

# %% 01.4 wrong: on whichever Site that is
mine = 8


# %% 01.5 right
def total(batches, due_dates):
    late = {order: 0 for order in due_dates}
    for order, end in batches:
        late[order] = max(late[order], end - due_dates[order])
    return sum(late.values())


# %% 01.5 right
def total(batches, due_dates):
    latest = dict(sorted(batches, key=lambda batch: batch[1]))
    return sum(max(0, latest[order] - due_dates[order]) for order in latest)


# %% 01.5 wrong: lets early orders pay
def total(batches, due_dates):
    return sum(max(end for name, end in batches if name == order) - due for order, due in due_dates.items())


# %% 01.5 wrong: adds up batches
def total(batches, due_dates):
    return sum(max(0, end - due_dates[order]) for order, end in batches)


# %% 01.5 wrong: stands last in the list
def total(batches, due_dates):
    return sum(max(0, end - due_dates[order]) for order, end in dict(batches).items())


# %% 01.5 wrong: takes the first batch
def total(batches, due_dates):
    return sum(max(0, min(e for name, e in batches if name == order) - due) for order, due in due_dates.items())


# %% 01.5 wrong: gives the largest tardiness
def total(batches, due_dates):
    return max(max(0, end - due_dates[order]) for order, end in batches)


# %% 01.5 wrong: changes its argument number 1
def total(batches, due_dates):
    batches.sort(key=lambda batch: batch[1])
    return sum(max(0, end - due_dates[order]) for order, end in dict(batches).items())


# %% 01.6 right
def enough(b):
    for i, row in enumerate(b):
        for y in range(len(b)):
            if row[i] > row[y]:
                return False
            if any(b[x][y] + row[i] > b[x][i] + row[y] for x in range(len(b))):
                return False
    return True


# %% 01.6 right
import numpy as np


def enough(b):
    b = np.array(b)
    first = (np.diag(b)[:, None] <= b).all()
    second = all((b + b[i, i] <= b[:, i, None] + b[None, i]).all() for i in range(len(b)))
    return bool(first and second)


# %% 01.6 right
def enough(b):
    n = range(len(b))
    first = all(b[i][i] <= b[i][y] for i in n for y in n)
    return first and all(b[x][y] + b[i][i] <= b[x][i] + b[i][y] for i in n for x in n for y in n if len({i, x, y}) == 3)


# %% 01.6 wrong: the first inequality only
def enough(b):
    return all(b[i][i] <= min(b[i]) for i in range(len(b)))


# %% 01.6 wrong: the second inequality only
def enough(b):
    n = range(len(b))
    return all(b[x][y] + b[i][i] <= b[x][i] + b[i][y] for i in n for x in n for y in n if i not in (x, y))


# %% 01.6 wrong: refuses equality
# the solution, but: ] <= b[i][y] and b[x][y] + b[i][i] <= b[ => ] < b[i][y] and b[x][y] + b[i][i] < b[


# %% 01.6 wrong: always gives the same answer
def enough(b):
    return True


# %% 01.6 wrong: must be True or False
def enough(b):
    return "yes"
