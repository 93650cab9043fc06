import pytest

from assistant.payment import asks_payment, says_payment
from assistant.types import Reason, Status


@pytest.mark.parametrize(
    "text",
    [
        "how much does it cost?",
        "what would that cost me per week",
        "how expensive is the tour?",
        "does my insurance cover it?",
        "is it approved by Medicare",
        "what's the price?",
        "price?",
        "and the cost",
        "how much is it?",
        "how much is the copay that they pay?",
    ],
)
def test_a_question_for_a_price_or_a_payer_is_told(text):
    assert asks_payment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "how much fluid is given?",
        "how much is the dose?",
        "how much is it diluted?",
        "what does the code cover?",
        "are the drugs included in the fee?",
        "how long does it take?",
        "is a nurse paid apart?",
    ],
)
def test_a_question_for_what_is_included_or_how_much_of_something_is_none(text):
    assert not asks_payment(text)


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("how much does it cost?", "A ticket costs $12.", True),
        ("how much does it cost?", "A ticket costs 12 dollars.", True),
        ("how much does it cost?", "It reduces costs.", False),
        ("does Medicare pay for it?", "Medicare pays half.", True),
        ("does Medicare pay for it?", "A ticket costs $12.", False),
    ],
)
def test_a_document_says_it_with_money_or_with_payers(text, said, expected):
    assert says_payment(text, said) is expected


@pytest.mark.parametrize("question", ["does my insurance plan cover S9357?", "what does S9330 cost per week?", "how much does chemo cost?"])
def test_what_no_document_says_of_payment_is_not_answered(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOT_COVERED)
