"""Say which of the pinned packages have known holes: python scripts/audit.py [--strict]

`make check` tells and goes on, because an advisory of this night must not stop today's work; `make audit` asks anew
and fails, and is for releases. Where nobody can be asked it is skipped with a word. What was found holds for a day.
"""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
#: It holds the pins of `requirements.lock`, too.
LOCK = TOP / "requirements-otel.lock"
KEPT = TOP / ".venv" / "audit.json"
#: Seconds: how long `make check` waits at most, and how long an answer, or the lack of one, is good for.
PATIENCE = 15
HOLDS = 24 * 3600
HOLDS_UNANSWERED = 3600
STRICT_PATIENCE = 300


def main(strict: bool) -> int:
    found = None if strict else kept(time.time())
    if found is None:
        found = asked(STRICT_PATIENCE if strict else PATIENCE)
        keep(found, time.time())
    for line in found["holes"]:
        print(f"advisory: {line}", file=sys.stderr)
    if not found["asked"]:
        print("advisories: skipped, the index that knows them does not answer", file=sys.stderr)
    return 1 if strict and (found["holes"] or not found["asked"]) else 0


def asked(patience: int) -> dict[str, Any]:
    """Ask the index of packages; ``asked`` is how many of them it knows."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--timeout", "5", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=patience, check=False)
        return read(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError):
        return {"asked": 0, "holes": []}


def read(report: dict[str, Any]) -> dict[str, Any]:
    """Take what matters out of the report of pip-audit."""
    known = [package for package in report["dependencies"] if "skip_reason" not in package]
    holes = [
        f"{package['name']} {package['version']} has {hole['id']}, mended in {', '.join(hole['fix_versions']) or '-'}"
        for package in known
        for hole in package.get("vulns", [])
    ]
    return {"asked": len(known), "holes": holes}


def kept(now: float) -> dict[str, Any] | None:
    """What was found lately for the same pins, or None."""
    try:
        found: dict[str, Any] = json.loads(KEPT.read_text())
    except (OSError, ValueError):
        return None
    holds = HOLDS if found.get("asked") else HOLDS_UNANSWERED
    return found if found.get("pins") == pins() and 0 <= now - found.get("at", 0) < holds else None


def keep(found: dict[str, Any], now: float) -> None:
    KEPT.write_text(json.dumps({**found, "at": now, "pins": pins()}))


def pins() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main("--strict" in sys.argv[1:]))
