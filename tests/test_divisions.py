import pytest

CLOSE = """Harbour ferry crossing, foot passengers only, one way

Summary
The ferry carries foot passengers. It leaves every hour.

Duration
The crossing takes twelve minutes.

{section}

Preparation
Buy a ticket. Come early.

Dogs
They travel free.
"""
WAYS = "Bus\n{mark}For: cheap.\n{mark}Against: slow.\nSmall boat\n{mark}For: fast.\n{mark}Against: dear."
AROUND = ["Summary", "Duration", "Preparation", "Dogs"]


def headings(document):
    return [section.heading for section in document.sections if section.kind.value == "body"]


def paths(document):
    return {unit.span.of(document.text): unit.path for unit in document.units}


@pytest.mark.parametrize("mark", ["", "- ", "  "])
@pytest.mark.parametrize("opening", ["", "There are two, and both leave from the quay.\n"])
def test_lines_close_to_a_heading_that_is_set_apart_divide_its_section(parse, opening, mark):
    document = parse(CLOSE.format(section=f"Other ways\n{opening}{WAYS.format(mark=mark)}"))
    assert headings(document) == [*AROUND[:2], "Other ways", *AROUND[2:]]
    said = paths(document)
    assert (said["Against: slow."], said["For: fast."]) == (("Other ways", "Bus", "Against"), ("Other ways", "Small boat", "For"))


def test_one_of_them_may_stand_over_a_text(parse):
    document = parse(CLOSE.format(section=f"Other ways\n{WAYS.format(mark='')}\nStaying at home\nThe sea is seen from there too."))
    assert headings(document) == [*AROUND[:2], "Other ways", *AROUND[2:]]
    assert paths(document)["The sea is seen from there too."] == ("Other ways", "Staying at home")


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
@pytest.mark.parametrize("mark", ["", ":"])
def test_lines_over_fields_of_the_same_names_divide_a_section_however_all_is_spaced(parse, blank, mark):
    text = CLOSE.format(section=f"Other ways\n{WAYS.format(mark='')}")
    for name in (*AROUND, "Other ways", "Bus", "Small boat"):
        text = text.replace(f"\n{name}\n", f"\n{name}{mark}\n")
    document = parse(text.replace("\n\n", "\n").replace("\n", blank))
    assert headings(document) == [*AROUND[:2], "Other ways", *AROUND[2:]]
    assert paths(document)["For: fast."] == ("Other ways", "Small boat", "For")


@pytest.mark.parametrize("mark", ["{}) ", "{}. "])
def test_such_lines_are_labels_under_numbered_headings_and_in_italics_too(parse, mark):
    names = [*AROUND[:2], "Other ways", *AROUND[2:]]
    text = CLOSE.format(section=f"Other ways\n{WAYS.format(mark='')}")
    for i, name in enumerate(names, start=1):
        text = text.replace(f"\n{name}\n", f"\n{mark.format(i)}{name}\n")
    document = parse(text.replace("\nBus\n", "\n*Bus*\n"))
    assert headings(document) == names
    assert paths(document)["For: cheap."] == ("Other ways", "Bus", "For")


def test_capitals_inside_sections_are_labels_where_plain_headings_are_set_apart(parse):
    section = "Dangers\nOFTEN\nSeasickness and a wet coat.\nSELDOM\nA storm."
    document = parse(CLOSE.format(section=f"{section}\n\nOther ways\n{WAYS.format(mark='').replace('Bus', 'BUS')}"))
    assert headings(document) == [*AROUND[:2], "Dangers", "Other ways", *AROUND[2:]]
    assert paths(document)["A storm."] == ("Dangers", "SELDOM")


def test_bold_lines_over_lists_divide_the_section_of_a_bold_line_with_nothing_else_below(parse):
    text = "# Ferry\n\n" + "".join(f"**{name}**\n\nIt is so. It was so.\n\n" for name in ("Boat", "Crew", "Fare"))
    document = parse(f"{text}**Dangers**\n\n**Often**\n\n- seasickness\n\n**Seldom**\n\n- storm\n\n**Dogs**\n\nThey travel free.\n")
    assert headings(document) == ["Boat", "Crew", "Fare", "Dangers", "Dogs"]
    assert paths(document)["storm"] == ("Dangers", "Seldom")


def test_a_heading_known_from_other_documents_is_not_divided_by_another(settings):
    from assistant.documents import read_bytes
    from assistant.sections import parse_corpus

    pages = (
        "Ferry\n\nBoat\n\n- open\n\nGoal\n\n- to cross\n\nNeeds\n\n- a ticket\n",
        "Night ferry\n\nBoat\n\nIt is small. It is open.\n\nGoal\n\nNeeds\n\n- a ticket\n\nDogs\n\nThey travel free.\n",
    )
    sources = [one for i, page in enumerate(pages) for one in read_bytes(f"{i}.txt", page.encode(), settings)]
    assert headings(parse_corpus(sources, settings)[1]) == ["Boat", "Needs", "Dogs"]


@pytest.mark.parametrize("indent", ["", " ", "   "])
def test_fields_of_the_same_names_below_items_are_part_of_these(parse, indent):
    ways = f"1. Bus\n{indent}For: cheap\n{indent}Against: slow\n2. Small boat\n{indent}For: fast\n{indent}Against: dear"
    document = parse(f"Harbour ferry\nBoats:\nTwo of them. Both are open.\nOther ways:\n{ways}\nDogs: on a lead.\nCrew:\nTwo sailors.\n")
    assert headings(document) == ["Boats", "Other ways", "Dogs", "Crew"]
    said = paths(document)
    assert (said["Against: slow"], said["For: fast"]) == (("Other ways", "Bus", "Against"), ("Other ways", "Small boat", "For"))
