import pytest

from assistant.spelling import correct


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("duratoin", "duration"),
        ("immuntherapy", "immunotherapy"),
        ("hepparin", "heparin"),
        ("blod", "blood"),
        ("anaphylaxsis", "anaphylaxis"),
        ("medicaton", "medication"),
        ("complicatons", "complications"),
        ("anesthesa", "anesthesia"),
        ("enzym replacment", "enzyme replacement"),
    ],
)
def test_a_misspelt_word_becomes_the_word_of_the_corpus(assistant, word, expected):
    assert correct(assistant.index, word) == expected


@pytest.mark.parametrize(("word", "expected"), [("anticoag", "anticoagulant"), ("chemo", "chemotherapy")])
def test_a_clipped_word_becomes_the_whole_word(assistant, word, expected):
    assert correct(assistant.index, word) == expected


@pytest.mark.parametrize(
    "text", ["", "the", "xqzzw", "S9357 duration?", "how long does it take?", "what is the capital of France?", "24/7"]
)
def test_known_short_and_unlike_words_stay_as_they_are(assistant, text):
    assert correct(assistant.index, text) == text


def test_only_the_word_is_changed_and_not_what_stands_around_it(assistant):
    assert correct(assistant.index, "S9357:  duratoin, (hepparin)?") == "S9357:  duration, (heparin)?"


@pytest.mark.parametrize("text", ["duratoin", "enzym replacment", "chemo and hepparin"])
def test_a_corrected_text_is_not_corrected_again(assistant, text):
    once = correct(assistant.index, text)
    assert correct(assistant.index, once) == once


def test_a_misspelt_question_gets_the_answer_of_the_right_one(assistant):
    assert assistant.ask("S9357 duratoin").quotes == assistant.ask("S9357 duration").quotes
