"""Operators and sessions: take, hand on, finish, start, pin, silence, rate (openlines.md 3.5)."""

from __future__ import annotations

from typing import Any

from sandbox.crm import DEAL, LEAD
from sandbox.demo import ANNA, BOT, CHIEF, DIRECTOR, DMITRY, SUPPORT
from sandbox.dialogs import Status
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


def transferred(w: World, **to: Any) -> tuple[int, Any]:
    status, said = w.admin.try_("imopenlines.operator.transfer", CHAT_ID=w.chat.id, **to)
    return status, said.get("error", said.get("result"))


@rule("openlines.md 3.5", "answer takes the dialog; the owner himself and a closed dialog fail with an empty code")
def answering(w: World) -> None:
    assert w.as_(DMITRY)("imopenlines.operator.answer", CHAT_ID=w.chat.id) is True
    assert (w.chat.owner, ANNA in w.chat.members) == (DMITRY, False)
    assert w.as_(DMITRY).refused("imopenlines.operator.answer", CHAT_ID=w.chat.id) == (400, "")
    assert w.admin.refused("imopenlines.operator.answer", CHAT_ID=w.chat_of(6).id) == (400, "")


@rule("openlines.md fact 8", "An answer and a transfer send every other employee out of the chat")
def observers_leave(w: World) -> None:
    w.portal.openlines.join(w.chat, w.portal.people.users[CHIEF])
    assert transferred(w, USER_ID=DMITRY) == (200, True)
    assert w.chat.members == [w.chat.client_id, DMITRY]


@rule("openlines.md 3.5", "A transfer to a person is at once, without his consent, also outside the queue")
def to_a_person(w: World) -> None:
    assert transferred(w, USER_ID=SUPPORT) == (200, True)
    assert (w.chat.owner, w.session().accepted) == (SUPPORT, True)


@rule("openlines.md 3.5", "A transfer to the queue leaves it to nobody, status 5, until somebody accepts")
def to_the_queue(w: World) -> None:
    for key in ("QUEUE_ID", "TRANSFER_ID"):
        transferred(w, **{key: "queue22" if key == "TRANSFER_ID" else 22})
        assert (w.chat.owner, w.session().status) == (0, Status.SKIP)


@rule("openlines.md 3.5", "Bots, clients, nobody and oneself are OPERATOR_WRONG; nothing named is told by its name")
def wrong_targets(w: World) -> None:
    for number in (BOT, w.chat.client_id, 99, DIRECTOR):
        assert transferred(w, USER_ID=number) == (400, "OPERATOR_WRONG")
    assert transferred(w) == (400, "TRANSFER_ID_EMPTY")
    assert transferred(w, USER_ID=0) == (400, "USER_ID_EMPTY")
    assert transferred(w, QUEUE_ID=0) == (400, "QUEUE_ID_EMPTY")


@rule("openlines.md 3.5", "A busy lock is OPERATOR_WRONG for a transfer, and true without effect for another.finish")
async def lock(w: World) -> None:
    fault = {"method": "imopenlines.operator.transfer", "kind": "error:OPERATOR_WRONG"}
    await w.http.post("/_sandbox/faults", json=fault)
    assert transferred(w, USER_ID=DMITRY) == (400, "OPERATOR_WRONG")
    assert transferred(w, USER_ID=DMITRY) == (200, True)
    fault = {"method": "imopenlines.operator.another.finish", "kind": "true_without_effect"}
    await w.http.post("/_sandbox/faults", json=fault)
    assert w.admin("imopenlines.operator.another.finish", CHAT_ID=w.chat.id) is True
    assert w.session().is_open


@rule("openlines.md fact 9", "CRM follows the operator for what the session created, on a line that says so")
def responsible(w: World) -> None:
    w.session().created_items.add((DEAL, 1))
    transferred(w, USER_ID=DMITRY)
    assert w.deal().assigned_by == DMITRY
    w.line.crm_transfer_change = False
    transferred(w, USER_ID=CHIEF)
    assert w.deal().assigned_by == DMITRY


@rule("openlines.md trap 20", "A transfer does not move hand-made deals, a new responsible does not move the dialog")
def apart(w: World) -> None:
    transferred(w, USER_ID=DMITRY)
    assert w.deal().assigned_by == ANNA
    w.admin("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": CHIEF})
    assert w.chat.owner == DMITRY


@rule("openlines.md trap 21", "The activity's responsible follows only where CRM_TRANSFER_CHANGE is on")
def activity_follows(w: World) -> None:
    activity = w.session().activity
    assert activity is not None
    w.line.crm_transfer_change = False
    transferred(w, USER_ID=DMITRY)
    assert activity.responsible == ANNA


@rule(
    "openlines.md 3.5",
    "skip offers the dialog to the next; alone there it fails with an empty code and says so in the chat",
)
def skipping(w: World) -> None:
    assert w.admin("imopenlines.operator.skip", CHAT_ID=w.chat.id) is True
    assert (w.chat.owner, w.session().offered_to) == (0, DMITRY)
    w.line.queue = [DMITRY]
    assert w.admin.refused("imopenlines.operator.skip", CHAT_ID=w.chat.id) == (400, "")
    assert w.admin.refused("imopenlines.operator.skip", CHAT_ID=w.chat_of(6).id) == (400, "ACCESS_DENIED_KICK")


@rule("openlines.md 3.5", "finish is for the operator alone; a closed dialog has NOT_LOAD_SESSION_OR_CHAT")
def finishing(w: World) -> None:
    method = "imopenlines.operator.finish"
    assert w.admin.refused(method, CHAT_ID=w.chat.id) == (400, "ERROR_USER_NOT_OPERATOR")
    assert w.anna(method, CHAT_ID=w.chat.id) is True
    assert w.anna.refused(method, CHAT_ID=w.chat.id) == (400, "NOT_LOAD_SESSION_OR_CHAT")


@rule(
    "openlines.md fact 6",
    "With a close text or a vote the first finish only begins to close, the second or the time ends it",
)
def two_phases(w: World) -> None:
    w.line.close_text, w.line.full_close_minutes = "До свидания", 10
    method = "imopenlines.operator.another.finish"
    w.admin(method, CHAT_ID=w.chat.id)
    assert (w.sent, w.session().status) == (["До свидания"], Status.WAIT_CLIENT)
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)["entity_data_1"].split("|")[4] == "Y"
    w.admin(method, CHAT_ID=w.chat.id)
    assert (w.session().status, w.sent) == (Status.CLOSE, ["До свидания"])


@rule("openlines.md trap 10", "FULL_CLOSE_TIME=0 still waits about a minute")
def a_minute(w: World) -> None:
    w.line.close_text, w.line.full_close_minutes = "До свидания", 0
    w.admin("imopenlines.operator.another.finish", CHAT_ID=w.chat.id)
    assert w.session().status == Status.WAIT_CLIENT
    w.later(minutes=1)
    assert w.session().status == Status.CLOSE


@rule("openlines.md fact 7", "another.finish on an unaccepted dialog first accepts it on the caller")
def finishing_unaccepted(w: World) -> None:
    chat = w.chat_of(4)
    w.session(chat).created_items.add((DEAL, 4))
    w.admin("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    assert w.session(chat).operator == DIRECTOR
    assert w.deal(4).assigned_by == DIRECTOR


@rule("openlines.md 3.5", "spam closes at once, whatever the line says at farewells; true even without a session")
def spam(w: World) -> None:
    w.line.close_text = "До свидания"
    assert w.admin("imopenlines.operator.spam", CHAT_ID=w.chat.id) is True
    assert (w.session().status, w.sent) == (Status.SPAM, [])
    assert w.admin("imopenlines.operator.spam", CHAT_ID=w.chat.id) is True


@rule("openlines.md 3.5", "join works on a closed dialog too and leaves a line for staff")
def joining(w: World) -> None:
    chat = w.chat_of(6)
    w.admin("imopenlines.session.join", CHAT_ID=chat.id)
    assert DIRECTOR in chat.members
    assert (chat.messages[-1].author, chat.messages[-1].params["CODE"]) == (0, ["CHAT_JOIN"])


@rule("openlines.md 3.5", "intercept is true even when nothing happened; without access it is OPERATOR_WRONG")
def intercepting(w: World) -> None:
    assert w.admin("imopenlines.session.intercept", CHAT_ID=w.chat.id) is True
    assert w.chat.owner == DIRECTOR
    assert w.admin("imopenlines.session.intercept", CHAT_ID=w.chat_of(4).id) is True
    assert w.chat_of(4).owner == 0
    assert w.admin.refused("imopenlines.session.intercept", CHAT_ID=1) == (400, "OPERATOR_WRONG")


@rule(
    "openlines.md 3.5", "session.start opens on the caller what is closed, joins what is open, accepts what nobody has"
)
def starting(w: World) -> None:
    for deal in (6, 1, 4):
        w.admin("imopenlines.session.start", CHAT_ID=w.chat_of(deal).id)
    assert (w.chat_of(6).owner, w.session(w.chat_of(6)).status) == (DIRECTOR, Status.ANSWER)
    assert (w.chat_of(1).owner, DIRECTOR in w.chat_of(1).members) == (ANNA, True)
    assert w.chat_of(4).owner == DIRECTOR


@rule("openlines.md 3.5", "message.session.start closes what is open and begins anew with a copy of the message")
def message_start(w: World) -> None:
    old, message = w.session(), w.chat.messages[-1]
    w.admin("imopenlines.message.session.start", CHAT_ID=w.chat.id, MESSAGE_ID=message.id)
    assert (old.status, w.session().id > old.id, w.chat.owner) == (Status.CLOSE, True, DIRECTOR)
    assert w.chat.messages[-1].text == message.text


@rule(
    "openlines.md 3.5",
    "Pinning is for the operator, another's fails with an empty code; pinAll gives the sessions it pinned",
)
def pinning(w: World) -> None:
    assert w.admin.refused("imopenlines.session.mode.pin", CHAT_ID=w.chat.id) == (400, "")
    w.anna("imopenlines.session.mode.pin", CHAT_ID=w.chat.id)
    w.anna("imopenlines.session.mode.unpin", CHAT_ID=w.chat.id)
    assert not w.chat.pinned
    mine = sorted(w.session(w.chat_of(deal)).id for deal in (1, 3, 7))
    assert w.anna("imopenlines.session.mode.pinAll") == mine
    assert w.anna("imopenlines.session.mode.unpinAll") == mine


@rule("openlines.md 3.5", "A manager with the right to rates a session by mark or by words")
def rating(w: World) -> None:
    method, session = "imopenlines.session.head.vote", w.session()
    assert w.admin(method, SESSION_ID=session.id, RATING=4) is True
    assert w.admin(method, SESSION_ID=session.id, COMMENT="хорошо") is True
    assert (session.head_rating, session.head_comment) == (4, "хорошо")
    assert w.admin.refused(method, SESSION_ID=session.id) == (400, "EMPTY_VOTE_PARAMS")
    assert w.admin.refused(method, SESSION_ID=0, RATING=1) == (400, "EMPTY_SESSION_ID")
    assert w.anna.refused(method, SESSION_ID=session.id, RATING=1) == (400, "ACCESS_DENIED")


@rule("openlines.md 3.5", "The operator makes a lead of a dialog; nobody else does")
def lead(w: World) -> None:
    assert w.admin.refused("imopenlines.crm.lead.create", CHAT_ID=w.chat.id) == (400, "ERROR_USER_NOT_OPERATOR")
    w.anna("imopenlines.crm.lead.create", CHAT_ID=w.chat.id)
    made = w.portal.crm.items[LEAD, w.chat.bindings[LEAD]]
    assert (made.title, made.assigned_by) == (w.chat.title, ANNA)
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)["entity_data_1"].startswith(f"Y|LEAD|{made.id}|")


@rule(
    "openlines.md 3.5",
    "A bot's dialog goes to the queue for whoever asks; other orders of bots need a bot of the application",
)
def bots(w: World) -> None:
    assert w.anna.refused("imopenlines.bot.session.operator", CHAT_ID=w.chat.id) == (400, "WRONG_CHAT")
    w.portal.openlines.accept(w.chat, w.portal.people.users[BOT])
    assert w.anna("imopenlines.bot.session.operator", CHAT_ID=w.chat.id) is True
    assert w.chat.owner == 0
    for method in ("imopenlines.bot.session.transfer", "imopenlines.bot.session.finish"):
        assert w.admin.refused(method, CHAT_ID=w.chat.id) == (400, "BOT_ID_ERROR")


@rule("openlines.md 3", "Who may act: a member, a role with JOIN, or a reader of the primary CRM entity")
def who_may(w: World) -> None:
    stranger, user = w.as_(SUPPORT), w.portal.people.users[SUPPORT]
    user.reads_crm = False
    assert stranger.refused("imopenlines.session.join", CHAT_ID=w.chat.id)[1] == "ACCESS_DENIED"
    user.joins_lines = True
    assert stranger("imopenlines.session.join", CHAT_ID=w.chat.id) is True
    user.joins_lines = False
    assert stranger("imopenlines.session.join", CHAT_ID=w.chat.id) is True, "a member now"
