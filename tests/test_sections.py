import re

import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from assistant.chunking import candidates_of, chunk_document
from assistant.documents import Refusal, read_bytes
from assistant.sections import parse_corpus
from assistant.types import SectionKind, UnitKind

visible = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
heading = st.sampled_from(
    ["Summary", "Duration", "Risks and Complications", "SETTING", "## Recovery", "### Rare", "3. Personnel", "**Benefits**"]
)
label = st.sampled_from(
    ["Common Risks:", "Goals/Outcomes:", "**Rare:**", "Anesthesia or Sedation: Not required.", "Code: S1234", "Name(s): x"]
)
item = st.sampled_from(
    ["- one", "  • two (e.g. this)", "\t* three: four.", "1. five", "    - Cons: six", "• a • b • c", "(2) seven", "–eight"]
)
prose = st.sampled_from(
    ["It takes 1.5 hours. It may take two!", "broken off,", "and continued here.", "Söme “ünïcode” – 日本語。", "S9357 (not S9330)"]
)
clutter = st.sampled_from(
    ["", "", "   ", "---", "====", "--- remark", "Home | Codes | Search", "© 2024", "HCPCS code", "Similar Codes", "\x0c", "\u2028"]
)
line = st.one_of(heading, label, item, prose, clutter, visible)


@st.composite
def texts(draw):
    lines = draw(st.lists(line, min_size=1, max_size=25))
    ends = draw(st.lists(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]), min_size=len(lines), max_size=len(lines)))
    return "".join(a + b for pair in zip(lines, ends, strict=True) for a, b in [pair])


messy = st.one_of(texts(), st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
many = example_settings(deadline=None, max_examples=150)


def parsed(settings, *given_texts):
    found = [read_bytes(f"{i}.txt", text.encode("utf-8"), settings) for i, text in enumerate(given_texts)]
    return parse_corpus([source for one in found if not isinstance(one, Refusal) for source in one], settings)


@many
@given(text=messy)
def test_sections_cover_any_text_without_gap_or_overlap(settings, text):
    for document in parsed(settings, text):
        assert "".join(section.span.of(document.text) for section in document.sections) == document.text
        assert all(section.body is None or section.span.contains(section.body) for section in document.sections)
        assert document.title.of(document.text).strip()


@many
@given(text=messy)
def test_units_of_any_text_are_ordered_apart_and_inside_their_sections(settings, text):
    for document in parsed(settings, text):
        for before, after in zip(document.units, document.units[1:], strict=False):
            assert before.span.end <= after.span.start
        for number, unit in enumerate(document.units):
            section = document.sections[unit.section]
            assert section.kind is not SectionKind.FURNITURE
            assert section.body is not None
            assert section.body.contains(unit.span)
            assert unit.path[0] == section.heading
            assert unit.group is None or unit.group < number
            assert unit.span.of(document.text) == unit.span.of(document.text).strip()


@many
@given(text=messy)
def test_no_word_under_a_heading_of_any_text_is_lost(settings, text):
    for document in parsed(settings, text):
        covered = {i for unit in document.units for i in range(unit.span.start, unit.span.end)}
        for section in document.sections:
            if section.kind is not SectionKind.FURNITURE and section.body is not None:
                for word in re.finditer(r"[^\W\d_]{2,}", section.body.of(document.text)):
                    assert section.body.start + word.start() in covered


@many
@given(text=messy)
def test_chunks_and_candidates_of_any_text_are_slices_inside_one_section(settings, text):
    for document in parsed(settings, text):
        chunks, candidates = chunk_document(document, 16), candidates_of(document)
        for chunk in chunks:
            assert document.sections[chunk.section].span.contains(chunk.span)
            assert {document.units[i].section for i in range(*chunk.units)} == {chunk.section}
        for candidate in candidates:
            assert document.sections[candidate.section].span.contains(candidate.span(document))
            assert candidate.path(document)[0] == document.sections[candidate.section].heading
        assert [i for chunk in chunks for i in range(*chunk.units)] == list(range(len(document.units)))


@many
@given(first=messy, second=messy)
def test_parsing_twice_gives_equal_documents_and_unique_ids(settings, first, second):
    documents = parsed(settings, first, second)
    assert documents == parsed(settings, first, second)
    ids = [chunk.id for document in documents for chunk in chunk_document(document, 16)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("code", "count"), [("S9338", 16), ("S9357", 16), ("S9330", 16), ("S9327", 14), ("S9336", 14)])
def test_the_shipped_documents_have_as_many_sections_as_a_reader_counts(documents, code, count):
    assert sum(section.kind is SectionKind.BODY for section in documents[code].sections) == count


def test_each_shipped_document_describes_its_one_code(documents):
    assert sorted(documents) == ["S9327", "S9330", "S9336", "S9338", "S9357"]
    assert all(document.codes == (code,) and document.id.startswith(code) for code, document in documents.items())


def test_a_shipped_heading_with_its_text_on_the_same_line_is_a_section(documents):
    document = documents["S9357"]
    [section] = [s for s in document.sections if s.heading == "Anesthesia or Sedation"]
    assert section.body.of(document.text) == "Anesthesia or Sedation: Not typically required."


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("Risks and Complications", "Rare Risks"), "Line sepsis or systemic infection."),
        (
            ("Alternatives", "Pros and Cons", "In-Hospital", "Cons"),
            "Cons: More time-consuming, higher risk of hospital-acquired infections.",
        ),
        (("Alternatives", "Pros and Cons", "Oral Chemotherapy", "Pros"), "Pros: Convenience, no need for infusion."),
        (("Procedure Description", "Infusion Process"), "Continuous delivery of chemotherapy over a 24-hour period or more."),
    ],
)
def test_a_shipped_unit_stands_under_all_its_labels(documents, path, text):
    document = documents["S9330"]
    assert (path, text) in {(unit.path, unit.span.of(document.text)) for unit in document.units}


def test_shipped_page_clutter_is_furniture_and_in_no_unit(documents):
    clutter = [
        "Search all medical codes", "Similar Codes", "Medical Policies and Guidelines for", "Related policies from health plans",
        "This concise markdown document",
    ]  # fmt: skip
    found = set()
    for document in documents.values():
        for words in clutter:
            for match in re.finditer(words, document.text):
                found.add(words)
                [section] = [s for s in document.sections if s.span.start <= match.start() < s.span.end]
                assert section.kind is SectionKind.FURNITURE
                assert not any(unit.span.start < match.end() and match.start() < unit.span.end for unit in document.units)
    assert found == set(clutter)


def test_shipped_titles_are_the_official_descriptors(documents):
    ends = {"S9327": "(drugs and nursing visits coded separately)..."}
    for code, document in documents.items():
        assert document.title_text.startswith("Home infusion therapy, ")
        assert "administrative services, professional pharmacy services, care coordination" in document.title_text
        assert document.title_text.endswith(ends.get(code, "(drugs and nursing visits coded separately), per diem"))
        assert "\n" not in document.title_text


HEAD = "Harbour ferry crossing, foot passengers only, one way"
BODY = (
    "\n\nSummary\n\nThe ferry carries foot passengers.\n\nDuration\n\nThe crossing takes twelve minutes.\n\nRisks\n\nSeasickness and fog.\n"
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{HEAD}\n\nHCPCS Code: F1001{BODY}", "ferry.txt"),
        (f"{HEAD} (F1001){BODY}", "ferry.txt"),
        (f"{HEAD}{BODY}", "F1001-ferry.txt"),
        (f"{HEAD}\n\n**HCPCS Code:** F1001 (not F1002){BODY}", "ferry.md"),
        (f"Home | Codes | F-codes\n\n{HEAD}\n\nCode: f1001{BODY}", "ferry.txt"),
    ],
)
def test_the_code_is_found_wherever_the_document_names_it(parse, text, name):
    assert parse(text, name).codes == ("F1001",)


def test_a_field_may_name_several_codes(parse):
    assert parse(f"{HEAD}\n\nHCPCS Codes: F1001, F1002 and F1003{BODY}").codes == ("F1001", "F1002", "F1003")


def test_a_code_that_the_text_only_mentions_is_not_described(parse):
    text = f"{HEAD}\n\nCode: F1001{BODY}\nAlternatives\n\nA tour with a guide is coded L2002 instead.\n"
    assert parse(text).codes == ("F1001",)


def test_a_document_without_a_code_is_labelled_by_its_title(parse):
    document = parse(HEAD + BODY)
    assert document.codes == ()
    assert document.label == HEAD


def test_windows_line_ends_and_a_byte_order_mark_change_offsets_but_no_words(parse, settings):
    text = HEAD + BODY
    plain = parse(text)
    (source,) = read_bytes("document.txt", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), settings)
    [windows] = parse_corpus([source], settings)
    assert not windows.text.startswith("\ufeff")
    assert [section.heading for section in windows.sections] == [section.heading for section in plain.sections]
    assert [unit.span.of(windows.text) for unit in windows.units] == [unit.span.of(plain.text) for unit in plain.units]


def test_a_heading_known_from_other_documents_is_a_section_here_too(settings):
    other = f"{HEAD}{BODY}\nFares\n\nTwo pounds.\n"
    dense = f"{HEAD}\nSummary\nThe ferry runs.\nDuration\nTwelve minutes at most.\nFares: Three pounds.\nRisks\nFog is rare.\n"
    documents = parsed(settings, other, dense)
    assert "Fares" in [section.heading for section in documents[1].sections]


ORDERS = f"{HEAD}{BODY}\nOrder\n\nBy letter. The order stays open.\n\nCommon\n\nGrass.\n\nRare\n\nOrchids.\n"


def test_a_line_of_a_form_is_no_section_because_other_documents_have_one_of_its_name(settings):
    form = f"{HEAD}{BODY}\nPapers\n\nA file is kept.\nOrder: signed by the master.\nNotes: from the last trip.\n\nFood\n\nBread.\n"
    document = parsed(settings, ORDERS, form)[1]
    assert [section.heading for section in document.sections if section.body][1:] == ["Summary", "Duration", "Risks", "Papers", "Food"]
    assert ("Papers", "Order") in {unit.path for unit in document.units}


def test_lines_that_divide_a_section_stay_in_it_whatever_other_documents_have_under_their_names(settings):
    divided = f"{HEAD}{BODY}\nPlants\n\nCommon\n\n- Clover\n\nRare\n\n- Iris\n\nFood\n\nBread is sold.\n"
    document = parsed(settings, ORDERS, divided)[1]
    assert [section.heading for section in document.sections if section.body][4:] == ["Plants", "Food"]
    assert {unit.span.of(document.text): unit.path for unit in document.units}["Iris"] == ("Plants", "Rare")


def test_a_text_of_one_word_is_a_document(parse):
    document = parse("Ferry")
    assert document.title_text == "Ferry"
    assert [unit.kind for unit in document.units] == [UnitKind.SENTENCE]


def test_lines_are_counted_from_one(documents):
    document = documents["S9357"]
    assert document.line_of(0) == 1
    assert document.line_of(document.text.index("Summary")) == document.text[: document.text.index("Summary")].count("\n") + 1


BOXED = "# Chair lift\n\nCode: K0001\n\n## Use\n\nAt home.\n\n## Cost\n\nNone.\n\n"


@pytest.mark.parametrize(
    "box",
    [
        "## Similar codes\n\n- K0002 Chair, wide\n- K0003 - Chair, light\n",
        "## See also\n\nChair, wide (K0002)\n\nChair, light; per day (K0003)\n",
        "## Related codes\n\nK0002\n\n## See also\n\nK0003: Chair, light\n",
    ],
)
def test_a_closing_box_of_neighbouring_codes_is_furniture(parse, box):
    document = parse(BOXED + box)
    assert document.codes == ("K0001",)
    assert [section.heading for section in document.sections if section.body] == ["Title", "Use", "Cost"]
    assert not any("K0003" in unit.span.of(document.text) or "K0002" in unit.span.of(document.text) for unit in document.units)
    assert "".join(section.span.of(document.text) for section in document.sections) == document.text


@pytest.mark.parametrize(
    "kept",
    [
        "## Similar codes\n\n- K0002 is billed when the chair is wide\n",
        "## Not covered\n\n- K0002 Chair, wide\n",
        "## Similar codes\n\nK0001 Chair lift\n",
        "## See also\n\nThe note on renting.\n",
        "## Similar codes\n\n- K0002 Chair, wide\n\n## Contact\n\nCall us.\n",
    ],
)
def test_what_a_section_says_of_other_codes_is_content(parse, kept):
    heading = kept.split("\n", 1)[0].removeprefix("## ")
    assert heading in [section.heading for section in parse(BOXED + kept).sections if section.body]


@pytest.mark.parametrize("heading", ["Dress code", "Zip codes", "Copyright and licensing", "Copyright permission"])
@pytest.mark.parametrize("mark", ["## ", ""])
def test_a_heading_over_text_is_none_of_the_captions_and_notices_of_a_page(parse, heading, mark):
    document = parse(
        f"# Ferry\n\n{mark}Times\nIt leaves at nine.\n\n{mark}{heading}\nAsk the crew for it.\n\n{mark}Boats\nThere are two.\n"
    )
    assert [section.heading for section in document.sections if section.body] == ["Title", "Times", heading, "Boats"]


@pytest.mark.parametrize("notice", ["(c) 2024 Ferry Ltd. All rights reserved.", "Copyright (c) Ferry Ltd.", "© Ferry Ltd.", "HCPCS code"])
def test_below_a_line_of_the_page_the_section_that_it_interrupts_goes_on(parse, notice):
    document = parse(f"# Ferry\n\n## Times\n\nIt leaves at nine.\n\n{notice}\n\nFrom the pier\n\n## Boats\n\nThere are two.\n")
    assert [section.heading for section in document.sections] == ["Title", "Times", "", "Times", "Boats"]
    assert {unit.span.of(document.text): unit.path for unit in document.units}["From the pier"] == ("Times",)


def test_a_sentence_on_copyright_is_content(parse):
    document = parse("# Ferry\n\n## Maps\n\nCopyright permission is needed for maps.\n\n## Boats\n\nThere are two.\n")
    assert "Copyright permission is needed for maps." in [unit.span.of(document.text) for unit in document.units]


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        ("---\n\nParking is free. After two hours it costs $3.\n", True),
        ("***\n\nDisabled parking\n- at the north door\n- at the quay\n", True),
        ("---\n\nPhone: 555-0181\n12 Quay Street\n", True),
        ("---\n\nTide table, page 2 of 2\n", False),
        ("--- This page tells how the ferry runs.\n", False),
        ("---\n\n*See as well: Day trips.*\n", False),
    ],
)
def test_text_below_a_last_rule_is_content_and_a_remark_on_the_page_is_not(parse, rest, kept):
    document = parse(f"# Ferry\n\n## Times\n\nIt leaves at nine.\n\n## Boats\n\nThere are two.\n\n{rest}")
    words = [unit.span.of(document.text) for unit in document.units if unit.section == 2]
    assert (len(words) > 1) is kept
    assert (document.sections[-1].kind is SectionKind.FURNITURE) is not kept


def test_lines_that_letters_count_are_items_and_head_nothing(parse):
    document = parse("# Ferry\n\n## Fares\n\nNone.\n\n## Luggage\n\nA. One trunk a year\nB. One bag a month\nC. Two coats a year\n")
    assert [section.heading for section in document.sections] == ["Title", "Fares", "Luggage"]
    assert [unit.kind for unit in document.units[-3:]] == [UnitKind.ITEM] * 3


@pytest.mark.parametrize(("asked", "answered"), [("Q:", "A:"), ("Question 1:", "Answer 1:"), ("Q1.", "A1."), ("Q.", "A.")])
@pytest.mark.parametrize("blank", ["", "\n"])
def test_questions_head_their_answers_and_the_marks_of_both_are_left_out(parse, asked, answered, blank):
    pairs = [
        ("When does it leave?", "At nine. Come early."),
        ("Can I bring a dog?", "Yes, on a lead."),
        ("What does it cost?", "$4 a head."),
    ]
    rows = "".join(f"{asked} {question}\n{blank}{answered} {answer}\n\n" for question, answer in pairs)
    document = parse(f"Questions on the ferry\n\n{rows}")
    assert [section.heading for section in document.sections] == ["Title", *(question for question, _ in pairs)]
    assert [unit.span.of(document.text) for unit in document.units][1:] == ["At nine.", "Come early.", "Yes, on a lead.", "$4 a head."]


def test_bold_questions_inside_a_section_are_labels_of_their_answers(parse):
    document = parse("# Ferry\n\n## Dogs\n\n**Q: Can I bring one?**\nA: Yes.\n\n**Q:** Two?\n**A: No.**\n\n## Boats\n\nTwo.\n")
    paths = {unit.span.of(document.text): unit.path for unit in document.units}
    assert (paths["Yes."], paths["No."]) == (("Dogs", "Can I bring one?"), ("Dogs", "Two?"))


def test_a_remark_or_two_that_a_word_and_a_colon_open_head_nothing(parse):
    text = "Pool rules\n\nIt opens at nine.\n\nNote: closed on Mondays.\n\nLockers cost $1.\n\nWarning: no guard.\n\nGuests pay $5.\n"
    document = parse(text)
    assert [section.heading for section in document.sections] == ["Title"]
    assert {unit.span.of(text): unit.path for unit in document.units}["Guests pay $5."] == ("Title",)
    assert {unit.span.of(text): unit.path for unit in document.units}["Note: closed on Mondays."] == ("Title", "Note")


CODES = ["E0784 Sail, wide", "K0455 - SAIL USED FOR STORMS", "A4224 Ropes", "A4225 Ropes, long"]


@pytest.mark.parametrize(
    "above", ["Ferry\n\nUse\nIt sails. It floats.\n\nCodes\n", "Ferry policy\n\nGroup 1 codes:\n\n", "# Ferry\n\n## Codes\n\n"]
)
def test_codes_with_their_descriptions_one_below_the_other_are_items_and_head_nothing(parse, above):
    rows = "\n".join(CODES)
    document = parse(f"{above}{rows}\n\nLimits\nOne a year. No more.\n")
    items = [unit for unit in document.units if unit.kind is UnitKind.ITEM]
    assert [unit.span.of(document.text) for unit in items] == CODES
    assert len({(unit.section, unit.list_number) for unit in items}) == 1
    assert "Ferry" in document.title_text


LETTERHEAD = "Island Ferries\n12 Quay Street\nOpen Monday to Friday 8 am to 5 pm\n"
LOW_TITLE = "Ferry pass program\n\nWhat it covers\n\nThe ferry pass program covers the ferry for a year.\n\nWho pays\n\nThe town pays.\n"


@pytest.mark.parametrize(
    ("above", "kept"),
    [
        (LETTERHEAD, LETTERHEAD.splitlines()),
        ("Dear guest,\n\nyou sail on Monday. Read these pages.\n\n", ["Dear guest,", "you sail on Monday.", "Read these pages."]),
        ("Island Ferries\nOffice: Quay Street\n\n", ["Island Ferries", "Office: Quay Street"]),
        ("Home › Passes › Pass\n12 Quay Street\nHCPCS code\n", ["12 Quay Street"]),
        ("- leaves at nine\n- is back at ten\n\n", ["leaves at nine", "is back at ten"]),
        ("Search all ferries\n\n", []),
        ("Home | Ferries | Contact\n", []),
    ],
)
def test_what_is_said_above_a_low_title_is_content_and_mere_names_are_not(parse, above, kept):
    document = parse(above + LOW_TITLE)
    said = [unit.span.of(document.text) for unit in document.units if unit.path[0] == "Title"]
    assert (document.title_text, said) == ("Ferry pass program", [*kept, "Ferry pass program"])


def test_no_title_is_looked_for_below_a_sentence(parse):
    rest = (
        "Covered: the ferry pass program covers the ferry.\n\nPaid: the town pays for the pass.\n\nKept: in a drawer with the ferry pass.\n"
    )
    document = parse(f"Notice\n\nIt is free.\n\nFerry pass program\n\n{rest}")
    assert document.title_text == "Notice"
    assert "It is free." in {unit.span.of(document.text) for unit in document.units}


def under(document):
    """Return the words of each body section's units, and their kinds."""
    heads = [section.heading for section in document.sections if section.kind is not SectionKind.FURNITURE]
    said = {head: [unit.span.of(document.text) for unit in document.units if unit.path[0] == head] for head in heads}
    return said, {unit.kind for unit in document.units}


GROUPS = "What to bring\nTicket\nWarm coat\nList of names\n\nWhat to leave\nLarge bags\nBoats\n\n"


def test_short_lines_below_the_first_of_their_paragraph_are_its_items(parse):
    said, _ = under(parse(f"{GROUPS}Before you come\nDo not eat for an hour.\n"))
    assert said == {
        "What to bring": ["Ticket", "Warm coat", "List of names"],
        "What to leave": ["Large bags", "Boats"],
        "Before you come": ["Do not eat for an hour."],
    }
    rest = "Hours\nMonday 8 a.m. to 5 p.m.\nSaturday closed\n\nFares\nSingle: $2\nReturn: $3\n\nQuay\nIt is free.\n"
    said, kinds = under(parse(f"Island Ferry\n\n{GROUPS}{rest}"))
    assert [*said] == ["Title", "What to bring", "What to leave", "Hours", "Fares", "Quay"]
    assert said["Hours"] == ["Monday 8 a.m. to 5 p.m.", "Saturday closed"]
    assert UnitKind.LABEL not in kinds
    said, _ = under(parse("Ferry\n\nPlace\nQuay\n\nDuration\nTwo hours\n\nCrew\nOne mate\n"))
    assert said == {"Title": ["Ferry"], "Place": ["Quay"], "Duration": ["Two hours"], "Crew": ["One mate"]}


def test_short_lines_below_a_heading_that_stands_alone_are_all_items(parse):
    said, _ = under(
        parse("Ferry kit\n\nRope 0.9 m wide\nSaline 5 units\nWipes\n\nUse\n\nRinse with saline. Then wipe with a rope of saline.\n")
    )
    assert said["Title"] == ["Ferry kit", "Rope 0.9 m wide", "Saline 5 units", "Wipes"]


@pytest.mark.parametrize("label", ["Meals:", "What is served on board on days on which the sea is calm:"])
def test_short_lines_right_below_a_colon_are_items_under_it(parse, label):
    document = parse(f"# Ferry\n\n## Board\n\n{label}\nBreakfast at 8\nLunch at noon\n\nParking is free.\n\n## Quay\n\nIt is wide.\n")
    units = [unit for unit in document.units if unit.path[0] == "Board"]
    assert [unit.kind for unit in units] == [UnitKind.LABEL, UnitKind.ITEM, UnitKind.ITEM, UnitKind.SENTENCE]
    assert [unit.group is not None for unit in units] == [False, True, True, False]


def test_a_label_over_a_list_heads_no_sentences_set_apart_in_a_document_without_headings(parse):
    document = parse("Meals:\nBreakfast at 8\nLunch at noon\n\nParking is free on weekends.\n")
    paths = {unit.span.of(document.text): unit.path for unit in document.units}
    assert (paths["Lunch at noon"], paths["Parking is free on weekends."]) == (("Title", "Meals"), ("Title",))


def test_bullets_set_apart_below_a_counted_list_are_a_list_of_their_own_and_those_between_its_items_are_not(parse):
    document = parse(
        "# Ferry\n\n## Board\n\nGuests do:\n\n1. Book.\n2. Wait.\n\n- Dogs\n- Cats\n\n## Quay\n\n1. Come\n\n- early\n\n2. Go\n\n- late\n"
    )
    found = {unit.span.of(document.text): (unit.list_number, unit.path) for unit in document.units}
    assert found["Wait."] == (0, ("Board", "Guests do"))
    assert found["Dogs"] == found["Cats"] == (1, ("Board",))
    assert {found[word][0] for word in ("Come", "early", "Go", "late")} == {2}


def test_the_stroke_below_a_heading_is_no_part_of_its_section(settings):
    (document,) = parsed(settings, "Ferry F1001\n===========\n\nFares\n-----\nFour coins.\n\nTimes\n-----\n\nBy day.\n")
    bodies = {section.heading: section.body.of(document.text) for section in document.sections if section.body}
    assert bodies["Fares"] == "Four coins."
    assert bodies["Times"] == "By day."
