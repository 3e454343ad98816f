"""Which of the sessions found is chosen, for any that may be found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.command import Json
from core.bitrix24.documents import CONTACT, DEAL, Item
from core.dialogs.activities import SessionRow, sessions_command, sessions_of
from core.dialogs.item import facts_of, fallbacks
from core.dialogs.resolve import Ambiguous, DialogPick, Nothing, Picked, Wanted, choose, looked_at

BEGAN = datetime(2025, 11, 24, tzinfo=UTC)
OUR_DEAL = Item(DEAL, 17)

rows = st.builds(
    SessionRow,
    activity_id=st.integers(1, 99),
    session_id=st.integers(1, 99),
    line_id=st.sampled_from([22, 31]),
    connector=st.sampled_from(["livechat", "telegrambot"]),
    user_code=st.sampled_from(["", "a", "b", "c"]),
    open=st.booleans(),
    operator_id=st.just(27),
    started_at=st.none(),
    updated_at=st.none() | st.integers(0, 99).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
    found_by=st.just(OUR_DEAL),
)
steps = st.lists(st.lists(rows, max_size=5), max_size=3)
wanted = st.builds(
    Wanted,
    pick=st.sampled_from(DialogPick),
    line_ids=st.sampled_from([frozenset(), frozenset({22})]),
    channels=st.sampled_from([(), ("telegram",)]),
)


@given(steps, wanted)
def test_what_is_chosen_fits_and_nothing_better_was_left(found: list[list[SessionRow]], want: Wanted) -> None:
    fitting = [row for step in found for row in step if want.fits(row)]
    match choose(found, want):
        case Nothing():
            assert not fitting
        case Ambiguous(candidates):
            assert want.pick is DialogPick.BY_LINE
            assert not want.line_ids
            assert len({row.chat_key for row in candidates}) == len(candidates) > 1
        case Picked(row, others):
            assert row in fitting
            assert all(other in fitting and other.chat_key != row.chat_key for other in others)
            if want.pick is not DialogPick.LATEST_ANY:
                assert row.open or not any(other.open for other in fitting)


@given(st.lists(rows, min_size=1, max_size=6))
def test_the_order_of_the_answer_does_not_matter(found: list[SessionRow]) -> None:
    distinct = list({(row.session_id, row.updated_at): row for row in found}.values())
    forwards = choose([distinct], Wanted())
    backwards = choose([distinct[::-1]], Wanted())
    assert isinstance(forwards, Picked)
    assert isinstance(backwards, Picked)
    assert (forwards.row.session_id, forwards.row.updated_at) == (backwards.row.session_id, backwards.row.updated_at)


def test_the_documented_activity() -> None:
    answer: Json = [
        {
            "ID": "20",
            "ASSOCIATED_ENTITY_ID": "343",
            "PROVIDER_TYPE_ID": "22",
            "PROVIDER_PARAMS": {"USER_CODE": "imol|livechat|22|1775|599"},
            "RESULT_SOURCE_ID": "livechat",
            "COMPLETED": "N",
            "RESPONSIBLE_ID": "27",
            "START_TIME": "2025-11-24T03:00:00+03:00",
            "LAST_UPDATED": "2025-11-24T03:05:00+03:00",
        },
        {"ID": "21", "ASSOCIATED_ENTITY_ID": "0", "PROVIDER_PARAMS": []},
        {"ID": "22"},
    ]
    (row,) = sessions_of(answer, OUR_DEAL)
    assert row == SessionRow(
        activity_id=20,
        session_id=343,
        line_id=22,
        connector="livechat",
        user_code="livechat|22|1775|599",
        open=True,
        operator_id=27,
        started_at=BEGAN,
        updated_at=BEGAN + timedelta(minutes=5),
        found_by=OUR_DEAL,
    )


@pytest.mark.parametrize("result", [None, False, [], {}, [None], "x"])
def test_no_sessions(result: Json) -> None:
    assert sessions_of(result, OUR_DEAL) == ()


def test_the_command_asks_for_the_wanted_session_first() -> None:
    assert list(sessions_command(OUR_DEAL, open_first=True).params["order"]) == ["COMPLETED", "LAST_UPDATED"]  # type: ignore[arg-type]
    latest = sessions_command(OUR_DEAL, open_first=False).params
    assert latest["order"] == {"LAST_UPDATED": "DESC"}
    assert latest["filter"] == {
        "PROVIDER_ID": "IMOPENLINES_SESSION",
        "BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 17}],
    }


def test_the_item_leads_to_contacts_and_the_company_once() -> None:
    answer: Json = {"item": {"title": "Ремонт", "contactId": 5, "contactIds": [6, 5, "7", None, 0], "companyId": "3"}}
    facts = facts_of(answer, OUR_DEAL)
    assert facts.contact_ids == (5, 6, 7)
    assert [str(place) for place in fallbacks(facts)] == ["contact:5", "contact:6", "contact:7", "company:3"]
    contact = facts_of({"item": {"contactId": 5, "companyId": None}}, Item(CONTACT, 5))
    assert fallbacks(contact) == ()
    assert facts_of(None, OUR_DEAL).title == ""


def test_counts_in_words() -> None:
    many = tuple(
        SessionRow(number, number, 22, "livechat", f"code{number}", number < 3, 27, None, None, OUR_DEAL)
        for number in range(1, 6)
    )
    assert looked_at(OUR_DEAL, many, Wanted()).text.ru == "сделка 17: 5 диалогов, открытых 2"
    assert looked_at(OUR_DEAL, many, Wanted()).found == 5
    assert looked_at(OUR_DEAL, many, Wanted(line_ids=frozenset({9}))).found == 0
