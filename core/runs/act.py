"""Perform the effects of a run: intent committed, then the call, then the outcome; what is unknown is read back."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from core.bitrix24.client import CommandOutcome
from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.errors import Suspended, TryLater
from core.bitrix24.evidence import Sign
from core.bitrix24.outcome import Outcome
from core.crash import crashpoint
from core.db import Statement
from core.effects import Finding, Policy, Settled
from core.portals.lane import Lane
from core.runs import ledger
from core.runs.journal import Line
from core.runs.ledger import OVER, Entry
from core.runs.moment import Moment
from core.runs.overtaken import is_old, overtaken
from core.runs.progress import LeaseLost, Progress
from core.texts.text import Text

#: When a call with unknown outcome is looked for, after it was made (security.md 2.5).
LOOKS: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=120))
#: The portal's batch holds fifty; an effect has at most a few commands.
_GROUP: Final = 20


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Some effect's outcome is unknown; look again at ``look_at``, or, when it is None, a person must say."""

    look_at: datetime | None


async def perform(progress: Progress, lane: Lane, moment: Moment) -> Unsettled | None:
    """Bring all effects of the run's present act to an end; None when they all are.

    Raises LeaseLost, and TryLater, Suspended or Revoked when the portal certainly did nothing.
    """
    while True:
        entries = await ledger.entries(progress.database, lane.portal.vault, progress.run, progress.acting_from)
        await _doubt_the_prepared(progress, entries, moment)
        if unknown := [entry for entry in entries if entry.state in {"prepared", "unknown"}]:
            if unsettled := await _look_for(progress, lane, unknown[0], moment):
                return unsettled
            continue
        if not (group := _next_group(entries)):
            return None
        if await _skipped(progress, group[0], entries, moment) or await _overtaken(progress, lane, group, moment):
            continue
        await _call(progress, lane, group, moment)


async def doubt(progress: Progress, lane: Lane, moment: Moment) -> None:
    """Say of what a run had begun to do, and will not be looked for, that nobody knows whether it happened."""
    if progress.acting_from:
        entries = await ledger.entries(progress.database, lane.portal.vault, progress.run, progress.acting_from)
        await _doubt_the_prepared(progress, entries, moment)


async def _doubt_the_prepared(progress: Progress, entries: Sequence[Entry], moment: Moment) -> None:
    """An intent without an outcome is left by a process that died: the call may have been made."""
    for entry in entries:
        if entry.state == "prepared":
            await _settle(progress, entry, Settled("unknown", {"cause": "interrupted"}), moment)


def _next_group(entries: Sequence[Entry]) -> list[Entry]:
    """The next effects that may travel in one request; a client's text goes alone."""
    group: list[Entry] = []
    for entry in entries:
        if entry.state != "planned":
            continue
        if group and (entry.effect.alone or entry.effect.verify or _lacks(entry, entries)):
            break
        group.append(entry)
        if entry.effect.alone or entry.effect.verify or len(group) == _GROUP:
            break
    return group


async def _skipped(progress: Progress, entry: Entry, entries: Sequence[Entry], moment: Moment) -> bool:
    """An effect that builds on another one is not done when that one was not."""
    if not _lacks(entry, entries):
        return False
    await _settle(progress, entry, Settled("skipped", {"because": entry.effect.rests_on}), moment)
    return True


async def _overtaken(progress: Progress, lane: Lane, group: Sequence[Entry], moment: Moment) -> bool:
    """Settle what a person was quicker with while we had to wait; False when all of it is still to be done."""
    old = [entry for entry in group if is_old(entry, lease_no=progress.run.lease_no)]
    over = await overtaken(old, lane, moment) if old else []
    for entry, settled in over:
        await _settle(progress, entry, settled, moment)
    return bool(over)


def _lacks(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether the effect that it builds on was not done, or not yet."""
    needed = [other for other in entries if other.effect.kind == entry.effect.rests_on]
    return bool(needed) and needed[-1].state != "confirmed"


async def _call(progress: Progress, lane: Lane, group: Sequence[Entry], moment: Moment) -> None:
    crashpoint("before_intent")
    commands = {
        f"{_prefix(entry)}{name}": command for entry in group for name, command in entry.effect.plan(entry.key).items()
    }
    going: list[Entry] = []

    async def ready() -> Container[str]:
        """Commit the intent when the call can be made at once: whoever dies while he waits has done nothing."""
        going.extend(await _prepared(progress, group, moment))
        crashpoint("after_intent")
        return [key for key in commands if key.startswith(tuple(map(_prefix, going)))]

    try:
        if all(entry.effect.beside for entry in group):
            outcomes = await lane.write_beside(commands, ready=ready)
        else:
            outcomes = await lane.write(commands, ready=ready)
    except (TryLater, Suspended):
        await _back_to_planned(progress, going)
        raise
    if going:
        crashpoint("after_call")
    for entry in going:
        await _judge(progress, lane, entry, _own(entry, outcomes), moment)


async def _prepared(progress: Progress, group: Sequence[Entry], moment: Moment) -> list[Entry]:
    """Commit what is meant; what is stale, or happens one time only elsewhere, is left out. Raises LeaseLost."""
    ready: list[Entry] = []
    for entry in group:
        if entry.effect.stale_at is not None and moment.now > entry.effect.stale_at:
            await _settle(progress, entry, Settled("skipped", {"because": "stale"}), moment)
            continue
        match await ledger.prepare(progress.database, progress.run, entry, shift=moment.shift):
            case "prepared":
                ready.append(entry)
            case "taken":
                await _settle(progress, entry, Settled("skipped", {"because": "once"}), moment)
            case "lost":
                raise LeaseLost(progress.run.id)
    return ready


def _own(entry: Entry, outcomes: Mapping[str, CommandOutcome]) -> dict[str, CommandOutcome]:
    prefix = _prefix(entry)
    return {key.removeprefix(prefix): outcome for key, outcome in outcomes.items() if key.startswith(prefix)}


def _prefix(entry: Entry) -> str:
    return f"e{entry.ordinal}_"


async def _judge(
    progress: Progress, lane: Lane, entry: Entry, outcomes: Mapping[str, CommandOutcome], moment: Moment
) -> None:
    if any(outcome.outcome is Outcome.UNKNOWN for outcome in outcomes.values()):
        signs: list[Json] = [str(outcome.evidence) for outcome in outcomes.values()]
        await _settle(progress, entry, Settled("unknown", {"cause": signs}), moment)
        return
    untouched = [o for o in outcomes.values() if o.outcome in {Outcome.NOT_SENT, Outcome.REFUSED}]
    if len(untouched) == len(outcomes):
        if untouched[0].evidence.sign is Sign.NOT_REACHED or isinstance(untouched[0].trouble, TryLater):
            await _back_to_planned(progress, [entry])
        else:
            await _settle(progress, entry, Settled("refused", {"error": str(untouched[0].evidence)}), moment)
        return
    settled = entry.effect.settle({name: o.answer for name, o in outcomes.items() if o.answer is not None})
    if settled.state == "refused" and _may_go_on(entry, outcomes):
        await _back_to_planned(progress, [entry])
        return
    if settled.state == "confirmed" and entry.effect.verify:
        settled = await _verified(lane, entry, moment)
    await _settle(progress, entry, settled, moment)


def _may_go_on(entry: Entry, outcomes: Mapping[str, CommandOutcome]) -> bool:
    """Whether the first command that was not carried out was only turned away for now, and may come again."""
    stopped = next((outcome for outcome in outcomes.values() if outcome.outcome is not Outcome.CONFIRMED), None)
    turned_away = stopped is not None and stopped.outcome is Outcome.REFUSED and isinstance(stopped.trouble, TryLater)
    return turned_away and entry.effect.policy is not Policy.AT_MOST_ONCE


async def _verified(lane: Lane, entry: Entry, moment: Moment) -> Settled:
    """``true`` of some methods is no proof, so the portal is asked what it sees now."""
    try:
        finding = entry.effect.reconcile(await lane.read(entry.effect.recheck()), moment.now)
    except TryLater:
        return Settled("unknown", {"cause": "not verified"})
    if finding.verdict == "done":
        return Settled("confirmed", finding.evidence, finding.message_id)
    return Settled("unknown", {"cause": "not seen yet", **finding.evidence})


async def _back_to_planned(progress: Progress, group: Sequence[Entry]) -> None:
    sql = "UPDATE effect SET state = 'planned', prepared_at = NULL WHERE id = :id AND state = 'prepared'"
    await progress.database.write(*(Statement(sql, {"id": entry.id}) for entry in group))


async def _look_for(progress: Progress, lane: Lane, entry: Entry, moment: Moment) -> Unsettled | None:
    """Read whether an unknown call happened; None when that settled it."""
    asked_at = entry.prepared_at or moment.now
    if entry.state != "unknown" or entry.checks > len(LOOKS):
        return Unsettled(None if entry.checks > len(LOOKS) else moment.now + LOOKS[0])
    due = asked_at + LOOKS[min(entry.checks, len(LOOKS) - 1)]
    if moment.now < due and not (entry.effect.policy is Policy.SET_STATE and entry.checks == 0):
        return Unsettled(due)
    reads: dict[str, Command] = entry.effect.recheck()
    answers: Mapping[str, Answer] = await lane.read(reads) if reads else {}
    finding = entry.effect.reconcile(answers, asked_at)
    verdict = _verdict(finding)
    if verdict is not None:
        await _settle(progress, entry, verdict, moment)
        return None
    if finding.verdict == "not_done" and entry.effect.policy is not Policy.AT_MOST_ONCE and entry.checks < len(LOOKS):
        await _plan_again(progress, entry, finding, moment)
        return None
    return await _look_later(progress, entry, finding, moment, asked_at)


def _verdict(finding: Finding) -> Settled | None:
    match finding.verdict:
        case "done":
            return Settled("confirmed", {"found": True, **finding.evidence}, finding.message_id)
        case "changed":
            return Settled("skipped", {"because": "a person acted", **finding.evidence})
        case "not_done" | "unclear":
            return None
        case _:
            assert_never(finding.verdict)


async def _plan_again(progress: Progress, entry: Entry, finding: Finding, moment: Moment) -> None:
    sql = """
    UPDATE effect SET state = 'planned', checks = checks + 1, prepared_at = NULL WHERE id = :id AND state = 'unknown'
    """
    line = Line(
        "acts",
        Text(
            "Прочитали портал: «{what}» не произошло, повторяем.",
            "Read the portal: “{what}” did not happen, doing it again.",
        ).format(what=entry.summary.inside()),
        {"effect": entry.id, **dict(finding.evidence)},
    )
    await progress.database.write(
        Statement(sql, {"id": entry.id}), line.statement(progress.run.portal_id, progress.run.id, moment.now)
    )


async def _look_later(
    progress: Progress, entry: Entry, finding: Finding, moment: Moment, asked_at: datetime
) -> Unsettled:
    checks = entry.checks + 1
    sql = "UPDATE effect SET checks = :checks WHERE id = :id AND state = 'unknown'"
    over = checks >= len(LOOKS)
    if over:
        checks = len(LOOKS) + 1
    line = Line(
        "acted",
        Text(
            "Ответа от Битрикс24 не было; проверили портал: подтверждения нет ({what}).",
            "Bitrix24 gave no answer; looked at the portal: no sign of it ({what}).",
        ).format(what=entry.summary.inside()),
        {"effect": entry.id, "verdict": finding.verdict, **dict(finding.evidence)},
    )
    await progress.database.write(
        Statement(sql, {"id": entry.id, "checks": checks}),
        line.statement(progress.run.portal_id, progress.run.id, moment.now),
    )
    return Unsettled(None if over else max(asked_at + LOOKS[checks], moment.now + LOOKS[0]))


async def _settle(progress: Progress, entry: Entry, outcome: Settled, moment: Moment) -> None:
    statement = ledger.settled(entry, outcome, shift=moment.shift, keep_texts=False)
    line = Line("acted", _told(entry, outcome), {"effect": entry.id, "state": outcome.state, **dict(outcome.evidence)})
    await progress.database.write(statement, line.statement(progress.run.portal_id, progress.run.id, moment.now))
    crashpoint("after_outcome")


def _told(entry: Entry, outcome: Settled) -> Text:
    what = entry.summary.inside()
    match outcome.state:
        case "confirmed" if outcome.evidence.get("moved") is False:
            text = Text(
                "Сделано: {what}. Битрикс24 не переместил элемент, он остался на своей стадии.",
                "Done: {what}. Bitrix24 did not move the item, it stays on its stage.",
            )
            return text.format(what=what)
        case "confirmed":
            return Text("Сделано: {what}.", "Done: {what}.").format(what=what)
        case "refused":
            return Text("Битрикс24 отказал: {what}.", "Bitrix24 refused: {what}.").format(what=what)
        case "skipped" if outcome.evidence.get("because") == "once":
            return Text("Уже сделано раньше, второй раз не нужно: {what}.", "Done before, not again: {what}.").format(
                what=what
            )
        case "skipped" if outcome.evidence.get("because") == "stale":
            return Text(
                "Увиденное успело устареть, не делаем вслепую: {what}.",
                "What was seen has become too old, not done blindly: {what}.",
            ).format(what=what)
        case "skipped":
            return Text("Пропущено: {what}.", "Skipped: {what}.").format(what=what)
        case "unknown":
            return Text(
                "Неизвестно, произошло ли: {what}. Будем смотреть в портале.",
                "It is not known whether this happened: {what}. We shall look at the portal.",
            ).format(what=what)
        case _:
            assert_never(outcome.state)


def all_over(entries: Sequence[Entry]) -> bool:
    return all(entry.state in OVER for entry in entries)
