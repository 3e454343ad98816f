"""The requests of the corpus that people's side answers, replayed with the answers it expects."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.runs.rows import run, store
from tests.server.ui.people import ALPHA_SECRET, House

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "bad_inputs.jsonl"
#: The sessions that the corpus names, by the token that opens them here.
SESSIONS = {
    "sess_A_admin": ("tok_A_admin", "alpha"),
    "sess_A_user": ("tok_A_user", "alpha"),
    "sess_B_admin": ("tok_B_admin", "beta"),
}


def requests() -> Iterator[dict[str, object]]:
    if CORPUS.exists():
        for line in CORPUS.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {}
            if case.get("path_kind") == "ui":
                yield case


CASES = list(requests())


@pytest.mark.skipif(not CASES, reason="the corpus lies in ../shared, which is not here")
def test_the_corpus_has_requests_for_people() -> None:
    assert len(CASES) >= 35


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {str(case['name'])[:40]}" for case in CASES])
async def test_requests_of_the_corpus(home: House, case: dict[str, object]) -> None:
    await store(home.database, run(id="1001"))
    headers = {str(name): str(value) for name, value in dict(case["headers"]).items()}  # type: ignore[call-overload]
    if session := re.fullmatch(r"Bearer (sess_\w+)", headers.get("Authorization", "")):
        headers |= await home.as_(*SESSIONS[session[1]])
    body = base64.b64decode(str(case["body_b64"])) if "body_b64" in case else str(case["body"]).encode()
    assert ALPHA_SECRET in body.decode(errors="replace") or not str(case["path"]).startswith("/b24/app?")
    answer = await home.client.request(str(case["method"]), str(case["path"]), content=body, headers=headers)
    assert answer.status_code == case["expect_status"], answer.text[:200]
    if case["expect_body"] is not None:
        assert answer.json() == case["expect_body"]
    for name, value in dict(case.get("expect_headers") or {}).items():  # type: ignore[call-overload]
        assert value in answer.headers[name]
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
