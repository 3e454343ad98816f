"""The robots of this release, as the console lists them."""

from __future__ import annotations

import activities
from tests.cli.conftest import Command


def test_every_robot_is_listed_by_code_and_name(dezhurny: Command) -> None:
    for language in ("ru", "en"):
        said = dezhurny("robots", "list", "--lang", language)
        assert said.code == 0
        expected = [(code, robot.name.said_in(language)) for code, robot in activities.load().items()]
        assert [tuple(line.split(maxsplit=1)) for line in said.out.splitlines()] == expected
