import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.labels import is_sentence
from assistant.lines import Shape
from assistant.splitting import split_lines


def contents(text):
    return [line.content.of(text) for line in split_lines(text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_split_at_every_kind_of_line_end_and_keep_none_of_it(end):
    assert contents(f"One{end}{end}Two{end}Three") == ["One", "Two", "Three"]


@pytest.mark.parametrize("bullet", ["- ", "* ", "+ ", "• ", "•", "– ", "● ", "▪ ", "◦ "])
def test_a_bullet_marks_an_item_and_is_no_part_of_its_content(bullet):
    text = f"  {bullet}Bring water"
    [line] = split_lines(text)
    assert line.is_item
    assert line.content.of(text) == "Bring water"
    assert line.span.of(text) == f"{bullet}Bring water"
    assert line.indent == 2


def test_a_letter_o_that_is_set_in_is_a_bullet_and_one_at_the_margin_a_word():
    text = "  o Bring water\no mar"
    assert [(line.is_item, line.content.of(text)) for line in split_lines(text)] == [(True, "Bring water"), (False, "o mar")]


@pytest.mark.parametrize("number", ["1. ", "12) ", "(3) ", "a) ", "(ii) ", "iv. ", "1.) "])
def test_a_number_marks_an_item(number):
    text = f"{number}Bring water"
    [line] = split_lines(text)
    assert (line.marker, line.content.of(text)) == ("1", "Bring water")


@pytest.mark.parametrize("text", ["1.5 hours later", "24/7 service", "-5 degrees", "e.g. this one"])
def test_a_line_that_only_begins_like_an_item_is_text(text):
    [line] = split_lines(text)
    assert not line.is_item


@pytest.mark.parametrize(("text", "level"), [("# Title", 1), ("### Risks", 3), ("###### Deep", 6)])
def test_hashes_mark_a_heading_with_its_level(text, level):
    [line] = split_lines(text)
    assert (line.marker, line.level) == ("#", level)
    assert line.content.of(text) == text.lstrip("# ")


def test_the_mark_of_a_quoted_line_is_no_part_of_its_content():
    assert contents("> Shake it out") == ["Shake it out"]


def test_hashes_without_a_space_are_text():
    [line] = split_lines("#1 in the country")
    assert line.marker == ""


@pytest.mark.parametrize("rule", ["---", "=====", "___", "***", "-------   "])
def test_a_line_of_dashes_is_a_rule(rule):
    [line] = split_lines(rule)
    assert line.shape is Shape.RULE


def test_a_rule_that_opens_a_line_stands_apart_from_its_text():
    text = "--- A remark about the page"
    rule, remark = split_lines(text)
    assert rule.shape is Shape.RULE
    assert remark.content.of(text) == "A remark about the page"


@pytest.mark.parametrize(
    ("text", "shape", "label"),
    [
        ("Rare Risks:", Shape.LABEL, "Rare Risks"),
        ("**Rare Risks:**", Shape.LABEL, "Rare Risks"),
        ("Common Name(s): Home Infusion", Shape.FIELD, "Common Name(s)"),
        ("- Pros: Convenient.", Shape.FIELD, "Pros"),
        ("**Duration:** two hours", Shape.FIELD, "Duration"),
        ("Anesthesia or Sedation: Not typically required.", Shape.FIELD, "Anesthesia or Sedation"),
        ("**Nurse** – near by", Shape.FIELD, "Nurse"),
        ("*Limits*. Two a year.", Shape.FIELD, "Limits"),
        ("WHO MAY ORDER IT. A nurse may.", Shape.FIELD, "WHO MAY ORDER IT"),
        ("NASA. It flies.", Shape.FIELD, "NASA"),
        ("MRI. It scans.", Shape.TEXT, ""),
        ("VIII. How it ends", Shape.TEXT, ""),
        ("DO NOT LEAN OUT. KEEP OFF.", Shape.TEXT, ""),
        ("7.45 pm: doors open", Shape.TEXT, ""),
        ("Patients who may benefit from this therapy include those with:", Shape.TEXT, ""),
        ("See https://example.org for more", Shape.TEXT, ""),
        ("It begins at 10:30", Shape.TEXT, ""),
        ("No label here", Shape.TEXT, ""),
        ("Board it only while the bell rings: by day, or in fog.", Shape.TEXT, ""),
        ("Seats kept until the boat leaves: two", Shape.TEXT, ""),
        ("Until help has arrived: stay on land", Shape.FIELD, "Until help has arrived"),
        ("Valid until: May", Shape.FIELD, "Valid until"),
        ("Things to do while you wait: Read.", Shape.FIELD, "Things to do while you wait"),
    ],
)
def test_what_stands_before_a_colon_is_a_label_where_it_is_short(text, shape, label):
    [line] = split_lines(text)
    assert (line.shape, line.label) == (shape, label)


def test_several_bullets_on_one_line_are_several_items():
    text = "• Bring water • Wear shoes • Come early"
    lines = split_lines(text)
    assert [line.content.of(text) for line in lines] == ["Bring water", "Wear shoes", "Come early"]
    assert all(line.is_item for line in lines)


def test_a_single_bullet_inside_a_line_divides_nothing():
    assert contents("Pump • optional") == ["Pump • optional"]


def test_blank_lines_are_remembered_on_both_sides():
    first, second, third = split_lines("One\n\nTwo\nThree")
    assert (first.blank_before, first.blank_after) == (True, True)
    assert (second.blank_before, second.blank_after) == (True, False)
    assert (third.blank_before, third.blank_after) == (False, True)


def test_tabs_count_as_columns_of_four():
    [line] = split_lines("\t- Nested")
    assert line.indent == 4


@pytest.mark.parametrize("text", ["", "\n", " \t\r\n \n"])
def test_a_blank_text_has_no_lines(text):
    assert split_lines(text) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("It ends.", True),
        ("Does it?", True),
        ('He said "so."', True),
        ("**Bold.**", True),
        ("A heading", False),
        ("A title that was cut...", False),
    ],
)
def test_a_sentence_is_told_by_its_end(content, expected):
    assert is_sentence(content) is expected


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.one_of(st.sampled_from("-•*#:.1)= \t\r\nAb"), st.characters(exclude_categories=["Cs"]))))
def test_lines_are_ordered_apart_and_leave_no_visible_character_out(text):
    lines = split_lines(text)
    edges = [0, *(edge for line in lines for edge in (line.span.start, line.span.end)), len(text)]
    assert edges == sorted(edges)
    assert all(line.span.contains(line.content) for line in lines)
    assert all(line.span.of(text) == line.span.of(text).strip() for line in lines)
    between = "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    assert not between.strip()


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("The ferry takes children without a ticket until the age of\n12. Older ones pay.", ["", ""]),
        ("A cabin can be kept for the same guest for at the most twelve\n(12) nights in a summer.", ["", ""]),
        ("A cabin can be kept for the same guest for at the most twelve\n1. nights in a summer", ["", "1"]),
        ("1. Bring the papers of the boat and the card of every guest who\nsleeps on it\n2. Pay the fee", ["1", "", "1"]),
        ("A cabin can be kept for the same guest for at the most twelve:\n12. nights", ["", "1"]),
        ("What to bring\n3. A coat", ["", "1"]),
        ("The ferry takes children without a ticket until the age of\n\n12. Older ones pay.", ["", "1"]),
    ],
)
def test_a_number_that_a_line_was_cut_before_marks_no_item(text, marks):
    assert [line.marker for line in split_lines(text)] == marks


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("A. One coat a guest\nB. Two caps,\nof wool\nC. A scarf", ["1", "1", "", "1"]),
        ("(A) One coat a guest\n(B) Two caps", ["1", "1"]),
        ("A. Coats\n\nB. Caps", ["", ""]),
        ("A. Coats\nEach guest has one.\nB. Caps", ["", "", ""]),
        ("J. Smith\nK. Jones", ["", ""]),
        ("Part A. Coats\nPart B. Caps", ["", ""]),
    ],
)
def test_capital_letters_that_count_lines_from_a_on_mark_items(text, marks):
    assert [line.marker for line in split_lines(text)] == marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Policy: 7      Effective: 1 May 2024", [("Policy", "Policy: 7"), ("Effective", "Effective: 1 May 2024")]),
        ("Boat:  Anna\tBuilt:  1931", [("Boat", "Boat:  Anna"), ("Built", "Built:  1931")]),
        ("Note: ask first.  Remember: be kind", [("Note", "Note: ask first.  Remember: be kind")]),
        ("Boat: Anna     wood", [("Boat", "Boat: Anna     wood")]),
        ("Boat: a Fee: two", [("Boat", "Boat: a Fee: two")]),
    ],
)
def test_fields_that_a_wide_gap_sets_apart_on_one_line_are_read_one_by_one(text, found):
    assert [(line.label, line.content.of(text)) for line in split_lines(text)] == found
