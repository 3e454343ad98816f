"""Who a level of an escalation concerns, whether they are at work, and who could take the dialog over; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.dialogs.item import ItemFacts
from core.dialogs.view import DialogView
from core.robots.levels import Action, Level, user_of
from core.robots.people import Person
from core.texts.text import Text

#: Actions that disturb somebody.
_PERSONAL = frozenset({"notify", "add", "task"})


@dataclass(frozen=True, slots=True)
class Around:
    """Who stands around a dialog; ``owner_id`` 0: no person accepted it, be it that a bot holds it."""

    owner_id: int = 0
    responsible_id: int = 0
    queue: tuple[int, ...] = ()

    @classmethod
    def of(cls, dialog: DialogView, item: ItemFacts) -> Around:
        owner = dialog.owner_id if dialog.accepted and not dialog.owner_is_bot else 0
        return cls(owner, item.assigned_by_id, dialog.line.queue if dialog.line else ())

    @property
    def boss_of(self) -> int:
        """Whose head is meant: of the operator, without one of the responsible (decisions.md 45)."""
        return self.owner_id or self.responsible_id


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is who around a dialog at the moment of acting.

    ``heads`` are employed; ``pool`` is what the robot's settings name, with groups expanded.
    """

    around: Around
    admin_id: int
    heads: tuple[int, ...] = ()
    pool: tuple[int, ...] = ()
    persons: Mapping[int, Person] | None = None
    loads: Mapping[int, int] | None = None
    #: The employees of groups that the level names, by ``group_d5``.
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def owner_id(self) -> int:
        return self.around.owner_id

    @property
    def last_resort(self) -> tuple[int, ...]:
        """Who is told when nobody else can be: the heads, without any the administrator."""
        return self.heads or (self.admin_id,)

    def known(self, user_id: int) -> Person | None:
        return (self.persons or {}).get(user_id)

    def reachable(self, user_id: int) -> bool:
        person = self.known(user_id)
        return person is None or person.reachable

    def name(self, user_id: int) -> str:
        person = self.known(user_id)
        return person.name if person else f"#{user_id}"

    def load(self, user_id: int) -> int:
        return (self.loads or {}).get(user_id, 0)


def people_of(action: Action, circle: Circle) -> tuple[int, ...]:
    """Return whom an action concerns, before anybody is left out.

    When no person accepted the dialog there is nobody to blame: a notification to the operator or his head goes to
    the whole queue of the line and to that head (decisions.md 45).
    """
    around = circle.around
    match action.target:
        case "owner" if around.owner_id:
            people: Sequence[int] = (around.owner_id,)
        case "owner" | "head" if not around.owner_id and action.verb == "notify":
            people = (*around.queue, *circle.last_resort)
        case "owner" | "head":
            people = circle.last_resort
        case "responsible":
            people = (around.responsible_id,) if around.responsible_id else circle.last_resort
        case "pool":
            people = circle.pool or around.queue
        case target:
            user_id = user_of(target)
            people = (user_id,) if user_id else circle.groups.get(target, ())
    return tuple(dict.fromkeys(people))


def everybody_is_off(level: Level, circle: Circle) -> bool:
    """Whether a level would only disturb people who are not at work."""
    concerned: list[int] = []
    for action in level.actions:
        if action.verb in _PERSONAL:
            concerned += people_of(action, circle)
        elif action.verb != "reassign" or successor(action.target, circle) is not None:
            return False
        else:
            concerned += circle.last_resort
    return bool(concerned) and not any(circle.reachable(user_id) for user_id in concerned)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a dialog goes: to a person, or with ``user_id`` 0 back to the queue of its line."""

    user_id: int
    why: Text


def successor(target: str, circle: Circle) -> Move | None:
    """Choose who takes the dialog over: at work, not the present owner, with the fewest open dialogs.

    Who is known to be at work goes before whom nobody knows of. None when nobody can; the ``line`` always can.
    """
    if target == "line":
        return Move(0, Text("возвращаем в очередь линии", "returning it to the queue of the line"))
    found = [
        user_id
        for user_id in candidates_for(target, circle.pool or circle.around.queue, circle.groups)
        if user_id != circle.owner_id and circle.reachable(user_id) and (target != "duty" or _on_duty(circle, user_id))
    ]
    if not found:
        return None
    best = min(found, key=lambda user_id: (not _on_duty(circle, user_id), circle.load(user_id), found.index(user_id)))
    at_work = Text("на смене", "at work") if _on_duty(circle, best) else Text("смена неизвестна", "shift not known")
    why = Text("{name}: {at_work}, открытых диалогов {load}", "{name}: {at_work}, {load} open dialogs")
    return Move(best, why.format(name=circle.name(best), at_work=at_work, load=circle.load(best)))


def candidates_for(target: str, pool: Sequence[int], groups: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return who may take a dialog over by the target of a ``reassign``; the line chooses for itself."""
    if target == "line":
        return ()
    if target in {"pool", "duty"}:
        return tuple(dict.fromkeys(pool))
    named: list[int] = []
    for part in target.split("+"):
        user_id = user_of(part)
        named += [user_id] if user_id else groups.get(part, ())
    return tuple(dict.fromkeys(named))


def _on_duty(circle: Circle, user_id: int) -> bool:
    person = circle.known(user_id)
    return person is not None and person.on_shift is True
