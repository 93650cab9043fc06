import pytest

from assistant.headings import find_outline
from assistant.lines import split_lines
from assistant.shapes import heading_name, normal_name

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
LAYOUTS = {
    "dense": DENSE, "blank-separated": BLANK, "Markdown": MARKDOWN, "colons": COLONS, "text on the heading's line": SAME_LINE,
    "capitals": CAPITALS, "numbered": NUMBERED, "setext": SETEXT, "bold": BOLD,
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
