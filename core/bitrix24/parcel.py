"""Commands that travel in one HTTP request: how they are written, judged and told to the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.bitrix24.calls import BATCH, CommandCall, RestCall
from core.bitrix24.command import Command, Json
from core.bitrix24.encoding import batch_commands, checked_method, json_body
from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import HttpAnswer
from core.bitrix24.outcome import Verdict, judge, split
from core.bitrix24.secret import Secret


@dataclass(frozen=True, slots=True)
class Parcel:
    """One command that travels alone, or several as a ``batch``; ``runs`` tells whose they are."""

    commands: Mapping[str, Command]
    halt: bool
    is_write: bool
    runs: Mapping[str, str | None]

    @property
    def is_batch(self) -> bool:
        return len(self.commands) > 1

    @property
    def method(self) -> str:
        return BATCH if self.is_batch else checked_method(next(iter(self.commands.values())).method)

    def body(self, access: Secret) -> bytes:
        """Write the request's body; the token travels in it and nowhere else."""
        if self.is_batch:
            cmd: dict[str, Json] = {**batch_commands(self.commands)}
            return json_body({"halt": int(self.halt), "cmd": cmd, "auth": access.reveal()})
        (command,) = self.commands.values()
        if "auth" in command.params:
            raise ValueError("A command brings no token of its own.")
        return json_body({**command.params, "auth": access.reveal()})

    def judge(self, exchange: HttpAnswer | Sign) -> tuple[Verdict, Mapping[str, Verdict]]:
        """Return the verdict on the request and on each command."""
        whole = judge(exchange)
        if self.is_batch:
            return whole, split(whole, self.commands, halt=self.halt)
        return whole, dict.fromkeys(self.commands, whole)

    def told(
        self, whole: Verdict, verdicts: Mapping[str, Verdict], *, lane: str, at: datetime, ms: int, attempt: int
    ) -> RestCall:
        """Return the record of this request."""
        commands = tuple(
            CommandCall(command.method, self.runs.get(key), verdicts[key].complaint, verdicts[key].operating)
            for key, command in self.commands.items()
        )
        return RestCall(at, lane, self.method, commands, ms, whole.evidence.status, whole.complaint, attempt)
