"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# The same examples in every run, on machines of any speed.
settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", deadline=None, max_examples=2000, database=None)
settings.load_profile("deterministic")
