import pytest

from assistant.sides import sides, without_names
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


@pytest.mark.parametrize(
    "text", ["what are the risks and side effects of enzyme replacement?", "how do I prepare, and who comes?", "heparin", ""]
)
def test_a_question_about_one_service_or_none_sets_nothing_side_by_side(assistant, text):
    found = told(assistant.index, text)
    assert found is None or found[1] < 0.5


def test_what_is_asked_is_left_when_the_names_are_cut_out(assistant):
    index = assistant.index
    documents = [index.by_code[code][0] for code in ("S9330", "S9336")]
    kept = without_names(index, "which takes longer, the chemotherapy pump or the heparin drip?", documents, index.documents.ids)
    assert kept.startswith("which takes longer,")
    assert "chemotherapy" not in kept
    assert "heparin" not in kept


def test_a_name_is_cut_out_for_the_documents_asked_about_alone(assistant):
    index = assistant.index
    document = index.by_code["S9330"][0]
    assert "heparin" in without_names(index, "chemotherapy after heparin: how long?", [document], index.documents.ids)


@pytest.mark.parametrize("text", ["chemotherapy, heparin", "", "how long and for whom?"])
def test_a_question_that_would_have_nothing_left_stays_as_it_is(assistant, text):
    index = assistant.index
    assert without_names(index, text, [index.by_code["S9330"][0], index.by_code["S9336"][0]], []) == text
