"""Judging answers: what proves that a call was carried out, what proves that it was not, and all the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.codes import Meaning
from core.bitrix24.command import Answer
from core.bitrix24.evidence import UNSENT, Evidence, Sign
from core.bitrix24.exchange import HttpAnswer
from core.bitrix24.outcome import DEEPEST, Outcome, judge, parsed, split

NOT_SENT, REFUSED, CONFIRMED = Outcome.NOT_SENT, Outcome.REFUSED, Outcome.CONFIRMED
BUSINESS, UNKNOWN = Outcome.BUSINESS, Outcome.UNKNOWN
HTML = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"


def error(code: Any, description: str = "") -> str:
    return json.dumps({"error": code, "error_description": description})


CANNED = [
    # proof that it was done
    (200, '{"result": true}', CONFIRMED),
    (200, '{"result": false}', CONFIRMED),
    (200, '{"result": null}', CONFIRMED),
    (200, '{"result": 0}', CONFIRMED),
    (200, '{"result": []}', CONFIRMED),
    (200, '{"result": {}}', CONFIRMED),
    (200, '{"result": ""}', CONFIRMED),
    (200, '{"result": {"id": 1}, "time": {"operating": 0.1}}', CONFIRMED),
    (200, '{"result": {"id": 1}, "time": []}', CONFIRMED),
    (200, '{"result": {"id": 1}, "time": "soon"}', CONFIRMED),
    (200, '{"result": [], "total": "12", "next": "50"}', CONFIRMED),
    (200, '{"result": {"id": 1}, "error": null}', CONFIRMED),
    (200, '\ufeff{"result": 1}', CONFIRMED),
    (200, ' \r\n{"result": 1}\n', CONFIRMED),
    (200, json.dumps({"result": [0] * 1_000_000}), CONFIRMED),
    (200, '{"result": ' + "[" * 90 + "]" * 90 + "}", CONFIRMED),
    (200, '{"result": 123456789012345678901234567890}', CONFIRMED),
    # the platform turned it away before the method ran
    (503, error("QUERY_LIMIT_EXCEEDED"), REFUSED),
    (200, error("QUERY_LIMIT_EXCEEDED"), REFUSED),
    (429, error("OPERATION_TIME_LIMIT"), REFUSED),
    (503, error("OVERLOAD_LIMIT"), REFUSED),
    (401, error("expired_token"), REFUSED),
    (401, error("EXPIRED_TOKEN"), REFUSED),
    (401, error("invalid_token"), REFUSED),
    (401, error("NO_AUTH_FOUND"), REFUSED),
    (403, error("insufficient_scope"), REFUSED),
    (401, error("ACCESS_DENIED", "REST is available only on commercial plans."), REFUSED),
    (403, error("user_access_error"), REFUSED),
    (401, error("authorization_error"), REFUSED),
    (403, error("PORTAL_DELETED"), REFUSED),
    (500, error("PORTAL_DELETED"), REFUSED),
    (410, error("PORTAL_DELETED"), REFUSED),
    (401, error("METHOD_CONFIRM_WAITING"), REFUSED),
    (403, error("METHOD_CONFIRM_DENIED"), REFUSED),
    (404, error("ERROR_METHOD_NOT_FOUND"), REFUSED),
    (400, error("ERROR_BATCH_LENGTH_EXCEEDED"), REFUSED),
    (405, error("ERROR_BATCH_METHOD_NOT_ALLOWED"), REFUSED),
    (401, error("PAYMENT_REQUIRED"), REFUSED),
    (200, error("wrong_client"), REFUSED),
    (401, error("CONNECTION_ERROR"), REFUSED),
    (301, "", REFUSED),
    (302, HTML, REFUSED),
    (307, "", REFUSED),
    (308, '{"result": true}', REFUSED),
    # the method's own word
    (400, error("CHAT_NOT_IN_CRM", "The chat is not in CRM"), BUSINESS),
    (400, error("NOT_FOUND"), BUSINESS),
    (404, error("ERROR_NOT_FOUND"), BUSINESS),
    (400, error("", "Empty trigger code!"), BUSINESS),
    (400, error(404, "Бизнес-процесс не найден"), BUSINESS),
    (400, error("423"), BUSINESS),
    (403, error("ACCESS_DENIED", "Access denied! Application context required"), BUSINESS),
    (200, error("ERROR_CORE", "?"), BUSINESS),
    (400, error("CONNECTION_ERROR"), BUSINESS),
    (400, '{"error": {"code": "BITRIX_REST_V3", "message": "no"}}', BUSINESS),
    (400, '{"error": "какой-то текст", "error_description": 5}', BUSINESS),
    (400, '{"error": []}', BUSINESS),
    (400, '{"error": true}', BUSINESS),
    # nothing is proved
    (200, "", UNKNOWN),
    (200, "   \n", UNKNOWN),
    (200, "null", UNKNOWN),
    (200, "[]", UNKNOWN),
    (200, "{}", UNKNOWN),
    (200, "true", UNKNOWN),
    (200, "0", UNKNOWN),
    (200, '"ok"', UNKNOWN),
    (200, '[{"result": true}]', UNKNOWN),
    (200, HTML, UNKNOWN),
    (403, HTML, UNKNOWN),
    (404, HTML, UNKNOWN),
    (500, HTML, UNKNOWN),
    (502, HTML, UNKNOWN),
    (504, "", UNKNOWN),
    (503, HTML, UNKNOWN),
    (503, "{}", UNKNOWN),
    (429, "slow down", UNKNOWN),
    (429, error("too many requests"), UNKNOWN),
    (503, error("busy"), UNKNOWN),
    (500, error("SOME_CODE"), UNKNOWN),
    (500, error("INTERNAL_SERVER_ERROR"), UNKNOWN),
    (200, error("INTERNAL_SERVER_ERROR"), UNKNOWN),
    (500, error("ERROR_UNEXPECTED_ANSWER"), UNKNOWN),
    (200, '{"result": {"id": 1', UNKNOWN),
    (200, '{"result": true}{"result": true}', UNKNOWN),
    (200, '{"result": NaN}', UNKNOWN),
    (200, '{"result": Infinity}', UNKNOWN),
    (200, "{'result': true}", UNKNOWN),
    (200, '{"RESULT": true}', UNKNOWN),
    (200, 'Warning: something<br>{"result": true}', UNKNOWN),
    (200, '{"result": true, "error": "ERROR_CORE"}', UNKNOWN),
    (200, '{"result": true, "error": ""}', UNKNOWN),
    (201, '{"result": true}', UNKNOWN),
    (204, "", UNKNOWN),
    (303, "", UNKNOWN),
    (304, "", UNKNOWN),
    (400, '{"result": true}', UNKNOWN),
    (500, '{"result": true}', UNKNOWN),
    (200, '{"result": ' + "[" * 200 + "]" * 200 + "}", UNKNOWN),
    (200, "[" * 100_000, UNKNOWN),
    (200, '{"result": "\\ud800"}', UNKNOWN),
]


@pytest.mark.parametrize(("status", "body", "expected"), CANNED, ids=[f"{s}-{b[:40]}" for s, b, _ in CANNED])
def test_f_16_an_answer_is_judged(status: int, body: str, expected: Outcome) -> None:
    verdict = judge(HttpAnswer(status, body.encode()))
    assert verdict.outcome is expected
    assert verdict.evidence.status == status
    assert verdict.evidence.size == len(body.encode())
    assert (verdict.answer is not None and verdict.answer.ok) == (expected is CONFIRMED)


def test_a_body_in_another_encoding_is_no_answer() -> None:
    assert judge(HttpAnswer(200, '{"result": "привет"}'.encode("cp1251"))).outcome is UNKNOWN


@pytest.mark.parametrize("sign", list(Sign)[: list(Sign).index(Sign.NOT_JSON)])
def test_a_failure_to_get_an_answer_is_judged_by_whether_the_request_left(sign: Sign) -> None:
    assert judge(sign).outcome is (NOT_SENT if sign in UNSENT else UNKNOWN)


def test_every_sign_can_be_said_in_words() -> None:
    words = {str(Evidence(sign)) for sign in Sign}
    assert len(words) == len(Sign)
    assert str(Evidence(Sign.ERROR_CODE, status=400, code="NOT_FOUND")) == "an error code NOT_FOUND (HTTP 400)"


def test_numbers_of_a_list_are_read_as_numbers() -> None:
    verdict = judge(HttpAnswer(200, b'{"result": [], "total": "12", "next": 50, "time": {"operating": "0.5"}}'))
    assert verdict.answer == Answer([], total=12, next=50)
    assert verdict.operating == 0.5


def test_the_end_of_a_rest_is_read() -> None:
    body = b'{"error": "OPERATION_TIME_LIMIT", "time": {"operating": 480.1, "operating_reset_at": 1772452800}}'
    verdict = judge(HttpAnswer(429, body))
    assert verdict.meaning is Meaning.METHOD_RESTS
    assert verdict.rests_until == datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("NOT_FOUND", "NOT_FOUND"),
        (404, "404"),
        ("", ""),
        ("token=abc&x", "UNREADABLE_CODE"),
        ("A" * 65, "UNREADABLE_CODE"),
    ],
)
def test_a_code_that_looks_like_none_is_not_repeated(code: object, kept: str) -> None:
    verdict = judge(HttpAnswer(400, error(code).encode()))
    assert verdict.answer is not None
    assert verdict.answer.error == kept
    assert verdict.complaint == (kept or "empty_code")


def test_the_body_is_kept_as_a_fingerprint_only() -> None:
    verdict = judge(HttpAnswer(502, b"Ivan Petrov, +7 900 000-00-00"))
    assert "Ivan" not in repr(verdict)
    assert len(verdict.evidence.digest) == 16
    assert verdict.complaint == "not_json"


def test_an_answer_may_be_nested_as_deep_as_the_limit() -> None:
    inside = DEEPEST - 1
    assert isinstance(parsed(b'{"a": ' + b"[" * inside + b"]" * inside + b"}"), dict)
    assert parsed(b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}") is Sign.WRONG_SHAPE


@given(st.integers(100, 599), st.binary(max_size=200))
def test_any_bytes_are_judged(status: int, body: bytes) -> None:
    verdict = judge(HttpAnswer(status, body))
    assert verdict.outcome is not NOT_SENT
    assert str(verdict.evidence)


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "error", "0"]), inner),
    max_leaves=12,
)
PARTS = ["result", "result_error", "result_total", "result_next", "result_time", "error", "error_description", "time"]


@given(st.dictionaries(st.sampled_from(PARTS), WILD), st.dictionaries(st.sampled_from(PARTS), WILD), st.booleans())
def test_any_json_is_judged_command_by_command(outer: dict[str, Any], inner: dict[str, Any], halt: bool) -> None:
    body = json.dumps({**outer, "result": inner}).encode()
    whole = judge(HttpAnswer(200, body))
    verdicts = split(whole, ["a", "b"], halt=halt)
    assert list(verdicts) == ["a", "b"]
    for verdict in verdicts.values():
        assert (verdict.answer is not None and verdict.answer.ok) == (verdict.outcome is CONFIRMED)


def batch(body: Any, *, halt: bool = False, keys: str = "abc") -> dict[str, Any]:
    whole = judge(HttpAnswer(200, json.dumps({"result": body}).encode()))
    return {key: verdict.outcome for key, verdict in split(whole, keys, halt=halt).items()}


@pytest.mark.parametrize(
    ("body", "halt", "expected"),
    [
        ({"result": {"a": 1, "b": 2, "c": 3}, "result_error": []}, False, [CONFIRMED, CONFIRMED, CONFIRMED]),
        ({"result": {"a": None, "b": 2, "c": []}}, False, [CONFIRMED, CONFIRMED, CONFIRMED]),
        (
            {"result": {"a": 1, "c": 3}, "result_error": {"b": {"error": "NOT_FOUND"}}},
            False,
            [CONFIRMED, BUSINESS, CONFIRMED],
        ),
        ({"result": {"a": 1}, "result_error": {"b": {"error": ""}}}, True, [CONFIRMED, BUSINESS, NOT_SENT]),
        ({"result": [], "result_error": {"a": {"error": "OPERATION_TIME_LIMIT"}}}, True, [REFUSED, NOT_SENT, NOT_SENT]),
        ({"result": [], "result_error": {"a": "ERROR_CORE"}}, True, [BUSINESS, NOT_SENT, NOT_SENT]),
        ({"result": [], "result_error": {"a": []}}, True, [BUSINESS, NOT_SENT, NOT_SENT]),
        (
            {"result": {"c": 1}, "result_error": {"b": {"error": "INTERNAL_SERVER_ERROR"}}},
            False,
            [UNKNOWN, UNKNOWN, CONFIRMED],
        ),
        ({"result": {"a": 1}, "result_error": {"b": {"error": "NOT_FOUND"}}}, False, [CONFIRMED, BUSINESS, UNKNOWN]),
        ({"result": {"a": 1}, "result_error": []}, True, [CONFIRMED, UNKNOWN, UNKNOWN]),
        ({"result": {"a": 1}, "result_error": {"a": {"error": "X"}}}, False, [UNKNOWN, UNKNOWN, UNKNOWN]),
        ({"result": [1, 2, 3]}, False, [UNKNOWN, UNKNOWN, UNKNOWN]),
        ([], False, [UNKNOWN, UNKNOWN, UNKNOWN]),
        (True, False, [UNKNOWN, UNKNOWN, UNKNOWN]),
        (None, True, [UNKNOWN, UNKNOWN, UNKNOWN]),
        ("ok", True, [UNKNOWN, UNKNOWN, UNKNOWN]),
    ],
)
def test_commands_of_a_batch_are_judged_one_by_one(body: Any, halt: bool, expected: list[Outcome]) -> None:
    assert list(batch(body, halt=halt).values()) == expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(502, HTML, UNKNOWN), (503, error("QUERY_LIMIT_EXCEEDED"), REFUSED), (400, error("ERROR_CORE"), BUSINESS)],
)
def test_a_batch_that_failed_as_a_whole_is_every_command_s_failure(status: int, body: str, expected: Outcome) -> None:
    verdicts = split(judge(HttpAnswer(status, body.encode())), "ab", halt=True)
    assert [verdict.outcome for verdict in verdicts.values()] == [expected, expected]


def test_totals_and_time_of_each_command_are_its_own() -> None:
    inner = {
        "result": {"a": [], "b": []},
        "result_total": {"a": "7"},
        "result_next": {"a": 50},
        "result_time": {"b": {"operating": 1.5}},
    }
    verdicts = split(judge(HttpAnswer(200, json.dumps({"result": inner}).encode())), "ab", halt=False)
    assert verdicts["a"].answer == Answer([], total=7, next=50)
    assert verdicts["b"].operating == 1.5


def test_a_nul_is_replaced_for_no_column_could_keep_it() -> None:
    said = parsed(rb'{"result": {"a\u0000": ["b\u0000c", "d\\u0000", 1, null]}}')
    assert said == {"result": {"a\ufffd": ["b\ufffdc", "d\\u0000", 1, None]}}
