import pytest

# What an answer owes to earlier questions: told, so that it can be undone.


@pytest.mark.parametrize(
    ("history", "question", "carried"),
    [
        (["S9357 duration"], "and its risks?", ("S9357",)),
        (["S9357 and S9330 duration"], "and their risks?", ("S9357", "S9330")),
        (["S9357 duration"], "same for S9338", ("duration",)),
        (["how long does the pain infusion take?"], "and what are the risks?", ("S9327",)),
        (["S9330 risks", "S9357 duration"], "and its benefits?", ("S9357",)),
    ],
)
def test_codes_and_topics_of_earlier_questions_are_named(assistant, history, question, carried):
    assert assistant.carried(question, history) == carried


@pytest.mark.parametrize(
    ("history", "question"),
    [
        ([], "and its risks?"),
        (["S9357 duration"], "what are the risks of S9338?"),
        (["S9357 duration"], "S9999 risks"),
        (["S9357 duration"], "S9357 risks"),
        (["S9357 duration"], ""),
        (["S9357 duration"], "?!"),
        (["S9357 duration"], "x" * 5000),
    ],
)
def test_a_question_that_stands_alone_carries_nothing(assistant, history, question):
    assert assistant.carried(question, history) == ()


def test_nothing_is_carried_exactly_when_the_answer_is_that_without_history(assistant):
    history, told = ["S9357 duration"], set()
    for question in ("and its risks?", "same for S9338", "S9330 benefits", "who may have it?", "does it hurt?", "what is immunotherapy?"):
        alone, after = assistant.ask(question), assistant.ask(question, history)
        carries = bool(assistant.carried(question, history))
        assert carries is ((alone.quotes, alone.status) != (after.quotes, after.status)), question
        told.add(carries)
    assert told == {True, False}


def test_a_question_over_all_codes_carries_nothing_over(assistant):
    history = ["how long does S9336 take?"]
    assert assistant.carried("which of these need a caregiver at home?", history) == ()
    assert assistant.carried("and the risks?", history) == ("S9336",)
