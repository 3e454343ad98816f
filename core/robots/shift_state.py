"""What a run that waits for the end of a shift remembers, and what it returns."""

from __future__ import annotations

from datetime import datetime

from core.dialogs.message import Message
from core.dialogs.view import DialogView
from core.robots.assigning import Turned
from core.robots.fields import Output, UserRef, prop
from core.robots.outcomes import Done
from core.robots.polling import LookingState
from core.texts.text import Text


class ReassignState(LookingState):
    owner_id: int = 0
    owner_name: str = ""
    #: Who may be chosen: they are read together with the dialog.
    pool: tuple[int, ...] = ()
    session_id: int = 0
    #: When the dialog is to be handed over by what is planned; his own words put it off.
    handover_at: datetime | None = None
    overtimes: int = 0
    kind: str = ""
    minutes_waited: int = 0
    #: To whom it is being handed (0: the queue), and how often somebody was chosen.
    to_id: int = 0
    to_name: str = ""
    turn: Turned = Turned()
    hops: int = 0
    #: Refused once: the other way is tried.
    again: bool = False
    moved: bool = False
    #: The newest message when the dialog was given away.
    given_message_id: int = 0
    #: The client's newest message when waiting for somebody began: a newer one makes the dialog an orphan.
    client_message_id: int = 0
    orphan_told: bool = False

    def saw(self, dialog: DialogView | None, now: datetime) -> None:
        super().saw(dialog, now)
        if dialog is not None:
            self.session_id = dialog.session_id


class ReassignOutput(Output):
    kind: str = prop("", ru="Как стоял диалог", en="How the dialog stood")
    new_owner: UserRef | None = prop(None, ru="Кому передан", en="To whom it went")
    moved: bool = prop(False, ru="Передан", en="Handed over")
    minutes_waited: int = prop(0, ru="Клиент ждал, рабочих минут", en="The client waited, working minutes")


def shift_output(state: ReassignState) -> ReassignOutput:
    return ReassignOutput(
        kind=state.kind,
        new_owner=UserRef(f"user_{state.to_id}") if state.moved and state.to_id else None,
        moved=state.moved,
        minutes_waited=state.minutes_waited,
    )


def what_ended(state: ReassignState, dialog: DialogView, *holders: int) -> Done | None:
    """Return why there is nothing to hand over any more: it was closed, or somebody took it.

    The queue is nobody: the portal itself puts unanswered dialogs there when a day ends (openlines.md 1.4).
    """
    if not dialog.is_open or dialog.closing:
        text = Text("Диалог закрыт, передавать нечего.", "The dialog is closed, there is nothing to hand over.")
        return Done(dialog.closed_as, text, shift_output(state))
    if dialog.owner_id and dialog.owner_id not in {state.owner_id, *holders}:
        text = Text("Диалог уже у другого оператора.", "Another operator has the dialog by now.")
        return Done("cancelled_owner", text, shift_output(state))
    return None


def stays_where_it_is(state: ReassignState, dialog: DialogView, reply: Message | None) -> Text | None:
    """Return why a dialog that was handed over is not given back: closed, moved on, or answered."""
    if not dialog.is_open or dialog.closing:
        return Text("Диалог тем временем закрыт.", "The dialog was closed meanwhile.")
    if dialog.owner_id != state.to_id:
        return Text("Диалог уже у другого оператора.", "Another operator has the dialog by now.")
    if reply is not None:
        return Text("Клиенту ответили, диалог остаётся.", "The client was answered, the dialog stays.")
    return None
