import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tokens import code_spans, codes_in, normalize, stem, tokenize, words

PATTERN = r"[A-Z]\d{4}"
anything = settings(deadline=None, max_examples=150)


@pytest.mark.parametrize(
    "typed",
    ["S9357", "s9357", "S-9357", "s 9357", "S\u20119357", "S\u20139357", "S9357's", "(S9357)", "S9357,", "S9357.", "HCPCS:S9357"],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert codes_in(normalize(typed), PATTERN) == ("S9357",)


def test_look_alike_letters_are_read_as_digits():
    assert codes_in("S-933O and s93l0", PATTERN) == ("S9330", "S9310")


def test_codes_come_once_in_order_of_appearance():
    assert codes_in("S9338, S9330 and again s9338 or S 9357", PATTERN) == ("S9338", "S9330", "S9357")


@pytest.mark.parametrize(
    "text", ["I have 1500 dollars", "in 2024", "the 24-hour infusion", "section 9357", "COVID-19", "a 1200 mg dose", "a 1200"]
)
def test_ordinary_words_and_numbers_are_not_codes(text):
    assert codes_in(text, PATTERN) == ()


@pytest.mark.parametrize("text", ["S935", "S93570"])
def test_a_code_with_a_digit_too_few_or_too_many_is_still_seen_as_a_code(text):
    assert codes_in(text, PATTERN) == (text,)


def test_codes_of_another_shape_are_found_by_their_own_pattern():
    assert codes_in("10-digit K00.1 and 99213", r"\d{5}") == ("99213",)


def test_words_keep_decimals_and_codes_whole_and_split_hyphens():
    assert words("A 1.5-hour S-9357 infusion, 24/7") == ("a", "1.5", "hour", "s9357", "infusion", "24", "7")


def test_words_drop_the_possessive():
    assert words("the patient's pump and the patient’s home") == ("the", "patient", "pump", "and", "the", "patient", "home")


def test_tokens_are_stems_so_that_inflections_meet():
    assert tokenize("Bills, billed, billing") == (stem("bill"),) * 3


def test_the_example_of_the_docstring_holds():
    assert tokenize("Are S-9357's DRUGS billed separately?") == ("are", "s9357", "drug", "bill", "separ")


@given(st.text(st.sampled_from("aé .,\t\n\r\x07\x1c\x85\u00a0\u200b\u2028\u3000\ue000ﬁＳ")))
@anything
def test_normalize_leaves_no_control_character_and_single_blanks_only(text):
    found = normalize(text)
    assert not any(unicodedata.category(c).startswith("C") for c in found)
    assert found == " ".join(found.split())
    shown = (" " if unicodedata.category(c).startswith("C") else c for c in unicodedata.normalize("NFKC", text) if c != "\u200b")
    assert found == " ".join("".join(shown).split())


def test_normalize_folds_width_drops_invisible_characters_and_joins_white_space():
    assert normalize("\u200bＳ9357\u00a0 \t\r\n how\u00adlong\x07 ") == "S9357 howlong"


def test_nothing_gives_nothing():
    assert words("") == tokenize("") == codes_in("", PATTERN) == ()
    assert code_spans("", PATTERN) == []
    assert normalize(" \u200b ") == ""


def test_code_spans_name_the_characters_as_typed():
    text = "is S-9357 or s9330 right"
    assert [text[a:b] for a, b in code_spans(text, PATTERN)] == ["S-9357", "s9330"]


@anything
@given(st.text())
def test_normalizing_twice_changes_nothing_more(text):
    assert normalize(normalize(text)) == normalize(text)


@anything
@given(st.text(alphabet=st.one_of(st.sampled_from("Ss9357 -OoIl.,'"), st.characters()), max_size=60))
def test_code_spans_are_ordered_apart_and_inside_the_text(text):
    spans = code_spans(text, PATTERN)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


@anything
@given(st.text(alphabet=st.one_of(st.sampled_from("Ss9357 -OoIl.,'"), st.characters()), max_size=60))
def test_a_text_has_codes_exactly_when_it_has_code_spans(text):
    assert bool(codes_in(text, PATTERN)) == bool(code_spans(text, PATTERN))
