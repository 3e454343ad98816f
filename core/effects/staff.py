"""What only employees see: notifications, tasks, comments on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.encoding import neutral_staff_text
from core.bitrix24.wire import as_datetime, as_dict, as_int, as_list, as_str
from core.effects.effect import Effect, Finding, Policy, Settled, happened_since
from core.texts.text import Text

_NO_NUMBER: Mapping[str, Json] = {"answer": "no number"}


class NotifyStaff(Effect):
    """Notify one employee; a notification with the same TAG replaces the earlier one, so a repeat is harmless."""

    kind: ClassVar[str] = "notify_staff"
    policy: ClassVar[Policy] = Policy.SET_STATE
    words: ClassVar[frozenset[str]] = frozenset({"text"})

    user_id: int
    text: str = ""
    tag: str

    def summary(self) -> Text:
        return Text("Уведомление — {who}", "Notification for {who}").format(who=self.who(self.user_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {"USER_ID": self.user_id, "MESSAGE": neutral_staff_text(self.text), "TAG": self.tag}
        return {"notify": Command("im.notify.system.add", params)}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        if settled.state == "confirmed" and not as_int(answers["notify"].result):
            return Settled("refused", {"error": "not_notified"})
        return settled

    def recheck(self) -> dict[str, Command]:
        return {}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        return Finding("not_done", {"repeat": "harmless"})


class CommentTimeline(Effect):
    """Leave a comment in the item's timeline."""

    kind: ClassVar[str] = "comment_timeline"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    words: ClassVar[frozenset[str]] = frozenset({"text"})

    entity_type: str
    entity_id: int
    text: str = ""

    def summary(self) -> Text:
        return Text("Комментарий в карточке", "Comment in the card")

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        fields: dict[str, Json] = {
            "ENTITY_ID": self.entity_id,
            "ENTITY_TYPE": self.entity_type,
            "COMMENT": neutral_staff_text(self.text),
        }
        return {"comment": Command("crm.timeline.comment.add", {"fields": fields})}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        if settled.state != "confirmed":
            return settled
        comment_id = as_int(answers["comment"].result) or 0
        return Settled("confirmed", {"comment_id": comment_id}) if comment_id else Settled("unknown", _NO_NUMBER)

    def recheck(self) -> dict[str, Command]:
        return {
            "comments": Command(
                "crm.timeline.comment.list",
                {
                    "filter": {"ENTITY_ID": self.entity_id, "ENTITY_TYPE": self.entity_type},
                    "order": {"ID": "DESC"},
                    "select": ["ID", "COMMENT", "CREATED"],
                },
            )
        }

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        answer = answers.get("comments")
        if answer is None or not answer.ok:
            return Finding("unclear", {"read": "denied"})
        wanted = neutral_staff_text(self.text).strip()
        for row in map(as_dict, as_list(answer.result)):
            newer = happened_since(as_datetime(row.get("CREATED")), prepared_at)
            if newer and as_str(row.get("COMMENT")).strip() == wanted:
                return Finding("done", {"comment_id": as_int(row.get("ID"))})
        return Finding("not_done")


class CreateTask(Effect):
    """Create a task bound to the item; it is found again by its title and the moment."""

    kind: ClassVar[str] = "create_task"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    words: ClassVar[frozenset[str]] = frozenset({"title", "description"})

    title: str = ""
    description: str = ""
    responsible_id: int
    creator_id: int
    deadline_at: datetime
    binding: str

    def summary(self) -> Text:
        return Text("Задача — {who}", "Task for {who}").format(who=self.who(self.responsible_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        fields: dict[str, Json] = {
            "TITLE": neutral_staff_text(self.title),
            "DESCRIPTION": neutral_staff_text(self.description),
            "RESPONSIBLE_ID": self.responsible_id,
            "CREATED_BY": self.creator_id,
            "DEADLINE": self.deadline_at.isoformat(timespec="seconds"),
            "UF_CRM_TASK": [self.binding],
        }
        return {"task": Command("tasks.task.add", {"fields": fields})}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        if settled.state != "confirmed":
            return settled
        task_id = as_int(as_dict(as_dict(answers["task"].result).get("task")).get("id")) or 0
        return Settled("confirmed", {"task_id": task_id}) if task_id else Settled("unknown", _NO_NUMBER)

    def recheck(self) -> dict[str, Command]:
        return {
            "tasks": Command(
                "tasks.task.list",
                {
                    "filter": {"RESPONSIBLE_ID": self.responsible_id, "UF_CRM_TASK": self.binding},
                    "order": {"ID": "desc"},
                    "select": ["ID", "TITLE", "CREATED_DATE"],
                },
            )
        }

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        answer = answers.get("tasks")
        if answer is None or not answer.ok:
            return Finding("unclear", {"read": "denied"})
        for task in map(as_dict, as_list(as_dict(answer.result).get("tasks"))):
            newer = happened_since(as_datetime(task.get("createdDate")), prepared_at)
            if newer and as_str(task.get("title")) == neutral_staff_text(self.title):
                return Finding("done", {"task_id": as_int(task.get("id"))})
        return Finding("not_done")
