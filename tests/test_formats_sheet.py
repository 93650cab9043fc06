import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.config import make_settings
from assistant.documents import Refusal, read_bytes
from assistant.formats import Unreadable, extract
from assistant.formats import sheet as sheet_module
from assistant.sections import parse_document
from assistant.types import SectionKind

HEADER = ["Code", "Name of the tour", "Notes", "Price"]
ROWS = [
    ["F1001", "Harbour ferry crossing", "Runs all year", 12.0],
    ["L2002", "Lighthouse tour with a guide", "Bring water", 7.5],
    ["M3003", "Museum of nets and ropes", None, 3],
]


def workbook(*sheets, merge=(), hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if name in hidden else "visible"
    for cells in merge:
        book.worksheets[0].merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_of(rows, delimiter=","):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode()


def read(data, name="tours.xlsx", **changes):
    return extract(name, "." + name.rpartition(".")[2], data, make_settings(**changes))


def sections(name, data):
    """Return, for each document id, its sections with their text as the parser sees them."""
    found = {}
    for source in read_bytes(name, data, make_settings()):
        document = parse_document(source, make_settings())
        found[source.id] = {s.heading: s.body.of(document.text) for s in document.sections if s.kind is SectionKind.BODY and s.body}
    return found


def test_each_row_is_a_document_whose_sections_are_its_cells():
    assert sections("tours.xlsx", workbook(("Sheet1", [HEADER, *ROWS]))) == {
        "tours.xlsx#F1001": {"Name of the tour": "Harbour ferry crossing", "Notes": "Runs all year", "Price": "12"},
        "tours.xlsx#L2002": {"Name of the tour": "Lighthouse tour with a guide", "Notes": "Bring water", "Price": "7.5"},
        "tours.xlsx#M3003": {"Name of the tour": "Museum of nets and ropes", "Price": "3"},
    }


def test_code_title_and_row_are_told():
    ferry, tower, _ = read(workbook(("Sheet1", [HEADER, *ROWS])))
    assert ferry.key == "F1001"
    assert ferry.codes == ("F1001",)
    assert ferry.title.of(ferry.text) == "Harbour ferry crossing"
    assert [(place.kind, place.number) for place in tower.places] == [("row", 3)]


@pytest.mark.parametrize(("name", "delimiter"), [("t.csv", ","), ("t.csv", ";"), ("t.csv", "|"), ("t.csv", "\t"), ("t.tsv", "\t")])
def test_delimited_text_reads_as_the_workbook_does(name, delimiter):
    rows = [HEADER, *[[*row[:3], format(row[3], "g")] for row in ROWS]]
    assert list(sections(name, text_of(rows, delimiter)).values()) == list(
        sections("t.xlsx", workbook(("Sheet1", [HEADER, *ROWS]))).values()
    )


def test_a_delimiter_inside_the_cells_does_not_mislead():
    rows = [["Code", "Tour"], ["F1001", "Ferry; one way; on foot"], ["L2002", "Tower; stairs; lamp"], ["M3003", "Nets; ropes; knots"]]
    assert [one.codes for one in read(text_of(rows), "t.csv")] == [("F1001",), ("L2002",), ("M3003",)]


def test_the_hint_of_a_spreadsheet_program_names_the_delimiter():
    (one, _) = read(b"sep=;\nCode;Tour;Price\nF1001;Ferry, on foot;3\nL2002;Tower, by stairs;4\n", "t.csv")
    assert one.title.of(one.text) == "Ferry, on foot"


def test_a_table_of_two_columns_keeps_its_only_field():
    assert sections("t.csv", b"Code,Description\nF1001,Harbour ferry crossing\nL2002,Lighthouse tour\n") == {
        "t.csv#F1001": {"Description": "Description: Harbour ferry crossing"},
        "t.csv#L2002": {"Description": "Description: Lighthouse tour"},
    }


def test_titles_and_notes_above_the_header_and_empty_columns_are_left_out():
    rows = [["Tours of the harbour, valid this year"], [], ["printed for", "guests"], [None, *HEADER[:2], None, *HEADER[2:]]]
    rows += [[None, *row[:2], None, *row[2:]] for row in ROWS]
    found = read(workbook(("Sheet1", rows)))
    assert [one.key for one in found] == ["F1001", "L2002", "M3003"]
    assert "valid this year" not in found[0].text
    assert found[0].places[0].number == 5


def test_a_header_that_is_repeated_on_every_page_is_no_row():
    assert [one.key for one in read(text_of([HEADER, *ROWS[:2], HEADER, ROWS[2]]), "t.csv")] == ["F1001", "L2002", "M3003"]


def test_without_a_header_the_rows_still_count_and_none_is_taken_for_one():
    found = read(text_of([["F1001", "Harbour ferry", "12"], ["L2002", "Lighthouse", "7"]]), "t.csv")
    assert [one.codes for one in found] == [("F1001",), ("L2002",)]
    assert found[0].title.of(found[0].text) == "Harbour ferry"


def test_a_merged_name_above_several_columns_is_part_of_their_names():
    rows = [["Code", "Tour", "Price", None, "Season"], [None, None, "Adults", "Children", None], *[[*row[:2], 5, 3, "May"] for row in ROWS]]
    data = workbook(("Sheet1", rows), merge=["A1:A2", "B1:B2", "C1:D1", "E1:E2"])
    assert sections("t.xlsx", data)["t.xlsx#F1001"] == {
        "Tour": "Harbour ferry crossing", "Price Adults": "5", "Price Children": "3", "Season": "May",
    }  # fmt: skip


def test_a_cell_merged_over_rows_belongs_to_each_of_them():
    rows = [["Pier", "Code", "Tour"], ["North", "F1001", "Ferry"], [None, "L2002", "Tower"], ["South", "M3003", "Museum"]]
    found = sections("t.xlsx", workbook(("Sheet1", rows), merge=["A2:A3"]))
    assert [found[f"t.xlsx#{code}"]["Pier"] for code in ("F1001", "L2002", "M3003")] == ["North", "North", "South"]


def test_sheets_are_read_all_but_hidden_ones_and_keep_their_documents_apart():
    data = workbook(("North", [HEADER, *ROWS]), ("South", [HEADER, *ROWS]), ("Lists", [HEADER, *ROWS]), hidden=["Lists"])
    assert [one.key for one in read(data)] == [f"{pier} {row[0]}" for pier in ("North", "South") for row in ROWS]


def test_rows_that_go_on_with_the_one_above_are_joined_to_it():
    rows = [
        ["Code", "No.", "Long text", "Price"],
        ["F1001", 10, "Harbour ferry crossing with a", 12],
        ["F1001", 20, "return by bus", None],
        [None, None, "on weekdays only", None],
        ["L2002", 10, "Tower", 5],
    ]
    ferry, tower = read(workbook(("Sheet1", rows)))
    assert "\nHarbour ferry crossing with a return by bus on weekdays only\n" in ferry.text
    assert tower.key == "L2002"


def test_full_rows_that_share_a_code_stay_apart_under_keys_of_their_own():
    rows = [["Code", "Season", "Price", "Guide"], ["F1001", "May", 12, "Ann"], ["F1001", "June", 14, "Ben"], ["F1001", "July", 15, "Cy"]]
    found = read(workbook(("Sheet1", rows)))
    assert [one.key for one in found] == ["F1001", "F1001 (2)", "F1001 (3)"]
    assert {one.codes for one in found} == {("F1001",)}


def test_prices_by_variant_do_not_run_together():
    rows = [["Code", "Variant", "Price"], ["F1001", "AA", 12], ["F1001", "BB", 1200], ["L2002", "AA", 5]]
    assert [one.text.split("\n", 1)[1] for one in read(workbook(("Sheet1", rows)))] == [
        "## Variant\nAA\n## Price\n12\n", "## Variant\nBB\n## Price\n1200\n", "## Variant\nAA\n## Price\n5\n",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "rows"),
    [
        (["F1001", "Cigna", "", ""], 2),
        (["F1001", "Cigna", "No", ""], 2),
        (["F1001", "of the coast", "", ""], 1),
        (["F1001", "", "Only in May", ""], 1),
        (["", "Cigna", "", ""], 1),
    ],
)
def test_a_row_that_repeats_its_key_and_names_something_else_is_a_record_of_its_own(more, rows):
    table = [["Code", "Payer", "Covered", "Limit"], ["F1001", "Aetna", "Yes", "30"], more, ["L2002", "Humana", "Yes", "12"]]
    assert [one.codes for one in read(text_of(table), "t.csv")] == [("F1001",)] * rows + [("L2002",)]


def test_several_values_of_the_only_field_are_a_list_below_its_name():
    rows = [["Code", "Limit"], ["F1001", "1 per day"], ["F1001", "5 per week"], ["L2002", "2 per day"]]
    assert [one.text for one in read(text_of(rows), "t.csv")] == [
        "# F1001\n\nLimit:\n- 1 per day\n- 5 per week\n", "# L2002\n\nLimit: 2 per day\n",
    ]  # fmt: skip


def test_a_row_that_stands_twice_is_one_document():
    assert [one.key for one in read(text_of([HEADER, ROWS[0], ROWS[0], ROWS[1]]), "t.csv")] == ["F1001", "L2002"]


@given(st.integers(0, 3))
def test_a_key_stays_when_other_rows_are_added(at):
    more = [*ROWS[:at], ["N4004", "Night walk", "Bring a lamp", 2], *ROWS[at:]]
    before = {one.key: one.text for one in read(text_of([HEADER, *ROWS]), "t.csv")}
    after = {one.key: one.text for one in read(text_of([HEADER, *more]), "t.csv")}
    assert before.items() <= after.items()


def test_numbers_dates_and_truth_are_shown_as_people_read_them():
    day, moment = datetime.date(2024, 3, 1), datetime.datetime(2024, 3, 1, 8, 30)
    rows = [["Name", "a", "b", "c", "d", "e"], ["One tour", 3.0, 0.1 + 0.2, day, moment, True], ["Another", 1e6, -2.5, day, moment, False]]
    one, other = sections("t.xlsx", workbook(("Sheet1", rows))).values()
    assert list(one.values()) == ["3", "0.3", "2024-03-01", "2024-03-01 08:30", "TRUE"]
    assert list(other.values())[:2] == ["1000000", "-2.5"]


def test_control_characters_are_dropped_and_line_breaks_kept():
    long = b"Tower," + b"words and words " * 200 + b",4\n"
    (one, _) = read(b'Name,Notes,Price\nFerry,"a\x07b\r\n\r\nc\x1b[31m",3\n' + long, "t.csv")
    assert "\nab\nc[31m\n" in one.text


def test_a_cell_that_begins_with_a_mark_heads_no_section():
    found = sections("t.csv", b'Name,# of seats,Notes\nFerry,12,"# not a heading\n## nor this"\nTower,3,x\n')
    assert list(found["t.csv#Ferry"]) == ["# of seats", "Notes"] or list(found["t.csv#Ferry"]) == ["of seats", "Notes"]
    assert "# not a heading" in found["t.csv#Ferry"]["Notes"]


def test_labels_and_values_are_the_fields_of_one_document():
    rows = [["Tour code", "F1001"], ["Title", "Harbour ferry crossing"], ["Season", "May to June"], [None, "and September"]]
    (one,) = read(workbook(("Sheet1", rows)), "ferry.xlsx")
    assert one.key == ""
    assert one.codes == ("F1001",)
    assert one.title.of(one.text) == "Harbour ferry crossing"
    assert "## Season\n- May to June\n- and September\n" in one.text


def test_one_column_is_read_line_by_line():
    (one,) = read(workbook(("Sheet1", [["Harbour rules"], ["No swimming."], ["No fires."]])))
    assert one.text == "Harbour rules\nNo swimming.\nNo fires.\n"
    assert [place.number for place in one.places] == [1, 2, 3]


def test_a_short_form_is_no_title_where_another_column_tells_more_under_any_name():
    rows = [
        ["Code", "Short", "What you see"],
        ["F1001", "FRY HBR", "The harbour from a ferry"],
        ["L2002", "LTH GDE", "The lamp and its keeper"],
    ]
    data = "\n".join(",".join(row) for row in rows).encode()
    found = extract("a.csv", ".csv", data, make_settings())
    assert [one.title.of(one.text) for one in found] == ["The harbour from a ferry", "The lamp and its keeper"]


def test_the_official_description_is_the_title_and_not_its_short_form():
    rows = [["Code", "Short description", "Long description", "Price"]]
    rows += [[code, f"Tr {n}", f"Tour number {n} of the harbour, on foot", n] for n, code in enumerate(("F1001", "L2002", "M3003"))]
    one = read(workbook(("Sheet1", rows)))[0]
    assert one.title.of(one.text) == "Tour number 0 of the harbour, on foot"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xlsx", b"", "is damaged"),
        ("a.xlsx", b"Code,Tour\n", "is damaged"),
        ("a.xls", b"<html><table></table></html>", "is no workbook"),
        ("a.xlsx", b"PK\x03\x04 and no more", "is damaged"),
        ("a.csv", b"a,b\n\0,c\n", "NUL"),
        ("a.csv", b'a,b\n"' + b"x" * 200_000 + b"\n", "is no table"),
        ("a.xlsx", workbook(("Sheet1", [])), "is empty"),
    ],
)
def test_what_is_no_table_is_refused_in_one_clause(name, data, why):
    with pytest.raises(Unreadable, match=why) as caught:
        read(data, name)
    assert "\n" not in str(caught.value)


def test_a_truncated_workbook_is_refused():
    data = workbook(("Sheet1", [HEADER, *ROWS]))
    for end in range(1, len(data), 97):
        with pytest.raises(Unreadable):
            read(data[:end])


def test_limits_are_kept(monkeypatch):
    data = workbook(("Sheet1", [HEADER, *ROWS]))
    with pytest.raises(Unreadable, match="more than 50 characters"):
        read(data, max_text_characters=50)
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 3)
    with pytest.raises(Unreadable, match="more than 3 rows"):
        read(data)
    with pytest.raises(Unreadable, match="more than 3 rows"):
        read(text_of([HEADER, *ROWS]), "t.csv")


def test_a_sheet_with_one_cell_far_out_is_refused_before_it_fills_the_memory():
    book = openpyxl.Workbook()
    book.active["A1"] = "near"
    book.active["XFD1048576"] = "far"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(Unreadable, match="cells"):
        read(stream.getvalue())


def test_repeated_cells_of_an_open_document_are_counted_before_they_are_read():
    content = (
        b'<office:document-content><table:table table:name="t"><table:table-row table:number-rows-repeated="1000000">'
        b'<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
        b"</table:table-row></table:table></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("content.xml", content)
    with pytest.raises(Unreadable, match="cells"):
        read(stream.getvalue(), "t.ods")


def readable_or_refused(name, data):
    found = read_bytes(name, data, make_settings())
    if isinstance(found, Refusal):
        return
    assert len({source.id for source in found}) == len(found)
    for source in found:
        document = parse_document(source, make_settings())
        assert document.title.end <= len(document.text)
        assert all(0 <= place.start <= len(document.text) for place in source.places)


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.xls", "a.ods", "a.csv", "a.tsv"]))
def test_any_bytes_are_read_or_refused(data, name):
    readable_or_refused(name, data)


@FUZZ
@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8), st.sampled_from(",;\t|"))
def test_any_delimited_text_is_read_or_refused(rows, delimiter):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    readable_or_refused("a.csv", stream.getvalue().encode("utf-8", "ignore"))


GOOD = workbook(("Sheet1", [HEADER, *ROWS]))


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_workbook_with_changed_bytes_is_read_or_refused(changes):
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    readable_or_refused("a.xlsx", bytes(data))


PART = "xl/worksheets/sheet1.xml"


@FUZZ
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8), st.booleans())
def test_a_workbook_whose_sheet_is_changed_inside_is_read_or_refused(at, piece, insert):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(stream, "w") as container:
        for name in good.namelist():
            part = good.read(name)
            if name == PART:
                cut = at % len(part)
                part = part[:cut] + piece + part[cut + (0 if insert else len(piece)) :]
            container.writestr(name, part)
    readable_or_refused("a.xlsx", stream.getvalue())


def test_the_short_name_titles_a_sheet_of_fields_that_has_no_longer_one(settings):
    data = b"Field,Text\nProcedure code,F1001\nShort name,Foot passenger by ferry\nTime,Twelve minutes\nTake,A ticket\n"
    (one,) = extract("fare.csv", ".csv", data, settings)
    assert one.codes == ("F1001",)
    assert one.title.of(one.text) == "Foot passenger by ferry"


def test_notes_above_a_sheet_of_fields_are_read_the_first_as_its_title_and_names_that_divide_it_are_no_values(settings):
    data = (
        b"F1001 - Foot passenger by ferry,\nHarbour Trust,\nOwner: the pier office,\n,\nTopic,Answer\nTRAVEL,\nTime,Twelve minutes\n"
        b"Take,A ticket\n,and a coat\nMONEY,\nFare,Four coins\n"
    )
    (one,) = extract("fare.csv", ".csv", data, settings)
    assert one.text == (
        "# F1001 - Foot passenger by ferry\n\nHarbour Trust\n\nOwner: the pier office\n"
        "## Time\nTwelve minutes\n## Take\n- A ticket\n- and a coat\n## Fare\nFour coins\n"
    )
    assert one.title.of(one.text) == "F1001 - Foot passenger by ferry"
    (source,) = read_bytes("fare.csv", data, settings)
    assert parse_document(source, settings).codes == ("F1001",)


def test_each_column_under_a_code_is_a_document(settings):
    data = (
        b"Harbour fares,,,\n,,,\nGroup,Item,F1001,F1002\nAbout,Name,Foot passenger,Bicycle on board\n,Time,Twelve minutes,Fifteen minutes\n"
        b"Money,Fare,Four coins,Six coins\n,Time,By day,\n"
    )
    first, second = extract("fares.csv", ".csv", data, settings)
    assert (first.codes, second.codes) == (("F1001",), ("F1002",))
    assert (first.key, second.key) == ("F1001", "F1002")
    assert second.title.of(second.text) == "Bicycle on board"
    assert "## Money: Time\nBy day" in first.text
    assert second.text.count("##") == 3
    assert [place.number for place in second.places] == [3, 4, 5, 6]


def test_a_table_of_several_columns_that_states_one_code_is_one_document(settings):
    data = (
        b"Section,Line,Text,Owner\nHeader,Code,F1001,Pier\n,Item,Foot passenger by ferry,\nRoute,1,Across the harbour and back.,Crew\n"
        b",2,By day and by night.,\nTrouble,Fog,Wait for the bell.,Crew\n,Storm,Stay on land; F1002 sails later.,\n"
    )
    (one,) = extract("fares.csv", ".csv", data, settings)
    assert one.codes == ("F1001",)
    assert one.title.of(one.text) == "Foot passenger by ferry"
    assert "## Route\n- Across the harbour and back.\n- By day and by night.\n" in one.text
    assert "## Trouble\n- Fog: Wait for the bell.\n- Storm: Stay on land; F1002 sails later.\n" in one.text


@pytest.mark.parametrize(
    "table",
    [
        b"Code,F1001,F1002\nF1003,yes,no\nF1004,no,yes\nF1005,no,no\n",
        b"Item,Fare,Old code,New code\nFerry,four,F1001,F1002\nTram,two,F1003,F1004\nBus,one,F1005,F1006\n",
    ],
)
def test_codes_that_are_values_stand_over_nothing(settings, table):
    assert len(extract("fares.csv", ".csv", table, settings)) > 2


def book(sheets):
    """Return a workbook of some sheets, each a list of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


DOSSIER = {
    "Cover": [["Harbour dossier", None], [None, None], ["HCPCS", "F1001"], ["Service", "Foot passenger by ferry"], ["Owner", "The pier"]],
    "Fares": [["Who", "Pays", "Note"], ["Adult", "four coins", "by day"], ["Child", "one coin", None]],
    "Trouble": [["Sign", "What to do"], ["Fog", "Wait for the bell"], ["Storm", "Stay on land"]],
}


def test_a_workbook_whose_cover_names_one_code_is_one_document_with_a_section_for_each_sheet(settings):
    (source,) = read_bytes("dossier.xlsx", book(DOSSIER), settings)
    document = parse_document(source, settings)
    assert document.codes == ("F1001",)
    assert document.title_text == "Foot passenger by ferry"
    assert [section.heading for section in document.sections] == ["Title", "Fares", "Trouble"]
    said = {unit.span.of(document.text): unit.path for unit in document.units}
    assert said["Adult | four coins | by day"] == ("Fares", "Who | Pays | Note")
    assert "Fog | Wait for the bell" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"Fares": [["Code", "Fare"], ["F1002", "four"], ["F1003", "one"], ["F1004", "two"]]},
        {"Trouble": [["HCPCS", "F1002"], ["Service", "Bicycle on board"]]},
        {"Cover": [["Harbour dossier", None], ["Owner", "The pier"], ["Service", "Foot passenger by ferry"]]},
    ],
)
def test_other_workbooks_are_a_document_for_each_row_or_sheet(settings, changes):
    sources = read_bytes("dossier.xlsx", book(DOSSIER | changes), settings)
    assert len(sources) > 1


TOPICS = [
    ["Topic", "Rule", "Who", "Limit"],
    ["Boarding", "Walk up the ramp in a line", "Crew", "Ten minutes before"],
    ["Luggage", "One trunk for each passenger", "Porter", "Forty pounds"],
    [None, "Two bags beside it", "Passenger", None],
    ["Not carried", "Horses, goats and geese; see F1002", "Pier", "Always"],
]
TITLE = "F1001 Foot passenger by ferry, one way"


def topics(*above, sheet="Sheet1", name="ferry.xlsx", rows=TOPICS):
    """Return the documents of a sheet of topics below some rows."""
    return read_bytes(name, workbook((sheet, [*above, *rows])), make_settings())


@pytest.mark.parametrize(
    ("above", "sheet", "name", "title"),
    [
        ([[TITLE], []], "Rules", "ferry.xlsx", TITLE),
        ([[TITLE]], "F1001", "ferry.xlsx", TITLE),
        ([["Harbour ferry"], ["HCPCS code: F1001"]], "Rules", "ferry.xlsx", "Harbour ferry"),
        ([["HCPCS code: F1001"]], "Ferry rules", "ferry.xlsx", "Ferry rules"),
        ([["HCPCS", "F1001"], []], "Ferry_rules", "ferry.xlsx", "Ferry rules"),
        ([["Harbour ferry"], ["valid", "this year"]], "F1001", "ferry.xlsx", "Harbour ferry"),
        ([], "F1001 ferry", "ferry.xlsx", "F1001 ferry"),
        ([], "Sheet1", "F1001_ferry.xlsx", "F1001 ferry"),
        ([], "Rules", "F1001_ferry.xlsx", "Rules"),
    ],
)
def test_topics_under_a_title_a_sheet_or_a_file_that_states_the_code_are_one_document(above, sheet, name, title):
    (source,) = topics(*above, sheet=sheet, name=name)
    document = parse_document(source, make_settings())
    assert source.id == name
    assert document.codes == ("F1001",)
    assert document.title_text == title
    said = {one.heading: one.body.of(document.text) for one in document.sections if one.kind is SectionKind.BODY and one.body}
    assert list(said) == ["Boarding", "Luggage", "Not carried"]
    assert said["Not carried"] == "- Rule: Horses, goats and geese; see F1002\n- Who: Pier\n- Limit: Always"
    assert said["Luggage"].startswith("- Rule: One trunk for each passenger; Who: Porter; Limit: Forty pounds\n- Rule: Two bags beside it")
    at = document.text.index("Horses")
    assert document.place_of(at).number == len(above) + 5


def test_topics_of_three_columns_lose_none_below_the_code():
    rows = [["HCPCS", "F1001", None], *[row[:3] for row in TOPICS]]
    (one,) = read(text_of(rows), "ferry.csv")
    assert one.codes == ("F1001",)
    assert "## Boarding\n- Rule: Walk up the ramp in a line\n- Who: Crew\n" in one.text


@pytest.mark.parametrize("name", ["ferry.xlsx", "F1001_ferry.xlsx"])
def test_rows_without_a_code_anywhere_or_beside_sheets_that_name_one_stay_documents_of_their_own(name):
    other = [["Code", "Fare", "Note"], ["F1002", "four", "by day"], ["F1003", "one", "by night"]]
    found = read_bytes(name, workbook(("Fares", other), ("Rules", TOPICS)), make_settings())
    assert [one.codes for one in found] == [("F1002",), ("F1003",), *[()] * 4]
    assert len(topics(name="ferry.xlsx")) == 4


def test_a_long_list_under_a_code_is_no_sheet_of_topics():
    rows = [["Pier", "Street", "Clerk"], *[[f"Pier {n}", f"{n} Bank Street", f"Clerk {n}"] for n in range(101)]]
    assert len(topics([TITLE], rows=rows)) == 101
