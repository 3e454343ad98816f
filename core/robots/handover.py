"""How a dialog changes hands: which effects it takes, in which order, and what came of them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.effects import (
    Effect,
    HiddenBrief,
    LeaveChat,
    NotifyStaff,
    ReleaseFromBot,
    SetResponsible,
    TakeDialog,
    TransferDialog,
    TransferFromBot,
    UnpinDialog,
)
from core.robots.context import EffectResult
from core.robots.outcomes import Check
from core.texts.text import Text

#: Effects after which the dialog is where it should be.
_HANDING: Final = frozenset({"transfer_dialog", "transfer_from_bot", "take_dialog"})

_UNPINNING: Final = Text(
    "Диалог закреплён: сначала берём его на себя и открепляем", "The dialog is pinned: taken and unpinned first"
)
_STAYS_PINNED: Final = Text(
    "Диалог закреплён: открепить его может только сам оператор",
    "The dialog is pinned: nobody but its operator can unpin it",
)


def hand_over(
    dialog: DialogView, to: int, *, token_id: int, unpin: bool = False, from_bot: bool = False
) -> tuple[tuple[Effect, ...], tuple[Check, ...]]:
    """Return the effects that put an open dialog into the hands of ``to``.

    The portal refuses a transfer to the user of our own token, who takes the dialog instead. It lets only the
    operator unpin, so that user takes a pinned dialog first (openlines.md 3.5).
    """
    owner = dialog.owner_id
    if from_bot:
        return (_from_bot(dialog, to),), ()
    unpinning: tuple[Effect, ...] = ()
    checks: tuple[Check, ...] = ()
    if dialog.chat.pinned and owner:
        checks = (Check(_UNPINNING if unpin else _STAYS_PINNED),)
        unpinning = _unpinned(dialog, token_id) if unpin else ()
    if to == token_id:
        return (*(unpinning or (_taken(dialog, token_id),)),), checks
    held_by = token_id if unpinning else owner
    return (*unpinning, _transfer(dialog, to, seen_owner_id=held_by)), checks


def hand_over_again(dialog: DialogView, to: int, *, token_id: int, from_bot: bool = False) -> tuple[Effect, ...]:
    """Return the other way to the same end, after the portal refused the first one.

    A bot gives its dialog to the queue; from a person the user of our token takes it, and both hand it on.
    """
    if from_bot:
        return (*back_to_queue(dialog, from_bot=True), _transfer(dialog, to, seen_owner_id=0))
    taken = _taken(dialog, token_id)
    return (taken,) if to == token_id else (taken, _transfer(dialog, to, seen_owner_id=token_id))


#: What came of an act: the dialog moved, the portal refused, a person acted first, nothing was to be moved.
Came = Literal["moved", "refused", "taken", "nothing"]


def back_to_queue(dialog: DialogView, *, from_bot: bool = False) -> tuple[Effect, ...]:
    """Return what puts the dialog back into the queue of its line; nothing where it is there already."""
    if from_bot:
        return (ReleaseFromBot(chat_id=dialog.chat.id, session_id=dialog.session_id, seen_owner_id=dialog.owner_id),)
    return (_transfer(dialog, 0, seen_owner_id=dialog.owner_id),) if dialog.owner_id else ()


def came_of(results: Sequence[EffectResult]) -> Came:
    """Say what came of the last act by its last effect that hands the dialog over."""
    handing = [result for result in results if result.kind in _HANDING]
    if not handing:
        return "nothing"
    if handing[-1].done:
        return "moved"
    return "refused" if handing[-1].state == "refused" else "taken"


def checks_of(results: Sequence[EffectResult]) -> tuple[Check, ...]:
    """Say of each effect of the last act whether it was done."""
    return tuple(Check(result.summary, result.done) for result in results)


def refusal_words(results: Sequence[EffectResult]) -> Text:
    """Say a refusal plainly; the portal gives little but a code (openlines.md 3.5)."""
    refused = next((result for result in reversed(results) if result.state == "refused"), None)
    error = str(refused.evidence.get("error", "")) if refused is not None else ""
    if error == "OPERATOR_WRONG":
        return Text(
            "Битрикс24 не принял оператора: диалог занят другой операцией или сотрудник не может вести диалоги.",
            "Bitrix24 did not take the operator: the dialog is busy, or the employee may not serve dialogs.",
        )
    if error in {"ACCESS_DENIED", "ACCESS_ERROR"}:
        return Text(
            "Приложению не хватает прав передать этот диалог.", "The application lacks the right to hand this dialog."
        )
    return Text(
        "Битрикс24 отказал передать диалог ({error}).", "Bitrix24 refused to hand the dialog ({error})."
    ).format(error=error or "—")


def in_card(item: Item, user_id: int, *, seen_user_id: int, needs: str = "") -> tuple[Effect, ...]:
    """Set the responsible of the item, unless he is already; ``needs`` is the effect that must be done before."""
    if not user_id or user_id == seen_user_id:
        return ()
    return (
        SetResponsible(
            entity_type_id=item.entity_type_id,
            entity_id=item.id,
            user_id=user_id,
            seen_user_id=seen_user_id,
            needs=needs,
        ),
    )


def brief(dialog: DialogView, text: str, *, token_id: int, holder_id: int, needs: str = "") -> HiddenBrief:
    """A transfer sends every other employee out of the chat, so only who holds it now is surely a member."""
    return HiddenBrief(chat_id=dialog.chat.id, text=text, is_member=token_id == holder_id, needs=needs)


def left_behind(results: Sequence[EffectResult], dialog_chat_id: int, *, token_id: int) -> tuple[Effect, ...]:
    """Leave the chat after all, when the note could not be written or the leaving was refused."""
    inside = any(result.kind == HiddenBrief.kind and result.evidence.get("inside") is True for result in results)
    return (LeaveChat(chat_id=dialog_chat_id, user_id=token_id),) if inside else ()


def told(
    user_ids: Iterable[int], text: str, *, session_id: int, robot: str, what: str, needs: str = ""
) -> tuple[Effect, ...]:
    """Notify each once; a later notification about the same dialog replaces the earlier one."""
    tag = f"dezhurny|{session_id}|{robot}|{what}"
    return tuple(
        NotifyStaff(user_id=user_id, text=text, tag=tag, needs=needs) for user_id in dict.fromkeys(user_ids) if user_id
    )


def gift(
    handing: tuple[Effect, ...], card: tuple[Effect, ...], notice: str, *, to: int, session_id: int, robot: str
) -> tuple[Effect, ...]:
    """Put together the hand-over, the card and a word to whoever gets them; nothing where nothing changes.

    Each is done only if what it rests on was: nobody is told of a dialog that he did not get.
    """
    if not handing and not card:
        return ()
    needs = (handing or card)[-1].kind
    return (*handing, *card, *told([to], notice, session_id=session_id, robot=robot, what="yours", needs=needs))


def needed_by_card(handing: tuple[Effect, ...]) -> str:
    return handing[-1].kind if handing else ""


def _transfer(dialog: DialogView, to: int, *, seen_owner_id: int) -> TransferDialog:
    return TransferDialog(
        chat_id=dialog.chat.id,
        user_id=to,
        line_id=dialog.line_id,
        seen_owner_id=seen_owner_id,
        session_id=dialog.session_id,
    )


def _taken(dialog: DialogView, token_id: int) -> TakeDialog:
    return TakeDialog(
        chat_id=dialog.chat.id, session_id=dialog.session_id, user_id=token_id, seen_owner_id=dialog.owner_id
    )


def _unpinned(dialog: DialogView, token_id: int) -> tuple[Effect, ...]:
    unpin = UnpinDialog(chat_id=dialog.chat.id, session_id=dialog.session_id)
    return (unpin,) if dialog.owner_id == token_id else (_taken(dialog, token_id), unpin)


def _from_bot(dialog: DialogView, to: int) -> TransferFromBot:
    return TransferFromBot(
        chat_id=dialog.chat.id, session_id=dialog.session_id, user_id=to, seen_owner_id=dialog.owner_id
    )
