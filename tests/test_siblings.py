"""Services that differ in an amount alone, and which of them a text is about."""

import pytest

from assistant.types import Reason, Status

FUEL = "Supply of fuel for boats"
BODY = """

## Storage

{stored}

## Delivery

{delivered}

## Who may order it

Owners of boats with a motor that burns fuel.
"""
DOCUMENTS = {
    "one.md": f"# {FUEL}; one liter per day (F1001)"
    + BODY.format(stored="The can is kept in a shed for 9 days.", delivered="A van brings it on Mondays."),
    "two.md": f"# {FUEL}; more than one liter but no more than two liters per day (F1002)"
    + BODY.format(stored="The can is kept in a locker for 6 days.", delivered="A cart brings it on Tuesdays."),
    "three.md": f"# Harbour of the north\n\nHCPCS F1003: {FUEL}; more than two liters but no more than three liters per day."
    + BODY.format(stored="The can is kept in a cellar for 4 days.", delivered="A boy brings it on Fridays."),
    "paint.md": "# Painting of boats, per coat (F2001)\n\n## Drying\n\nA coat dries for 5 hours.\n\n## Tools\n\nThe yard lends brushes.\n",
}


@pytest.fixture(scope="module")
def harbour(opened):
    """An assistant over four documents, three of which differ in an amount alone."""
    return opened(DOCUMENTS)


def said(answer):
    return [quote.text for quote in answer.quotes]


def test_a_text_is_about_the_one_of_the_very_amount_that_it_states(harbour):
    answer = harbour.ask("Where is the can of 2 to 3 liters of fuel kept?")
    assert answer.status is Status.ANSWERED
    assert said(answer) == ["The can is kept in a cellar for 4 days."]


def test_a_text_without_an_amount_is_asked_back(harbour):
    answer = harbour.ask("How is the fuel stored?")
    assert (answer.status, answer.reason) == (Status.CLARIFY, Reason.AMBIGUOUS)
    assert {choice.code for choice in answer.choices} == {"F1001", "F1002", "F1003"}


def test_amounts_are_sides_of_a_comparison(harbour):
    answer = harbour.ask("How is the fuel of 1-2 liters stored, compared with 2-3 liters?")
    assert said(answer) == ["The can is kept in a locker for 6 days.", "The can is kept in a cellar for 4 days."]


def test_a_turn_that_states_an_amount_asks_the_same_of_another(harbour):
    answer = harbour.ask("and the 2 to 3 liter one?", ["How is F1002 stored?"])
    assert said(answer) == ["The can is kept in a cellar for 4 days."]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("1.5 liters of fuel a day for a boat", "F1002"),
        ("2,400 mL of fuel a day for a boat", "F1003"),
        ("5 liters of fuel a day for a boat", None),
    ],
)
def test_a_case_fits_the_one_whose_bounds_hold_its_amount(harbour, case, code):
    assert next((fit.code for fit in harbour.fit(case).codes if fit.fits), None) == code


def test_a_code_asked_for_by_itself_is_answered_by_its_descriptor(harbour):
    assert said(harbour.ask("What is F1003?")) == [f"{FUEL}; more than two liters but no more than three liters per day"]


def test_two_questions_are_each_answered_from_their_own_document(harbour):
    answer = harbour.ask("How is F1001 stored, and how long does the paint dry?")
    assert said(answer) == ["The can is kept in a shed for 9 days.", "A coat dries for 5 hours."]


def test_what_nobody_knows_is_out_of_scope(harbour):
    assert harbour.ask("qwrtz plmkx?").reason is Reason.OUT_OF_SCOPE


def test_an_amount_between_two_names_the_one_that_holds_it(harbour):
    answer = harbour.ask("same for the 3 liter one?", ["How is F1001 stored?"])
    assert said(answer) == said(harbour.ask("How is F1003 stored?"))


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("2 one-liter bottles of fuel a day for a boat", "F1002"),
        ("3 x 800 mL bottles of fuel a day for a boat", "F1003"),
    ],
)
def test_what_several_containers_hold_is_one_amount(harbour, case, code):
    assert next((fit.code for fit in harbour.fit(case).codes if fit.fits), None) == code


def test_what_is_denied_by_its_amount_is_not_meant(harbour):
    answer = harbour.ask("How is the can of fuel kept, not the one of 1 liter, not the one of 2 to 3 liters?")
    assert {quote.code for quote in answer.quotes} == {"F1002"}
