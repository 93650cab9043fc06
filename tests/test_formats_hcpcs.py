import io

import openpyxl
import pytest

from assistant.config import make_settings
from assistant.documents import read_bytes
from assistant.formats.hcpcs import COLUMNS, NOT_TERMINATED
from assistant.sections import parse_document
from assistant.types import SectionKind

# The layout in which CMS ships its table, with rows of our own.
HEADER = [
    "HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "PRICE2", "PRICE3", "PRICE4", "MULT_PI",
    "CIM1", "CIM2", "CIM3", "MCM1", "MCM2", "MCM3", "STATUTE", *[f"LABCERT{n}" for n in range(1, 9)], *[f"XREF{n}" for n in range(1, 6)],
    "COV", "ASC_GRP", "ASC_DT", "OPPS", "OPPS_PI", "OPPS_DT", "PROCNOTE", "BETOS", *[f"TOS{n}" for n in range(1, 6)],
    "ANEST_BU", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD",
]  # fmt: skip


def row(**cells):
    named = {name.replace(" ", "_"): i for i, name in enumerate(HEADER)}
    values = [""] * len(HEADER)
    for name, value in cells.items():
        values[named[name]] = value
    return values


ROWS = [
    row(HCPC="   QZ", SEQNUM="0010", RECID="7", LONG_DESCRIPTION="Crossing by night", SHORT_DESCRIPTION="Night crossing", COV="C",
        ADD_DT=20201001.0, ACT_EFF_DT="20201001", ACTION_CD="A"),
    row(HCPC="F1001", SEQNUM="0010", RECID="3", LONG_DESCRIPTION="Harbour ferry crossing, foot passengers only,  one way,",
        SHORT_DESCRIPTION="Harbr ferry foot psgr", PRICE1="00", MULT_PI="A", COV="I", BETOS="Z2", TOS1="9", TOS2="D", ANEST_BU="  0",
        ADD_DT="20020101", ACT_EFF_DT="20180101", TERM_DT="20171231", ACTION_CD="N", XREF1="L2002"),
    row(HCPC="F1001", SEQNUM="0020", RECID="4", LONG_DESCRIPTION="including the wait at the pier"),
    row(HCPC="L2002", SEQNUM="0010", RECID="3", LONG_DESCRIPTION="Lighthouse tour with a guide, per person",
        SHORT_DESCRIPTION="Lthouse tour guide",
        PRICE1="51", COV="S", STATUTE="1862(a)(7)", ADD_DT="20040101", ACT_EFF_DT="20040101", ACTION_CD="C"),
]  # fmt: skip


def workbook(rows, header=HEADER):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Note regarding coverage and payment indicators"])
    page.append([])
    for one in (header, *rows):
        page.append(one)
    page.merge_cells("A1:E2")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def documents():
    settings = make_settings()
    sources = read_bytes("table.xlsx", workbook(ROWS), settings)
    return {source.id.removeprefix("table.xlsx#"): parse_document(source, settings) for source in sources}


def fields(document):
    return {s.heading: s.body.of(document.text) for s in document.sections if s.kind is SectionKind.BODY}


def test_each_code_and_each_modifier_is_a_document(documents):
    assert list(documents) == ["QZ", "F1001", "L2002"]
    assert [document.codes for document in documents.values()] == [(), ("F1001",), ("L2002",)]


def test_the_columns_become_fields_with_names_that_people_ask_with(documents):
    assert fields(documents["L2002"]) == {
        "Long description": "Lighthouse tour with a guide, per person",
        "Short description": "Lthouse tour guide",
        "Terminated": NOT_TERMINATED,
        "Added": "2004-01-01",
        "Effective": "2004-01-01",
        "Action": "C = Change in long description of procedure or modifier code",
        "Coverage": "S = Non-covered by Medicare statute",
        "Pricing": "51 = Drugs",
        "Statute": "1862(a)(7)",
    }


def test_a_long_description_goes_on_over_its_rows_and_is_otherwise_left_as_it_is(documents):
    document = documents["F1001"]
    assert document.title_text == "Harbour ferry crossing, foot passengers only,  one way, including the wait at the pier"
    assert fields(document)["Long description"] == document.title_text


def test_rows_of_one_description_are_put_in_the_order_of_their_numbers():
    (source, *_) = read_bytes(
        "table.xlsx", workbook([ROWS[1], row(HCPC="F1001", SEQNUM="0030", LONG_DESCRIPTION="twice"), ROWS[2]]), make_settings()
    )
    assert source.title.of(source.text).endswith("one way, including the wait at the pier twice")


def test_a_terminated_code_says_when_and_another_that_its_date_is_empty(documents):
    assert fields(documents["F1001"])["Terminated"] == "Valid for use until: 2017-12-31"
    assert fields(documents["QZ"])["Terminated"] == "Valid for use until: no termination date"


def test_a_date_that_was_typed_as_a_number_reads_as_the_others(documents):
    assert fields(documents["QZ"])["Added"] == fields(documents["QZ"])["Effective"] == "2020-10-01"


def test_several_values_of_one_field_are_a_list_and_each_has_the_layouts_words(documents):
    assert fields(documents["F1001"])["Type of service"] == "- 9 = Other medical items or services\n- D = Ambulance"


def test_a_value_that_the_layout_does_not_explain_stands_alone(documents):
    assert fields(documents["F1001"])["BETOS"] == "Z2"


def test_the_table_outranks_prose_and_knows_its_rows(documents):
    assert {document.authority for document in documents.values()} == {1}
    assert [document.place_of(0).number for document in documents.values()] == [4, 5, 7]


def test_every_column_of_the_layout_but_those_that_order_it_has_a_field():
    known = {column for columns in COLUMNS.values() for column in columns}
    assert {"".join(c for c in name if c.isalnum()) for name in HEADER} - known == {"HCPC", "SEQNUM", "RECID"}


def test_the_layout_is_recognised_with_other_separators_in_its_names_and_in_delimited_text():
    header = [name.replace(" ", "_").lower() for name in HEADER]
    lines = "\n".join("\t".join(str(cell) for cell in one) for one in (header, ROWS[3]))
    (source,) = read_bytes("table.tsv", lines.encode(), make_settings())
    assert source.authority == 1
    assert source.id == "table.tsv#L2002"


def test_another_table_of_codes_is_not_taken_for_it():
    (source, _) = read_bytes("other.csv", b"HCPC,Long description,Price\nF1001,Ferry,3\nL2002,Tower,4\n", make_settings())
    assert source.authority == 0


def test_a_modifier_is_a_code_where_the_pattern_says_so():
    first = read_bytes("table.xlsx", workbook(ROWS), make_settings(code_pattern="[A-Z][A-Z0-9]|[A-Z][0-9]{4}"))[0]
    assert first.codes == ("QZ",)
