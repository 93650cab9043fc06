import pytest

from assistant.chunking import candidates_of
from assistant.quoting import clauses, quote_candidate, quote_span, share_words, shared_clauses, words_of
from assistant.types import Role, Status
from conftest import FERRY

CODES = {"S9327", "S9330", "S9336", "S9338", "S9357"}
TRAM = """Tram ride along the quay (dogs and bicycles charged extra); one way

Code: T3003

Summary

The tram runs along the quay.
"""
BUS = """Bus ride over the hill; one way (Dogs and  bicycles charged extra.)

Code: B4004

Summary

The bus climbs the hill.
"""


def title_of(document):
    return quote_span(document, document.title, 0, (document.sections[0].heading,), Role.ANSWER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Wear sturdy  shoes.", "wear sturdy shoes", True),
        ("Wear\n sturdy shoes;", "Wear sturdy shoes", True),
        ("Wear shoes", "Wear no shoes", False),
    ],
)
def test_case_white_space_and_end_marks_do_not_make_other_words(one, other, same):
    assert (words_of(one) == words_of(other)) is same


def test_every_candidate_is_quoted_as_its_slice_with_its_place(parse):
    document = parse(FERRY, "ferry.txt")
    candidates = candidates_of(document)
    assert candidates
    for candidate in candidates:
        quote = quote_candidate(document, candidate, Role.NEAREST)
        assert FERRY[quote.start : quote.end] == quote.text
        assert (quote.code, quote.codes, quote.document, quote.role) == ("F1001", ("F1001",), "ferry.txt", Role.NEAREST)
        assert (quote.title, quote.sha256) == (document.title_text, document.sha256)
        assert quote.section == document.sections[candidate.section].heading


def test_a_document_without_a_code_is_quoted_without_one(parse):
    document = parse("Walk along the pier\n\nSummary\n\nA walk.\n", "walk.txt")
    quote = title_of(document)
    assert (quote.code, quote.codes) == (None, ())


def test_equal_words_are_one_quote_under_all_codes(parse):
    tram = parse(TRAM, "tram.txt")
    other = parse(TRAM.replace("T3003", "T3004"), "other.txt")
    ferry = parse(FERRY, "ferry.txt")
    first, last = share_words([title_of(tram), title_of(other), title_of(ferry)])
    assert (first.document, first.codes) == ("tram.txt", ("T3003", "T3004"))
    assert last.codes == ("F1001",)
    assert share_words([]) == []


def test_clauses_are_the_trimmed_parts_between_semicolons_and_parentheses(parse):
    document = parse(TRAM)
    assert [span.of(document.text) for span in clauses(title_of(document))] == [
        "Tram ride along the quay",
        "dogs and bicycles charged extra",
        "one way",
    ]


def test_clauses_that_all_quotes_hold_are_shared_under_all_codes(parse):
    shared = shared_clauses([title_of(parse(TRAM, "tram.txt")), title_of(parse(BUS, "bus.txt"))])
    assert [quote.text for quote in shared] == ["dogs and bicycles charged extra", "one way"]
    for quote in shared:
        assert quote.codes == ("T3003", "B4004")
        assert TRAM[quote.start : quote.end] == quote.text


def test_nothing_is_shared_by_fewer_than_two_or_by_unlike_quotes(parse):
    tram, ferry = title_of(parse(TRAM)), title_of(parse(FERRY))
    assert shared_clauses([]) == []
    assert shared_clauses([tram]) == []
    assert shared_clauses([tram, ferry]) == []


@pytest.mark.parametrize("question", ["are the drugs included?", "are nursing visits included?", "are the drugs billed separately?"])
def test_the_clause_that_all_titles_share_answers_for_all_codes(assistant, question):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    [quote] = answer.quotes
    assert quote.text == "drugs and nursing visits coded separately"
    assert set(quote.codes) == CODES
    assert len(quote.codes) == len(CODES)
    assert assistant.verify(answer) == []
