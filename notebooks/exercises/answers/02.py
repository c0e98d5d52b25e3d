"""Right and wrong answers to the exercises of chapter 2; see cmo_kit/course/sources.py."""

# %% 02.1 right
mine = ((("1", 2), ("3", 2), ("2", 1)), (("2", 1),))

# %% 02.1 right
from cmo_kit import decode

mine = decode(small, [0.61, 0.15, 0.35, 0.80, 0.22, 0.55, 0.70])

# %% 02.1 wrong: walk without merging
mine = [[("1", 1), ("3", 1), ("2", 1), ("3", 1), ("1", 1)], [("2", 1)]]

# %% 02.1 wrong: merge across Sites
mine = [[("1", 2), ("3", 2), ("2", 2)], []]

# %% 02.1 wrong: sequence of their last batches
mine = [[("2", 1), ("3", 2), ("1", 2)], [("2", 1)]]

# %% 02.1 wrong: sequence of the orders' numbers
mine = [[("1", 2), ("2", 1), ("3", 2)], [("2", 1)]]

# %% 02.1 wrong: the smallest key comes first
mine = [[("2", 1)], [("1", 2), ("3", 2), ("2", 1)]]

# %% 02.2 right
mine = {"a": (0, 6, 5), "b": (6, 0, 5), "c": (6, 5, 0)}

# %% 02.2 right
from cmo_kit import decode

batches = [0.29, 0.62, 0.98, 0.11, 0.44, 0.30, 0.78, 0.84, 0.23, 0.38, 0.99]
changes = {"a": [0.05, 0.59], "b": [0.59, 0.59], "c": [0.59, 0.99]}
mine = {name: [len(site) for site in decode(instance, batches + pair).starts] for name, pair in changes.items()}

# %% 02.2 wrong: counted from the other end
mine = {"a": [5, 6, 0], "b": [5, 0, 6], "c": [0, 5, 6]}

# %% 02.2 wrong: leave a Site empty
mine = {"a": [0, 6, 5], "b": [6, 5, 0], "c": [6, 5, 0]}

# %% 02.2 wrong: a batch comes before a Site change with the same key
mine = {"a": [0, 6, 5], "b": [6, 0, 5], "c": [6, 4, 1]}

# %% 02.2 wrong: the second number is those between
mine = {"a": [0, 6, 5], "b": [6, 6, 5], "c": [6, 5, 0]}

# %% 02.3 right
import numpy as np


def my_decode(instance, keys):
    sites = [[]]
    for gene in np.argsort(keys, kind="stable"):
        if gene >= instance.total_batches:
            sites.append([])
            continue
        name = instance.orders[instance.gene_orders[gene]].id
        for k, (other, batches) in enumerate(sites[-1]):
            if other == name:
                sites[-1][k] = (name, batches + 1)
                break
        else:
            sites[-1].append((name, 1))
    return sites


# %% 02.3 right
def my_decode(instance, keys):
    batches = instance.total_batches
    changes = sorted(keys[batches:])
    sites = [[] for _ in range(instance.sites)]
    for key, gene in sorted(zip(keys[:batches], range(batches), strict=True)):
        sites[sum(change < key for change in changes)].append(instance.orders[instance.gene_orders[gene]].id)
    return [[(name, site.count(name)) for name in dict.fromkeys(site)] for site in sites]


# %% 02.3 wrong: walk without merging
def my_decode(instance, keys):
    sites = [[]]
    for gene in sorted(range(len(keys)), key=lambda gene: keys[gene]):
        i = instance.gene_orders[gene]
        if i == -1:
            sites.append([])
        else:
            sites[-1].append((instance.orders[i].id, 1))
    return sites


# %% 02.3 wrong: merge neighbours only
def my_decode(instance, keys):
    sites = [[]]
    for gene in sorted(range(len(keys)), key=lambda gene: keys[gene]):
        i = instance.gene_orders[gene]
        name = instance.orders[i].id
        if i == -1:
            sites.append([])
        elif sites[-1] and sites[-1][-1][0] == name:
            sites[-1][-1] = (name, sites[-1][-1][1] + 1)
        else:
            sites[-1].append((name, 1))
    return sites


# %% 02.3 wrong: merge across Sites
def my_decode(instance, keys):
    sites, l, where = [{} for _ in range(instance.sites)], 0, {}
    for gene in sorted(range(len(keys)), key=lambda gene: keys[gene]):
        i = instance.gene_orders[gene]
        if i == -1:
            l += 1
        else:
            name = instance.orders[i].id
            site = where.setdefault(name, sites[l])
            site[name] = site.get(name, 0) + 1
    return [list(site.items()) for site in sites]


# %% 02.3 wrong: sequence of their last batches
# the solution, but: get => pop


# %% 02.3 wrong: takes effect after the next batch
def my_decode(instance, keys):
    sites, l, waiting = [{} for _ in range(instance.sites)], 0, 0
    for gene in sorted(range(len(keys)), key=lambda gene: keys[gene]):
        i = instance.gene_orders[gene]
        if i == -1:
            waiting += 1
        else:
            name = instance.orders[i].id
            sites[l][name] = sites[l].get(name, 0) + 1
            l, waiting = l + waiting, 0
    return [list(site.items()) for site in sites]


# %% 02.3 wrong: sort in descending sequence
# the solution, but: : keys[ => : -keys[

# %% 02.3 wrong: yours come in reversed gene order
# the solution, but: keys[gene] => (keys[gene], -gene)

# %% 02.3 wrong: comes before a batch with the same key
# the solution, but: keys[gene] => (keys[gene], gene < instance.total_batches)

# %% 02.3 wrong: leads to the Site of its number
# the solution, but: += => = gene - instance.total_batches +


# %% 02.3 wrong: drop empty Sites at the end
def my_decode(instance, keys):
    sites, l = {}, 0
    for gene in sorted(range(len(keys)), key=lambda gene: keys[gene]):
        i = instance.gene_orders[gene]
        if i == -1:
            l += 1
        else:
            for empty in range(l + 1):
                sites.setdefault(empty, {})
            name = instance.orders[i].id
            sites[l][name] = sites[l].get(name, 0) + 1
    return [list(site.items()) for site in sites.values()]


# %% 02.3 wrong: your schedule has 1 Sites; it must have 3
def my_decode(instance, keys):
    return [[(order.id, order.batches) for order in instance.orders]]


# %% 02.3 wrong: your Site 1 is []; it must be
def my_decode(instance, keys):
    return [[] for _ in range(instance.sites)]


# %% 02.3 wrong: changes its argument number 2
def my_decode(instance, keys):
    keys.sort()
    return [[] for _ in range(instance.sites)]


# %% 02.4 right
import numpy as np


def my_encode(instance, sites):
    free = {order.id: list(np.flatnonzero(instance.gene_orders == i)) for i, order in enumerate(instance.orders)}
    changes = list(range(instance.total_batches, instance.key_count))
    keys, place = np.zeros(instance.key_count), 0
    for site in sites:
        for name, batches in site:
            for _ in range(batches):
                keys[free[name].pop()] = place / instance.key_count
                place += 1
        if changes:
            keys[changes.pop()] = place / instance.key_count
            place += 1
    return keys


# %% 02.4 right
def my_encode(instance, sites):
    keys, steps = [None] * instance.key_count, 2 * instance.total_batches + instance.sites
    place = 0
    for l, site in enumerate(sites):
        for name, batches in site:
            genes = [g for g in range(instance.total_batches) if instance.gene_orders[g] == instance.order_index[name]]
            for gene in [g for g in genes if keys[g] is None][:batches]:
                keys[gene] = place / steps
            place += 1
        if l < instance.sites - 1:
            keys[instance.total_batches + l] = place / steps
            place += 1
    return keys


# %% 02.4 wrong: Site changes included
def my_encode(instance, sites):
    return [0.5] * instance.total_batches


# %% 02.4 wrong: a key lies between 0 and 1
def my_encode(instance, sites):
    return range(instance.key_count)


# %% 02.4 wrong: fall where they should rise
# the solution, but: [sequence => [1 - sequence

# %% 02.4 wrong: the wrong numbers
# the solution, but: (sites) => ([site for site in sites if site] + [site for site in sites if not site])


# %% 02.4 wrong: the gene number decides
def my_encode(instance, sites):
    return [0.5] * instance.key_count


# %% 02.5 right
import numpy as np

mine = np.full(7, 0.5)
mine[4:6] = 0.7, 0.6

# %% 02.5 right
mine = (0.5,) * 4 + (1, 1, 0.5)

# %% 02.5 wrong: two are enough
mine = [0.1, 0.2, 0.3, 0.4, 0.8, 0.9, 0.5]

# %% 02.5 wrong: what must come behind it
mine = [0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.5]

# %% 02.5 wrong: your keys decode to
mine = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4]

# %% 02.5 wrong: it must have 7
mine = [0.9, 0.9]

# %% 02.5 wrong: a key lies between 0 and 1
mine = [0.5, 0.5, 0.5, 0.5, 2, 2, 0.5]

# %% 02.6 right
mine = {"first": 12 / 78, "middle": 12 / 78, "last": 12 / 78, "any": 33 / 78, "conclusion": "alike"}

# %% 02.6 right
import numpy as np

rng = np.random.default_rng(5)
counts = {"first": 0, "middle": 0, "last": 0, "any": 0}
for _ in range(8000):
    keys = rng.random(13)
    low, high = sorted(keys[11:])
    found = [not (keys[:11] < low).any(), not ((low < keys) & (keys < high)).any(), not (keys[:11] > high).any()]
    for name, value in zip(counts, [*found, any(found)], strict=True):
        counts[name] += value / 8000
mine = {**counts, "conclusion": "alike"}

# %% 02.6 wrong: counts once
mine = {"first": 0.15, "middle": 0.15, "last": 0.15, "any": 0.46, "conclusion": "alike"}

# %% 02.6 wrong: between 0 and 1
mine = {"first": 770, "middle": 771, "last": 765, "any": 2110, "conclusion": "alike"}

# %% 02.6 wrong: less than chance moves them
mine = {"first": 0.15, "middle": 0.16, "last": 0.15, "any": 0.42, "conclusion": "middle"}

# %% 02.6 wrong: one is enough
mine = {"first": 0.15, "middle": 0.15, "last": 0.15, "any": 0.04, "conclusion": "alike"}

# %% 02.6 wrong: comes out otherwise
mine = {"first": 0.33, "middle": 0.33, "last": 0.33, "any": 0.33, "conclusion": "alike"}
