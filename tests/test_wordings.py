import pytest

from assistant.wordings import (
    asks_for_code,
    asks_what_to_do,
    asks_which_not,
    case_of,
    is_small_talk,
    listed,
    lists,
    of_one_side,
    present,
    presumes,
)


@pytest.mark.parametrize(
    "text", ["how long does S9327 take?", "what are the risks?", "Does the code include drugs?", "who gives the infusion?", ""]
)
def test_a_question_about_a_fact_wants_no_code(text):
    assert not asks_for_code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which code is NOT for chemo?", True),
        ("What codes shouldn’t be used for this?", True),
        ("which code covers neither of them", True),
        ("Which code do I bill if he can't swallow?", False),
        ("He can't swallow, which code is it?", False),
    ],
)
def test_which_code_does_not_fit_is_told_from_a_case_that_denies_something(text, expected):
    assert asks_which_not(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hi", True), ("Thank you so much!", True), ("ok got it, thanks", True), ("thanks, and the risks?", False), ("great pumps", False)],
)
def test_small_talk_is_nothing_else(text, expected):
    assert is_small_talk(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dad is barely breathing with his pump, what do I do!!", True),
        ("the pump keeps beeping at night, help", True),
        ("needle came out, what now?", True),
        ("What does the nurse do?", False),
        ("Pump at home, no one to help her. What do we bill?", False),
    ],
)
def test_what_asks_what_to_do_asks_for_no_code(text, expected):
    assert asks_what_to_do(text) is expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Which codes warn of fever?", "warn of fever?"),
        ("in which of these therapies may I eat first?", "may I eat first?"),
        ("how long does it take?", "how long does it take?"),
        ("which of them?", "which of them?"),
    ],
)
def test_a_question_over_all_codes_is_asked_of_each(text, left):
    assert listed(text) == left


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which services mention anaphylaxis?", True),
        ("which of these need blood tests?", True),
        ("which codes run less than 24 hours?", True),
        ("list all side effects", True),
        ("what are the risks?", False),
        ("which nurse comes?", False),
    ],
)
def test_a_question_over_all_codes_is_told(text, expected):
    assert lists(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why does it hurt?", True),
        ("is it safe?", True),
        ("Does it work?", True),
        ("how long does it take?", False),
        ("what is it?", False),
    ],
)
def test_a_question_that_takes_something_for_granted_is_told(text, expected):
    assert presumes(text) is expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the team of chemo versus the team of heparin", "the team of chemo the team of heparin"),
        ("put the teams next to each other: /", "put the teams"),
        ("Compare the recovery times", "the recovery times"),
        ("how does recovery differ?", "how does recovery ?"),
        ("side by side", "side by side"),
        ("is a nurse needed?", "is a nurse needed?"),
        ("either arm or leg", "either arm or leg"),
    ],
)
def test_what_is_asked_of_one_side_leaves_out_the_words_that_compare(text, left):
    assert of_one_side(text) == left


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("A broken leg, seen at home. What do we bill?", "A broken leg, seen at home."),
        ("Which code do I put on the order? A broken leg.", "A broken leg."),
        ("A broken leg, code pls", "A broken leg,"),
        ("A broken leg. HCPCS?", "A broken leg."),
        ("which code?", "which code?"),
        ("A broken leg, does it heal?", "A broken leg, does it heal?"),
    ],
)
def test_a_case_is_told_apart_from_the_question_for_its_code(text, case):
    assert case_of(text) == case


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("A leg that hurts, seen at home by a nurse. He finished his swims two years ago.", "A leg that hurts, seen at home by a nurse."),
        ("She used to swim, now a leg hurts at home every day, code?", "now a leg hurts at home every day, code?"),
        ("A leg, he stopped swimming.", "A leg, he stopped swimming."),
        ("A leg that hurts at home every day", "A leg that hurts at home every day"),
    ],
)
def test_what_is_over_is_no_part_of_a_case(text, now):
    assert present(text) == now
