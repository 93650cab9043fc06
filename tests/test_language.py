import pytest

from assistant.language import is_foreign, language
from assistant.messages import FOREIGN
from assistant.types import Reason, Status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how long does the infusion take at home?", "en"),
        ("¿cuánto tiempo dura la infusión en casa?", "es"),
        ("wie lange dauert die Behandlung zu Hause?", "de"),
        ("どこで行われますか", "ja"),
    ],
)
def test_a_language_is_told_and_how_sure_it_is(text, expected):
    found, belief = language(text)
    assert found == expected
    assert 0.8 <= belief <= 1


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuánto tiempo dura la infusión de quimioterapia?",
        "Quais são os riscos do S9327?",
        "S9330はどこで行われますか?",
        "Сколько длится инфузия?",
    ],
)
def test_a_question_in_another_language_is_out_of_scope(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason, answer.message) == (Status.ABSTAINED, Reason.OUT_OF_SCOPE, FOREIGN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "S9327",
        "S9336 duration",
        "imiglucerase",
        "Gaucher Fabry Pompe",
        "imigluserase infuson hrs",
        "more info pls",
        "staff roles y/n",
    ],
)
def test_names_codes_keywords_and_misspelt_words_are_no_other_language(assistant, text):
    assert not is_foreign(assistant.index, text)
