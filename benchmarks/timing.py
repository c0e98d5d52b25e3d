"""Fair timing: rivals take turns, so that whatever else the machine does hits all of them alike.

What is counted is the processor time of the one thread that works, not the time it waits for others.
"""

import statistics
import time
from collections.abc import Callable, Mapping

SHORTEST_SAMPLE = 0.002


def interleaved_medians(rivals: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of one call of each rival.

    Every round times each rival once, in turn; a sample repeats a short call until the clock can be
    trusted. The first call, which compiles and fills caches, is not timed.
    """
    calls = {}
    for name, rival in rivals.items():
        rival()
        began = time.thread_time()
        rival()
        calls[name] = max(1, round(SHORTEST_SAMPLE / max(time.thread_time() - began, 1e-9)))
    samples: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(repeats):
        for name, rival in rivals.items():
            began = time.thread_time()
            for _ in range(calls[name]):
                rival()
            samples[name].append((time.thread_time() - began) / calls[name])
    return {name: statistics.median(times) for name, times in samples.items()}
