"""A little Markdown, and texts of ours written in it."""

from __future__ import annotations

import re

import pytest

from activities import load
from server.ui.markdown import rendered
from server.ui.robots import HELP, help_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One\ntwo", "<p>One two</p>"),
        ("One\n\ntwo", "<p>One</p>\n<p>two</p>"),
        ("## Head\n- a\n- **b** `c`", "<h3>Head</h3><ul><li>a</li><li><strong>b</strong> <code>c</code></li></ul>"),
        ("## Head\ntext", "<h3>Head</h3><p>text</p>"),
        ("2 * 3 * 4 and ``", "<p>2 * 3 * 4 and ``</p>"),
        ("<b>x</b> & `<i>`", "<p>&lt;b&gt;x&lt;/b&gt; &amp; <code>&lt;i&gt;</code></p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("**<script>** `{{7*7}}`", "<p><strong>&lt;script&gt;</strong> <code>{{7*7}}</code></p>"),
    ],
)
def test_what_it_makes(text: str, html: str) -> None:
    assert rendered(text) == html


@pytest.mark.parametrize("code", load())
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_robot_is_explained_in_both_languages(code: str, language: str) -> None:
    html = help_of(code, language)  # type: ignore[arg-type]  # both are languages
    assert "<p>" in html
    assert "<h3>" in html
    assert ("а" in html) is (language == "ru") or language == "en"


def test_no_help_is_left_of_a_robot_that_is_gone() -> None:
    assert {path.name.split(".")[0] for path in HELP.iterdir()} == set(load())


def test_english_helps_are_english() -> None:
    for path in HELP.glob("*.en.md"):
        assert not re.search("[а-яё]", path.read_text(encoding="utf-8"), re.IGNORECASE), path.name
