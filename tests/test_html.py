import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.comparing import Row
from assistant.html import AFRESH_HTML, CSS, answer_html, comparison_html, document_html, error_html, escape, quote_html, quote_label
from assistant.messages import AFRESH, AGAINST, CARRIED, CONFLICT, FITS, FITS_NOT, FOR, NEAREST, NO_SECTION, UNDERSTOOD, WEIGHED
from assistant.types import Choice, CodeFit, Place, Role, Span


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


def test_a_quote_shows_chips_for_its_codes_and_headings_and_its_exact_words(assistant, answer):
    quote = answer.quotes[0]
    markup = quote_html(quote, assistant.index.by_id)
    assert '<span class="chip code">S9357</span>' in markup
    assert shown(re.search(r'<span class="chip section">(.*?)</span>', markup)[1]) == " > ".join(quote.path)
    assert shown(re.search(r'<div class="words">(.*?)</div>', markup, re.DOTALL)[1]) == quote.text


def test_an_answer_shows_message_and_quotes(assistant, answer):
    assert shown(answer_html(answer, assistant.index.by_id)).count(answer.quotes[0].text) == 1
    abstention = assistant.ask("S9999 duration")
    assert shown(answer_html(abstention, assistant.index.by_id)).startswith(abstention.message)


QUESTIONS = [
    "S9357 duration", "compare S9330 and S9327 duration", "does S9330 include the drugs?", "how much does S9357 cost?",
    "how long does the infusion take?", "pt needs an 18 hour pain infusion at home, which code?",
    "48 hour pain infusion at home, which code?", "which of these run continuously?",
]  # fmt: skip


def parsed(markup):
    """Return the names of all tags and of all attributes in markup, as a browser would read it."""
    tags, attributes = set(), set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, found: (tags.add(tag), attributes.update(name for name, _ in found))
    parser.feed(markup)
    return tags, attributes


def blocks(markup, kind):
    """Return the markup of every block of a class, whole."""
    found = []
    for match in re.finditer(rf'<div class="{kind}">', markup):
        depth = 0
        for tag in re.finditer(r"<div\b|</div>", markup[match.start() :]):
            depth += 1 if tag.group() == "<div" else -1
            if depth == 0:
                found.append(markup[match.start() : match.start() + tag.end()])
                break
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_of_an_answer_is_shown_once_with_the_place_it_is_from(assistant, question):
    answer = assistant.ask(question)
    markup = answer_html(answer, assistant.index.by_id)
    places = [
        f"{quote.document}, line {assistant.index.by_id[quote.document].text.count(chr(10), 0, quote.start) + 1}" for quote in answer.quotes
    ]
    assert sorted(map(shown, blocks(markup, "words"))) == sorted(quote.text for quote in answer.quotes)
    assert sorted(map(shown, blocks(markup, "place"))) == sorted(places)


def test_a_quote_from_a_paged_file_names_the_page_and_one_from_a_table_its_row(assistant, answer):
    quote = answer.quotes[0]
    document = assistant.index.by_id[quote.document]
    for kind, number in (("page", 3), ("row", 12)):
        placed = replace(
            document, places=(Place(0, kind, number - 1), Place(quote.start, kind, number), Place(quote.end, kind, number + 1))
        )
        documents = {document.id: placed}
        assert shown(blocks(quote_html(quote, documents), "place")[0]) == f"{document.id}, {kind} {number}"
        assert f" · {kind} {number} · " in quote_label(quote, documents)


def test_what_was_carried_over_and_that_it_was_asked_afresh_is_shown(assistant, answer):
    documents = assistant.index.by_id
    assert UNDERSTOOD + answer.resolved in shown(answer_html(answer, documents))
    carried = answer_html(answer, documents, ("S9357", "<b>its risks?"))
    assert CARRIED + "S9357<b>its risks?" in shown(carried)
    assert carried.count('class="chip carried"') == 2
    assert CARRIED not in shown(answer_html(answer, documents))
    afresh = answer_html(answer, documents, afresh=True)
    assert afresh.startswith(AFRESH_HTML)
    assert shown(afresh).startswith(AFRESH)
    assert not answer_html(answer, documents).startswith(AFRESH_HTML)


def test_a_case_shows_the_fitting_code_first_with_words_for_it_beside_those_against(assistant):
    answer = assistant.ask("pt needs an 18 hour pain infusion at home, which code?")
    fit = answer.quotes[0]
    ruled_out = replace(fit, code="S9330", codes=("S9330",), text="twenty-four hours or more", role=Role.AGAINST)
    against = replace(fit, text="not continuous", role=Role.AGAINST)
    both = replace(answer, quotes=(ruled_out, fit, against))
    first, second = blocks(answer_html(both, assistant.index.by_id), "verdict")
    assert [shown(part) for part in blocks(first, "side")] == [FOR, AGAINST]
    assert shown(blocks(first, "head")[0]) == f"{fit.code}{FITS}"
    assert [shown(blocks(column, "words")[0]) for column in blocks(first, "column")] == [fit.text, "not continuous"]
    assert shown(blocks(second, "head")[0]) == f"S9330{FITS_NOT}"
    assert [shown(part) for part in blocks(second, "side")] == [AGAINST]
    assert shown(blocks(second, "words")[0]) == "twenty-four hours or more"


def test_codes_that_were_weighed_without_a_quote_are_named(assistant):
    answer = assistant.ask("48 hour pain infusion at home, which code?")
    text = shown(answer_html(answer, assistant.index.by_id))
    others = [fit.code for fit in answer.codes if fit.code != "S9327"]
    assert f"S9327{FITS_NOT}" in text
    assert FITS + "For" not in text
    assert text.endswith(WEIGHED + ", ".join(others))


def test_quotes_of_several_documents_stand_in_columns_and_those_of_one_do_not(assistant, answer):
    several = assistant.ask("compare S9330 and S9327 duration")
    [columns] = blocks(answer_html(several, assistant.index.by_id), "columns")
    assert [re.findall(r"S9\d{3}(?=</span>)", column) for column in blocks(columns, "column")] == [["S9330"], ["S9327"]]
    assert blocks(answer_html(answer, assistant.index.by_id), "columns") == []


def test_what_disagrees_and_what_is_no_answer_stand_apart_under_words_that_say_so(assistant, answer):
    quote = answer.quotes[0]
    for role, label in ((Role.CONFLICT, CONFLICT), (Role.NEAREST, NEAREST)):
        [notice] = blocks(answer_html(replace(answer, quotes=(replace(quote, role=role),)), assistant.index.by_id), f"notice {role.value}")
        assert shown(notice).startswith(label)
        assert shown(blocks(notice, "words")[0]) == quote.text
    assert 'class="notice' not in answer_html(answer, assistant.index.by_id)


def test_a_comparison_is_a_table_of_every_cell_with_its_code_and_place(assistant):
    codes = ["S9330", "S9327", "S9338"]
    rows = assistant.compare(codes)
    markup = comparison_html(codes, rows, assistant.index.by_id)
    assert re.findall(r'<th scope="col"[^>]*><span class="chip code">(\w+)</span></th>', markup) == codes
    assert [shown(heading) for heading in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', markup)] == [row.heading for row in rows]
    cells = re.findall(r"<td role=.*?</td>", markup, re.DOTALL)
    for cell, (code, quote) in zip(cells, [pair for row in rows for pair in zip(codes, row.cells, strict=True)], strict=True):
        assert shown(blocks(cell, "owner")[0]) == code
        if quote is None:
            assert shown(cell) == code + NO_SECTION
        else:
            assert shown(blocks(cell, "words")[0]) == quote.text
            assert shown(blocks(cell, "place")[0]).startswith(f"{quote.document}, line ")


HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>![](http://x/y.png)</td></div>\x1b[31m" onx="y'


def test_hostile_words_in_any_part_of_an_answer_or_a_comparison_stay_text(assistant, answer):
    quote = replace(
        answer.quotes[0], text=HOSTILE, code=HOSTILE, codes=(HOSTILE,), document=HOSTILE, title=HOSTILE, section=HOSTILE, path=(HOSTILE,)
    )
    hostile = replace(
        answer, resolved=HOSTILE, message=HOSTILE, quotes=tuple(replace(quote, role=role) for role in Role),
        codes=(CodeFit(HOSTILE, HOSTILE, True, 1.0), CodeFit("<b>", "<b>", False, 0.0)), choices=(Choice(HOSTILE, HOSTILE),),
    )  # fmt: skip
    for markup in (
        answer_html(hostile, assistant.index.by_id, (HOSTILE,)),
        comparison_html([HOSTILE, "<b>"], [Row(HOSTILE, (quote, None))], assistant.index.by_id),
        error_html(HOSTILE),
    ):
        tags, attributes = parsed(markup)
        assert tags <= {"div", "span", "table", "thead", "tbody", "tr", "th", "td"}
        assert attributes <= {"class", "role", "scope", "tabindex", "aria-label"}
        assert "\x1b" not in markup
        assert "![" not in markup
        assert HOSTILE.replace("\x1b", "\ufffd") in shown(markup)


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


def test_a_document_of_many_sections_is_shown_in_time_that_grows_with_them_and_not_with_their_square(parse):
    document = parse("# Ferry\n\n" + "".join(f"## Pier {n}\n\nBoats moor here.\n\n" for n in range(300)))
    looked = []

    class Counted(tuple):
        def __getitem__(self, at):
            looked.append(at)
            return tuple.__getitem__(self, at)

        def __iter__(self):
            for one in tuple.__iter__(self):
                looked.append(one)
                yield one

    many = replace(document, sections=Counted(document.sections))
    assert document_html(many, document.units[-1].span) == document_html(document, document.units[-1].span)
    assert len(document.sections) > 300
    assert len(looked) < 6 * len(document.sections)


def test_a_document_without_a_mark_has_none(assistant):
    [document] = assistant.documents("S9357")
    assert "<mark>" not in document_html(document, None)


def test_a_hostile_document_stays_text(parse):
    text = "Ferry <img src=x onerror=alert(1)>\n\nSummary\n\n<script>alert(1)</script> & **bold** runs.\n\nRisks\n\nFog </div> is rare.\n"
    document = parse(text)
    markup = document_html(document, document.units[0].span)
    assert set(re.findall(r"<(\w+)", markup)) <= {"div", "span", "mark"}
    assert shown(markup) == document.id + text


def test_a_label_names_code_section_line_and_the_first_words(assistant, answer):
    label = quote_label(answer.quotes[0], assistant.index.by_id)
    assert label.startswith(f"S9357 · {answer.quotes[0].section} · line 56 · The infusion")
    assert len(label) < 160


def test_the_style_sheet_loads_nothing():
    assert "url(" not in CSS
    assert "@import" not in CSS
