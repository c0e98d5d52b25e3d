"""A problem whose every name would run a script where a page took it for markup."""

from cmo_kit import CleaningTimes, Instance, Order

#: What would happen is that ``window.ran`` is set, which the browser tests look for.
SCRIPTS = (
    "<img src=x onerror=window.ran=1>",
    '"><script>window.ran=1</script>',
    "' onclick='window.ran=1' x='",
    "</title></svg><svg onload=window.ran=1>",
    "--><script>window.ran=1</script><!--",
    "]]>&lt;img src=x onerror=window.ran=1&gt;${window.ran=1}{{window.ran=1}}",
)


def instance_named(names: tuple[str, ...], due: int = 9) -> Instance:
    """Three orders, three operations, a time unit and a problem with these six kinds of names, mixed."""
    first, second, third, *others = names
    orders = (
        Order(first, 2, due, (1, 2, 1)),
        Order(second, 2, due + 2, (2, 1, 1)),
        Order(third, 1, due + 3, (1, 1, 2)),
    )
    same, change = ((0, 0, 0),) * 3, ((0, 4, 5), (1, 6, 2), (0, 5, 5))
    return Instance(others[2] + first, 2, orders, CleaningTimes(same, change), tuple(others), others[1])


HOSTILE = instance_named(SCRIPTS)
#: The same with names of the same lengths, and of letters only.
HARMLESS = instance_named(tuple(chr(ord("a") + k) * len(name) for k, name in enumerate(SCRIPTS)))
