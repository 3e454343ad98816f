"""What every test may ask for."""

from hypothesis import HealthCheck, settings

#: How long an example takes depends on what else the machine does; time is measured by benchmarks alone.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ["tests.servers", "tests.figures"]
