import pytest

from assistant import Assistant
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


@pytest.fixture
def harbour(seeded, settings, tmp_path):
    """Return an assistant over the ferry in two files, the lighthouse, an overview of both, and a file that says nothing."""
    files = {"ferry.txt": FERRY, "ferry-office.txt": MORE, "lighthouse.txt": LIGHTHOUSE, "overview.md": OVERVIEW}
    files["zz-imprint.txt"] = "© 2024 Harbour Company. All rights reserved."
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in files.items():
        (corpus / name).write_text(text, encoding="utf-8")
    return Assistant.open(corpus, seeded, settings)


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


@pytest.mark.parametrize("code", ["F1001", "L2002"])
def test_a_document_of_several_codes_brings_no_words_of_another_one(harbour, code):
    for question in ("how long does it take?", "what are the risks?", "how do I prepare?", "tickets"):
        assert all(code in quote.codes for quote in harbour.ask(f"{code}: {question}").quotes)


def test_a_question_over_all_codes_reads_each_code_in_all_its_documents(harbour):
    answer = harbour.ask("which services mention the harbour office?")
    assert all(quote.text in harbour.index.by_id[quote.document].text for quote in answer.quotes)


def test_a_section_is_shown_and_compared_from_whichever_document_has_it(harbour):
    assert [document.file for document, _ in harbour.sections("F1001", "Dogs")] == ["ferry-office.txt"]
    cells = [cell for row in harbour.compare(["F1001", "L2002"], "Duration") for cell in row.cells]
    assert len(cells) == 2 and all(cells)
