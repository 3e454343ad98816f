"""Who in a portal may see the log, and who may act in it; kept as one setting of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from core.bitrix24.command import Json

#: The name of the setting.
ACCESS: Final = "access"
MOST_PEOPLE: Final = 200
MOST_LINES: Final = 50
LONGEST_NAME: Final = 100
_LARGEST: Final = 2**31 - 1


class Role(IntEnum):
    """What somebody may do; each role may do all that the lower ones may."""

    NOBODY = 0
    #: Sees everything that is not a setting, and changes nothing.
    VIEWER = 1
    #: Stops, repeats and moves runs whose dialogs are of the lines that were given to him.
    SUPERVISOR = 2
    #: An administrator of the portal, by the portal's own word; nobody else is made one.
    ADMIN = 3


#: The roles that may be given away, by the words in which they are kept.
WORDS: Final[Mapping[str, Role]] = MappingProxyType(
    {"nobody": Role.NOBODY, "viewer": Role.VIEWER, "supervisor": Role.SUPERVISOR}
)


class BadAccess(ValueError):
    """What was given is no description of access."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person may do; no ``lines`` are all lines."""

    role: Role
    lines: tuple[int, ...] = ()
    name: str = ""

    def covers(self, line_id: int) -> bool:
        """Whether this person may act on a dialog of that line (0: of none)."""
        return self.role is Role.ADMIN or (self.role is Role.SUPERVISOR and (not self.lines or line_id in self.lines))


@dataclass(frozen=True, slots=True)
class Access:
    """Administrators may do everything; of others, those who are named, and ``everybody`` else."""

    everybody: Role = Role.NOBODY
    people: Mapping[int, Grant] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, user_id: int, *, is_admin: bool) -> Grant:
        if is_admin:
            return Grant(Role.ADMIN)
        named = self.people.get(user_id)
        return named if named is not None and named.role >= self.everybody else Grant(self.everybody)

    def as_json(self) -> dict[str, Json]:
        """Return what `read_access` reads."""
        return {
            "everybody": _word(self.everybody),
            "people": [
                {"id": user_id, "role": _word(grant.role), "lines": list(grant.lines), "name": grant.name}
                for user_id, grant in sorted(self.people.items())
            ],
        }


def stored_access(value: Json) -> Access:
    """Read what is kept; what cannot be read lets nobody in but administrators."""
    try:
        return read_access(value)
    except BadAccess:
        return Access()


def read_access(value: Json) -> Access:
    """Read ``{"everybody": role, "people": [{"id", "role", "lines": [id], "name"}]}``; raises BadAccess."""
    if not isinstance(value, dict) or not value.keys() <= {"everybody", "people"}:
        raise BadAccess("No description of access.")
    everybody = _role(value.get("everybody", "nobody"))
    rows = value.get("people", [])
    if everybody is Role.SUPERVISOR or not isinstance(rows, list) or len(rows) > MOST_PEOPLE:
        raise BadAccess("Supervisors are named one by one.")
    people: dict[int, Grant] = {}
    for row in rows:
        user_id, grant = _person(row)
        if user_id in people:
            raise BadAccess("A person twice.")
        people[user_id] = grant
    return Access(everybody, MappingProxyType(people))


def _person(row: Json) -> tuple[int, Grant]:
    if not isinstance(row, dict) or not row.keys() <= {"id", "role", "lines", "name"}:
        raise BadAccess("No person.")
    role, lines, name = _role(row.get("role")), row.get("lines", []), row.get("name", "")
    if role is Role.NOBODY or not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise BadAccess("No role of a person.")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise BadAccess("No name.")
    return _number(row.get("id")), Grant(role, tuple(sorted({_number(line) for line in lines})), name.strip())


def _role(value: Json) -> Role:
    if not isinstance(value, str) or value not in WORDS:
        raise BadAccess("No role.")
    return WORDS[value]


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST:
        raise BadAccess("No id.")
    return value


def _word(role: Role) -> str:
    return next(word for word, known in WORDS.items() if known is role)
