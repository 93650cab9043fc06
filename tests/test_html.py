import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.html import CSS, answer_html, document_html, escape, quote_html, quote_label
from assistant.types import Span


def shown(markup):
    """Return the text that a browser would show."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.fixture(scope="module")
def answer(assistant):
    return assistant.ask("S9357 duration")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "**bold** _it_ `code`", "[a](javascript:x)", "$x$ \\(y\\)", "&lt;b&gt;", "# one\n- two", 'a" onx="b'],
)
def test_neither_html_nor_markdown_survives_escaping_and_the_text_does(text):
    escaped = escape(text)
    assert html.unescape(escaped) == text
    assert not re.search(r"[<>\"'`*_\[\]()$\\!-]", escaped)
    assert "\n" not in escaped


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf"])))
def test_escaped_text_comes_back_equal(text):
    assert html.unescape(escape(text)) == text


def test_a_quote_shows_chips_for_its_codes_and_headings_and_its_exact_words(answer):
    quote = answer.quotes[0]
    markup = quote_html(quote)
    assert '<span class="chip code">S9357</span>' in markup
    assert shown(re.search(r'<span class="chip section">(.*?)</span>', markup)[1]) == " > ".join(quote.path)
    assert shown(re.search(r'<div class="words">(.*?)</div>', markup, re.DOTALL)[1]) == quote.text


def test_an_answer_shows_message_and_quotes(assistant, answer):
    assert shown(answer_html(answer)).count(answer.quotes[0].text) == 1
    abstention = assistant.ask("S9999 duration")
    assert shown(answer_html(abstention)).startswith(abstention.message)


@pytest.mark.parametrize("code", ["S9327", "S9330", "S9336", "S9338", "S9357"])
def test_a_document_is_shown_whole_with_exactly_the_marked_characters_highlighted(assistant, code):
    [document] = assistant.documents(code)
    for unit in document.units[:: max(1, len(document.units) // 8)]:
        markup = document_html(document, unit.span)
        assert shown(markup) == document.id + document.text
        assert shown("".join(re.findall(r"<mark>(.*?)</mark>", markup, re.DOTALL))) == unit.span.of(document.text)


def test_a_mark_over_several_sections_is_complete(assistant):
    [document] = assistant.documents("S9357")
    span = Span(100, 2000)
    markup = document_html(document, span)
    assert shown("".join(re.findall(r"<mark>(.*?)</mark>", markup, re.DOTALL))) == span.of(document.text)
    assert shown(markup) == document.id + document.text


def test_a_document_without_a_mark_has_none(assistant):
    [document] = assistant.documents("S9357")
    assert "<mark>" not in document_html(document, None)


def test_a_hostile_document_stays_text(parse):
    text = "Ferry <img src=x onerror=alert(1)>\n\nSummary\n\n<script>alert(1)</script> & **bold** runs.\n\nRisks\n\nFog </div> is rare.\n"
    document = parse(text)
    markup = document_html(document, document.units[0].span)
    assert set(re.findall(r"<(\w+)", markup)) <= {"div", "span", "mark"}
    assert shown(markup) == document.id + text


def test_a_label_names_code_section_and_the_first_words(answer):
    label = quote_label(answer.quotes[0])
    assert label.startswith(f"S9357 · {answer.quotes[0].section} · ")
    assert len(label) < 160


def test_the_style_sheet_loads_nothing():
    assert "url(" not in CSS
    assert "@import" not in CSS
