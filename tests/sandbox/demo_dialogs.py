"""Dialogs of the demo portal, found by their deal and brought into a state."""

from __future__ import annotations

from sandbox.crm import CONTACT, DEAL
from sandbox.demo import ANNA
from sandbox.dialogs import Chat, Session, Status
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker


def chat_of(portal: Portal, deal: int) -> Chat:
    """The dialog of a deal of the demo: 1 waits, 3 we answered, 4 unaccepted, 6 closed, 7 on the contact only."""
    contact = portal.crm.items[DEAL, deal].contact_ids[0]
    return next(chat for chat in portal.openlines.chats.values() if chat.bindings.get(CONTACT) == contact)


def session_of(portal: Portal, chat: Chat) -> Session:
    session = portal.openlines.session_of(chat)
    assert session is not None
    return session


def put_into(portal: Portal, status: Status) -> Chat:
    """Bring the dialog of deal 1 into a state."""
    chat = chat_of(portal, 1)
    session = session_of(portal, chat)
    if status in (Status.NEW, Status.SKIP):
        portal.openlines.transfer_to_queue(chat, portal.openlines.line_of(chat), by=portal.people.users[ANNA])
    session.status = status
    if status >= Status.CLOSE:
        portal.openlines.closing.close(chat, session, status)
    return chat


def operator(portal: Portal) -> Asker:
    """Ask as the operator of deal 1."""
    return Asker(portal, portal.people.users[ANNA])
