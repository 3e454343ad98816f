"""What else employees have: tasks, notifications, the timeline of CRM cards, absences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.wire import Json
from sandbox.words import say

if TYPE_CHECKING:
    from sandbox.people import User
    from sandbox.portal import Portal


@dataclass(slots=True)
class Task:
    id: int
    title: str
    responsible: int
    created_by: int
    created_at: datetime
    description: str = ""
    deadline: str | None = None
    status: int = 2
    auditors: tuple[int, ...] = ()
    crm: tuple[str, ...] = ()
    changed_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: int = 0


@dataclass(frozen=True, slots=True)
class Notification:
    id: int
    user_id: int
    author: int
    text: str
    at: datetime
    tag: str = ""
    sub_tag: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    entity_type: int
    entity_id: int
    author: int
    text: str
    at: datetime


@dataclass(slots=True)
class Todo:
    id: int
    owner: tuple[int, int]
    title: str
    description: str
    deadline: str
    responsible: int
    parent: int
    created_at: datetime
    completed: bool = False
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    user_id: int
    name: str
    from_at: datetime
    to_at: datetime
    accessibility: str = "absent"


@dataclass(slots=True)
class Office:
    portal: Portal = field(repr=False)
    tasks: dict[int, Task] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    todos: dict[int, Todo] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)

    def notify(self, user_id: int, text: str, *, author: int = 0, tag: str = "", sub_tag: str = "") -> Notification:
        """Notify an employee; the same tag replaces the earlier notification (openlines.md part 6)."""
        if tag:
            self.notifications = [one for one in self.notifications if (one.user_id, one.tag) != (user_id, tag)]
        portal = self.portal
        made = Notification(portal.ids.next("notification"), user_id, author, text, portal.now(), tag, sub_tag)
        self.notifications.append(made)
        portal.record("notification", user=user_id, text=text, tag=tag)
        return made

    def set_vacation(self, user: User, until: datetime | None) -> None:
        """Send an employee away from now until a moment, or call him back; the calendar of absences knows it too."""
        now = self.portal.now()
        self.absences = [one for one in self.absences if one.user_id != user.id or one.to_at <= now]
        user.absent_until = until
        if until is not None and until > now:
            self.absences.append(Absence(user.id, say(self.portal.lang, "vacation"), now, until))
        self.portal.touch()

    def comment(self, entity_type: int, entity_id: int, text: str, *, author: int) -> Comment:
        portal = self.portal
        made = Comment(portal.ids.next("comment"), entity_type, entity_id, author, text, portal.now())
        self.comments.append(made)
        portal.record("comment", entity_type=entity_type, entity_id=entity_id, text=text)
        return made

    def add_todo(
        self,
        owner: tuple[int, int],
        *,
        title: str,
        description: str,
        deadline: str,
        responsible: int,
        parent: int,
    ) -> Todo:
        portal = self.portal
        made = Todo(
            id=portal.ids.next("activity", above=2_000),
            owner=owner,
            title=title,
            description=description,
            deadline=deadline,
            responsible=responsible,
            parent=parent,
            created_at=portal.now(),
        )
        self.todos[made.id] = made
        portal.record("todo", entity_type=owner[0], entity_id=owner[1], title=title, responsible=responsible)
        return made

    def task_fields(self, task: Task) -> dict[str, Json]:
        """Say what a task is about in the camelCase of tasks.task.*; numbers are texts there."""
        return {
            "id": str(task.id),
            "title": task.title,
            "description": task.description,
            "deadline": task.deadline,
            "status": str(task.status),
            "responsibleId": str(task.responsible),
            "createdBy": str(task.created_by),
            "auditors": [str(one) for one in task.auditors],
            "ufCrmTask": list(task.crm),
        }
