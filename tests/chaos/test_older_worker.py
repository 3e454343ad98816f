"""In the midst of a deploy a worker of the release before works on the schema of this one, beside workers of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.db import migrations
from tests.chaos.crowd import TEXT, Crowd

TOP = Path(__file__).parents[2]
COUNT = 8


def _git(*arguments: str) -> str:
    """Return what git says, nothing where there is no git or it does not know."""
    try:
        return subprocess.run(["git", *arguments], cwd=TOP, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _before_the_newest_schema() -> str:
    """Name the last commit that did not know the newest migration, where the history reaches so far."""
    newest = max((Path(migrations.__file__).parent / "versions").glob("v*.py")).relative_to(TOP)
    came_with = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest))
    return _git("rev-parse", "--verify", "--quiet", f"{came_with}^") if came_with else ""


@pytest.fixture(scope="module")
def older_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the release before, to be found by Python before ours."""
    commit = _before_the_newest_schema()
    if not commit:
        pytest.skip("the history that is here does not reach back to an older schema")
    folder = tmp_path_factory.mktemp("older")
    archive = folder / "older.tar"
    subprocess.run(["git", "archive", "--output", archive, commit], cwd=TOP, check=True)
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    found = subprocess.run(
        [sys.executable, "-c", "import core; print(core.__file__)"],
        cwd=folder.parent,
        env={"PYTHONPATH": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout.startswith(str(folder)), "it is the older one that runs"
    return folder


async def test_f_33_a_worker_of_the_release_before_does_its_work(crowd: Crowd, older_release: Path) -> None:
    fleet = crowd.fleet
    for worker in fleet.living():
        worker.terminate()
    older = await fleet.beside(fleet.add_worker, more={"PYTHONPATH": str(older_release)})
    assert str(older_release) in Path(f"/proc/{older.pid}/environ").read_text()
    await crowd.place("send_message", text=TEXT)
    alone = await crowd.come(COUNT)
    with fleet.rested():
        await crowd.moved(alone)
        assert await crowd.settled(alone, passes=False) == {"done": COUNT}
        assert [worker.pid for worker in fleet.living()] == [older.pid]
        await fleet.beside(fleet.add_worker)
        together = await crowd.come(COUNT)
        await crowd.moved(together, apart=0.02)
        assert await crowd.settled(together, passes=False) == {"done": COUNT}
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in (*alone, *together)], 1)
    assert older.terminate() == 0
