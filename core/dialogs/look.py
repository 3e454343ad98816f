"""One look at a portal for the dialog of a CRM item: which requests, in which order, and when no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.documents import Item
from core.bitrix24.errors import Refused
from core.dialogs.activities import SessionRow, sessions_command, sessions_of
from core.dialogs.ball import answers
from core.dialogs.chat import Chat, chat_of
from core.dialogs.conversation import Conversation, by_chat, by_session, history_command, messages_command
from core.dialogs.item import MOST_CONTACTS, ItemFacts, facts_of, fallbacks, item_command
from core.dialogs.known import KnownDialog
from core.dialogs.line import Line, LineCache, line_command, line_of
from core.dialogs.own import OwnMessages
from core.dialogs.resolution import AmbiguousDialog, NoDialog, Resolution
from core.dialogs.resolve import Ambiguous, DialogPick, Nothing, PathStep, Picked, Wanted, chats_in, choose, looked_at
from core.dialogs.seeing import Eyes, Found, messages_of, see
from core.dialogs.session import last_session
from core.dialogs.view import DialogView
from core.texts.text import Text


class DialogClosedToUs(Refused):
    """The dialog is there, but the user behind the application's token may not read it."""

    def __init__(self, answer: Answer | None) -> None:
        super().__init__(answer.error or "" if answer else "", answer.description if answer else "")
        self.text = Text(
            "Диалог есть, но приложению не хватает прав его прочитать: проверьте роль пользователя в открытых линиях.",
            "There is a dialog, but the application may not read it: check the user's role in open lines.",
        )


class OwnLookup(Protocol):
    """Ask the ledger which messages of a chat are ours, once the chat is known."""

    async def __call__(self, chat_id: int) -> OwnMessages: ...


@dataclass(slots=True)
class Look:
    """One look at a portal; ``got`` keeps the answers that outlive their request: ``extra`` and the item."""

    reads: Reads
    item: Item
    wanted: Wanted
    own: OwnMessages | OwnLookup
    eyes: Eyes
    lines: LineCache
    depth: int
    got: dict[str, Answer] = field(default_factory=dict)

    # --- a dialog known before ----------------------------------------------------------------------------------

    async def again(self, known: KnownDialog, extra: Mapping[str, Command]) -> DialogView | None:
        """Read a known chat again; None when it can be read no more, and must be searched for."""
        place: dict[str, Json] = {"CHAT_ID": known.chat_id} if known.chat_id else {"SESSION_ID": known.session_id}
        commands = {**extra, "dlg": Command("imopenlines.dialog.get", place)}
        if known.by_history:
            commands["his"] = history_command(known.session_id)
        else:
            commands["msg"] = messages_command(f"chat{known.chat_id or '$result[dlg][id]'}", self.depth)
        if known.line_id and self.lines.get(known.line_id) is None:
            commands["cfg"] = line_command(known.line_id)
        answered = await self._ask(commands, keep=extra)
        chat = _chat(answered)
        if chat is None:
            return None
        words = Text("чат {id}, найденный раньше", "chat {id}, found before").format(id=chat.id)
        path = (PathStep(words, 1),)
        found = Found(known.session_id, known.bound_to, path, known.dialog_count)
        if chat.session_id not in {0, known.session_id}:
            answered.pop("his", None)
        return await self._finish(chat, answered, found)

    # --- the search ---------------------------------------------------------------------------------------------

    async def search(self, extra: Mapping[str, Command]) -> Resolution:
        """Go the path: the item's own dialog, its contacts', its company's."""
        asked = {name: command for name, command in extra.items() if name not in self.got}
        commands = {**asked, "act": self._sessions(self.item), **self._chain("act")}
        if "item" not in asked and "item" not in self.got:
            commands = {**asked, "item": item_command(self.item), **commands}
        answered = await self._ask(commands, keep={*asked, "item"})
        rows = self._rows(answered["act"], self.item)
        chains = {rows[0].session_id: answered} if rows else {}
        steps = [rows]
        path = [looked_at(self.item, rows, self.wanted)]
        choice = choose(steps, self.wanted)
        if not self._is_settled(choice):
            for place, found_there in await self._further(chains):
                steps.append(found_there)
                path.append(looked_at(place, found_there, self.wanted))
            choice = choose(steps, self.wanted)
            path += self._left_out()
        match choice:
            case Nothing():
                return NoDialog(tuple(path), self._why_none(steps))
            case Ambiguous(candidates):
                return AmbiguousDialog(tuple(path), candidates)
            case Picked(row, others):
                count = chats_in(row for rows in steps for row in rows if self.wanted.fits(row))
                found = Found(row.session_id, row.found_by, tuple(path), count, others)
                return await self._read_session(row, found, chains.get(row.session_id))

    def _is_settled(self, choice: Picked | Nothing | Ambiguous) -> bool:
        """Tell whether places further along the path cannot change the choice."""
        match choice:
            case Picked(row):
                return row.open or self.wanted.pick is DialogPick.LATEST_ANY
            case Ambiguous():
                return True
            case Nothing():
                return False

    async def _further(self, chains: dict[int, dict[str, Answer]]) -> list[tuple[Item, tuple[SessionRow, ...]]]:
        """Ask contacts and the company in one request; the chat of the first of them comes along."""
        facts = self.facts()
        places = fallbacks(facts) if facts is not None and facts.exists else ()
        if not places:
            return []
        commands = {f"act{number}": self._sessions(place) for number, place in enumerate(places)}
        answered = await self._ask({**commands, **self._chain("act0")})
        found = []
        for number, place in enumerate(places):
            answer = answered[f"act{number}"]
            rows = sessions_of(answer.result, place) if answer.ok else ()
            found.append((place, rows))
        if found[0][1]:
            chains.setdefault(found[0][1][0].session_id, answered)
        return found

    async def _read_session(self, row: SessionRow, found: Found, chain: dict[str, Answer] | None) -> DialogView:
        if chain is None or _chat(chain) is None:
            commands = {"dlg": Command("imopenlines.dialog.get", {"SESSION_ID": row.session_id})}
            commands["msg"] = messages_command("chat$result[dlg][id]", self.depth)
            if row.line_id and self.lines.get(row.line_id) is None:
                commands["cfg"] = line_command(row.line_id)
            chain = await self._ask(commands)
        chat = _chat(chain)
        if chat is None:
            raise DialogClosedToUs(chain.get("dlg"))
        return await self._finish(chat, chain, found)

    # --- what both end with -------------------------------------------------------------------------------------

    async def _finish(self, chat: Chat, answered: Mapping[str, Answer], found: Found) -> DialogView:
        own = self.own if isinstance(self.own, OwnMessages) else await self.own(chat.id)
        conversation = await self._conversation(chat, answered, found, own)
        line = await self._line(conversation.line_id or chat.line_id, answered.get("cfg"))
        return see(chat, conversation, found=found, eyes=self.eyes, line=line, own=own)

    async def _conversation(
        self, chat: Chat, answered: Mapping[str, Answer], found: Found, own: OwnMessages
    ) -> Conversation:
        """Take the messages that came, or read the whole session when they were refused or do not reach far enough."""
        whole = by_session(answered.get("his"))
        if whole is not None:
            return whole
        newest = by_chat(answered.get("msg"), self.depth)
        if newest is not None and not newest.misses_newest(chat) and self._reaches_back(chat, newest, own):
            return newest
        session_id = chat.session_id or found.session_id
        answer = (await self._ask({"his": history_command(session_id)}))["his"] if session_id else None
        whole = by_session(answer)
        if whole is not None:
            return whole
        if newest is not None and not newest.misses_newest(chat):
            return newest
        raise DialogClosedToUs(answer)

    def _reaches_back(self, chat: Chat, newest: Conversation, own: OwnMessages) -> bool:
        """Tell whether the first unanswered message is surely among those that came."""
        session = last_session(messages_of(chat, newest, own))
        return not newest.cut or session.whole or any(answers(message, self.eyes.who) for message in session.messages)

    async def _line(self, line_id: int, answer: Answer | None) -> Line | None:
        came = line_of(answer.result) if answer is not None and answer.ok else None
        if came is not None:
            self.lines.put(came)
        if came is not None and line_id in {0, came.id}:
            return came
        cached = self.lines.get(line_id)
        if cached is not None or line_id < 1:
            return cached
        more = (await self._ask({"cfg": line_command(line_id)}))["cfg"]
        line = line_of(more.result) if more.ok else None
        if line is not None:
            self.lines.put(line)
        return line

    # --- commands and answers -----------------------------------------------------------------------------------

    async def _ask(self, commands: Mapping[str, Command], *, keep: Collection[str] = ()) -> dict[str, Answer]:
        answered = dict(await self.reads(commands))
        self.got.update({name: answer for name, answer in answered.items() if name in keep})
        return answered

    def _sessions(self, place: Item) -> Command:
        return sessions_command(place, open_first=self.wanted.pick is not DialogPick.LATEST_ANY)

    def _chain(self, sessions: str) -> dict[str, Command]:
        """Read the chat of the first session that an earlier command finds.

        A reference that finds nothing becomes an array in PHP, and an array as a number is 1: it would read somebody
        else's chat. With a 0 or a word glued before it the text stays as it is, is no number, and fails cleanly.
        """
        first = f"0$result[{sessions}][0]"
        return {
            "dlg": Command("imopenlines.dialog.get", {"SESSION_ID": f"{first}[ASSOCIATED_ENTITY_ID]"}),
            "msg": messages_command("chat$result[dlg][id]", self.depth),
            "cfg": line_command(f"{first}[PROVIDER_TYPE_ID]"),
        }

    def _rows(self, answer: Answer, place: Item) -> tuple[SessionRow, ...]:
        if not answer.ok:
            raise Refused(answer.error or "", answer.description)
        return sessions_of(answer.result, place)

    def facts(self) -> ItemFacts | None:
        """Return what the portal said of the item, if it was asked and had an answer."""
        answer = self.got.get("item")
        if answer is None:
            return None
        if answer.ok:
            return facts_of(answer.result, self.item)
        return ItemFacts(self.item, exists=False) if answer.error == "NOT_FOUND" else None

    def _left_out(self) -> list[PathStep]:
        facts = self.facts()
        more = len(facts.contact_ids) - MOST_CONTACTS if facts is not None else 0
        text = Text("ещё контактов, которые не смотрели: {more}", "more contacts, not looked at: {more}")
        return [PathStep(text.format(more=more), 0)] if more > 0 else []

    def _why_none(self, steps: Sequence[Sequence[SessionRow]]) -> Text:
        facts = self.facts()
        if facts is not None and not facts.exists:
            return Text("Элемента CRM больше нет.", "The CRM item is gone.")
        if any(steps):
            return Text(
                "У клиента есть диалоги, но не на тех линиях и каналах, что указаны в настройках робота.",
                "The client has dialogs, but not on the lines and channels that the robot's settings name.",
            )
        return Text(
            "Ни у элемента CRM, ни у его контактов и компании нет диалога открытых линий.",
            "Neither the CRM item nor its contacts and company have a dialog in open lines.",
        )


def _chat(answered: Mapping[str, Answer]) -> Chat | None:
    answer = answered.get("dlg")
    return chat_of(answer.result) if answer is not None and answer.ok else None
