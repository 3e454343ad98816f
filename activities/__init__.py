"""The robots: one file each, found by looking into this folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from core.robots import AnyRobot, Robot


@cache
def load() -> Mapping[str, AnyRobot]:
    """Return every robot by its code, in the order of codes.

    Raises TypeError for a file without exactly one robot, and for a robot that is not named as its file.
    """
    robots = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        robot = _robot_in(module.name)
        robots[robot.code] = robot
    return MappingProxyType(robots)


def _robot_in(name: str) -> AnyRobot:
    module = import_module(f"{__name__}.{name}")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Robot) and value.__module__ == module.__name__
    ]
    if len(found) != 1 or found[0].code != name:
        raise TypeError(f"activities/{name}.py must hold one robot, and its code must be {name!r}.")
    robot: AnyRobot = found[0]()
    return robot
