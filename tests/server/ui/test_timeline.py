"""The log of a run as a timeline: what it folds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.runs.tables import Run, RunEvent
from core.texts.text import Text
from server.ui.timeline import timeline
from server.ui.words import run as words
from tests.core.runs.rows import event, run, store
from tests.server.ui.people import House

WAITS = Text("Посмотрели диалог «Окна». Клиент ждёт с 14:02.", "Looked at the dialog “Windows”. The client waits.")
ANSWERED = Text("Посмотрели диалог «Окна». Последнее слово за нами.", "Looked at the dialog “Windows”. Ours.")


def looks(of: Run, *texts: Text) -> list[RunEvent]:
    return [event(of, "looked", text, seconds=60 * number) for number, text in enumerate(texts)]


def test_looks_that_saw_the_same_are_one_entry() -> None:
    one = run()
    told = list(timeline(looks(one, WAITS, WAITS, WAITS, ANSWERED), one.created_at, status="waiting"))
    assert [(entry.text, entry.again) for entry in told] == [(WAITS, 2), (ANSWERED, 0)]
    assert (told[0].at, told[0].last_at) == (one.created_at, one.created_at + timedelta(minutes=2))


def test_what_happened_between_keeps_looks_apart() -> None:
    one = run()
    first, second = looks(one, WAITS, WAITS)
    events = [first, event(one, "decided", WAITS), event(one, "decided", WAITS), second]
    told = list(timeline(events, one.created_at, status="waiting"))
    assert [entry.again for entry in told] == [0, 0, 0, 0]
    assert list(timeline([], one.created_at, status="waiting")) == []


def test_a_wait_behind_folded_looks_still_has_its_mark() -> None:
    one = run(status="waiting", finished_at=None)
    due = one.created_at + timedelta(hours=2)
    waits = event(one, "waits", Text("Ждём", "We wait"), seconds=180, data={"due": due.isoformat(), "counted": []})
    told = list(timeline([*looks(one, WAITS, WAITS, WAITS), waits], due - timedelta(hours=1), status="waiting"))
    assert [entry.bar is not None for entry in told] == [False, True]
    assert told[1].bar is not None
    assert told[1].bar.now_at is not None


@pytest.mark.parametrize(("times", "ru"), [(1, "ещё 1 раз"), (3, "ещё 3 раза"), (5, "ещё 5 раз"), (21, "ещё 21 раз")])
def test_times_are_counted_as_people_count(times: int, ru: str) -> None:
    assert words.again(times).ru == f"Посмотрели {ru}"


async def test_the_page_says_how_often_and_when_last(home: House) -> None:
    one = run()
    await store(home.database, one, *looks(one, *[WAITS] * 6))
    answer = await home.client.get(f"/ui/runs/{one.id}", headers=await home.as_(language="ru"))
    timeline_html = answer.text.split('<ol class="timeline">')[1].split("</ol>")[0]
    text = " ".join(re.sub("<[^>]+>", " ", timeline_html).split())
    assert text.count("Клиент ждёт с 14:02.") == 1
    assert "Посмотрели ещё 5 раз, последний раз" in text
