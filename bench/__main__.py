"""`make bench`: measure everything once, print one table, write bench/results.json."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

from bench import acknowledging, budget, deciding, firing, listing, portal, starting, waiting
from bench.figure import Figure, table


def main() -> None:
    load = os.getloadavg()[0]
    figures: list[Figure] = []
    for part in (starting, deciding, portal, firing, budget, acknowledging, listing, waiting):
        figures += part.measure()
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} before"
    print(f"\n{table(figures)}\n\n{machine}")
    results = {"machine": machine, "figures": [figure.as_json() for figure in figures]}
    Path(__file__).with_name("results.json").write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
