import html
import io

import docx
import pytest

from assistant.documents import read_bytes
from assistant.sections import parse_corpus
from assistant.types import SectionKind

# A document in neutral form: lines of (kind, text). "1" and "2" are headings, "p" prose, "-" and "--" items of two levels, "#" numbered
# steps, "=" a definition, "|" a row of a table ("|h" its header).
RENTAL = """1 Standard wheelchair, rental by the month
p HCPCS Code: K0001
2 Summary
p A standard wheelchair is lent for use at home. The supplier delivers it within two days.
p Repairs are included; accessories are billed separately.
2 Indications
- Walking is unsafe even with a cane or walker.
- A caregiver can help:
-- indoors
-- on ramps
- The home has room for the chair.
2 Steps
# Measure the seat width.
# Order the chair.
# Check the fit at home.
2 Fees
|h Item ~ First month ~ Later months
| Chair ~ $40 ~ $30
| Seat cushion ~ $12 ~ $9
2 Risks and Complications
p Common risks:
- Sore skin
- Falls on slopes
p Rare risks:
- Tipping over backwards
2 Similar Codes
"""
CLEANING = """1 Dental cleaning for adults, one visit
2 Details
|h Field ~ Value
| CDT Code ~ D1110
| Setting ~ Dental office
| Length of the visit ~ 45 minutes
2 What it is
p A hygienist removes plaque and polishes the teeth. Do not eat for half an hour afterwards.
2 Before you come
- Brush your teeth.
- Bring:
-- your insurance card
-- a list of your medicines
2 Terms
= Plaque: a soft film of bacteria.
= Tartar: plaque that has hardened.
2 Risks
p Gums may bleed for a day (e.g. after deep cleaning). Call if it lasts longer than two days.
"""
LIGHT = """1 Light therapy lamp, table model, for winter depression (E0203)
2 Purpose
p The lamp gives 10,000 lux at 30 cm. It is used each morning – before breakfast – for 20 to 30 minutes.
2 Use
# Switch the lamp on.
# Look ahead, not into the light.
2 Restrictions
- Eye disease: ask a doctor first.
- Medicines that make the skin sensitive to light
p Stop using the lamp if your eyes hurt.
2 Replaced parts
|h Part ~ After ~ Paid by
| Tube ~ 2 years ~ plan
| Filter ~ 5 years ~ patient
p Parts are sent by post within a week.
"""
VISIT = """1 Office visit, established patient, low complexity
p Code: S0250 (not to be confused with S0255)
2 Overview
p The doctor reviews a known problem, such as “sore throat” or café-au-lait spots, and decides on treatment.
2 Time
p Between 20 and 29 minutes on the day of the visit.
2 Who takes part
- Doctor or nurse practitioner
- Medical assistant
2 Billing
p Billed once a day.
p Not billed with:
- A visit on the same day
- A telephone call about the same problem
2 After the visit
p Results are sent within three days. Follow-up is planned where needed.
"""
DOCUMENTS = {"rental": RENTAL, "cleaning": CLEANING, "light": LIGHT, "visit": VISIT}


def blocks(neutral):
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in neutral.splitlines()]


def cells(words):
    return words.split(" ~ ")


def as_text(neutral):
    lines = []
    for kind, words in blocks(neutral):
        mark = {"-": "- ", "--": "  - ", "#": "  1. ", "=": "- "}.get(kind, "")
        lines += [] if mark or (kind == "|" and lines[-1].startswith(("|", "+"))) else [""]
        lines.append(f"| {' | '.join(cells(words))} |" if kind[0] == "|" else f"{mark}{words}")
        if kind == "|h":
            lines.append("+" + "-----+" * len(cells(words)))
    return "\r\n".join(lines[1:]).encode("cp1252")


def as_markdown(neutral):
    lines = []
    for kind, words in blocks(neutral):
        mark = {"-": "* ", "--": "    * ", "#": "1. ", "=": "- ", "1": "# ", "2": "## "}.get(kind, "")
        follows = lines and lines[-1].lstrip().startswith(("*", "1.", "-", "|")) and kind not in ("1", "2", "p")
        lines += [] if follows else [""]
        lines.append(f"|  {'  |  '.join(cells(words))}  |" if kind[0] == "|" else f"{mark}{words}")
        if kind == "|h":
            lines.append("|" + ":---|" * len(cells(words)))
    return "\n".join(lines[1:]).encode()


def as_html(neutral):
    page = ["<!doctype html><title>Page | Site</title><nav><a href=/>Home</a> <a href=/codes>E0204</a></nav><main>"]
    opened = []
    wanted = {"-": ["ul"], "--": ["ul", "ul"], "#": ["ol"], "=": ["dl"], "|": ["table"]}
    for kind, words in [*blocks(neutral), ("end", "")]:
        safe, one = html.escape(words), kind.replace("|h", "|")
        around = wanted.get(one, [])
        while opened and (len(opened) > len(around) or opened[-1] != around[len(opened) - 1]):
            page.append(f"</{opened.pop()}>")
        while len(opened) < len(around):
            opened.append(around[len(opened)])
            page.append(f"<{opened[-1]}>")
        if one == "|":
            page.append("<tr>" + "".join(f"<t{kind[1:] or 'd'}> {cell} " for cell in cells(safe)))
        elif one == "=":
            page.append("<dt>{}<dd>{}".format(*safe.split(": ", 1)))
        elif one in ("1", "2"):
            page.append(f"<h{one}>{safe}</h{one}>")
        elif one != "end":
            page.append(f"<p>{safe}</p>" if one == "p" else f"<li>{safe}")
    return "\n".join(page).encode()


def as_word(neutral):
    document, table = docx.Document(), None
    styles = {"-": "List Bullet", "--": "List Bullet 2", "#": "List Number", "=": "List Bullet"}
    for kind, words in blocks(neutral):
        if kind[0] == "|":
            table = table if kind == "|" else document.add_table(rows=0, cols=len(cells(words)))
            for cell, text in zip(table.add_row().cells, cells(words), strict=True):
                cell.paragraphs[0].add_run(text).bold = kind == "|h"
        elif kind in ("1", "2"):
            document.add_heading(words, int(kind) - 1)
        else:
            document.add_paragraph(words, style=styles.get(kind))
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


FORMATS = {"txt": as_text, "md": as_markdown, "html": as_html, "docx": as_word}


@pytest.fixture(scope="module")
def documents(settings):
    found = {}
    for suffix, render in FORMATS.items():
        sources = [read_bytes(f"{name}.{suffix}", render(neutral), settings)[0] for name, neutral in DOCUMENTS.items()]
        for name, document in zip(DOCUMENTS, parse_corpus(sources, settings), strict=True):
            found[name, suffix] = document
    return found


def seen(document):
    headings = [section.heading for section in document.sections if section.kind is not SectionKind.FURNITURE]
    units = [(" ".join(unit.span.of(document.text).split()), unit.path) for unit in document.units]
    return headings, units


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_heading_and_every_item_of_the_neutral_form_is_found(documents, name, suffix):
    headings, units = seen(documents[name, suffix])
    wanted = [words for kind, words in blocks(DOCUMENTS[name]) if kind == "2" and words != "Similar Codes"]
    assert headings == ["Title", *wanted]
    quoted = " \n ".join(words for words, _ in units)
    for kind, words in blocks(DOCUMENTS[name]):
        if kind not in ("1", "2"):
            assert " | ".join(cells(words)) in quoted or all(part in quoted for part in words.split(". "))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("suffix", ["md", "html", "docx"])
def test_a_document_reads_the_same_in_every_format(documents, name, suffix):
    plain, other = documents[name, "txt"], documents[name, suffix]
    assert seen(other)[0] == seen(plain)[0]
    assert seen(other)[1] == seen(plain)[1]
    assert other.title_text == plain.title_text
    assert other.codes == plain.codes


def test_each_document_names_its_one_code(documents):
    assert {name: documents[name, "html"].codes for name in DOCUMENTS} == {
        "rental": ("K0001",),
        "cleaning": ("D1110",),
        "light": ("E0203",),
        "visit": ("S0250",),
    }
