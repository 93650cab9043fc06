from dataclasses import replace

import pytest

from assistant.conflicts import conflicting, contradict, is_of_inclusion, title_first, title_quote, title_rules
from assistant.quoting import quote_span
from assistant.types import Reason, Role, Status, UnitKind

CRUISE = """Evening cruise, less than three hours, with a guide (meals charged separately)

Code: C5005

Summary

A cruise around the bay with a guide. The fare includes meals and a blanket.

Duration

The cruise takes five hours in all.

Setting

The boat leaves from the old pier.
"""
WALK = """Walk through the old town with a guide

Code: W6006

Summary

The fee includes a map.

Duration

The walk takes two hours.
"""


@pytest.fixture
def bay(opened):
    return opened({"cruise.txt": CRUISE, "walk.txt": WALK})


def sentence(document, beginning):
    unit = next(
        unit for unit in document.units if unit.kind is not UnitKind.LABEL and unit.span.of(document.text).strip().startswith(beginning)
    )
    return quote_span(document, unit.span, unit.section, unit.path, Role.ANSWER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("are the drugs included?", True),
        ("billed separately?", True),
        ("is nursing part of the code?", True),
        ("are the nurses paid extra?", True),
        ("how long?", False),
        ("what are the risks?", False),
        ("", False),
    ],
)
def test_a_question_about_what_is_included_is_told(assistant, text, expected):
    assert is_of_inclusion(assistant.index, text) is expected


def test_every_shipped_title_says_what_is_billed_apart(documents):
    assert all(title_rules(document) for document in documents.values())


def test_a_title_is_quoted_as_it_stands(bay):
    [cruise], [walk] = bay.documents("C5005"), bay.documents("W6006")
    quote = title_quote(cruise)
    assert quote.text == quote.title == CRUISE.splitlines()[0]
    assert CRUISE[quote.start : quote.end] == quote.text
    assert title_rules(cruise)
    assert not title_rules(walk)


def test_a_sentence_that_counts_in_what_the_title_bills_apart_is_a_conflict(bay):
    [cruise] = bay.documents("C5005")
    [found] = conflicting(bay.index, "are meals included?", [title_quote(cruise)])
    assert found.text == "The fare includes meals and a blanket."
    assert (found.role, found.section) == (Role.CONFLICT, "Summary")


def test_a_title_that_answers_something_else_is_not_held_against_what_is_included(bay):
    [cruise] = bay.documents("C5005")
    assert conflicting(bay.index, "how long does it take?", [title_quote(cruise)]) == []


def test_an_amount_that_the_title_rules_out_brings_the_title_as_a_conflict(bay):
    [cruise] = bay.documents("C5005")
    [found] = conflicting(bay.index, "how long does it take?", [sentence(cruise, "The cruise takes")])
    assert (found.text, found.role) == (cruise.title_text, Role.CONFLICT)
    assert conflicting(bay.index, "may it be late?", [sentence(cruise, "The cruise takes")]) == []
    assert conflicting(bay.index, "how long does the captain rest?", [sentence(cruise, "The cruise takes")]) == []


@pytest.mark.parametrize(("code", "beginning"), [("C5005", "The boat leaves"), ("W6006", "The fee includes"), ("W6006", "The walk takes")])
def test_what_nothing_speaks_against_has_no_conflict(bay, code, beginning):
    [document] = bay.documents(code)
    assert conflicting(bay.index, "is it included?", [sentence(document, beginning)]) == []


@pytest.mark.parametrize(
    ("said", "against"),
    [
        ("The fare includes meals and a blanket.", True),
        ("The fare covers not only the guide but also the meals.", True),
        ("The fare covers many things, including but not limited to meals.", True),
        ("The fare includes at no cost the meals.", True),
        ("The fare doesn't include meals.", False),
        ("The fare doesn’t usually cover meals.", False),
        ("The fare never includes meals.", False),
        ("The fare cannot include meals.", False),
        ("Passengers won't have meals covered, nor will the fare cover them.", False),
        ("The fare covers neither meals nor drinks.", False),
        ("The fare covers no meals.", False),
        ("No fare covers the meals.", False),
        ("The fare covers the guide but not the meals.", False),
        ("The fare covers the guide, not the meals.", False),
        ("The fare covers the guide; ask for meals on board.", False),
        ("The fare covers everything except meals.", False),
    ],
)
def test_a_sentence_that_denies_or_leaves_out_what_the_title_bills_apart_agrees_with_it(bay, said, against):
    [cruise] = bay.documents("C5005")
    title = title_quote(cruise)
    assert contradict(bay.index, title, replace(title, text=said)) is against


def test_a_text_that_names_nothing_billed_apart_contradicts_nothing(bay):
    [cruise] = bay.documents("C5005")
    title = title_quote(cruise)
    apart, within = (replace(title, text=text) for text in ("All services are billed separately.", "Includes the pump and tubing."))
    assert not contradict(bay.index, apart, within)


def test_no_quotes_have_no_conflict(assistant):
    assert conflicting(assistant.index, "are the drugs included?", []) == []
    assert title_first(assistant.index, "are the drugs included?", []) == []


def test_the_title_goes_before_an_answer_about_what_is_included(bay):
    [cruise], [walk] = bay.documents("C5005"), bay.documents("W6006")
    fare, fee, pier = sentence(cruise, "The fare"), sentence(walk, "The fee"), sentence(cruise, "The boat")
    assert title_first(bay.index, "are meals included?", [fare]) == [title_quote(cruise), fare]
    assert title_first(bay.index, "is a map included?", [fee]) == [fee]
    assert title_first(bay.index, "where does it leave?", [pier]) == [pier]
    assert title_first(bay.index, "are meals included?", [title_quote(cruise)]) == [title_quote(cruise)]


@pytest.mark.parametrize(
    "question", ["S9330: are drugs included?", "are drugs included in S9330?", "are drugs billed separately for S9330?"]
)
def test_the_descriptor_comes_first_and_the_sentence_against_it_is_shown_as_a_conflict(assistant, question):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    first = answer.quotes[0]
    assert (first.text, first.role) == (first.title, Role.ANSWER)
    assert "drugs and nursing visits coded separately" in first.text
    [conflict] = [quote for quote in answer.quotes if quote.role is Role.CONFLICT]
    assert conflict.text.startswith("This service includes everything from the medication")
    assert {quote.code for quote in answer.quotes} == {"S9330"}


@pytest.mark.parametrize("code", ["S9327", "S9336", "S9338", "S9357"])
def test_documents_that_agree_with_their_titles_have_no_conflict(assistant, code):
    [document] = assistant.documents(code)
    assert conflicting(assistant.index, "are the drugs included?", [title_quote(document)]) == []


@pytest.mark.parametrize("question", ["is sedation needed for S9327?", "does S9327 need sedation?", "S9327 sedation"])
def test_what_only_the_other_documents_say_is_not_answered(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOT_COVERED)
    assert all(quote.role is Role.NEAREST and quote.code == "S9327" for quote in answer.quotes)


def test_a_covered_stay_counts_nothing_in(opened):
    text = (
        "Boat therapy, per diem (sails and nursing visits coded separately)\n\nCode: B1001\n\nSummary\n\nFor calm seas.\n\n"
        "Setting\n\nNot used during a covered stay in a nursing home.\n"
    )
    answer = opened({"boat.txt": text}).ask("Are nursing visits included in B1001?")
    assert answer.quotes
    assert all(quote.role is not Role.CONFLICT for quote in answer.quotes)
