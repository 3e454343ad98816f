"""Measurements of the whole product: each beside what it is held against, in one run."""
