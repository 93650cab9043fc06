import pytest

from assistant import tables
from assistant.cells import are_lists, cell_texts, inside, is_frame, is_row, names_columns
from assistant.chunking import Level, candidates_of, column_of, read_texts
from assistant.headings import find_outline
from assistant.lines import Shape, line_width
from assistant.splitting import split_lines
from assistant.types import UnitKind
from assistant.units import UnitReader

PRICES = "| Item | Unit price | Rent |\n|------|-----------:|:----:|\n| Chair | $400 | $40 |\n| Seat cushion | $30 | |\n"
FIELDS = "| Field | Value |\n|---|---|\n| Setting | Home |\n| Rental period | 13 months |\n"


def units_under(heading, text):
    lines = split_lines(text)
    return UnitReader(text, line_width(lines)).read(lines, 0, heading)


def shapes(text):
    return [line.shape for line in split_lines(text)]


def seen(text):
    found = units_under("Prices", text)
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
    ("head", "value", "path"),
    [
        ("Benefit | 2024", "$50", ("Benefit | 2024", "Premium")),
        ("Benefit | Plan year 2024-25", "Not covered", ("Benefit | Plan year 2024-25", "Premium")),
        ("Year | 2024", "2022", ("Premium",)),
        ("Price | $12", "$140", ("Premium",)),
        ("Version | 2.1", "Home", ("Premium",)),
    ],
)
def test_a_year_in_a_header_of_two_cells_names_the_column(head, value, path):
    found = seen(f"| {head} |\n|---|---|\n| Premium | {value} |\n| Deposit | Home |\n")
    assert [path for _, text, path, _ in found if text.startswith("Premium")] == [path]


@pytest.mark.parametrize(
    "text",
    [
        "Item | Unit price | Rent\n--- | --- | ---\nChair | $400 | $40\n",
        "+------+---+---+\n| Item | Unit price | Rent |\n+======+===+===+\n| Chair | $400 | $40 |\n+------+---+---+\n",
    ],
)
def test_tables_without_outer_pipes_and_drawn_ones_are_tables_too(text):
    assert [text for kind, text, *_ in seen(text) if kind is UnitKind.ITEM] == ["Chair | $400 | $40"]


def test_lines_with_equally_many_pipes_are_rows_without_a_rule():
    text = "Tool | Use | Price\nRope | to climb, and to tie things | $40\nMap | to find the way on land and water | $12\n"
    assert shapes(text) == [Shape.HEADER, Shape.ROW, Shape.ROW]
    assert shapes("INCLUDED | BILLED SEPARATELY\nRope | Boots\nTea | Guide\n") == [Shape.ROW] * 3
    assert [path for *_, path, _ in seen("INCLUDED | BILLED SEPARATELY\nRope | Boots\nTea | Guide\n")][1:] == [
        ("INCLUDED",), ("BILLED SEPARATELY",), ("INCLUDED",), ("BILLED SEPARATELY",)
    ]  # fmt: skip
    fields = "Policy: 12 | Rev. 3\nEffective: May | Next: June\nOwner: desk | Page: 1\n"
    assert Shape.ROW not in shapes(fields)


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


LISTS = "| Included | Billed separately |\n|---|---|\n| rope, map | boat hire |\n| tea | guide, by the hour |\n|  | boots |\n"


def test_columns_that_are_lists_are_read_cell_by_cell(parse):
    document = parse(f"# Crossing\n\n## Summary\n\nA walk.\n\n## Use\n\nIn snow.\n\n## Payment\n\n{LISTS}\n")
    cells = [unit for unit in document.units if unit.kind is UnitKind.CELL]
    assert [(unit.span.of(document.text), unit.path[-1]) for unit in cells] == [
        ("rope, map", "Included"),
        ("boat hire", "Billed separately"),
        ("tea", "Included"),
        ("guide, by the hour", "Billed separately"),
        ("boots", "Billed separately"),
    ]
    units = texts(document, Level.UNIT)
    assert units["boots"] == ["Payment > Billed separately: boots"]
    hire = next(one for one in candidates_of(document) if one.span(document).of(document.text) == "boat hire")
    assert [one.span(document).of(document.text) for one in column_of(document, hire)] == ["boat hire", "guide, by the hour", "boots"]


@pytest.mark.parametrize(
    ("names", "lists"),
    [
        (("Do", "Don't"), True),
        (("Cons", "Pros"), True),
        (("Covered", "Not covered"), True),
        (("Item", "Not covered"), False),
        (("Frequency", "Risk"), False),
        (("Option", "Pros", "Cons"), False),
    ],
)
def test_names_that_speak_for_and_against_head_two_lists(names, lists):
    assert are_lists(names) is lists


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
    found = units_under("Risks", text)
    assert [(unit.kind, unit.path) for unit in found] == [(UnitKind.LABEL, ("Risks",)), (UnitKind.ITEM, ("Risks", "Common risks"))]


def test_text_set_in_below_an_item_is_part_of_it_and_the_list_goes_on():
    text = "- Chair\n\n  It folds.\n- Cushion\n"
    found = units_under("Parts", text)
    assert [(unit.span.of(text), unit.list_number) for unit in found] == [("Chair", 0), ("It folds.", 0), ("Cushion", 0)]


COLUMNS = "Item           Unit price   Rent\nChair          $400         $40\nSeat cushion   $30\nTable                       $25\n"
TABS = "Item\tUnit price\tRent\nChair\t$400\t$40\nSeat cushion\t$30\t\nTable\t\t$25\n"


@pytest.mark.parametrize("text", [COLUMNS, TABS, COLUMNS.replace("\n", "\r\n"), f"Prices of today.\n{COLUMNS}They may change.\n"])
def test_rows_that_blanks_or_tabs_set_in_columns_stand_under_their_header(text):
    rows = [(kind, " ".join(words.split()), path) for kind, words, path, number in seen(text) if number >= 0]
    header = "Item   Unit price   Rent"
    assert rows == [
        (UnitKind.LABEL, "Item Unit price Rent", ()),
        (UnitKind.ITEM, "Chair $400 $40", (header,)),
        (UnitKind.ITEM, "Seat cushion $30", (header,)),
        (UnitKind.ITEM, "Table $25", (header,)),
    ]


@pytest.mark.parametrize("text", [COLUMNS, TABS])
def test_an_empty_cell_in_columns_stays_one(parse, text):
    document = parse(f"# Wheelchair\n\n## Summary\n\nA chair.\n\n## Use\n\nAt home.\n\n## Prices\n\n{text}")
    read = {" ".join(words.split()): texts for words, texts in texts(document, Level.UNIT).items()}
    assert read["Table $25"] == ["Prices: Item: Table; Rent: $25"]
    assert read["Seat cushion $30"] == ["Prices: Item: Seat cushion; Unit price: $30"]


def test_a_line_that_goes_on_with_a_cell_belongs_to_the_row_above():
    found = seen(
        "Role    Who comes            When\nLead    A nurse with two     Ever\n        years at work\nDriver  Any one              Often\n"
    )
    assert [text.split() for kind, text, *_ in found if kind is UnitKind.ITEM] == [
        ["Lead", "A", "nurse", "with", "two", "Ever", "years", "at", "work"],
        ["Driver", "Any", "one", "Often"],
    ]


@pytest.mark.parametrize("rule", ["-" * 32, "------------   ----------   ----"])
def test_a_rule_below_the_first_row_in_columns_is_a_frame_and_makes_it_the_header(rule):
    assert shapes(COLUMNS.replace("\n", f"\n{rule}\n", 1)) == [Shape.HEADER, Shape.FRAME, Shape.ROW, Shape.ROW, Shape.ROW]


@pytest.mark.parametrize(
    "text",
    [
        "It rains here.  Boats run\nin all weather.  Fog stops\nthem for a while.  Dogs ride.\n",
        "Unit:        15 minutes\nMaximum:     32 units\nEpisode:     72 hours\n",
        "1.  Arrive early\n2.  Sit down\n3.  Go home\n",
        "-\tOne\n-\tTwo\n-\tThree\n",
        "Chair  $400\nTable  $25\n",
        "    Indented words\n    and more of them\n    without any gap\n",
    ],
)
def test_gaps_in_prose_lists_and_labelled_lines_make_no_table(text):
    assert not {Shape.HEADER, Shape.ROW} & set(shapes(text))


def test_rows_with_tabs_head_no_section_and_their_heading_is_no_furniture(parse):
    text = f"Wheelchair rental\n\nSummary\n\nA chair is lent.\n\nPrices\n\n{TABS}\nUse\n\nIt is used at home.\n"
    document = parse(text)
    assert [section.heading for section in document.sections if section.body] == ["Title", "Summary", "Prices", "Use"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Date", "Change"], ["2026-01-01", "New fee"], ["2026-02-01", "New form"]], True),
        ([["Visit", "Fee"], ["First", "$40"], ["Second", "$20"]], True),
        ([["Setting", "Home"], ["Rental period", "13 months"], ["Unit", "15 minutes"]], False),
        ([["Code", "K0001"], ["Setting", "Home"]], False),
        ([["Role", "Training", "On scene"], ["Lead", "Two years in psychiatry", "Always"]], True),
        ([["North", "Windy", "Cold"], ["South", "Calm", "Mild"]], False),
        ([["1", "Labor", "2 hours"], ["2", "Sleep", "1 hour"]], False),
    ],
)
def test_a_first_row_names_columns_where_what_stands_below_is_of_another_kind(rows, expected):
    assert names_columns(rows) is expected


@pytest.mark.parametrize("row", ["Key:    value {}", "Key:\tvalue {}", "Harbour town  {}"])
def test_a_long_run_of_lines_that_is_no_table_is_not_gone_through_again_from_each_of_its_lines(row, monkeypatch):
    seen = []
    monkeypatch.setattr(tables, "_whole", lambda text, line: seen.append(line) or text[line.span.start : line.span.end])
    text = "\n".join(row.format("x" * (n * n % 7)) for n in range(600))
    assert not any(line.shape is Shape.ROW for line in split_lines(text))
    assert len(seen) < 600 * 120


def test_a_table_that_follows_a_long_form_is_found():
    form = [f"Key {n}:    value" for n in range(200)]
    text = "\n".join([*form, "Day     Town    Fee", "Monday  Quay    $4", "Friday  Harbour $5", "Sunday  Pier    $6"])
    assert [line.shape is Shape.ROW for line in split_lines(text)[-3:]] == [True] * 3
