"""Timers of Dezhurny and of queues one might take instead, kept under the same faults."""
