"""What a person reads of an exchange that went wrong."""

from __future__ import annotations

import re

import pytest

from core.bitrix24.errors import Unavailable
from core.bitrix24.evidence import Evidence, Sign
from core.runs.evidence_words import evidence_words
from core.runs.words import trouble_words


@pytest.mark.parametrize("sign", list(Sign))
def test_every_sign_has_words_in_both_languages(sign: Sign) -> None:
    words = evidence_words(Evidence(sign))
    assert re.search(r"[а-яё]", words.ru)
    assert not re.search(r"[а-яё]", words.en)


def test_a_russian_sentence_has_no_english_inside() -> None:
    words = trouble_words(Unavailable(Evidence(Sign.NOT_JSON, status=502)))
    assert words.ru == "Портал не ответил (вместо данных пришла страница, HTTP 502); повторим."
