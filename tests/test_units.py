import pytest

from assistant.lines import line_width
from assistant.sentences import sentences
from assistant.splitting import split_lines
from assistant.types import Span, UnitKind
from assistant.units import UnitReader


def units(text):
    lines = split_lines(text)
    return UnitReader(text, line_width(lines)).read(lines, 0, "Risks")


def seen(text):
    return [(unit.kind, unit.span.of(text), unit.path) for unit in units(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes an hour. It may take two.", ["It takes an hour.", "It may take two."]),
        ("Drugs (e.g. heparin) are billed separately. Ask first.", ["Drugs (e.g. heparin) are billed separately.", "Ask first."]),
        ("See Dr. Miller at 3.5 hours. Then rest.", ["See Dr. Miller at 3.5 hours.", "Then rest."]),
        ("Is it safe? Yes! It is.", ["Is it safe?", "Yes!", "It is."]),
        ("No full stop at the end", ["No full stop at the end"]),
        ("Stay home when ill. Residents of the house may come.", ["Stay home when ill.", "Residents of the house may come."]),
        ("If asked, say no. Members do not pay.", ["If asked, say no.", "Members do not pay."]),
        ("It is over 100.4 F. A rare case is worse.", ["It is over 100.4 F.", "A rare case is worse."]),
        ("Dogs are in Group C. A warden decides.", ["Dogs are in Group C.", "A warden decides."]),
        ("Take berth no. 5 by J. Smith.", ["Take berth no. 5 by J. Smith."]),
        ("Step 1. Open the box. Shut it.", ["Step 1. Open the box.", "Shut it."]),
        ("C. The warden signs.", ["C. The warden signs."]),
        ("It is **safe.** Ask *first.* Go.*", ["It is **safe.**", "Ask *first.*", "Go.*"]),
        ("One thing (see the list. It is long.) and more. Two.", ["One thing (see the list. It is long.) and more.", "Two."]),
        (
            "Guests pay half (after the first day. They pay at the desk. Ask.",
            ["Guests pay half (after the first day.", "They pay at the desk.", "Ask."],
        ),
        (
            "Open Mon. - Fri., 9 a.m. - 5 p.m. and Sat. till noon. Knock.",
            ["Open Mon. - Fri., 9 a.m. - 5 p.m. and Sat. till noon.", "Knock."],
        ),
        ("Bring a cup. Max. 8 cups a day. No. 5 leaks.", ["Bring a cup.", "Max. 8 cups a day.", "No. 5 leaks."]),
        ("Take 10 ml. of water eff. 01/2024. Rest 12 hrs. before.", ["Take 10 ml. of water eff. 01/2024.", "Rest 12 hrs. before."]),
        ("It is low in vitamin D. Talk to the cook.", ["It is low in vitamin D.", "Talk to the cook."]),
        ("It is paid by Medicare Part B. Guests pay the rest.", ["It is paid by Medicare Part B.", "Guests pay the rest."]),
        ("Ask the warden J. Smith is with. Go.", ["Ask the warden J. Smith is with.", "Go."]),
        ("Bring soap, towels, etc. Payment is due.", ["Bring soap, towels, etc.", "Payment is due."]),
    ],
)
def test_sentences_are_complete_and_trimmed(text, expected):
    assert [span.of(text) for span in sentences(text, Span(0, len(text)))] == expected


@pytest.mark.parametrize("space", "\x85\xa0\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
def test_white_space_beyond_ascii_divides_sentences_where_a_blank_does(space):
    text = f"Use it with vitamin B{space}. The pump{space}runs.{space}Rest."
    plain = text.replace(space, " ")
    found = sentences(text, Span(0, len(text)))
    assert found == sentences(plain, Span(0, len(plain)))
    assert [span.of(text) for span in found[-2:]] == [f"The pump{space}runs.", "Rest."]


def test_sentences_count_from_the_start_of_the_document():
    text = "Title. First one. Second one."
    assert [span.of(text) for span in sentences(text, Span(7, len(text)))] == ["First one.", "Second one."]


def test_prose_gives_sentences_under_the_heading():
    assert seen("It is safe. Ask first.") == [
        (UnitKind.SENTENCE, "It is safe.", ("Risks",)),
        (UnitKind.SENTENCE, "Ask first.", ("Risks",)),
    ]


def test_list_items_of_one_list_share_its_number_and_a_second_list_has_another():
    found = units("- One\n- Two\nProse between them.\n- Three")
    assert [unit.list_number for unit in found] == [0, 0, -1, 1]


def test_items_under_a_label_have_it_in_their_path_and_as_their_group():
    text = "Common Risks:\n- Cold\n- Fog\nRare Risks:\n- Storm"
    found = units(text)
    assert [unit.kind for unit in found] == [UnitKind.LABEL, UnitKind.ITEM, UnitKind.ITEM, UnitKind.LABEL, UnitKind.ITEM]
    assert [unit.path for unit in found[1:3]] == [("Risks", "Common Risks")] * 2
    assert found[4].path == ("Risks", "Rare Risks")
    assert [unit.group for unit in found] == [None, 0, 0, None, 3]


def test_a_labelled_line_is_a_field_quoted_with_its_label():
    assert seen("- Common risks: Cold, fog") == [(UnitKind.FIELD, "Common risks: Cold, fog", ("Risks", "Common risks"))]


def test_nested_lists_build_up_the_path():
    text = "Pros and Cons:\n- In Hospital:\n  - Pros: Close monitoring.\n  - Cons: Slow.\n- At Home:\n  - Pros: Comfort."
    paths = [unit.path for unit in units(text) if unit.kind is UnitKind.FIELD]
    assert paths == [
        ("Risks", "Pros and Cons", "In Hospital", "Pros"),
        ("Risks", "Pros and Cons", "In Hospital", "Cons"),
        ("Risks", "Pros and Cons", "At Home", "Pros"),
    ]


def test_nesting_without_colons_also_counts():
    text = "- Oral tablets.\n  - Pros: Easy.\n- Hospital stay.\n  - Pros: Supervised."
    paths = [unit.path for unit in units(text) if unit.kind is UnitKind.FIELD]
    assert paths == [("Risks", "Oral tablets", "Pros"), ("Risks", "Hospital stay", "Pros")]


def test_a_sub_heading_collects_what_follows_until_the_next_one():
    text = "### Common\n\nCold water.\n\n### Rare\n\nStorm."
    assert [unit.path for unit in units(text) if unit.kind is UnitKind.SENTENCE] == [("Risks", "Common"), ("Risks", "Rare")]


def test_a_line_that_introduces_a_list_is_the_group_of_its_items():
    text = "People who may benefit from this service include all of those with:\n- One\n- Two"
    found = units(text)
    assert found[0].kind is UnitKind.LABEL
    assert [unit.group for unit in found[1:]] == [0, 0]


def test_prose_after_a_list_does_not_stand_under_the_lists_label():
    text = "Common Risks:\n\n- Cold\n- Fog\n\nAsk the crew before you board."
    assert units(text)[-1].path == ("Risks",)


def test_a_sentence_broken_over_lines_is_one_unit():
    text = "The ferry carries foot passengers and,\nwhere there is room, bicycles."
    assert [unit.span.of(text) for unit in units(text)] == [text]


def test_a_rule_is_no_unit():
    assert [unit.span.of("One is here.\n---\nTwo is here.") for unit in units("One is here.\n---\nTwo is here.")] == [
        "One is here.",
        "Two is here.",
    ]


def test_positions_continue_from_the_units_before():
    text = "Common:\n- Cold"
    lines = split_lines(text)
    reader = UnitReader(text, line_width(lines))
    before, found = reader.read(lines, 2, "Causes"), reader.read(lines, 3, "Risks")
    assert reader.units == [*before, *found]
    assert [unit.section for unit in found] == [3, 3]
    assert [unit.group for unit in reader.units] == [None, 0, None, 2]
    assert [unit.list_number for unit in reader.units] == [-1, 0, -1, 1]


def test_an_item_that_opens_a_nested_list_is_its_label_and_one_that_is_a_sentence_can_be_quoted():
    assert [(kind, text) for kind, text, _ in seen("- A helper, who may be\n  - a friend\n- It folds.\n  - in two\n")] == [
        (UnitKind.LABEL, "A helper, who may be"),
        (UnitKind.ITEM, "a friend"),
        (UnitKind.ITEM, "It folds."),
        (UnitKind.ITEM, "in two"),
    ]


def test_bullets_that_one_line_joins_are_of_one_depth():
    assert {path for _, _, path in seen("• Cold • Fog • Storm")} == {("Risks",)}


def test_fields_right_below_a_label_stand_under_it_until_a_list_or_text_ends_them():
    text = "By bus:\nPros: cheap\nCons: slow\nBy car:\nPros: fast\n- with a roof\nCons: dear"
    assert [unit.path[1:] for unit in units(text) if unit.kind is UnitKind.FIELD] == [
        ("By bus", "Pros"),
        ("By bus", "Cons"),
        ("By car", "Pros"),
        ("Cons",),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2.1 Units. One unit is an hour. Half counts.",
            [("Units", "2.1 Units. One unit is an hour."), ("Units", "Half counts.")],
        ),
        ("**Before.** Do not eat. Rest.", [("Before", "**Before.** Do not eat."), ("Before", "Rest.")]),
        ("LIMITS (by law). Two a year.", [("LIMITS (by law)", "LIMITS (by law). Two a year.")]),
        (
            "Rare. One in ten.\nCommon. Six in ten.\nSure. All.",
            [("Rare", "Rare. One in ten."), ("Common", "Common. Six in ten."), ("Sure", "Sure. All.")],
        ),
    ],
)
def test_a_title_that_runs_into_its_text_labels_it_and_is_no_sentence_of_its_own(text, expected):
    assert [(unit.path[-1], unit.span.of(text)) for unit in units(text)] == expected


def test_a_short_sentence_is_no_title():
    assert [text for _, text, _ in seen("Rest. Then drink water.\n3.1 It is kept for a year. Then it goes.")] == [
        "Rest.",
        "Then drink water.",
        "3.1 It is kept for a year.",
        "Then it goes.",
    ]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("**By bus** \u2014 For: cheap. Against: slow.", [("By bus", "For"), ("By bus", "Against")]),
        ("Berths: two. Tides: none. Fees: five. It is dear.", [("Berths",), ("Tides",), ("Fees",), ()]),
        ("*By bus* - For: cheap. Against: slow.", [("By bus", "For"), ("By bus", "Against")]),
        ("Pros: cheap. Cons: slow.\nPros: fast. Cons: dear.", [("Pros",), ("Cons",), ("Pros",), ("Cons",)]),
        ("**Tea.** Hot. **Milk.** Cold, in a cup. **Soup.** None.", [("Tea",), ("Milk",), ("Soup",)]),
        ("Mooring: by day. Reason: the tide is high.", [("Mooring",), ("Mooring", "Reason")]),
    ],
)
def test_labels_inside_a_labelled_line_label_their_own_sentences(text, paths):
    assert [unit.path[1:] for unit in units(text)] == paths


LONG = "What a few of them feel: a lasting sadness about the ferry, by fewer than one in every hundred"
CUT = "The rule of the harbour says that a passenger may not use the stairs of\nCaptain Miller without a lamp."


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("  good: light\n  bad: weak", 2),
        ("round the head: above the ears\nfront to nape: over the crown", 2),
        ("first line here\nsecond line here\nthird line here", 3),
        (f"{LONG}\nThe law forbids a harbour to use it. {LONG.replace(':', '')}, and no more than that is known of it.", 3),
        ("- Small kit\n  good: light\n  bad: weak", 3),
        ("- lamp\n- cable\nall of it grey", 3),
        (CUT, 1),
        ("The ferry carries\nfoot passengers alone.", 1),
        ("- a lamp that\n  is lit", 1),
    ],
)
def test_lines_are_one_unit_only_where_a_sentence_goes_on(text, count):
    assert len(units(text)) == count


def test_a_term_labels_its_definitions_and_the_colon_is_no_part_of_them():
    assert seen("Lamp\n: a light\n\nLong wave\n: a slow wave\n: a tide") == [
        (UnitKind.LABEL, "Lamp", ("Risks",)),
        (UnitKind.ITEM, "a light", ("Risks", "Lamp")),
        (UnitKind.LABEL, "Long wave", ("Risks",)),
        (UnitKind.ITEM, "a slow wave", ("Risks", "Long wave")),
        (UnitKind.ITEM, "a tide", ("Risks", "Long wave")),
    ]


@pytest.mark.parametrize("dots", [" .......... ", "....", " . . . . ", " ... ", " \u2026 "])
def test_rows_with_dots_between_label_and_value_are_fields(dots):
    text = f"Cable{dots}2 weeks\nBulb{dots}3 weeks, or less\nAsk us."
    assert seen(text) == [
        (UnitKind.FIELD, f"Cable{dots}2 weeks", ("Risks", "Cable")),
        (UnitKind.FIELD, f"Bulb{dots}3 weeks, or less", ("Risks", "Bulb")),
        (UnitKind.SENTENCE, "Ask us.", ("Risks",)),
    ]


def test_dots_in_one_line_of_prose_make_no_row():
    assert seen("The ferry ... and the bus.") == [(UnitKind.SENTENCE, "The ferry ... and the bus.", ("Risks",))]


def test_a_number_that_a_sentence_was_cut_before_is_part_of_it():
    text = "The ferry takes children without a ticket until the age of\n12. Older ones pay."
    assert [kind for kind, *_ in seen(text)] == [UnitKind.SENTENCE] * 2
    assert seen(text)[0][1].endswith("the age of\n12.")


def test_items_that_roman_numbers_count_are_one_list_under_its_label():
    text = "The boat has to have all of the following:\n(i) a mast;\n(ii) a rudder;\n(iii) two oars."
    assert [(unit.kind, unit.list_number, unit.group) for unit in units(text)[1:]] == [(UnitKind.ITEM, 0, 0)] * 3


@pytest.mark.parametrize("text", [" 9. A mast\n10. A rudder\n11. Two oars", "  i. A mast\n ii. A rudder\niii. Two oars"])
def test_items_whose_numbers_end_in_one_column_are_one_list(text):
    assert {(unit.list_number, unit.group) for unit in units(text)} == {(0, None)}


@pytest.mark.parametrize("steps", ["1. Apply\n2. Wait", "1. Apply\n\n2. Wait"])
@pytest.mark.parametrize("list_above", ["- a card\n- a boat", "   i. a card\n  ii. a boat"])
def test_a_counted_list_below_another_kind_of_list_is_one_of_its_own_under_no_label_of_that(list_above, steps):
    text = f"Guests need:\n{list_above}\n\n{steps}"
    assert [(unit.list_number, unit.path) for unit in units(text)[1:]] == [(0, ("Risks", "Guests need"))] * 2 + [(1, ("Risks",))] * 2


@pytest.mark.parametrize("text", ["Steps:\n1. Apply\n\n- by post\n\n2. Wait", "Steps:\n- Apply\n\n2. Wait\n\n- Go"])
def test_items_that_do_not_begin_to_count_are_of_the_list_above(text):
    assert {(unit.list_number, unit.path) for unit in units(text)[1:]} == {(0, ("Risks", "Steps"))}


@pytest.mark.parametrize("label", ["Rare (meets up to 1 in 1,000 guests at sea)", "Common (meets more than 1 in 10 guests)"])
def test_a_label_may_have_many_words_in_brackets(label):
    text = f"{label}:\n- Fog\n- Storm"
    assert [unit.path for unit in units(text)[1:]] == [("Risks", label)] * 2


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Rare:\nA low tide\n\nMost guests see none.", ("Risks",)),
        ("Rare:\nA low tide.\nMost guests see none.", ("Risks", "Rare")),
        ("Rare:\n\nA low tide.\n\nMost guests see none.", ("Risks", "Rare")),
    ],
)
def test_a_label_right_over_its_text_reaches_no_further_than_to_the_next_blank_line(text, path):
    assert units(text)[1].path == ("Risks", "Rare")
    assert units(text)[-1].path == path


def test_a_sentence_that_begins_in_a_line_after_another_goes_on_in_the_next_whatever_that_begins_with(parse):
    text = "Ferry for cars\n\nStorage\nChain them upright. The room must stay below\n125 degrees F. Do not lock it.\n\nFares\nFour coins.\n"
    found = [unit.span.of(text) for unit in parse(text).units]
    assert "The room must stay below\n125 degrees F." in found


@pytest.mark.parametrize("bold", ["**{}**", "__{}__"])
def test_a_bold_line_ends_what_another_bold_line_heads(bold):
    text = f"{bold.format('Bus')}\nFor: cheap. Against: slow.\n\n{bold.format('Boat')}\nFor:\n- fast\n\nAgainst:\n- dear\n"
    assert [path[1:] for kind, _, path in seen(text) if kind is not UnitKind.LABEL] == [
        ("Bus", "For"),
        ("Bus", "Against"),
        ("Boat", "For"),
        ("Boat", "Against"),
    ]


def test_an_item_of_few_words_heads_the_sentences_and_fields_set_in_below_it():
    steps = [
        "1. Board\n   Show the ticket.\n   Note: dogs wear a lead.",
        "2. Sit down\n   - at the stern",
        "3. Leave by the bridge.\n   Mind the step.",
    ]
    text = "\n".join(steps)
    assert [(words, path[1:]) for _, words, path in seen(text)] == [
        ("Board", ()),
        ("Show the ticket.", ("Board",)),
        ("Note: dogs wear a lead.", ("Board", "Note")),
        ("Sit down", ()),
        ("at the stern", ("Sit down",)),
        ("Leave by the bridge.", ()),
        ("Mind the step.", ()),
    ]


def test_a_label_closes_its_parentheses():
    assert seen("- Bus (for: cheap; against: slow)\n") == [(UnitKind.ITEM, "Bus (for: cheap; against: slow)", ("Risks",))]


@pytest.mark.parametrize("dash", ["-", "–", "—", "--"])
@pytest.mark.parametrize("mark", ["", "- ", "• "])
def test_dashes_set_off_labels_in_rows(mark, dash):
    rows = [("Often", "seasickness, a wet coat"), ("Seldom", "a storm"), ("Last of all", "shipwreck")]
    text = "".join(f"{mark}{label} {dash} {said}\n" for label, said in rows)
    assert [path[1:] for _, _, path in seen(text)] == [(label,) for label, _ in rows]


@pytest.mark.parametrize(
    "text", ["Often - a storm\n", "Home - Boats - Fares\nShips - Cars - Dogs\nNews - Jobs - Help\n", "Decks – two\nSeats\n"]
)
def test_a_dash_alone_or_among_links_sets_off_no_label(text):
    assert all(path == ("Risks",) for _, _, path in seen(text))
