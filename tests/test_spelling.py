import pytest

from assistant.spelling import correct, spell_codes


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
        ("raedy", "ready"),
        ("tomorow", "tomorrow"),
        ("weigth", "weight"),
        ("hwo", "how"),
        ("adn wher", "and where"),
    ],
)
def test_a_misspelt_word_becomes_the_word_of_the_corpus(assistant, word, expected):
    assert correct(assistant.index, word) == expected


@pytest.mark.parametrize(("word", "expected"), [("anticoag", "anticoagulant"), ("chemo", "chemotherapy")])
def test_a_clipped_word_becomes_the_whole_word(assistant, word, expected):
    assert correct(assistant.index, word) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the",
        "xqzzw",
        "S9357 duration?",
        "how long does it take?",
        "what is the capital of France?",
        "24/7",
        "zofran lyrica actos",
        "liters and pluses",
        "infuse",
        "hepardarin",
    ],
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


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("S 9 3 5 7 duration", "S9357 duration"),
        ("code S-93-57, please", "code S9357, please"),
        ("is s 9330 a 24 hour code", "is S9330 a 24 hour code"),
        ("SS9338 duration", "S S9338 duration"),
        ("HCPCSS9357 risks", "HCPCS S9357 risks"),
        ("s9357duration", "S9357 duration"),
        ("9357 duration", "S9357 duration"),
        ("s 9357 lasts 4 hours", "S9357 lasts 4 hours"),
        ("what of 9357?", "what of S9357?"),
        ("no, 9357", "no, S9357"),
    ],
)
def test_a_code_of_the_corpus_is_written_plainly_whatever_way_it_was_typed(assistant, typed, plain):
    assert spell_codes(assistant.index, typed) == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S9357",
        "S9357/S9338",
        "S99357 risks",
        "S93577",
        "9357x",
        "9357 mg a day",
        "s 9357 mg",
        "19357",
        "18-24 hours",
        "1,9357",
        "S 9999",
        "24/7",
        "Is $9330 a fair price?",
        "call 555-9357",
        "order no. 9336",
    ],
)
def test_what_may_be_something_else_is_left_alone(assistant, text):
    assert spell_codes(assistant.index, text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [("what changed in 2011?", "what changed in 2011?"), ("since May 2011", "since May 2011"), ("2011 duration", "H2011 duration")],
)
def test_a_year_is_no_code_without_its_letter(opened, text, plain):
    index = opened({"crisis.txt": "Crisis visit\n\nCode: H2011\n\nDuration\n\nUp to four hours.\n"}).index
    assert spell_codes(index, text) == plain


def test_a_form_of_a_word_that_the_documents_have_is_no_misspelling(opened):
    index = opened({"a.txt": "K0010 Blorpy\n\nUse\nThe therapist visits. One blorpy a day.\n"}).index
    assert correct(index, "two blorpies") == "two blorpies"


@pytest.mark.parametrize("word", ["cant", "dont", "isnt", "doesnt", "wont", "couldnt"])
def test_a_denial_without_its_apostrophe_stays_one(assistant, word):
    assert correct(assistant.index, f"what if I {word} swallow") in (f"what if I {word[:-1]}'t swallow", f"what if I {word} swallow")
