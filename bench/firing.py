"""HTTP requests and commands that one firing of each robot costs, counted by the portal itself."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.figure import Figure
from bench.process import DEZHURNY, running
from tests.servers import free_port

PATIENCE_SECONDS = 30.0
_NOT_OF_A_FIRING = (
    {"imopenlines.dialog.get"},
    {"bizproc.workflow.instances"},
    {"bizproc.workflow.instances", "bizproc.event.send"},
    {"server.time", "bizproc.workflow.instances"},
)
#: Long enough for whatever follows an act: an answer to the process, a look at what was done.
SETTLES_FOR = 3.0
ANNA, LINE = 8, 22


@dataclass(frozen=True, slots=True)
class Bench:
    """A running demo, seen through the portal's control side."""

    portal_port: int

    def ask(self, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if order is None else json.dumps(order).encode()
        with urlopen(Request(f"http://127.0.0.1:{self.portal_port}/_sandbox/{path}", data=body), timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError("The demo did not do what was to be measured.")
            time.sleep(0.05)

    @contextmanager
    def watched(self) -> Iterator[list[list[str]]]:
        """Note the HTTP requests of the block and of what follows it, each as the methods that travelled in it."""
        before = max((call["id"] for call in self.ask("calls")["calls"]), default=0)
        requests: list[list[str]] = []
        yield requests
        time.sleep(SETTLES_FOR)
        found: dict[int, list[str]] = {}
        for call in self.ask(f"calls?since={before}")["calls"]:
            methods = found.setdefault(call["request"], [])
            methods += [] if call["method"] == "batch" else [call["method"]]
        requests += found.values()

    def move(self, deal: int, stage: str) -> None:
        self.ask("items/move", {"entityTypeId": 2, "id": deal, "stageId": f"C3:{stage}"})

    def place(self, stage: str, code: str, **properties: str) -> None:
        robots = [{"code": code, "properties": properties}]
        self.ask("automation", {"entityTypeId": 2, "stageId": f"C3:{stage}", "robots": robots})

    def talk(self, client: str, **fields: int) -> tuple[int, int]:
        """Make a deal whose client asked something that Anna accepted; its number and its chat's."""
        chat = {"line_id": LINE, "client": {"name": client}, "text": "Когда будет расчёт?", "accepted_by": ANNA}
        order = {"entityTypeId": 2, "stageId": "C3:NEW", "assignedById": ANNA, "contact": {"name": client}}
        made = self.ask("items", {**order, **fields, "title": client, "chat": {**chat, "connector": "telegrambot"}})
        return made["id"], made["chats"][0]

    def say(self, chat: int, author: str, text: str) -> None:
        self.ask(f"chats/{chat}/messages", {"author": author, "text": text})

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("outbox")["messages"]
        return found

    def answered(self) -> int:
        return sum(effect["kind"] == "event.send" for effect in self.ask("ledger")["effects"])


def measure() -> list[Figure]:
    port, portal_port = free_port(), free_port()
    command = [str(DEZHURNY), "demo", "--no-open", "--port", str(port), "--portal-port", str(portal_port)]
    with (
        tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder,
        running(command, Path(folder), os.environ, port=port),
    ):
        bench = Bench(portal_port)
        bench.until(lambda: is_registered(bench))
        time.sleep(SETTLES_FOR)
        return [
            *_escalating(bench),
            _sending(bench),
            _looking(bench),
            _naming(bench),
            _closing(bench),
            _thanked(bench),
            _shift_ends(bench),
        ]


def is_registered(bench: Bench) -> bool:
    robots = [robot for stage in bench.ask("view")["automation"] for robot in stage["robots"]]
    return bool(robots) and all(robot["registered"] for robot in robots)


def _escalating(bench: Bench) -> list[Figure]:
    with bench.watched() as arming:
        bench.move(1, "WORK")
        bench.until(lambda: bench.answered() >= 1)
    with bench.watched() as acting:
        bench.ask("clock", {"advance_seconds": 3600})
        bench.until(lambda: any(one["kind"] == "notification" for one in bench.ask("ledger")["effects"]))
    return [
        _figure("escalate_no_reply, arming and answering the process", arming, 2),
        _figure("escalate_no_reply, acting", acting, 2),
    ]


def _sending(bench: Bench) -> Figure:
    sent = len(bench.ask("outbox")["messages"])
    with bench.watched() as requests:
        bench.move(2, "WAIT")
        bench.until(lambda: len(bench.ask("outbox")["messages"]) > sent)
    return _figure("send_message, all of it", requests, 4)


def _looking(bench: Bench) -> Figure:
    answered = bench.answered()
    with bench.watched() as requests:
        bench.move(5, "NEW")
        bench.until(lambda: bench.answered() > answered)
    return _figure("dialog_state, all of it", requests, 2)


def _naming(bench: Bench) -> Figure:
    bench.place("WON", "check_dialog_naming", action="rename")
    company = bench.ask("crm")["company"][0]["id"]
    deal, _ = bench.talk("Тамара Ильина", companyId=company)
    time.sleep(SETTLES_FOR)
    with bench.watched() as requests:
        bench.move(deal, "WON")
        bench.until(lambda: any(one["kind"] == "rename" for one in bench.ask("ledger")["effects"]))
    return _figure("check_dialog_naming, all of it and the answer to the process", requests, 3)


def _closing(bench: Bench) -> Figure:
    """The dialog of the deal that was written to: nobody has to confirm, so nothing is fired besides."""
    bench.place("WON", "close_dialog", require_confirmed="no", require_last_ours="N", quiet_minutes="0")
    with bench.watched() as requests:
        bench.move(5, "WON")
        bench.until(lambda: _said_goodbye(bench))
        bench.ask("clock", {"advance_seconds": 62})
        bench.until(lambda: any(one["kind"] == "close" for one in bench.ask("ledger")["effects"]))
    # The clock moves for all, so answers of earlier runs are repeated in between.
    mine = [methods for methods in requests if "bizproc.event.send" not in methods]
    return _figure("close_dialog, all of it but the answer to the process", mine, 5)


def _thanked(bench: Bench) -> Figure:
    """The client's thanks come while the robot watches; it answers them with one look and one message."""
    bench.place("WON", "keep_last_word")
    deal, chat = bench.talk("Ольга Новикова")
    bench.move(deal, "WON")
    bench.say(chat, str(ANNA), "Готово, отправила на почту.")
    time.sleep(SETTLES_FOR)
    bench.say(chat, "client", "Хорошо, спасибо")
    time.sleep(SETTLES_FOR)
    with bench.watched() as requests:
        bench.ask("clock", {"advance_seconds": 11 * 60})
        bench.until(lambda: any(one["chat_id"] == chat and one["text"] == "🤝" for one in bench.outbox()))
    acted = next(at for at, methods in enumerate(requests, 1) if "imopenlines.crm.message.add" in methods)
    later = len(requests) - acted
    return _figure(f"keep_last_word, answering thanks (its trigger and next look: {later})", requests[:acted], 2)


def _shift_ends(bench: Bench) -> Figure:
    """One look at the dialog and everybody of the queue, the transfer, and all that goes with it."""
    bench.place("WON", "reassign_shift_end", shift_source="timeman,fixed_time", fixed_time="23:59")
    deal, _ = bench.talk("Игорь Лебедев")
    bench.move(deal, "WON")
    time.sleep(SETTLES_FOR)
    with bench.watched() as requests:
        bench.ask("workday", {"user_id": ANNA, "state": "close"})
        bench.ask("clock", {"advance_seconds": 6 * 60})
        bench.until(lambda: any(one["kind"] == "transfer" for one in bench.ask("ledger")["effects"]))
    moved = next(at for at, methods in enumerate(requests) if "imopenlines.operator.transfer" in methods)
    return _figure("reassign_shift_end, from the look at the dialog on", requests[max(moved - 1, 0) :], 3)


def _said_goodbye(bench: Bench) -> bool:
    return any("Благодарим за обращение" in message["text"] for message in bench.ask("outbox")["messages"])


def _figure(name: str, requests: list[list[str]], most: int) -> Figure:
    """Looks for news in watched dialogs and answers that are said again belong to no firing."""
    requests = [methods for methods in requests if set(methods) not in _NOT_OF_A_FIRING]
    beside = " | ".join("+".join(methods) for methods in requests)
    return Figure(f"HTTP requests: {name}", len(requests), "", beside, ("≤", most))
