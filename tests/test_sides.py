import pytest

from assistant.sides import sides
from assistant.subjects import subjects


def told(index, text):
    found = sides(index, text, subjects(index, text))
    return found and ([document[:5] for document in found.documents], found.belief)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("does the chemo pump run longer than the blood thinner drip?", ["S9330", "S9336"]),
        ("enzyme drip v immunotherapy: how long", ["S9357", "S9338"]),
        ("My sister gets painkillers by pump, I get chemotherapy. Who looks after each of us?", ["S9327", "S9330"]),
        ("team for heparin, enzymes and chemotherapy?", ["S9336", "S9357", "S9330"]),
    ],
)
def test_services_named_in_everyday_words_are_set_side_by_side_in_their_order(assistant, text, codes):
    documents, belief = told(assistant.index, text)
    assert documents == codes
    assert belief >= 0.7


@pytest.mark.parametrize("text", ["what about the other one, the enzyme drip?", "and the second one, the pain pump?"])
def test_what_points_to_a_service_names_none_beside_the_one_that_is_named(assistant, text):
    assert told(assistant.index, text) is None


def test_what_is_asked_of_two_services_adds_no_third(assistant):
    documents, belief = told(assistant.index, "chemo compared with enzymes: catheter, vein, checked regularly")
    assert documents == ["S9330", "S9357"]
    assert belief >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "what are the risks and side effects of enzyme replacement?",
        "how do I prepare, and who comes?",
        "heparin",
        "",
    ],
)
def test_a_question_about_one_service_or_none_sets_nothing_side_by_side(assistant, text):
    found = told(assistant.index, text)
    assert found is None or found[1] < 0.5


def test_an_amount_alone_is_no_side(opened):
    files = {
        f"{code}.txt": f"{title}\n\nCode: {code}\n\nRisks\n\n{risk}\n"
        for code, title, risk in (
            ("B2001", "Boat fuel; one liter per day", "Fire."),
            ("B2002", "Lamp oil; one liter per day", "Smoke."),
            ("B2003", "Sail mending by machine", "Pricked fingers."),
        )
    }
    answer = opened(files).ask("Risks: boat fuel, one liter, versus sail mending?")
    assert {quote.code for quote in answer.quotes} == {"B2001", "B2003"}
