"""What was meant a while ago and not done then: before it is done now, the portal is looked at once more."""

from __future__ import annotations

from collections.abc import Sequence

from core.bitrix24.command import Command
from core.effects import Policy, Settled
from core.portals.lane import Lane
from core.runs.ledger import Entry
from core.runs.moment import Moment


def is_old(entry: Entry, *, lease_no: int) -> bool:
    """Whether it was meant in an earlier hold of the run, and would do harm if somebody else has acted since."""
    return entry.lease_no != lease_no and entry.effect.policy is Policy.CHECK_THEN_ACT


async def overtaken(entries: Sequence[Entry], lane: Lane, moment: Moment) -> list[tuple[Entry, Settled]]:
    """Return those that are done already or that a person has decided otherwise; raises TryLater."""
    reads: dict[str, Command] = {
        f"e{entry.ordinal}_{name}": command for entry in entries for name, command in entry.effect.recheck().items()
    }
    answers = await lane.read(reads) if reads else {}
    found: list[tuple[Entry, Settled]] = []
    for entry in entries:
        prefix = f"e{entry.ordinal}_"
        own = {key.removeprefix(prefix): answer for key, answer in answers.items() if key.startswith(prefix)}
        finding = entry.effect.reconcile(own, moment.now)
        match finding.verdict:
            case "done":
                found.append((entry, Settled("confirmed", {"found": True, **finding.evidence}, finding.message_id)))
            case "changed":
                found.append((entry, Settled("skipped", {"because": "a person acted", **finding.evidence})))
            case _:
                continue
    return found
