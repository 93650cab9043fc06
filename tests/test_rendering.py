import re
from dataclasses import replace

import pytest

from assistant.comparing import Row
from assistant.messages import AFRESH, AGAINST, CARRIED, CONFLICT, FITS, FITS_NOT, FOR, NEAREST, NO_SECTION, UNDERSTOOD, WEIGHED, catalogue
from assistant.rendering import WIDTH, answer_text, comparison_text, hit_lines, inert, one_line, quote_lines, table_lines, understood_text
from assistant.types import Choice, Place, Role
from conftest import squash


@pytest.fixture(scope="module")
def answer(assistant):
    return assistant.ask("S9357 duration")


def test_control_characters_cannot_steer_a_terminal():
    assert inert("a\x1b[31mred\x07\x00\x9b2J\u202eback") == "a\ufffd[31mred\ufffd\ufffd\ufffd2J\ufffdback"


def test_line_ends_and_tabs_stay():
    assert inert("a\tb\nc\r\nd") == "a\tb\nc\nd"


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("One\nTwo\n", 3),
        ("One\r\nTwo\r\n", 3),
        ("One\rTwo\r", 3),
        ("One\u2028Two\u2029", 3),
        ("One\f\vTwo\n", 2),
        ("One\n\r\n", 3),
        ("", 1),
    ],
)
def test_lines_are_counted_as_an_editor_counts_them(parse, above, line):
    document = parse(f"{above}Ferry runs daily.\n")
    assert document.line_of(document.text.index("Ferry")) == line


def test_a_name_with_line_feeds_is_told_in_one_line():
    assert one_line("not indexed: a\nassistant: b\u2028c\x1b[2J.txt") == "not indexed: a assistant: b c\ufffd[2J.txt"


def test_an_answer_shows_words_code_section_document_line_and_characters(answer, assistant):
    text = squash(answer_text(answer, assistant.index.by_id))
    for quote in answer.quotes:
        document = assistant.index.by_id[quote.document]
        assert squash(quote.text) in text
        assert "S9357" in text
        assert quote.section in text
        assert f"[{quote.document}, line {document.line_of(quote.start)}, characters {quote.start}-{quote.end}]" in text


def test_lines_are_no_wider_than_a_terminal(assistant):
    for question in ("S9330 alternatives", "S9327 procedure description", "S0000", "how long does the infusion take?"):
        for line in answer_text(assistant.ask(question), assistant.index.by_id).splitlines():
            assert len(line) <= WIDTH or " " not in line.strip()


def test_roles_that_are_no_answer_are_announced_as_such(answer, assistant):
    quote = answer.quotes[0]
    shown = answer_text(replace(answer, quotes=(quote, replace(quote, role=Role.CONFLICT))), assistant.index.by_id)
    assert shown.index(quote.text[:40]) < shown.index(CONFLICT)
    nearest = answer_text(replace(answer, quotes=(replace(quote, role=Role.NEAREST),)), assistant.index.by_id)
    assert nearest.startswith(NEAREST)
    assert NEAREST not in answer_text(answer, assistant.index.by_id)


def test_an_abstention_shows_its_message_and_the_choices(assistant):
    answer = assistant.ask("S9356 duration")
    text = answer_text(answer, assistant.index.by_id)
    assert text.startswith(answer.message)
    for choice in answer.choices:
        assert choice.code in text
        assert squash(choice.label) in squash(text)


def test_choices_without_a_code_are_shown(answer, assistant):
    text = answer_text(replace(answer, quotes=(), choices=(Choice("", "The label"),)), assistant.index.by_id)
    assert text == "  The label"


def test_nothing_is_said_but_catalogue_answer_and_place(answer, assistant):
    text = squash(answer_text(answer, assistant.index.by_id))
    pieces = [part for quote in answer.quotes for part in (squash(quote.text), quote.document, quote.section, *quote.codes, *quote.path)]
    pieces += [*catalogue(), str(answer.quotes[0].start)]
    for piece in sorted(filter(None, pieces), key=len, reverse=True):
        text = text.replace(piece.strip(), " ")
    assert set(re.findall(r"[^\W\d_]+", text)) <= {"line", "characters", "page"}


def test_a_hit_shows_rank_score_stages_and_words(assistant):
    [hit] = assistant.search("S9357 duration", 1)
    document = assistant.index.by_id[hit.chunk.document]
    text = squash(" ".join(hit_lines(hit, document)))
    assert text.startswith("1. S9357 · ")
    assert f"score {hit.score:.3f}" in text
    assert squash(hit.chunk.span.of(document.text)) in text
    assert f"characters {hit.chunk.span.start}-{hit.chunk.span.end}" in text


def test_tables_are_aligned_and_the_last_column_wraps():
    lines = table_lines([["S1", "short"], ["LONGER", "word " * 30]])
    assert lines[0] == "S1      short"
    assert all(line.startswith(("LONGER  ", "        ")) for line in lines[1:])
    assert all(len(line) <= WIDTH for line in lines)
    assert table_lines([]) == []


def test_a_long_first_column_leaves_the_last_one_a_line_of_its_own():
    name = "a-document-without-a-code-" * 4
    assert table_lines([[name, "its title in words"]]) == [name, "    its title in words"]


@pytest.mark.parametrize(("kind", "number"), [("page", 3), ("row", 12)])
def test_a_quote_whose_text_was_extracted_names_its_place_in_the_file_and_no_line(answer, assistant, kind, number):
    quote = answer.quotes[0]
    document = assistant.index.by_id[quote.document]
    places = (Place(0, kind, 1), Place(quote.start, kind, number), Place(quote.end, kind, number + 1))
    text = squash(" ".join(quote_lines(quote, {document.id: replace(document, places=places)})))
    assert f"[{quote.document}, {kind} {number}, characters {quote.start}-{quote.end}]" in text


def test_a_quote_whose_document_is_not_at_hand_keeps_the_page_it_has(answer):
    quote = replace(answer.quotes[0], page=7)
    assert f"[{quote.document}, page 7, characters" in squash(" ".join(quote_lines(quote, {})))


def test_what_was_understood_and_carried_over_is_told_without_control_characters(answer):
    assert understood_text(answer, ()) == f"{UNDERSTOOD}S9357 · Duration"
    carried = understood_text(replace(answer, resolved="a\x1b[2J"), ("b\x1b[31m",), afresh=True)
    assert carried.splitlines() == [AFRESH, f"{UNDERSTOOD}a\ufffd[2J", f"{CARRIED}b\ufffd[31m"]
    assert understood_text(replace(answer, resolved=""), ()) == ""


def test_a_case_tells_for_each_code_whether_it_fits_with_words_for_and_against(assistant):
    answer = assistant.ask("pt needs an 18 hour pain infusion at home, which code?")
    fit = answer.quotes[0]
    ruled_out = replace(fit, code="S9330", codes=("S9330",), text="twenty-four hours or more", role=Role.AGAINST)
    text = answer_text(replace(answer, quotes=(ruled_out, fit)), assistant.index.by_id)
    order = [
        f"{fit.code} · {FITS}",
        f"\n{FOR}\n",
        "less than twenty-four",
        f"S9330 · {FITS_NOT}",
        f"\n{AGAINST}\n",
        "twenty-four hours or more",
    ]
    at = [text.index(part) for part in order]
    assert at == sorted(at)
    assert text.endswith(WEIGHED + ", ".join(one.code for one in answer.codes if one.code not in ("S9327", "S9330")))


def test_every_quote_of_a_case_is_told_once(assistant):
    for question in ("pt needs an 18 hour pain infusion at home, which code?", "48 hour pain infusion at home, which code?"):
        answer = assistant.ask(question)
        text = squash(answer_text(answer, assistant.index.by_id))
        for quote in answer.quotes:
            assert text.count(f"characters {quote.start}-{quote.end}]") == 1
            assert squash(quote.text) in text


def test_a_comparison_names_the_place_of_every_cell_and_the_codes_that_have_none(assistant, answer):
    [row] = assistant.compare(["S9330", "S9327"], "Duration")
    text = squash(comparison_text(["S9330", "S9327"], [row], assistant.index.by_id))
    for cell in row.cells:
        line = assistant.index.by_id[cell.document].line_of(cell.start)
        assert f"{squash(cell.text)} [{cell.document}, line {line}, characters {cell.start}-{cell.end}]" in text
    alone = comparison_text(["S1\x1b[2J", "S2"], [Row("Head\x1b[31m", (None, answer.quotes[0]))], assistant.index.by_id)
    assert alone.splitlines()[:3] == ["Head\ufffd[31m", "  S1\ufffd[2J", f"    {NO_SECTION}"]
