import io
from dataclasses import replace

import openpyxl
import pytest

from assistant.rendering import verdicts
from assistant.types import Status
from conftest import FERRY, LIGHTHOUSE

MORE = """Harbour ferry crossing, notes of the harbour office

Code: F1001

Summary

The harbour office lists here what the page of the ferry leaves out.

Dogs

Dogs travel free of charge on a lead.

Refunds

Refunds are paid at the ticket window within ten days.

Weather

In a storm the crossing is called off at short notice.

Contact

The harbour office answers by telephone from eight to noon.
"""
OVERVIEW = """---
codes: [L2002, F1001]
title: Overview of the ferry and the lighthouse
---

# Overview of the ferry and the lighthouse

## Tickets

One ticket is sold for both.
"""

GUIDE = """# Guide to the boats of the island

## B1001 Rowing boat

The rowing boat is hired by the hour.

### Duration

A trip with the rowing boat takes forty minutes.

### Fares

The fare of the rowing boat includes lifejackets.

## B1002 Sailing boat

The sailing boat is hired by the day.

### Duration

A trip with the sailing boat takes six hours.

### Fares

The fare of the sailing boat is twelve dollars; lifejackets are charged separately.

## Safety

Children under six years are not taken aboard.
"""


@pytest.fixture
def island(opened):
    """Return an assistant over one guide to two boats, and the lighthouse."""
    return opened({"guide.md": GUIDE, "lighthouse.txt": LIGHTHOUSE})


@pytest.mark.parametrize(
    ("question", "said", "codes"),
    [
        ("B1001: how long does a trip take?", "forty minutes", ("B1001",)),
        ("B1002: how long does a trip take?", "six hours", ("B1002",)),
        ("B1002: are children taken aboard?", "Children under six", ("B1001", "B1002")),
    ],
)
def test_a_code_that_heads_a_part_of_a_document_is_answered_from_that_part_and_what_none_heads(island, question, said, codes):
    answer = island.ask(question)
    assert answer.status is Status.ANSWERED
    assert said in answer.quotes[0].text
    assert {quote.codes for quote in answer.quotes} == {codes}
    assert island.verify(answer) == []


def test_each_code_asked_about_brings_the_words_of_its_part(island):
    answer = island.ask("how long does a trip with B1001 and with B1002 take?")
    assert [quote.codes for quote in answer.quotes] == [("B1001",), ("B1002",)]
    assert [quote.path[-1] for quote in answer.quotes] == ["Duration", "Duration"]


@pytest.mark.parametrize(("code", "said"), [("B1001", "B1001 Rowing boat"), ("B1002", "B1002 Sailing boat")])
def test_a_bare_code_that_heads_a_part_of_a_document_is_told_by_its_name(island, code, said):
    [quote] = island.ask(code).quotes
    assert quote.text == said
    assert quote.codes == (code,)


def test_the_parts_of_one_document_are_compared_and_shown_each_under_its_code(island):
    rows = {row.heading: [cell and cell.text for cell in row.cells] for row in island.compare(["B1001", "B1002"])}
    assert [("forty minutes" in cell, "six hours" in cell) for cell in rows["Duration"]] == [(True, False), (False, True)]
    assert [("hired by the hour" in cell, "hired by the day" in cell) for cell in rows["Title"]] == [(True, False), (False, True)]
    [shared] = island.compare(["B1001", "B1002"], "Safety")
    assert shared.cells[0] == shared.cells[1]
    assert [section.heading for _, section in island.sections("B1002", "fares")] == ["Fares"]


def test_a_code_of_a_document_of_several_is_called_by_its_part(island):
    titles = {entry.code: entry.title for entry in island.codes()}
    assert (titles["B1001"], titles["B1002"]) == ("Rowing boat", "Sailing boat")


def test_a_choice_is_offered_for_each_part_of_a_document(island):
    answer = island.ask("duration?")
    assert answer.status is Status.CLARIFY
    assert {choice.code: choice.label for choice in answer.choices} == {
        "L2002": island.index.by_id["lighthouse.txt"].title_text,
        "B1001": "Rowing boat",
        "B1002": "Sailing boat",
    }


def test_a_part_of_a_document_headed_by_another_code_is_no_conflict(island):
    answer = island.ask("B1002: are lifejackets included?")
    assert [quote.codes for quote in answer.quotes] == [("B1002",)]
    assert "charged separately" in answer.quotes[0].text


def test_words_under_a_code_are_quoted_under_it_in_whatever_way_the_question_finds_them(island):
    [quote] = island.ask("how long does a trip with the sailing boat take?").quotes
    assert (quote.code, quote.codes, quote.section) == ("B1002", ("B1002",), "Duration")


@pytest.mark.parametrize(("boat", "code"), [("rowing", "B1001"), ("sailing", "B1002")])
def test_a_case_gets_the_code_that_heads_the_part_about_it(island, boat, code):
    answer = island.fit(f"we want to hire the {boat} boat of the island for a trip")
    assert [fit.code for fit in answer.codes if fit.fits] == [code]
    assert answer.resolved == code
    assert [verdict.label for verdict in verdicts(answer) if verdict.fits] == [code]


def test_words_of_one_part_are_not_verified_under_the_code_of_another(island):
    answer = island.ask("B1002: how long does a trip take?")
    quote = answer.quotes[0]
    for changes in (
        {"code": "B1001", "codes": ("B1001",)},
        {"code": "B1001", "codes": ("B1001",), "path": ("B1001 Rowing boat", "Duration"), "section": "B1001 Rowing boat"},
        {"codes": ("B1002", "B1001")},
        {"code": "B1001", "codes": ("B1001", "B1002")},
    ):
        assert len(island.verify(replace(answer, quotes=(replace(quote, **changes),)))) == 1, changes


@pytest.fixture
def harbour(opened):
    """Return an assistant over the ferry in two files, the lighthouse, an overview of both, and a file that says nothing."""
    files = {"ferry.txt": FERRY, "ferry-office.txt": MORE, "lighthouse.txt": LIGHTHOUSE, "overview.md": OVERVIEW}
    return opened({**files, "zz-imprint.txt": "© 2024 Harbour Company. All rights reserved."})


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("F1001: how long does the crossing take?", "twelve minutes"),
        ("F1001: do dogs pay?", "Dogs travel free"),
        ("L2002: how long does the tour take?", "two hours"),
    ],
)
def test_every_document_of_a_code_answers_for_it(harbour, question, said):
    answer = harbour.ask(question)
    assert answer.status is Status.ANSWERED
    assert any(said in quote.text for quote in answer.quotes)


@pytest.mark.parametrize(("code", "said"), [("F1001", "twelve minutes"), ("L2002", "two hours")])
def test_a_document_of_several_codes_brings_no_words_of_another_one(harbour, code, said):
    asked = ("how long does it take?", "what are the risks?", "how do I prepare?", "tickets")
    quotes = [quote for question in asked for quote in harbour.ask(f"{code}: {question}").quotes]
    assert any(said in quote.text for quote in quotes)
    assert all(code in quote.codes for quote in quotes)
    assert {quote.document for quote in quotes} <= {document.id for document in harbour.documents(code)}


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("which services mention the harbour office?", "ferry-office.txt"),
        ("which services have a duration of twelve minutes?", "ferry.txt"),
    ],
)
def test_a_question_over_all_codes_reads_each_code_in_all_its_documents(harbour, question, document):
    answer = harbour.ask(question)
    assert [(quote.document, quote.codes) for quote in answer.quotes] == [(document, ("F1001",))]
    assert answer.status is Status.ANSWERED


def test_a_section_is_shown_and_compared_from_whichever_document_has_it(harbour):
    assert [document.file for document, _ in harbour.sections("F1001", "Dogs")] == ["ferry-office.txt"]
    cells = [cell for row in harbour.compare(["F1001", "L2002"], "Duration") for cell in row.cells]
    assert len(cells) == 2 and all(cells)


PUMPS = """# Pumps at home

Codes: P1001, P1002

## Duration

P1001: The small pump runs for twelve hours.
P1002: The big pump runs for three days.

## Risks

### P1001

Tubing may kink.

### P1002

Low blood sugar may occur.
"""


@pytest.fixture
def pumps(opened):
    return opened({"pumps.md": PUMPS, "lighthouse.txt": LIGHTHOUSE})


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("P1002 risks?", "Low blood sugar", "Tubing"),
        ("risks of P1001", "Tubing", "Low blood sugar"),
        ("how long does P1002 run?", "three days", "twelve hours"),
    ],
)
def test_of_a_section_that_several_codes_share_only_what_is_about_the_one_asked_for_is_quoted(pumps, question, said, unsaid):
    answer = pumps.ask(question)
    text = " ".join(quote.text for quote in answer.quotes)
    assert answer.status is Status.ANSWERED
    assert (said in text, unsaid in text) == (True, False)
    assert {quote.code for quote in answer.quotes} == {"P1002" if "P1002" in question else "P1001"}
    assert pumps.verify(answer) == []


def test_a_section_that_several_codes_share_is_shown_and_compared_for_each(pumps):
    assert [section.heading for _, section in pumps.sections("P1002", "risks")] == ["Risks"]
    assert {"Duration", "Risks"} <= {row.heading for row in pumps.compare(["P1001", "P1002"])}


FARES = [["Code", "Description", "Fare"], ["F1001", "Foot passenger, one way", "four coins"], ["F1002", "Bicycle, one way", "six coins"]]
RULES = [["Topic", "Rule"], ["Refunds", "A ticket is refunded within 95 days."], ["Children", "Children travel at half the fare."]]


@pytest.fixture
def fares(opened):
    book = openpyxl.Workbook()
    for sheet, rows in ((book.active, FARES), (book.create_sheet("Rules"), RULES)):
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return opened({"fares.xlsx": content.getvalue()})


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("F1001 refunds?", "A ticket is refunded within 95 days."),
        ("do children pay less for F1002?", "Children travel at half the fare."),
        ("F1002 fare?", "six coins"),
    ],
)
def test_a_sheet_without_a_code_is_read_for_the_rows_that_have_one(fares, question, said):
    answer = fares.ask(question)
    assert answer.status is Status.ANSWERED
    assert said in answer.quotes[0].text


def test_many_rows_without_a_code_stand_around_nothing(opened):
    rows = ["code,description,fare", "F1001,Foot passenger,four coins", *(f",Extra number {n},a coin for part {n}" for n in range(9))]
    assert opened({"fares.csv": "\n".join(rows) + "\n"}).index.around == frozenset()
