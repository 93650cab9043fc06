import pytest

from assistant.chunking import Candidate, Level
from assistant.steps import LAST, asked_step, step_of
from assistant.types import Status

TEXT = """# Crossing

## Summary

A walk.

## Steps

1. Tie the rope.
2. Test the ice. Do it twice.
   - with a pole
3. Cross.

## Bring

- a map
- tea
"""


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("what is step 3?", 3),
        ("Step two please", 2),
        ("and the second step", 2),
        ("what's the 5th step?", 5),
        ("the last step", LAST),
        ("the final step?", LAST),
        ("how many steps are there?", None),
        ("steps 2 to 4", None),
        ("from the first step to the last", None),
        ("what are the steps?", None),
    ],
)
def test_a_question_for_one_step_is_told(question, step):
    assert asked_step(question) == step


@pytest.mark.parametrize(
    ("step", "said"),
    [(1, "Tie the rope."), (2, "Test the ice. Do it twice.\n   - with a pole"), (3, "Cross."), (LAST, "Cross."), (4, None)],
)
def test_a_step_is_all_that_stands_under_its_number(parse, step, said):
    document = parse(TEXT)
    section = next(i for i, one in enumerate(document.sections) if one.heading == "Steps")
    own = [i for i, unit in enumerate(document.units) if unit.section == section]
    found = step_of(document, Candidate(document.id, Level.SECTION, section, own[0], own[-1] + 1), step)
    assert (found.span(document).of(document.text) if found else None) == said


def test_bullets_have_no_numbers(parse):
    document = parse(TEXT)
    section = next(i for i, one in enumerate(document.sections) if one.heading == "Bring")
    own = [i for i, unit in enumerate(document.units) if unit.section == section]
    assert step_of(document, Candidate(document.id, Level.SECTION, section, own[0], own[-1] + 1), 1) is None


@pytest.mark.parametrize(
    ("question", "words"),
    [("what is step 2 of S9336?", "The infusion pump is set up"), ("S9357: what is the first step?", "Initial Assessment")],
)
def test_the_step_asked_for_is_quoted_alone(assistant, question, words):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    [quote] = answer.quotes
    assert quote.text.startswith(words)


STEPS = """Boat repair

Code: B4001

Procedure

1. Haul the boat out.
2. Scrape the hull.
3. Paint the hull twice.

Risks

Splinters.
"""


@pytest.mark.parametrize(
    ("history", "turn", "text"),
    [
        (["What is the first step of B4001?"], "and then?", "Scrape the hull."),
        (["What is the first step of B4001?", "ok, what next?"], "what comes next?", "Paint the hull twice."),
        (["What is step 2 of the boat repair?"], "then what", "Paint the hull twice."),
    ],
)
def test_what_comes_next_stands_after_what_was_answered(opened, history, turn, text):
    assert [quote.text for quote in opened({"boat.txt": STEPS}).ask(turn, history).quotes] == [text]


def test_nothing_comes_after_the_last_step(opened):
    answer = opened({"boat.txt": STEPS}).ask("and then?", ["What is the last step of B4001?"])
    assert "Splinters." not in [quote.text for quote in answer.quotes]
