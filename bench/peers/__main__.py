"""`make bench-peers`: play every round, print one table, write bench/peers.json; ARGS="arq saq" plays those alone."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.peers.contender import Contender, NotInstalled, contenders
from bench.peers.faults import COUNTS, Fault
from bench.peers.play import Late, played
from bench.peers.score import Score, as_json, table
from bench.peers.stage import Missing


def main() -> None:
    wanted = sys.argv[1:]
    chosen = [one for one in contenders() if not wanted or any(one.name.startswith(name) for name in wanted)]
    scores: list[tuple[str, Score | str]] = []
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before"
    with tempfile.TemporaryDirectory(prefix="dezhurny-peers-") as folder:
        for contender in chosen:
            score = _score(contender, Path(folder))
            scores.append((_title(contender, Path(folder), score), score))
            print(table(scores[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    print(f"\n{table(scores)}\n\n{machine}; " + ", ".join(f"{count}× {fault}" for fault, count in COUNTS.items()))
    results = {"machine": machine, "scores": as_json(scores)}
    Path(__file__).parent.with_suffix(".json").write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")


def _score(contender: Contender, folder: Path) -> Score | str:
    try:
        return played(contender, folder)
    except (NotInstalled, Missing, Late) as why:
        return str(why)


def _title(contender: Contender, folder: Path, score: Score | str) -> str:
    name = contender.name if contender.is_ours or isinstance(score, str) else contender.versions(folder)
    parts = {
        Fault.REDIS: "Redis killed",
        Fault.FORGET: "FLUSHALL",
        Fault.DATABASE: "PostgreSQL crashes",
    }
    return f"{name} ({', '.join(words for fault, words in parts.items() if fault in contender.faults)})"


if __name__ == "__main__":
    main()
