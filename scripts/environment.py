"""Make `.venv` hold exactly what the locks say; quick when it does already. Needs nothing but Python and its venv.

python3 scripts/environment.py [--dev] [--extras otel]
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = TOP / "requirements.lock"
OTEL = TOP / "requirements-otel.lock"
DEV = TOP / "requirements-dev.lock"
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-deps")


def main() -> None:
    wanted = lock_for(sys.argv[1:])
    # The lock file itself is what two calls at once wait for: it always exists and nothing is left behind.
    with RUNTIME.open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_installed(wanted):
            install(wanted)


def lock_for(arguments: "list[str]") -> Path:
    if "--dev" in arguments:
        return DEV
    extras = arguments[arguments.index("--extras") + 1] if "--extras" in arguments else ""
    if extras not in {"", "otel"}:
        sys.exit(f"There is no extra called {extras}; there is otel.")
    return OTEL if extras else RUNTIME


def install(lock: Path) -> None:
    make_venv()
    print(f"Installing {lock.name} into {VENV.name} …", flush=True)
    run(*PIP, "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
    run(*PIP, "--no-build-isolation", "--no-index", "--editable", str(TOP))
    for held in held_by(lock):
        stamp(held).write_text(fingerprint(held))


def held_by(lock: Path) -> "list[Path]":
    """The lock and those whose pins are all in it."""
    order = [RUNTIME, OTEL, DEV]
    return order[: order.index(lock) + 1]


def make_venv() -> None:
    if works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(f"Python {version} has no venv here; on Debian and Ubuntu: apt install python{version}-venv")


def works() -> bool:
    """Whether the environment has a Python that runs and is new enough: a moved folder or an upgrade breaks it."""
    if not PYTHON.exists():
        return False
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(PYTHON), "-c", check], capture_output=True, check=False).returncode == 0


def is_installed(lock: Path) -> bool:
    try:
        return stamp(lock).read_text() == fingerprint(lock) and os.access(PYTHON, os.X_OK)
    except OSError:
        return False


def stamp(lock: Path) -> Path:
    return VENV / f"{lock.stem}.installed"


def fingerprint(lock: Path) -> str:
    """What the installation depends on: the pins, our own metadata, where the folder stands, and which Python."""
    places = (os.fsencode(TOP), os.fsencode(PYTHON.resolve()))
    parts = (lock.read_bytes(), (TOP / "pyproject.toml").read_bytes(), *places)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def run(*command: str) -> None:
    status = subprocess.run(command, check=False).returncode
    if status:
        sys.exit(f"The installation did not succeed ({' '.join(command[2:6])} …); its words stand above.")


if __name__ == "__main__":
    main()
