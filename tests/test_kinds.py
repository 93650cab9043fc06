import pytest

from assistant.errors import ModelError
from assistant.kinds import Forms, surface
from assistant.wordings import asks_for_code, lists


@pytest.mark.parametrize(
    "text",
    [
        "which code do we bill?",
        "what code should I use for home chemo?",
        "which code fits",
        "need a code for a pain pump",
        "is there a code for home chemo?",
        "code for enzyme therapy at home",
        "Patient on a pump for 18 hours at home. Code?",
        "code please",
    ],
)
def test_a_question_that_wants_a_code_is_told(assistant, text):
    assert asks_for_code(text)
    assert assistant.index.forms.read(text).scenario >= assistant.index.forms.cuts.scenario


def test_the_form_of_a_question_is_worked_out_once(assistant, monkeypatch):
    forms = assistant.index.forms
    found = forms.read("which of these takes longest to ride out?")
    monkeypatch.setattr(forms, "_read", None)
    assert forms.read("which of these takes longest to ride out?") == found


def test_what_asks_outright_for_a_code_gets_one(assistant):
    answer = assistant.ask("what code should I use for home chemo?")
    assert [fit.code for fit in answer.codes if fit.fits] == ["S9330"]


@pytest.mark.parametrize("text", ["67 y/o man, home chemo pump running 48 hours", "My mother needs pain meds by pump for 18 hours at home"])
def test_a_case_that_asks_nothing_is_a_scenario(assistant, text):
    assert not asks_for_code(text)
    assert assistant.index.forms.cuts.scenario <= assistant.index.forms.read(text).scenario < 1


@pytest.mark.parametrize("text", ["how long does it take?", "what are the risks?", "is anesthesia needed?"])
def test_a_plain_question_is_no_scenario(assistant, text):
    assert assistant.index.forms.read(text).scenario < assistant.index.forms.cuts.scenario


def test_questions_that_set_things_side_by_side_are_told_from_others(assistant):
    told = [
        [assistant.index.forms.read(text).comparison for text in some]
        for some in (
            ("a walker vs a rollator", "what is the difference between a brace and a splint", "compare the risks of the two masks"),
            ("what are the risks?", "how long does it take?", "which code fits a patient with a mask?", "which codes need two masks?"),
        )
    ]
    assert min(told[0]) > max(told[1])


def test_a_question_over_all_codes_is_told_without_the_usual_words(assistant):
    text = "everything here that a nurse has to bring"
    assert not lists(text)
    assert assistant.index.forms.read(text).listing >= assistant.index.forms.cuts.listing


def test_what_a_vector_leaves_out_is_always_as_many_numbers_within_bounds():
    features = [surface(text) for text in ("", "why?", "a patient, 67, needs pain meds", "word " * 500, "Which code?")]
    assert len({len(one) for one in features}) == 1
    assert all(0 <= value <= 2 for one in features for value in one)


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"kinds": []}'])
def test_damaged_heads_are_noticed(assistant, tmp_path, content):
    if content is not None:
        (tmp_path / "forms.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"forms\.json"):
        Forms(assistant.index.reader, tmp_path)
