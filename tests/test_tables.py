import pytest

from assistant.chunking import Level, candidates_of, read_texts
from assistant.headings import find_outline
from assistant.lines import Shape, split_lines
from assistant.tables import cell_texts, inside, is_frame, is_row
from assistant.types import UnitKind
from assistant.units import units_of_section

PRICES = "| Item | Unit price | Rent |\n|------|-----------:|:----:|\n| Chair | $400 | $40 |\n| Seat cushion | $30 | |\n"
FIELDS = "| Field | Value |\n|---|---|\n| Setting | Home |\n| Rental period | 13 months |\n"


def shapes(text):
    return [line.shape for line in split_lines(text)]


def seen(text):
    found = units_of_section(text, split_lines(text), 0, "Prices", 0, 0)
    return [(unit.kind, unit.span.of(text), unit.path[1:], unit.list_number) for unit in found]


@pytest.mark.parametrize("line", ["|---|---|", "| :-- | --: |", "---|---", "+----+----+", "|===|===|", "+====+====+"])
def test_a_rule_between_rows_is_told_from_a_row(line):
    assert is_frame(line)


@pytest.mark.parametrize("line", ["| a | b |", "---", "|  |", "| - a | - |", "a + b"])
def test_other_lines_are_no_rules_of_a_table(line):
    assert not is_frame(line)


def test_cells_leave_white_space_and_outer_pipes_out_and_keep_escaped_pipes():
    row = r"|  Fee  | a\|b |  |"
    assert is_row(row)
    left, right = inside(row)
    assert cell_texts(row[left:right]) == ["Fee", r"a\|b", ""]


def test_the_header_is_the_row_above_the_rule_and_every_other_row_is_an_item_under_it():
    assert shapes(PRICES) == [Shape.HEADER, Shape.FRAME, Shape.ROW, Shape.ROW]
    header = "Item | Unit price | Rent"
    assert seen(PRICES) == [
        (UnitKind.LABEL, header, (), 0),
        (UnitKind.ITEM, "Chair | $400 | $40", (header,), 0),
        (UnitKind.ITEM, "Seat cushion | $30 |", (header,), 0),
    ]


def test_a_row_of_two_cells_is_a_field_named_by_its_first():
    assert seen(FIELDS)[1:] == [
        (UnitKind.FIELD, "Setting | Home", ("Setting",), 0),
        (UnitKind.FIELD, "Rental period | 13 months", ("Rental period",), 0),
    ]


def test_a_first_field_that_markdown_makes_a_header_is_a_field_like_the_others():
    found = seen("| HCPCS Code | K0001 |\n|---|---|\n| Setting | Home |\n")
    assert [(kind, path) for kind, _, path, _ in found] == [(UnitKind.FIELD, ("HCPCS Code",)), (UnitKind.FIELD, ("Setting",))]


@pytest.mark.parametrize(
    "text",
    [
        "Item | Unit price | Rent\n--- | --- | ---\nChair | $400 | $40\n",
        "+------+---+---+\n| Item | Unit price | Rent |\n+======+===+===+\n| Chair | $400 | $40 |\n+------+---+---+\n",
    ],
)
def test_tables_without_outer_pipes_and_drawn_ones_are_tables_too(text):
    assert [text for kind, text, *_ in seen(text) if kind is UnitKind.ITEM] == ["Chair | $400 | $40"]


def test_pipes_in_a_line_without_a_rule_below_make_no_table():
    assert shapes("Home | Codes | Search\nWelcome to the site.\n") == [Shape.TEXT, Shape.TEXT]


def test_two_tables_apart_by_a_blank_line_are_two_lists():
    assert {number for *_, number in seen(PRICES + "\n" + FIELDS)} == {0, 1}


def test_prose_and_lists_after_a_table_do_not_stand_under_its_header():
    found = seen(PRICES + "\nPrices may change.\n\n- Ask first\n")
    assert [path for _, _, path, _ in found[-2:]] == [(), ()]


def test_a_label_above_a_table_is_in_the_path_of_its_rows():
    assert seen("Fees:\n\n" + FIELDS)[-1][2] == ("Fees", "Rental period")


def test_no_line_of_a_table_heads_a_section():
    text = f"Wheelchair rental\n\n{FIELDS}\nSUMMARY\n\nA chair is lent.\n\nPRICES\n\n{PRICES}\nRISKS\n\n| RISK |\n|---|\n| FALLS |\n"
    outline = find_outline(text, split_lines(text), r"[A-Z]\d{4}")
    assert [heading.name for heading in outline.headings] == ["SUMMARY", "PRICES", "RISKS"]


def test_the_rule_of_a_last_table_closes_nothing(parse):
    document = parse(
        f"# Wheelchair\n\n## Summary\n\nA chair.\n\n## Use\n\nAt home.\n\n## Prices\n\nAs follows.\n\n{PRICES}\nPrices include tax.\n"
    )
    assert "Prices include tax." in {unit.span.of(document.text) for unit in document.units}


def texts(document, level):
    return {one.span(document).of(document.text): read_texts(document, one) for one in candidates_of(document) if one.level is level}


def test_a_row_is_read_with_the_names_of_its_columns_and_a_table_is_quoted_whole(parse):
    document = parse(f"# Wheelchair\n\n## Summary\n\nA chair.\n\n## Use\n\nAt home.\n\n## Prices\n\n{PRICES}\n\n## Facts\n\n{FIELDS}")
    units = texts(document, Level.UNIT)
    assert units["Chair | $400 | $40"] == ["Prices: Item: Chair; Unit price: $400; Rent: $40"]
    assert units["Setting | Home"] == ["Facts: Field: Setting; Value: Home"]
    groups = texts(document, Level.GROUP) | texts(document, Level.SECTION)
    whole = next(text for text in groups if text.startswith("Item | Unit price"))
    assert whole.endswith("$30 |")
    assert "---" not in groups[whole][0]


def test_code_in_fences_heads_nothing_and_its_fences_are_never_quoted(parse):
    document = parse("# Tool\n\n## Use\n\nRun it.\n\n```sh\n# not a heading\nCode: K0009\n```\n\n## Risks\n\nNone.\n\n## Cost\n\nFree.\n")
    assert [section.heading for section in document.sections] == ["Title", "Use", "Risks", "Cost"]
    assert document.codes == () or document.codes == ("K0009",)
    assert not any("```" in unit.span.of(document.text) for unit in document.units)


def test_a_fence_that_is_never_closed_hides_no_heading(parse):
    document = parse("# Tool\n\n```\n\n## Use\n\nRun it.\n\n## Risks\n\nNone.\n\n## Cost\n\nFree.\n")
    assert [section.heading for section in document.sections][1:] == ["Use", "Risks", "Cost"]


def test_a_bold_line_inside_a_section_labels_what_follows():
    text = "**Common risks**\n\n- Cold\n"
    found = units_of_section(text, split_lines(text), 0, "Risks", 0, 0)
    assert [(unit.kind, unit.path) for unit in found] == [(UnitKind.LABEL, ("Risks",)), (UnitKind.ITEM, ("Risks", "Common risks"))]


def test_text_set_in_below_an_item_is_part_of_it_and_the_list_goes_on():
    text = "- Chair\n\n  It folds.\n- Cushion\n"
    found = units_of_section(text, split_lines(text), 0, "Parts", 0, 0)
    assert [(unit.span.of(text), unit.list_number) for unit in found] == [("Chair", 0), ("It folds.", 0), ("Cushion", 0)]
