import pytest

from assistant.headings import find_outline
from assistant.shapes import heading_name, normal_name
from assistant.splitting import split_lines
from assistant.types import UnitKind

PATTERN = r"[A-Z]\d{4}"
TITLE = "Harbour ferry crossing, foot passengers only, one way"


def outline(text, known=()):
    return find_outline(text, split_lines(text), PATTERN, frozenset(known))


def names(text, known=()):
    return [heading.name for heading in outline(text, known).headings]


def title(text):
    position = outline(text).title
    return split_lines(text)[position].content.of(text)


WANTED = ["Summary", "Duration", "Risks and Complications", "Preparation"]
DENSE = f"""{TITLE}
Summary
The ferry carries foot passengers. It leaves every hour.
Duration
The crossing takes twelve minutes.
Risks and Complications
- Seasickness
- Delay by fog
Preparation
- Buy a ticket.
- Come early.
"""
BLANK = f"""{TITLE}

Summary

The ferry carries foot passengers. It leaves every hour.

Duration

The crossing takes twelve minutes.

Risks and Complications

  • Seasickness
  • Delay by fog

Preparation

  • Buy a ticket.
  • Come early.
"""
MARKDOWN = f"""# {TITLE}

## Summary

The ferry carries foot passengers. It leaves every hour.

## Duration

The crossing takes twelve minutes.

## Risks and Complications

- Seasickness
- Delay by fog

## Preparation

1. Buy a ticket.
2. Come early.
"""
COLONS = f"""{TITLE}

Summary:
The ferry carries foot passengers. It leaves every hour.

Duration:
The crossing takes twelve minutes.

Risks and Complications:
- Seasickness
- Delay by fog

Preparation:
- Buy a ticket.
- Come early.
"""
SAME_LINE = f"""{TITLE}

Summary: The ferry carries foot passengers. It leaves every hour.

Duration: The crossing takes twelve minutes.

Risks and Complications: Seasickness is common. Delay by fog is rare.

Preparation: Buy a ticket and come early.
"""
CAPITALS = DENSE.replace("Summary", "SUMMARY").replace("Duration", "DURATION")
CAPITALS = CAPITALS.replace("Risks and Complications", "RISKS AND COMPLICATIONS").replace("Preparation", "PREPARATION")
NUMBERED = f"""{TITLE}

1. Summary
The ferry carries foot passengers. It leaves every hour.

2. Duration
The crossing takes twelve minutes.

3. Risks and Complications
- Seasickness
- Delay by fog

4. Preparation
- Buy a ticket.
- Come early.
"""
SETEXT = f"""{TITLE}
=====

Summary
-------
The ferry carries foot passengers. It leaves every hour.

Duration
--------
The crossing takes twelve minutes.

Risks and Complications
-----------------------
- Seasickness
- Delay by fog

Preparation
-----------
- Buy a ticket.
- Come early.
"""
BOLD = f"""**{TITLE}**

**Summary**

The ferry carries foot passengers. It leaves every hour.

**Duration**

The crossing takes twelve minutes.

**Risks and Complications**

- Seasickness
- Delay by fog

**Preparation**

- Buy a ticket.
- Come early.
"""


def counted(*ordinals):
    """Return the numbered layout with other ordinals before its headings."""
    text = NUMBERED
    for number, ordinal in enumerate(ordinals, 1):
        text = text.replace(f"\n{number}. ", f"\n{ordinal} ")
    return text


CAPITALS_BRACKET = CAPITALS.replace("DURATION", "DURATION (by the captain)")
RUN_IN = SAME_LINE.replace("Summary:", "SUMMARY.").replace("Duration:", "DURATION.").replace("Preparation:", "PREPARATION.")
RUN_IN = RUN_IN.replace("Risks and Complications:", "RISKS AND COMPLICATIONS.")
LAYOUTS = {
    "dense": DENSE, "blank-separated": BLANK, "Markdown": MARKDOWN, "colons": COLONS, "text on the heading's line": SAME_LINE,
    "capitals": CAPITALS, "capitals run in": RUN_IN, "numbered": NUMBERED, "setext": SETEXT, "bold": BOLD,
    "Roman": counted("I.", "II.", "III.", "IV."), "letters": counted("A.", "B.", "C.", "D."),
    "brackets": counted("(1)", "(2)", "(3)", "(4)"), "decimals": counted("1.0", "2.0", "3.0", "4.0"),
    "one chapter": counted("7.1", "7.2", "7.3", "7.4"), "signs": counted("§ 1", "§ 2", "§ 3", "§ 4"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_layout_gives_the_same_headings(layout, ending):
    text = LAYOUTS[layout].replace("\n", ending)
    assert [name.casefold() for name in names(text)] == [name.casefold() for name in WANTED]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_title(layout):
    assert title(LAYOUTS[layout]).strip("*") == TITLE


def test_only_headings_with_text_on_their_line_say_so():
    assert all(heading.has_text for heading in outline(SAME_LINE).headings)
    assert not any(heading.has_text for heading in outline(COLONS).headings)


def test_a_heading_with_nothing_below_it_is_furniture():
    text = BLANK + "\nSimilar Codes\n"
    result = outline(text)
    assert [heading.name for heading in result.headings] == WANTED
    assert max(result.furniture) == len(split_lines(text)) - 1


def test_navigation_above_the_title_is_furniture():
    text = "Search all ferries\n\n" + BLANK
    result = outline(text)
    assert 0 in result.furniture
    assert title(text) == TITLE


def test_labels_inside_sections_are_not_headings():
    text = BLANK.replace("  • Seasickness\n  • Delay by fog", "Common Risks:\n\n  • Seasickness\n\nRare Risks:\n\n  • Delay by fog")
    assert names(text) == WANTED


def test_a_labelled_line_heads_a_section_where_other_documents_know_its_name():
    text = DENSE.replace("Preparation\n- Buy", "Fares: Two pounds.\nPreparation\n- Buy")
    assert "Fares" in names(text, {normal_name("Fares")})


def test_a_document_without_headings_has_none_and_does_not_fail():
    assert names("The ferry carries foot passengers. It leaves every hour.\nThe crossing takes twelve minutes.") == []


def test_heading_names_lose_numbering_markup_and_colon():
    for raw in ("## Risks", "**Risks:**", "2. Risks", "Risks:"):
        [line] = split_lines(raw)
        assert heading_name(line, raw) == "Risks"


def test_names_are_compared_by_stems_and_without_case():
    assert normal_name("Risks and Complications") == normal_name("RISK AND COMPLICATION")


ASKING = (
    "Chair rental\n\nOverview\n\nA chair is lent.\n\nAm I eligible?\n\n- You live here\n- You rent\n\nReturns\n\nBring it back in time.\n\n"
)
FAQ = "Members ask\n\nMay I paint it?\n\nNo, it is lent.\n\nCan I keep it?\n\nYes, for a fee.\n\nContact\n\nCall the office.\n"


def test_a_question_alone_over_its_answer_heads_a_section_and_those_right_under_a_heading_divide_it(parse):
    document = parse(ASKING + FAQ)
    heads = [section.heading for section in document.sections if section.body]
    assert heads == ["Title", "Overview", "Am I eligible?", "Returns", "Members ask", "Contact"]
    paths = {unit.span.of(document.text): unit.path for unit in document.units}
    assert paths["No, it is lent."] == ("Members ask", "May I paint it?")
    assert paths["Yes, for a fee."] == ("Members ask", "Can I keep it?")


def test_questions_without_answers_are_content(parse):
    asked = "Ask the office\n\nHow long is it lent?\n\nWho pays for it?\n\nWhere is it kept?\n"
    document = parse(ASKING + asked)
    said = [unit.span.of(document.text) for unit in document.units]
    assert [words for words in said if words.endswith("?")] == ["How long is it lent?", "Who pays for it?", "Where is it kept?"]


def test_a_question_under_a_mark_in_capitals_is_a_heading(parse):
    document = parse("Chair rental\n\nOVERVIEW\n\nA chair is lent.\n\nWHO MAY HAVE IT?\n\nAll may.\n\nRETURNS\n\nBring it back.\n")
    assert [section.heading for section in document.sections if section.body][1:] == ["OVERVIEW", "WHO MAY HAVE IT?", "RETURNS"]


@pytest.mark.parametrize(
    "ordinals", [("Part A.", "Part B.", "Part C.", "Part D."), ("Section 1:", "Section 2:", "Section 3:", "Section 4:")]
)
def test_a_division_keeps_its_name(ordinals):
    text = counted(*ordinals)
    assert names(text) == [f"{ordinal} {name}" for ordinal, name in zip(ordinals, WANTED, strict=True)]
    assert not any(heading.has_text for heading in outline(text).headings)


CLAUSES = f"""{TITLE}

1. Definition
1.1 The ferry carries foot passengers only.
1.2 It differs from the car ferry, which is slower.

2. Coverage

2.1 At least one of these must be shown:
- A ticket
- A pass

2.2 Dogs

Dogs travel free.

3. Steps

1. Buy a ticket.
2. Come early.
3. Board.

4. Records
The log is kept for a year.
"""


@pytest.mark.parametrize(
    "text", [CLAUSES, CLAUSES.replace("\n\n", "\n"), CLAUSES.replace("Definition", "DEFINITION").replace("1. ", "I. ", 1)]
)
def test_clauses_and_lists_under_numbered_headings_are_in_their_sections(parse, text):
    text = text.replace("I. DEFINITION", "1. DEFINITION")
    document = parse(text)
    said = {unit.span.of(text): unit.path for unit in document.units}
    assert [name.capitalize() for name in names(text)] == ["Definition", "Coverage", "Steps", "Records"]
    assert said["1.2 It differs from the car ferry, which is slower."][0].capitalize() == "Definition"
    assert said["A pass"][0] == "Coverage"
    assert said["Dogs travel free."] == ("Coverage", "Dogs")
    assert said["Come early."] == ("Steps",)


def test_a_numbered_list_with_text_between_its_items_heads_no_sections():
    steps = "Preparation\n\n1. Buy a ticket\n   - at the office\n2. Come early\n   - by bus\n3. Board\n   - with the dog\n"
    assert names(BLANK[: BLANK.index("Preparation")] + steps) == WANTED


def test_bold_lines_in_one_section_head_no_sections():
    assert names(BLANK + "\n**Food**\n\n- Bread\n\n**Money**\n\n- Coins\n\n**Coat**\n\n- Wool\n") == WANTED


FORMS = """Harbour ferry

Boat

Deck: open, with forty seats.
Engine: diesel, quiet.
Crew: two.
Speed: nine knots.

Fares and Passes

Single: two pounds.
Return: three pounds.
Week: ten pounds.
Child: free.

Complaints

By letter: to the office.
By phone: until six.
Reply: in a week.
"""


@pytest.mark.parametrize(
    "text", [FORMS, FORMS.replace(".\n", ".\n\n"), FORMS.replace("\n\nDeck", "\nDeck").replace("\n\nSingle", "\nSingle")]
)
def test_fields_under_plain_headings_are_fields_of_their_sections(parse, text):
    assert names(text) == ["Boat", "Fares and Passes", "Complaints"]
    assert ("Fares and Passes", "Child") in {unit.path for unit in parse(text).units}


def test_fields_in_a_row_under_headings_with_a_colon_head_no_section():
    text = COLONS.replace("The crossing takes twelve minutes.", "By day: twelve minutes.\nBy night: twenty minutes.")
    assert names(text) == WANTED


def test_a_question_over_an_introducing_line_heads_a_section():
    text = BLANK + "\nWhat does it cost to start?\nYou pay for:\n- a ticket\n- a pass\n"
    assert names(text) == [*WANTED, "What does it cost to start?"]


def test_a_long_question_heads_a_section():
    asked = "What do I do if the ferry is late and nobody answers the telephone?"
    assert names(f"{BLANK}\n{asked}\n\nWait on the pier.\n") == [*WANTED, asked]


def test_questions_under_a_second_title_head_sections():
    asked = ["What is it for?", "How long is it lent?", "Who may have it?"]
    sections = "\n\n".join(f"{one}\nIt is lent to all who live here. Ask the office." for one in asked)
    assert names(f"{TITLE}\n\nYour crossing by ferry\n\n{sections}\n")[-3:] == asked


@pytest.mark.parametrize("known", [(), ("Common", "Rare", "Preparation")])
def test_short_lines_over_lists_divide_the_section_that_has_nothing_else_above_them(parse, known):
    text = BLANK.replace("  • Seasickness\n  • Delay by fog", "Common\n\n- Seasickness\n\nRare\n\n- Fog")
    text = text.replace("  • Buy a ticket.\n  • Come early.", "Buy a ticket.")
    assert names(text, {normal_name(name) for name in known}) == WANTED
    said = {unit.span.of(text): unit.path for unit in parse(text).units}
    assert said["Seasickness"] == ("Risks and Complications", "Common")
    assert said["Fog"] == ("Risks and Complications", "Rare")


def test_a_line_without_a_colon_over_a_list_labels_it_in_a_marked_section(parse):
    text = MARKDOWN.replace("- Seasickness\n- Delay", "Common\n\n- Seasickness\n\nRare\n\n- Delay")
    assert {unit.span.of(text): unit.path for unit in parse(text).units}["Delay by fog"] == ("Risks and Complications", "Rare")


@pytest.mark.parametrize("top", ["HARBOUR BULLETIN 27\n\n", "HARBOUR BULLETIN 27\nIssued 1 March\n\n"])
def test_a_line_that_names_the_code_is_the_title_below_a_bulletin_line(parse, top):
    document = parse(top + BLANK.replace(TITLE, "Water crossing on foot (F1001)"))
    assert (document.codes, document.title_text) == (("F1001",), "Water crossing on foot (F1001)")


def test_a_title_with_a_colon_is_the_title_over_numbered_sections():
    assert title(CLAUSES.replace(TITLE, "Policy F-14: harbour ferry")) == "Policy F-14: harbour ferry"


def test_one_marked_heading_below_the_title_is_a_section():
    assert names(f"# {TITLE}\n\nIt floats.\n\n## Summary\n\nThe ferry runs.\n") == ["Summary"]


def test_a_line_of_mere_codes_heads_nothing(parse):
    document = parse(CAPITALS.replace("SUMMARY", "NAME\nHarbour crossing\nHCPCS CODE F1001\nSUMMARY"))
    assert [section.heading for section in document.sections if section.body][1:] == ["NAME", *map(str.upper, WANTED)]
    assert document.codes == ("F1001",)


def test_a_masthead_marked_as_the_title_below_it_heads_no_section(parse):
    text = "Larch Harbor\n============\n\n# Ferry crossing F1001\n\n## Boats\nTwo boats.\n\n## Tides\nTwo a day.\n\n## Fog\nWait.\n"
    document = parse(text)
    assert document.title_text == "Ferry crossing F1001"
    assert [section.heading for section in document.sections][-3:] == ["Boats", "Tides", "Fog"]


def test_a_remark_in_brackets_leaves_a_heading_in_capitals_one():
    assert names(CAPITALS_BRACKET)[1] == "DURATION (by the captain)"


def test_a_short_line_below_lines_set_in_labels_those_that_are_set_in_below_it(parse):
    text = MARKDOWN.replace("- Seasickness\n- Delay by fog", "Mate\n  steers the ship, and\n  rings the bell\nCook\n  makes the soup")
    assert {unit.span.of(text): unit.path for unit in parse(text).units}["makes the soup"] == ("Risks and Complications", "Cook")


def test_rows_of_dots_and_terms_of_definitions_head_no_section():
    rows = "\nWaiting\n\nCable .......... 2 weeks\nBulb ........... 3 weeks\nLamp ........... 1 week\n"
    terms = "\nTerms\n\nMate\n: steers the ship\n\nCook\n: makes the soup\n\nBell\n: rings\n"
    assert names(BLANK + rows + terms) == [*WANTED, "Waiting", "Terms"]


MIXED = (
    f"{TITLE}\n\nWho may go?\nAll may go.\n\nHow long is it?\nAn hour.\n\nIs it cold?\nIn winter it is.\n\nTHE DAY BEFORE\nBuy a ticket.\n"
)
MIXED += "\nTHE DAY ITSELF\nCome early.\n\nPeople with dogs\nDogs stay below.\n\nAfterwards\nGo home.\n"
MIXED += "\nRULES\nNo fires.\n\nWhat is sold?\nTea is.\n"


def test_capitals_head_sections_beside_plain_headings_that_stand_as_they_do():
    wanted = [
        "Who may go?",
        "How long is it?",
        "Is it cold?",
        "THE DAY BEFORE",
        "THE DAY ITSELF",
        "People with dogs",
        "Afterwards",
        "RULES",
    ]
    assert names(MIXED) == [*wanted, "What is sold?"]
    assert names(MIXED.replace(TITLE, "HARBOUR FERRY CROSSING")) == [*wanted, "What is sold?"]


def test_capitals_right_below_a_plain_heading_label_parts_of_its_section(parse):
    text = MIXED.replace("Go home.", "MORNING\nGo home.\nEVENING\nRest.").replace("THE DAY BEFORE", "Before").replace("RULES", "Rules")
    assert {unit.span.of(text): unit.path for unit in parse(text).units}["Rest."] == ("Afterwards", "EVENING")


def test_a_label_between_lists_heads_no_section_where_headings_are_set_apart():
    text = BLANK.replace("  • Delay by fog", "  • Delay by fog\nLast winter:\n  • Ice")
    assert names(text) == WANTED


@pytest.mark.parametrize("line", ["Ear pain on the way down: swallow, and drink. It passes.", "Ferry desk, ground floor: 555-0181"])
def test_a_sentence_and_a_number_to_call_after_a_colon_head_no_section(line):
    assert names(f"{COLONS}\n{line}\n") == WANTED


def test_names_below_the_closing_words_of_a_letter_head_no_section(parse):
    text = BLANK + "\nYours truly,\n\nAnn Miller\nFerry desk\n"
    assert names(text) == WANTED
    assert "Ann Miller" in {unit.span.of(text) for unit in parse(text).units}


def test_a_short_line_over_two_labels_heads_what_stands_under_both(parse):
    boats = "Small boat\n\nPros\n\n- cheap\n\nCons\n\n- slow\n\nLarge boat\n\nPros\n\n- fast\n\nCons\n\n- dear"
    text = MARKDOWN.replace("- Seasickness\n- Delay by fog", boats)
    said = {unit.span.of(text): unit.path[1:] for unit in parse(text).units}
    assert (said["slow"], said["fast"]) == (("Small boat", "Cons"), ("Large boat", "Pros"))


@pytest.mark.parametrize("last", ["Ask Ann. Phone: 555-0181", "Ask HR. Room 12"])
@pytest.mark.parametrize("layout", ["blank-separated", "bold"])
def test_a_line_in_which_a_sentence_ends_is_no_heading(layout, last):
    mark = "**" if layout == "bold" else ""
    assert names(f"{LAYOUTS[layout]}\n{mark}Contact{mark}\n\n{last}\n") == [*WANTED, "Contact"]


@pytest.mark.parametrize("name", ["Dr. Miller", "Max. Dose", "Too late? What counts", "Vitamin C. Use"])
def test_an_abbreviation_and_a_question_may_stand_in_a_heading(name):
    assert names(f"{BLANK}\n{name}\n\nRead the leaflet.\n") == [*WANTED, name]


@pytest.mark.parametrize(
    "caption",
    ["## Fare codes\n| Fare | Price |\n|---|---|\n| A1 | 2 |", "## Fare codes\n\nAny of those on the ticket", "## Fare codes\n\nDay: A1"],
)
def test_a_marked_heading_that_ends_in_codes_heads_what_is_below_it(caption):
    assert names(f"# Harbour ferry\n\n## Crew\n\nTwo sailors.\n\n{caption}\n\n## Fog\n\nIt waits.\n") == ["Crew", "Fare codes", "Fog"]


def test_the_last_of_numbered_lines_with_their_text_beside_them_heads_a_section_too():
    text = "HARBOUR FERRY, F1001\n\n1. CREW: Two sailors.\n\n2. FARE: Nine dollars.\n\n3. FOG: None.\n\n4. LIFEBOATS: One on each side.\n"
    assert names(text) == ["CREW", "FARE", "FOG", "LIFEBOATS"]


MERE_NUMBERS = """HARBOUR FERRY CARD
Code: E0100
Owner: the pier office

1 What it is
  1.1 In short
      A boat that takes cars across the water.
  1.2 Kinds
      - the large one
      - the small one

2 Fares
  Adults: four coins
  Children: one coin

3 Money back
  3.1 Late boats
      Half the fare after one hour.
"""


def test_mere_numbers_that_count_from_one_head_sections_and_are_no_part_of_their_names(parse):
    document = parse(MERE_NUMBERS)
    said = {unit.span.of(MERE_NUMBERS): unit.path for unit in document.units}
    assert names(MERE_NUMBERS) == ["What it is", "Fares", "Money back"]
    assert said["the small one"] == ("What it is", "Kinds")
    assert said["Adults: four coins"] == ("Fares", "Adults")
    assert said["Half the fare after one hour."] == ("Money back", "Late boats")


def test_mere_numbers_that_do_not_count_from_one_head_nothing():
    text = MERE_NUMBERS.replace("1 What", "12 What").replace("2 Fares", "14 Fares").replace("3 Money", "16 Money")
    assert "Fares" not in names(text)
    assert "12 What it is" in text


def test_a_list_that_begins_beside_the_mark_of_an_answer_is_whole(parse):
    text = "Ferry questions\n\nQ: What may I bring?\nA: - A dog\n   - A bicycle\n\nQ: What if it is late?\nA: Rarely: half the fare back.\n"
    document = parse(text)
    found = [(unit.kind, unit.span.of(text)) for unit in document.units if unit.section == 1]
    assert found == [(UnitKind.ITEM, "A dog"), (UnitKind.ITEM, "A bicycle")]
    assert document.units[-1].path[-1] == "Rarely"


@pytest.mark.parametrize("mark", ["**{}**", "{}"])
def test_a_heading_that_names_the_code_below_a_letterhead_is_the_title(mark):
    heading = mark.format("Passenger crossing by ferry (E0100)")
    text = f"{mark.format('HARBOUR LINES')}\n\n{heading}\n\nFor new crews. Written by the pilot.\n\n" + "\n\n".join(
        f"{mark.format(name)}\n\nIt takes {n} minutes. It is never late.\n"
        for n, name in enumerate(("What we do", "Boarding", "On the way"), 2)
    )
    assert title(text) == heading
    assert names(text) == ["What we do", "Boarding", "On the way"]


def test_where_only_a_form_stands_above_the_sections_the_field_that_names_the_service_is_the_title(parse):
    text = (
        "=====\nHARBOUR  |  Card  |  41-C\n=====\nCode: E0100\nShort name: Passenger crossing by ferry\nUnit: 1 crossing\n\n"
        + MERE_NUMBERS[MERE_NUMBERS.index("1 What") :].replace("A boat", "A ferry for each passenger crossing")
    )
    document = parse(text)
    assert document.title.of(text) == "Passenger crossing by ferry"
    assert document.codes == ("E0100",)


def test_a_bold_heading_may_have_more_words_than_another():
    long = "Things that go wrong, and how often we saw them last year"
    sections = [f"**{name}**\n\nIt is so. It was so.\n" for name in ("Boarding", long, "Money")]
    assert names("Harbour ferry\n\n" + "\n".join(sections)) == ["Boarding", long, "Money"]


LETTER = """HARBOUR TRUST

PO Box 4, The Pier

Date: May 12

To: All pilots

Re: Passenger crossings by ferry, code E0100

Dear colleague:

We get many calls. This letter answers them.

1. What the code is. E0100 stands for one crossing. It is paid daily.

2. Who may cross. We accept those who have one of these:

(a) a ticket;

(b) a pass.

3. Records. The log is kept for a year. Late entries are void.

4. Money back.

(a) Half the fare after one hour.

Yours,

The harbour
"""


def test_a_letter_is_titled_by_its_subject_and_its_counted_paragraphs_are_sections(parse):
    document = parse(LETTER)
    said = {unit.span.of(LETTER): unit.path for unit in document.units}
    assert document.title.of(LETTER) == "Passenger crossings by ferry, code E0100"
    assert document.codes == ("E0100",)
    assert names(LETTER) == ["What the code is", "Who may cross", "Records", "Money back"]
    assert said["E0100 stands for one crossing."] == ("What the code is",)
    assert said["a pass."][0] == "Who may cross"
    assert said["Late entries are void."] == ("Records",)


def test_counted_sentences_are_a_list_and_no_sections():
    text = "Boarding\n\nDo this.\n\n1. Buy a ticket.\n\n2. Come early. Bring a coat.\n\n3. Board.\n\nFares\n\nTwo coins. No more.\n"
    assert "Buy a ticket" not in names(text)


def test_topics_after_the_same_word_head_sections():
    text = "Ferry mail\n\nHello,\n\n" + "\n".join(f"Re: {topic}\nIt is so. It was so.\n" for topic in ("fares", "dogs", "fog at night"))
    assert names(text) == ["fares", "dogs", "fog at night"]


def test_a_short_line_over_a_table_is_its_caption(parse):
    text = "# Ferry\n\n## Fares\n\nTable 1. What each passenger pays\n\n| Who | Fare |\n|---|---|\n| Adult | four |\n\n## Dogs\n\nFree.\n"
    kinds = {unit.span.of(text): unit.kind for unit in parse(text).units}
    assert kinds["Table 1. What each passenger pays"] is UnitKind.LABEL


def test_the_lines_of_a_letters_head_are_no_sections_where_headings_are_in_capitals(parse):
    text = (
        "HARBOUR BUREAU\nTO:    All pilots\nFROM:  The bureau\nDATE:  July 11\nRE:    E0100 - Passenger crossing by ferry\n\n"
        + "\n".join(
            f"{name}\nIt is so. The passenger crossing was so.\n"
            for name in ("BACKGROUND", "COVERED DAYS", "STAFF AND TEACHING", "RECORDS")
        )
    )
    assert names(text) == ["BACKGROUND", "COVERED DAYS", "STAFF AND TEACHING", "RECORDS"]
    assert parse(text).codes == ("E0100",)
    assert parse(text).title.of(text) == "E0100 - Passenger crossing by ferry"


@pytest.mark.parametrize("run_in", ["{}.", "**{}.**", "**{}**."])
def test_labels_that_a_full_stop_closes_head_sections_where_others_run_into_their_text(run_in):
    wanted = ["SERVICE", "WHO MAY BOARD", "BOOKING", "ON THE DAY", "FARES"]
    texts = [
        " Ferry, one way.",
        " All who have a ticket. Dogs too.",
        "\n\n- by letter\n- by phone",
        "\n\n1. Come early.\n2. Board.",
        " Two pounds.",
    ]
    paragraphs = [run_in.format(name) + text for name, text in zip(wanted, texts, strict=True)]
    assert names("# Ferry crossings\n\n" + "\n\n".join(paragraphs)) == wanted


def test_a_short_sentence_in_capitals_is_no_heading_where_no_label_runs_into_its_text():
    assert names(f"{BLANK}\nNO SMOKING.\n\nThe crew watches.\n") == WANTED


def test_the_mark_of_the_first_line_is_the_titles_whatever_its_colon_says():
    text = "# FERRY BULLETIN 7: CROSSINGS\n\nFARES. Two pounds.\n\nDOGS. They travel free.\n\nBOOKING. By letter.\n\nBOATS. Two of them.\n"
    assert (title(text), names(text)) == ("FERRY BULLETIN 7: CROSSINGS", ["FARES", "DOGS", "BOOKING", "BOATS"])


@pytest.mark.parametrize("office", ["# Harbour office", "Harbour office\n=============="])
def test_the_last_of_marks_right_over_one_another_is_the_title(office):
    text = f"{office}\n\n# {TITLE}\n\nFor all who cross.\n\n## 1. Boats\n\nTwo.\n\n## 2. Fares\n\nNine dollars.\n"
    assert (title(text), names(text)) == (TITLE, ["Boats", "Fares"])


@pytest.mark.parametrize("drawn", ["{} ---", "{} –", "--- {} ---", "== {} ==", "{} ==="])
def test_lines_drawn_around_a_heading_are_no_part_of_its_name(drawn):
    text = f"{TITLE}\n\n" + "".join(f"{drawn.format(name)}\nIt is so. It was so.\n\n" for name in WANTED)
    assert names(text) == WANTED


def test_a_name_after_its_code_on_the_first_line_is_the_title_where_labels_rule():
    text = "F1001: Harbour ferry\n\nBoats: two.\n\nFares: nine dollars.\n\nDogs: none.\n"
    assert (title(text), names(text)) == ("F1001: Harbour ferry", ["Boats", "Fares", "Dogs"])


def test_a_caption_over_a_form_is_no_heading():
    text = f"{TITLE}\n\nHCPCS code\n\nName of the Service: Ferry\n\nSpoken of as: crossing\n\n{BLANK[BLANK.index('Summary') :]}"
    assert names(text) == WANTED


@pytest.mark.parametrize("line", ["Fare – two pounds", "Fare - two pounds"])
def test_a_line_that_says_all_beside_a_dash_is_no_heading_and_is_not_lost(parse, line):
    text = f"{TITLE}\n\nBoats\nThere are two.\n\n{line}\n\nDogs\n- on a lead\n\nCrew\nTwo sailors.\n"
    document = parse(text)
    assert names(text) == ["Boats", "Dogs", "Crew"]
    assert {unit.span.of(text): unit.path for unit in document.units}[line] == ("Boats",)


def test_a_word_of_three_capitals_heads_a_section_where_capitals_rule():
    text = CAPITALS + "\nWHO\nAll who have a ticket. Dogs too.\n\nFAQ\nMay dogs come? They may.\n"
    assert names(text)[-2:] == ["WHO", "FAQ"]
