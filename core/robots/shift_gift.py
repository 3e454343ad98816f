"""All that goes with a dialog which changes hands at the end of a shift, in the order of decisions.md 23."""

from __future__ import annotations

from dataclasses import dataclass

from core.dialogs.view import DialogView
from core.effects import Effect
from core.robots.context import Ctx, InputT, StateT
from core.robots.handover import brief, hand_over, in_card, needed_by_card, told
from core.robots.handover_words import back_in_queue, given_back, handed_on, handed_to_you, note
from core.robots.holding import holding_message
from core.robots.outcomes import Check
from core.robots.situation import last_words, matter_of
from core.robots.triggers import Trigger, fired


@dataclass(frozen=True, slots=True)
class Parties:
    """From whom a dialog goes to whom; ``to_id`` 0 is the queue of its line."""

    from_id: int
    from_name: str
    to_id: int = 0
    to_name: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the settings want beside the hand-over itself; ``once`` names it for the trigger.

    ``goes_on``: the run has something to do after the hand-over, wherever the trigger moves the card.
    """

    robot: str
    with_card: bool
    with_brief: bool
    client_text: str
    once: str
    goes_on: bool = False


async def shift_gift(
    ctx: Ctx[InputT, StateT], dialog: DialogView, handing: tuple[Effect, ...], parties: Parties, extras: Extras
) -> tuple[tuple[Effect, ...], tuple[Check, ...]]:
    """Return the hand-over, the card, the text to the client, the note, a word to both, and the trigger.

    Each of them is done only if the dialog did change hands.
    """
    needs, facts = needed_by_card(handing), await ctx.look.item()
    effects = list(handing)
    if extras.with_card and parties.to_id:
        effects += in_card(ctx.item, parties.to_id, seen_user_id=facts.assigned_by_id, needs=needs)
    message, check = await holding_message(ctx, dialog, extras.client_text)
    if message is not None:
        effects.append(message.model_copy(update={"needs": needs}))
    effects += await _words(ctx, dialog, parties, extras, needs)
    effects += [
        trigger.model_copy(update={"needs": needs})
        for trigger in fired(
            Trigger.SHIFT_HANDOVER,
            ctx.item,
            dialog,
            once=f"transfer|{extras.once}",
            stage_id=facts.stage_id,
            goes_on=extras.goes_on,
        )
    ]
    return tuple(effects), (check,) if check is not None else ()


async def _words(
    ctx: Ctx[InputT, StateT], dialog: DialogView, parties: Parties, extras: Extras, needs: str
) -> list[Effect]:
    matter = await matter_of(ctx, dialog)
    effects: list[Effect] = []
    if parties.to_id and extras.with_brief:
        said = last_words(dialog, now=ctx.now, zone=ctx.zone)
        text = note(matter, by=parties.from_name, to=parties.to_name, last_words=said)
        effects.append(brief(dialog, text, token_id=ctx.admin_id, holder_id=parties.to_id, needs=needs))
    former = handed_on(matter, to=parties.to_name) if parties.to_id else back_in_queue(matter)
    new = handed_to_you(matter, by=parties.from_name)
    for user_id, text, what in ((parties.to_id, new, "yours"), (parties.from_id, former, "gone")):
        effects += told([user_id], text, session_id=dialog.session_id, robot=extras.robot, what=what, needs=needs)
    return effects


async def gift_back(
    ctx: Ctx[InputT, StateT], dialog: DialogView, parties: Parties, extras: Extras
) -> tuple[Effect, ...]:
    """Return what gives a dialog back to its former operator: the hand-over, the card, a word to him."""
    handing, _ = hand_over(dialog, parties.to_id, token_id=ctx.admin_id)
    needs, facts = needed_by_card(handing), await ctx.look.item()
    card: tuple[Effect, ...] = ()
    if extras.with_card:
        card = in_card(ctx.item, parties.to_id, seen_user_id=facts.assigned_by_id, needs=needs)
    text = given_back(await matter_of(ctx, dialog), by=parties.from_name)
    words = told([parties.to_id], text, session_id=dialog.session_id, robot=extras.robot, what="yours", needs=needs)
    return (*handing, *card, *words)
