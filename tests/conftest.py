"""Settings that all tests share."""

import signal

from hypothesis import HealthCheck, settings

# A shell that starts the tests in the background ignores Ctrl-C for them, and tests of interrupts would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, on machines of any speed.
settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", deadline=None, max_examples=2000, database=None)
settings.load_profile("deterministic")
