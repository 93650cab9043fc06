import pytest

from assistant.premises import contradicting, granted
from assistant.reading import EncoderReader
from assistant.types import Reason, Role, Status


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("who hooks up the two-hour infusion?", ["time [2, 2] hour"]),
        ("what are the risks of a 30 minute enzyme drip", ["time [0.5, 0.5] hour"]),
        ("who brings the 1-hour treatment?", ["time [1, 1] hour"]),
        ("can it be a two-hour infusion?", []),
        ("what if the infusion runs two hours", []),
        ("what do I do 2 hours before the infusion", []),
        ("which catheter is used at a 24-hour interval for infusions", []),
        ("who comes for the 30-minute teaching visit", []),
    ],
)
def test_an_amount_is_taken_for_granted_where_it_says_what_kind_of_thing_is_given(question, amounts):
    assert [str(one) for one in granted(question)] == amounts


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        ("who gives the two-hour chemo push of S9330?", "S9330", "twenty-four hours or more"),
        ("S9338: which risks has the 8-hour infusion?", "S9338", "1-3 hours"),
    ],
)
def test_what_contradicts_an_amount_taken_for_granted_is_shown_and_nothing_answered(assistant, question, code, words):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOT_COVERED)
    [quote] = answer.quotes
    assert (quote.role, quote.code) == (Role.NEAREST, code)
    assert words in quote.text
    assert assistant.verify(answer) == []


@pytest.mark.parametrize("question", ["who sets up the 2-hour infusion for S9338?", "S9330 staff for the 48-hour infusion"])
def test_an_amount_that_the_document_allows_is_no_false_premise(assistant, question):
    assert assistant.ask(question).status is Status.ANSWERED


def test_what_a_title_is_billed_by_bounds_nothing(opened):
    text = "K0011 Boat therapy, per 15 minutes\n\nSummary\nTherapy on a boat.\n\nStaff\nA captain leads each session.\n"
    assistant = opened({"boat.txt": text})
    assert contradicting(assistant.index, EncoderReader(), "who leads the 45-minute session?", assistant.index.by_id["boat.txt"]) is None


def test_what_a_document_says_nothing_of_contradicts_nothing(assistant):
    [document] = assistant.documents("S9357")
    assert contradicting(assistant.index, EncoderReader(), "who brings the two-liter bag?", document) is None
