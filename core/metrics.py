"""What one process has counted since it began, for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

TIMER_LAG: Final = Histogram(
    "dezhurny_timer_lag_seconds",
    "From the moment a step was due to its start.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300),
)
INVOCATION: Final = Histogram(
    "dezhurny_invocation_seconds",
    "From the start of a step to its rest.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)
REST_REQUESTS: Final = Counter("dezhurny_rest_requests", "HTTP requests to portals.", ("method", "status"))
REST_COMMANDS: Final = Counter("dezhurny_rest_commands", "Commands in them.", ("method",))
BELLS_LOST: Final = Counter("dezhurny_bells_lost", "Bells that Redis did not take; the sweep finds what they were for.")
QUEUE_TROUBLES: Final = Counter(
    "dezhurny_queue_troubles", "Records of the queue that no work came of, and times it was not listened to.", ("kind",)
)
