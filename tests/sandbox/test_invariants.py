"""Whatever clients, employees, the clock and an application do to dialogs, what REST tells of them stays true."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox.apps import App
from sandbox.crm import CONTACT, DEAL
from sandbox.demo import ACCOUNTING_LINE, ANNA, CHIEF, DIRECTOR, DMITRY, NEW, SUPPORT_LINE, WAIT, WORK
from sandbox.dialogs import Chat
from sandbox.people import Workday
from sandbox.portal import Portal
from sandbox.scenario import new_client, reset
from sandbox.workflows import PlacedRobot
from tests.sandbox.conftest import HANDLER, SCOPE, Asker

EMPLOYEES = st.sampled_from([DIRECTOR, CHIEF, ANNA, DMITRY])
STAGES = st.sampled_from([NEW, WORK, WAIT])


class Told:
    """The state of a dialog as openlines.md 1.3 derives it from ``imopenlines.dialog.get``."""

    def __init__(self, said: dict[str, Any], now: datetime) -> None:
        fields = said["entity_data_1"].split("|")
        self.owner: int = said["owner"]
        self.open = int(fields[5]) > 0
        self.closing = self.open and fields[4] == "Y"
        self.accepted = self.open and self.owner > 0
        self.in_queue = self.open and self.owner == 0
        self.blocked = int(fields[8]) > 0 and datetime.fromtimestamp(int(fields[8]), now.tzinfo) < now
        self.silent = said["entity_data_3"] == "Y"
        self.takes_crm_messages = self.accepted and not self.closing


class Dialogs(RuleBasedStateMachine):
    """One client of one deal, and everyone who has to do with him."""

    @initialize(farewell=st.booleans(), vote=st.booleans(), checks=st.booleans(), window=st.booleans())
    def open_up(self, farewell: bool, vote: bool, checks: bool, window: bool) -> None:
        self.portal = Portal(seed=7, speed=0)
        self.portal.switches.limits = False
        reset(self.portal, "demo")
        app = App("a", "s", "t" * 32, SCOPE, HANDLER, "")
        self.portal.apps.install(app, by=self.portal.people.users[DIRECTOR])
        self.ask = Asker(self.portal, self.portal.people.users[DIRECTOR])
        line = self.portal.openlines.lines[ACCOUNTING_LINE]
        line.close_text, line.vote, line.vote_text = "Bye" * farewell, vote, "Rate us"
        line.check_available = checks
        self.chat: Chat = self.portal.openlines.new_chat(
            line,
            connector="whatsappbyedna" if window else "telegrambot",
            client=new_client(self.portal, "Random Client"),
            bound=((DEAL, 1), (CONTACT, 100)),
        )
        self.portal.openlines.talk.client_writes(self.chat, "Hello")
        self.version = self.portal.version
        self.ask("bizproc.robot.add", CODE="r", HANDLER=f"{HANDLER}/r", NAME="R", USE_SUBSCRIPTION="Y", AUTH_USER_ID=1)
        self.ask("bizproc.robot.add", CODE="q", HANDLER=f"{HANDLER}/q", NAME="Q", USE_SUBSCRIPTION="Y", AUTH_USER_ID=1)
        self.tokens: list[str] = []

    @property
    def told(self) -> Told:
        return Told(self.ask("imopenlines.dialog.get", CHAT_ID=self.chat.id), self.portal.now())

    # People and time ------------------------------------------------------------------------------------------------

    @rule(text=st.sampled_from(["Hello?", "1", "0", "Thanks"]))
    def client_writes(self, text: str) -> None:
        self.portal.openlines.talk.client_writes(self.chat, text)
        assert self.told.open

    @rule(user=EMPLOYEES, hidden=st.booleans())
    def employee_writes(self, user: int, hidden: bool) -> None:
        before = self.told
        sent = len(self.portal.journal.outbox)
        self.portal.openlines.talk.staff_writes(self.chat, self.portal.people.users[user], "Hi", hidden=hidden)
        reached = len(self.portal.journal.outbox) - sent
        assert reached == (0 if hidden or before.silent or before.blocked else 1)
        if not hidden:
            assert self.told.takes_crm_messages

    @rule(user=EMPLOYEES, state=st.sampled_from(Workday))
    def workday(self, user: int, state: Workday) -> None:
        person = self.portal.people.users[user]
        self.portal.people.set_workday(person, state, self.portal.now())
        if state is not Workday.OPENED:
            self.portal.openlines.closing.workday_ended(person)

    @rule(hours=st.sampled_from([0.1, 1, 10, 30, 24 * 8, 24 * 31]))
    def time_passes(self, hours: float) -> None:
        self.portal.clock.advance(timedelta(hours=hours))

    @rule(silent=st.booleans())
    def silence(self, silent: bool) -> None:
        self.chat.silent = silent

    # The application ------------------------------------------------------------------------------------------------

    @rule(user=EMPLOYEES)
    def crm_message(self, user: int) -> None:
        before, sent = self.told, len(self.portal.journal.outbox)
        member = user in self.chat.members
        status, said = self.ask.try_(
            "imopenlines.crm.message.add",
            CRM_ENTITY_TYPE="deal",
            CRM_ENTITY=1,
            USER_ID=user,
            CHAT_ID=self.chat.id,
            MESSAGE="Hi",
        )
        if not before.takes_crm_messages:
            assert (status, said["error"]) == (400, "CHAT_NOT_IN_CRM")
        elif not member:
            assert (status, said["error"]) == (400, "MESSAGE_ADD_ERROR")
        else:
            assert status == 200
            reached = len(self.portal.journal.outbox) - sent
            assert reached == (0 if before.silent or before.blocked else 1)

    @rule()
    def automatic_message(self) -> None:
        before, sent = self.told, len(self.portal.journal.outbox)
        sessions = len(self.chat.session_ids)
        self.ask("imopenlines.bot.session.message.send", CHAT_ID=self.chat.id, NAME="DEFAULT", MESSAGE="Hi")
        assert len(self.portal.journal.outbox) - sent == (0 if before.blocked else 1)
        assert len(self.chat.session_ids) - sessions == (0 if before.open else 1)

    @rule(user=EMPLOYEES)
    def transfer(self, user: int) -> None:
        sessions, was_open = len(self.chat.session_ids), self.told.open
        status, said = self.ask.try_("imopenlines.operator.transfer", CHAT_ID=self.chat.id, USER_ID=user)
        if user == DIRECTOR:
            assert (status, said["error"]) == (400, "OPERATOR_WRONG")
            return
        assert self.told.owner == user
        assert [one for one in self.chat.members if one != self.chat.client_id] == [user]
        assert len(self.chat.session_ids) - sessions == (0 if was_open else 1)

    @rule(line=st.sampled_from([ACCOUNTING_LINE, SUPPORT_LINE]))
    def to_queue(self, line: int) -> None:
        self.ask("imopenlines.operator.transfer", CHAT_ID=self.chat.id, QUEUE_ID=line)
        assert self.told.in_queue

    @rule()
    def finish(self) -> None:
        before = self.told
        status, said = self.ask.try_("imopenlines.operator.another.finish", CHAT_ID=self.chat.id)
        if not before.open:
            assert (status, said["error"]) == (400, "NOT_LOAD_SESSION_OR_CHAT")
        elif before.closing:
            assert not self.told.open
        else:
            assert status == 200

    @rule(user=EMPLOYEES)
    def answer(self, user: int) -> None:
        before = self.told
        asker = Asker(self.portal, self.portal.people.users[user])
        status, _ = asker.try_("imopenlines.operator.answer", CHAT_ID=self.chat.id)
        assert (status == 200) is (before.open and before.owner != user)

    @rule(user=EMPLOYEES)
    def join(self, user: int) -> None:
        Asker(self.portal, self.portal.people.users[user])("imopenlines.session.join", CHAT_ID=self.chat.id)
        assert user in self.chat.members

    @rule()
    def start(self) -> None:
        self.ask("imopenlines.session.start", CHAT_ID=self.chat.id)
        assert self.told.accepted

    # Automation -----------------------------------------------------------------------------------------------------

    @rule(stage=STAGES)
    def move(self, stage: str) -> None:
        self.portal.bizproc.placed.setdefault((DEAL, stage), [])
        before = self.portal.crm.items[DEAL, 1].stage_id
        waiting = dict(self.portal.bizproc.workflows)
        self.portal.crm.move(self.portal.crm.items[DEAL, 1], stage)
        if stage != before:
            assert not set(waiting) & set(self.portal.bizproc.workflows)

    @rule(stage=STAGES)
    def place(self, stage: str) -> None:
        self.portal.bizproc.placed[DEAL, stage] = [PlacedRobot("r", {}), PlacedRobot("q", {}, wait_previous=True)]

    @precondition(lambda self: self.portal.bizproc.history)
    @rule(newest=st.booleans())
    def answer_a_process(self, newest: bool) -> None:
        workflow = self.portal.bizproc.history[-1 if newest else 0]
        token = workflow.runs[0].token
        alive = workflow.id in self.portal.bizproc.workflows
        status, said = self.ask.try_("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="probe")
        assert (status, said.get("error")) == ((200, None) if alive else (400, "404"))
        assert self.ask("bizproc.event.send", EVENT_TOKEN=token, RETURN_VALUES={}) is True

    # What always holds ----------------------------------------------------------------------------------------------

    @invariant()
    def the_chat_and_its_session_agree(self) -> None:
        lines = self.portal.openlines
        session = lines.session_of(self.chat)
        assert bool(session) is bool(self.chat.session_id)
        if session is None:
            assert self.chat.owner == 0
            return
        assert session.is_open
        assert session.operator == self.chat.owner
        assert self.chat.owner == 0 or self.chat.owner in self.chat.members
        assert (session.status >= 10) is (self.chat.owner > 0)
        assert session.close_due_at is not None
        assert session.close_due_at > self.portal.now()

    @invariant()
    def older_sessions_are_closed(self) -> None:
        sessions = [self.portal.openlines.sessions[one] for one in self.chat.session_ids]
        assert not any(one.is_open for one in sessions if one.id != self.chat.session_id)
        for one in sessions:
            assert one.activity is not None
            assert one.activity.completed is not one.is_open

    @invariant()
    def the_outbox_is_what_the_ledger_says(self) -> None:
        sent = [one for one in self.portal.journal.ledger if one.kind == "message"]
        assert [one.details["message_id"] for one in sent] == [one.message_id for one in self.portal.journal.outbox]
        delivered = {one.id for one in self.chat.messages if one.delivered and one.author != self.chat.client_id}
        assert {one.message_id for one in self.portal.journal.outbox if one.chat_id == self.chat.id} == delivered

    @invariant()
    def messages_stand_in_order(self) -> None:
        ids = [one.id for one in self.chat.messages]
        assert ids == sorted(set(ids))
        assert [one.at for one in self.chat.messages] == sorted(one.at for one in self.chat.messages)

    @invariant()
    def an_item_has_one_automation_at_most(self) -> None:
        assert len([one for one in self.portal.bizproc.workflows.values() if one.item == (DEAL, 1)]) <= 1

    @invariant()
    def the_version_only_grows(self) -> None:
        assert self.portal.version >= self.version
        self.version = self.portal.version


Dialogs.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_dialogs = Dialogs.TestCase
