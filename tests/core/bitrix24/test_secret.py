"""A secret shows itself nowhere and can be carried nowhere."""

import copy
import json
import logging
import pickle
from dataclasses import asdict, dataclass

import orjson
import pytest

from core.bitrix24.secret import Secret

SECRET = Secret("CANARY-1")


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>20}".strip(),
        f"{SECRET:>20}",
        "%s" % SECRET,  # noqa: UP031 — logging formats so
        "{}".format(SECRET),  # noqa: UP032 — all ways are tried
        repr([SECRET, {"a": SECRET}]),
        repr(ValueError(SECRET)),
        str(ValueError(SECRET)),
    ],
)
def test_it_is_a_mask_in_every_text(shown: str) -> None:
    assert "CANARY" not in shown
    assert "***" in shown


def test_it_is_a_mask_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("token %s of %r", SECRET, {"pair": SECRET})
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="never written"):
        pickle.dumps({"token": SECRET}, protocol)


def test_it_cannot_be_written_as_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"token": SECRET})
    with pytest.raises(TypeError):
        orjson.dumps({"token": SECRET})


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(SECRET)


def test_it_is_revealed_by_name_only() -> None:
    assert SECRET.reveal() == "CANARY-1"


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret("CANARY-1") == SECRET
    assert Secret("CANARY-2") != SECRET
    assert SECRET != "CANARY-1"
    assert Secret("токен\ud800") == Secret("токен\ud800")
    assert len({SECRET, Secret("CANARY-1")}) == 1
    assert not Secret("")


def test_a_copy_is_the_secret_itself() -> None:
    @dataclass(frozen=True)
    class Pair:
        access: Secret

    assert copy.copy(SECRET) is SECRET
    assert copy.deepcopy([SECRET])[0] is SECRET
    assert asdict(Pair(SECRET))["access"] is SECRET
