import pytest

from assistant.comparing import compare_documents
from assistant.errors import QueryError
from assistant.types import Role, SectionKind, Status
from conftest import FERRY, LIGHTHOUSE


@pytest.fixture
def harbour(opened):
    return opened({"ferry.txt": FERRY, "lighthouse.md": LIGHTHOUSE})


def cells(rows):
    return {row.heading: [cell.text if cell else None for cell in row.cells] for row in rows}


def test_a_row_holds_the_same_section_of_each_and_none_where_one_has_none(harbour):
    rows = cells(harbour.compare(["F1001", "L2002"]))
    assert rows["Duration"] == ["The crossing takes twelve minutes in calm weather.", "The tour lasts two hours."]
    assert rows["Risks"][0].startswith("Common risks: Seasickness.")
    assert rows["Risks"][1] is None
    assert rows["Preparation"][0] is None
    assert "Wear sturdy shoes." in rows["Preparation"][1]


def test_the_order_of_the_codes_is_the_order_of_the_cells(harbour):
    forth, back = cells(harbour.compare(["F1001", "L2002"])), cells(harbour.compare(["L2002", "F1001"]))
    assert forth.keys() == back.keys()
    assert all(texts == back[heading][::-1] for heading, texts in forth.items())


@pytest.mark.parametrize("pair", [("S9338", "S9357"), ("S9330", "S9336"), ("S9336", "S9327", "S9357")])
def test_every_section_of_every_document_stands_in_exactly_one_row(assistant, pair):
    rows = assistant.compare(list(pair))
    for owner, code in enumerate(pair):
        [document] = assistant.documents(code)
        wanted = [s.heading for s in document.sections if s.kind is not SectionKind.FURNITURE and s.body is not None]
        shown = [row.cells[owner].section for row in rows if row.cells[owner]]
        assert sorted(shown) == sorted(wanted)
    assert all(len(row.cells) == len(pair) and any(row.cells) for row in rows)


def test_every_cell_is_a_slice_of_its_own_document(assistant, corpus):
    codes = ["S9338", "S9357", "S9330"]
    for row in assistant.compare(codes):
        for code, cell in zip(codes, row.cells, strict=True):
            if cell:
                text = (corpus / cell.document).read_bytes().decode("utf-8")
                assert text[cell.start : cell.end] == cell.text
                assert (cell.code, cell.role) == (code, Role.ANSWER)


def test_headings_in_other_words_for_the_same_thing_share_a_row(assistant):
    sections = [[cell.section for cell in row.cells if cell] for row in assistant.compare(["S9338", "S9357"])]
    assert ["Tools/Equipment Used", "Tools and Equipment"] in sections
    assert ["Anesthesia/Sedation", "Anesthesia or Sedation"] in sections


@pytest.mark.parametrize(("name", "heading"), [("Duration", "Duration"), ("risk", "Risks and Complications"), ("SETTING", "Setting")])
def test_one_section_alone_can_be_compared(assistant, name, heading):
    [row] = assistant.compare(["S9338", "S9357"], name)
    assert row.heading == heading
    assert [cell.section for cell in row.cells] == [heading, heading]


@pytest.mark.parametrize(("codes", "empty"), [(["S9330", "S9336"], 1), (["S9336", "S9330"], 0)])
def test_a_section_that_only_one_has_is_found_from_either_side(assistant, codes, empty):
    [row] = assistant.compare(codes, "Tools")
    assert row.heading == "Tools/Equipment"
    assert row.cells[empty] is None
    assert "Portable infusion pump" in row.cells[1 - empty].text


def test_a_document_beside_itself_has_equal_cells(assistant):
    [document] = assistant.documents("S9357")
    rows = compare_documents(assistant.index, [(document.codes[0], document)] * 2)
    assert all(row.cells[0] == row.cells[1] for row in rows)


@pytest.mark.parametrize(
    ("codes", "section", "complaint"),
    [
        ([], None, "two or more"),
        (["S9338"], None, "two or more"),
        (["S9338", "s-9338"], None, "two or more"),
        (["S9338", "S9999"], None, "no document describes the code 'S9999'"),
        (["S9338", "S9357"], "price", "no section 'price'"),
    ],
)
def test_what_cannot_be_compared_is_named(assistant, codes, section, complaint):
    with pytest.raises(QueryError, match=complaint):
        assistant.compare(codes, section)


def test_an_unknown_code_is_answered_with_the_nearest_known_ones(harbour, monkeypatch):
    many = [f"A{number:04}" for number in range(0, 200, 7)]
    monkeypatch.setitem(vars(harbour.index), "by_code", dict.fromkeys([*many, "S9357", "S9375"], ("ferry.txt",)))
    with pytest.raises(QueryError, match=r"'s9356'; the nearest known ones are S9357, S9375, "):
        harbour.known_code("s9356")


def test_where_no_document_has_a_code_none_is_named(harbour, monkeypatch):
    monkeypatch.setitem(vars(harbour.index), "by_code", {})
    with pytest.raises(QueryError, match="'S9356'; the documents have no codes$"):
        harbour.known_code("S9356")


@pytest.mark.parametrize(
    ("question", "owners", "section"),
    [
        ("S9330 vs S9336 duration", {"S9330", "S9336"}, "Duration"),
        ("compare S9338 and S9357 risks", {"S9338", "S9357"}, "Risks and Complications"),
    ],
)
def test_a_question_that_compares_is_answered_for_each(assistant, question, owners, section):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert {quote.code for quote in answer.quotes} == owners
    assert {quote.section for quote in answer.quotes} == {section}
