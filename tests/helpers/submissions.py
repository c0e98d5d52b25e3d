"""What students hand in: methods that are honest, and methods that try everything else."""

LINE = "budget.total_tardiness(rng.random((50, budget.instance.key_count)))\n"
LOOP = f"    while True: {LINE}"
HEAD = "import os, time\nimport numpy as np\ndef method(budget, rng):\n"
HONEST = HEAD + LOOP

#: What is tried, and what the sentence about it says. Where other processes cannot be forbidden they are found.
CHEATS = {
    "endless": (HEAD + "    while True: pass\n", "more than 1 s of processor time"),
    "gigabytes": (HEAD + "    np.ones(2**30)\n", "MemoryError"),
    "fork": (
        HEAD + "    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: time.sleep(100)\n"
        "        os._exit(0)\n    time.sleep(1)\n" + LOOP,
        "started another process|BlockingIOError",
    ),
    "solver": ("from cmo_kit import solve\n" + HONEST, "No module named 'cmo_kit.methods.registry'"),
    "ga": (HEAD + "    from cmo_kit.core.genetic import genetic_algorithm\n", "No module named 'cmo_kit.core.genetic'"),
    "more": (HEAD + "    budget._limits.evaluations = 10**6\n" + LOOP, "more evaluations than the 200 of its budget"),
    "count": (HEAD + f"    while True:\n        budget.spent = 0\n        {LINE}", "more evaluations than the 200"),
    "exit": (HEAD + "    os._exit(0)\n", "ended its own process"),
    "kill": (HEAD + "    os.kill(os.getpid(), 9)\n", "ended by SIGKILL"),
    "deafer": (
        HEAD + f"    while True:\n        try: {LINE}        except: pass\n",
        "catches whatever would end it: it must let BudgetSpent pass",
    ),
    "wire": (HEAD + "    os.write(budget._wire.writing, b'z' * 20)\n    time.sleep(9)\n", "sent what is no message"),
    "silent": (HEAD + "    budget._wire.send(b'e')\n", "method has evaluated nothing"),
    "batches": (
        HEAD + '    budget._wire.send(b"s", b\'[[["1", 1000000000]], [], []]\')\n    time.sleep(9)\n',
        "what is no schedule .it has 1000000000 batches",
    ),
    "formula": (HEAD + '    raise ValueError(",=cmd()<script>alert(1)</script>")\n', "ValueError in line 4 of method"),
}
#: What a method does wrong and is told inside, in the process that runs it.
WRONG = {
    "last-move": (HEAD + "    try:\n    " + LOOP + "    finally: 1 / 0\n", "ZeroDivisionError in line 6 of method"),
    "deaf": (
        HEAD + f"    while True:\n        try: {LINE}        except Exception: pass\n",
        "went on when its budget was spent; 1000 more evaluations were refused",
    ),
    "syntax": ("def method(budget, rng:\n", "method.py raised SyntaxError"),
    "no-method": ("def search(budget, rng): pass\n", "method.py has no function method"),
    "generator": (HEAD + f"    yield {LINE}", "with yield or async is a generator"),
    "nothing": (HEAD + "    pass\n", "method has evaluated nothing"),
}
#: Behind a run that has evaluated something: what is returned is an offer, and costs nothing of that.
SPENT = "from cmo_kit.core.schedule import Schedule\n" + HEAD + "    try:\n    " + LOOP + "    except Exception: pass\n"
RETURNED = {
    "best": SPENT + "    return budget.best_keys\n",
    "another": SPENT + "    return rng.random(budget.instance.key_count)\n",
    "population": SPENT + "    return rng.random((50, budget.instance.key_count))\n",
    "totals": HEAD + "    return budget.total_tardiness(rng.random((50, budget.instance.key_count)))\n",
    "lacking": SPENT + "    return Schedule(budget.instance, [[]] * budget.instance.sites)\n",
}
#: A method that moves runs as numpy counts them.
NUMPY = (
    HEAD + "    from cmo_kit.core.chromosome import decode\n"
    "    plan = decode(budget.instance, rng.random(budget.instance.key_count))\n"
    "    while True: budget.change(plan, {0: [(order, np.int64(count)) for order, count in plan.sites[0]]})\n"
)
SLEEP = HEAD + "    time.sleep(100)\n"
#: What only namespaces prevent: each raises, and says so, when it got what it wanted.
WALLED = {
    "reads": (
        HEAD + "    seen = [p for p in ('/tmp', '/home', '/proc/1', '/etc/passwd', {home!r}) if os.path.exists(p)]\n"
        "    if seen: raise SystemExit(f'saw {seen}')\n" + LOOP,
        "mean score 0",
    ),
    "writes": (HEAD + "    open('/kit/written', 'w')\n", "Read-only file system"),
    "network": (HEAD + "    import socket\n    socket.create_connection(('127.0.0.1', {port}), 2)\n", "refused"),
}
