"""What dialogs leave in CRM: their activities, what they create there, and whom they make responsible for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.crm import CONTACT, DEAL, LEAD, TYPE_NAMES, Item
from sandbox.dialogs import Activity, Chat, Line, Session
from sandbox.people import User

if TYPE_CHECKING:
    from sandbox.openlines import OpenLines
    from sandbox.portal import Portal

_MONTH = timedelta(days=30)
_CREATED = {"lead": LEAD, "deal": DEAL}


class Tracker:
    """Keeps CRM in step with dialogs, on lines that have it switched on."""

    def __init__(self, portal: Portal, lines: OpenLines) -> None:
        self._portal = portal
        self._lines = lines

    def activity(self, chat: Chat, line: Line, *, operator: User | None, incoming: bool) -> Activity:
        """Make the CRM activity; bindings that people added to the previous one stay (openlines.md 3.1)."""
        previous = self._lines.last_session(chat)
        known = previous.activity.bindings if previous and previous.activity else []
        now = self._portal.now()
        return Activity(
            id=self._portal.ids.next("activity", above=2_000),
            line_id=line.id,
            bindings=[*chat.bindings.items(), *(key for key in known if key[0] not in TYPE_NAMES)],
            responsible=operator.id if operator else next(iter(line.queue), 0),
            updated_at=now,
            planned_end_at=now + _MONTH,
            incoming=incoming,
        )

    def bind(self, chat: Chat, kind: int, number: int) -> None:
        """Bind a chat to a CRM entity; smart processes get only a binding of the activity (openlines.md 3.1)."""
        if kind in TYPE_NAMES:
            chat.bindings[kind] = number
            chat.primary = chat.primary or (kind, number)
        session = self._lines.session_of(chat)
        if session and session.activity and (kind, number) not in session.activity.bindings:
            session.activity.bindings.append((kind, number))
        self._portal.touch()

    def create(self, chat: Chat, session: Session, kind: int) -> Item | None:
        """Create a lead, or a deal and its contact, for a client; the session remembers that it was its doing."""
        crm, portal = self._portal.crm, self._portal
        funnel = next((one for one in crm.categories if one.entity_type == kind), None)
        if funnel is None:
            return None
        contacts = (self._contact(chat, session),) if kind == DEAL else ()
        item = Item(
            entity_type=kind,
            id=crm.next_id(kind),
            title=chat.title,
            created_at=portal.now(),
            stage_id=funnel.stages[0].id,
            category_id=funnel.id,
            assigned_by=session.operator or next(iter(self._lines.lines[session.line_id].queue), 0),
            contact_ids=contacts,
        )
        session.created_items.add(item.key)
        chat.primary = None  # what the session creates comes first
        self.bind(chat, kind, item.id)
        crm.add(item)
        return item

    def _contact(self, chat: Chat, session: Session) -> int:
        known = chat.bindings.get(CONTACT)
        if known:
            return known
        client = self._portal.people.users[chat.client_id]
        number, now = self._portal.crm.next_id(CONTACT), self._portal.now()
        contact = Item(CONTACT, number, client.full_name, now, name=client.name, last_name=client.last_name)
        self._portal.crm.put(contact)
        session.created_items.add((CONTACT, number))
        self.bind(chat, CONTACT, number)
        return number

    def opened(self, chat: Chat, session: Session) -> None:
        """Create what the line says for a client whom CRM does not know as such (openlines.md 3.2, CRM_CREATE)."""
        kind = _CREATED.get(self._lines.lines[session.line_id].crm_create)
        if kind and session.activity and kind not in chat.bindings and not self._portal.building:
            self.create(chat, session, kind)

    def taken(self, session: Session, user: User) -> None:
        """Note that the session was accepted, and make its operator responsible for what it created (fact 9)."""
        line = self._lines.lines[session.line_id]
        follows = line.crm and line.crm_transfer_change
        if session.activity:
            session.activity.answered = True
            session.activity.updated_at = self._portal.now()
            session.activity.responsible = user.id if follows else session.activity.responsible
        for key in sorted(session.created_items) if follows else []:
            item = self._portal.crm.items.get(key)
            if item and item.assigned_by != user.id:
                self._portal.crm.update(item, {"assignedById": user.id}, by=user.id)

    def tell(self, trigger: str, chat: Chat, session: Session, *, text: str = "") -> None:
        """Fire one of the platform's own triggers for everything that the dialog is bound to (openlines.md 1.4)."""
        keys = set(chat.bindings.items()) | set(session.activity.bindings if session.activity else [])
        self._portal.triggers.fire_for(trigger, sorted(keys), text=text)
