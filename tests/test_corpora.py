import json
import re
import sys
from pathlib import Path

import pypdfium2
import pytest

from assistant import Assistant
from assistant.building import build_index
from assistant.evaluation.questions import check_rows, load_questions, squash
from assistant.evaluation.runner import judge
from assistant.sections import parse_corpus
from assistant.types import Role, SectionKind, Status, UnitKind
from conftest import read_corpus

HERE = Path(__file__).parent / "corpora"
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
PROSE = {one["file"]: one for one in EXPECTED["documents"]}
SHEETS = {one["file"]: one for one in EXPECTED["sheets"]}
FORMATS = ("txt", "md", "html", "pdf", "docx")
SHARE = 0.95


def words(text):
    """Return text as it is compared: without marks of lists, tables and emphasis, white space collapsed, case ignored."""
    bare = re.sub(r"^\s*(?:[-•*–]|\d{1,2}\.)\s+", "", text, flags=re.MULTILINE)
    return squash(re.sub(r"[|*_`:]|\s+", " ", bare))


def name(heading):
    return re.sub(r"^\d+\.\s+", "", heading).strip(" :?").casefold()


def parse_folder(folder, settings):
    sources, refusals = read_corpus(folder, settings)
    assert refusals == []
    return parse_corpus(sources, settings)


@pytest.fixture(scope="session")
def dressed(settings):
    """Every document of the corpus by id."""
    return {document.id: document for document in parse_folder(HERE / "documents", settings)}


@pytest.fixture(scope="session")
def plain(settings):
    """The documents that are there in five formats: format -> name without ending -> document."""
    return {suffix: {Path(document.id).stem: document for document in parse_folder(HERE / "five" / suffix, settings)} for suffix in FORMATS}


@pytest.fixture(scope="session")
def dressed_assistant(settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora") / "index"
    build_index(HERE / "documents", folder, settings)
    return Assistant.open(HERE / "documents", folder, settings, build=False)


@pytest.fixture(scope="session")
def plain_assistants(settings, tmp_path_factory):
    found = {}
    for suffix in FORMATS:
        folder = tmp_path_factory.mktemp("five") / suffix
        build_index(HERE / "five" / suffix, folder, settings)
        found[suffix] = Assistant.open(HERE / "five" / suffix, folder, settings, build=False)
    return found


def body_units(document):
    return [unit for unit in document.units if document.sections[unit.section].kind is not SectionKind.FURNITURE]


def headings_of(document):
    """Return the names that head sections or label what stands below them, in order of first use."""
    paths = [unit.path for unit in body_units(document)]
    heads = [section.heading for section in document.sections if section.kind is SectionKind.BODY]
    return list(dict.fromkeys(map(name, [*heads, *(label for path in paths for label in path)])))


def lost_headings(document, known):
    found = set(headings_of(document))
    return [one["text"] for one in known["headings"] if name(one["text"]) not in found]


def lost_units(document, known):
    """Return the texts of `known` that are neither one unit nor a run of two or three below the right heading."""
    found = {}
    units = body_units(document)
    for first in range(len(units)):
        for last in range(first + 1, min(first + 4, len(units) + 1)):
            run = units[first:last]
            text = words(" ".join(unit.span.of(document.text) for unit in run))
            found.setdefault(text, set()).update(map(name, run[0].path))
    return [
        one["text"]
        for one in known["units"]
        if words(one["text"]) not in found or (one["under"] and name(one["under"][-1]) not in found[words(one["text"])])
    ]


@pytest.mark.parametrize("file", PROSE)
def test_a_document_has_the_codes_it_is_about_and_not_those_of_its_neighbours(dressed, file):
    assert dressed[file].codes == tuple(PROSE[file]["codes"])


@pytest.mark.parametrize("file", PROSE)
def test_a_document_has_its_title(dressed, file):
    assert squash(dressed[file].title_text) == squash(PROSE[file]["title"])


@pytest.mark.parametrize("file", PROSE)
def test_headings_and_contents_of_a_document_are_recovered(dressed, file):
    headings, units = lost_headings(dressed[file], PROSE[file]), lost_units(dressed[file], PROSE[file])
    assert len(headings) <= (1 - SHARE) * len(PROSE[file]["headings"]), headings
    assert len(units) <= (1 - SHARE) * len(PROSE[file]["units"]), units


@pytest.mark.parametrize("file", PROSE)
def test_sections_come_in_the_order_of_the_document(dressed, file):
    known = [name(one["text"]) for one in PROSE[file]["headings"] if one["level"] == 1]
    found = [name(section.heading) for section in dressed[file].sections if section.kind is SectionKind.BODY]
    assert [one for one in found if one in known] == known


@pytest.mark.parametrize("file", [file for file, one in PROSE.items() if one["furniture"]])
def test_the_furniture_of_a_page_is_no_content(dressed, file):
    said = squash(" \n ".join(unit.span.of(dressed[file].text) for unit in body_units(dressed[file])))
    assert [one for one in PROSE[file]["furniture"] if squash(one) in said] == []


@pytest.mark.parametrize("file", SHEETS)
def test_every_row_of_a_sheet_is_a_document_with_its_code_cells_and_row_number(dressed, file):
    found = [document for document in dressed.values() if document.file == file]
    assert [document.codes for document in found] == [tuple(row["codes"]) for row in SHEETS[file]["rows"]]
    for document, row in zip(found, SHEETS[file]["rows"], strict=True):
        assert document.place_of(0).number == row["row"]
        assert [cell for cell in row["cells"].values() if cell not in document.text] == []


SLUGS = [one["file"] for one in EXPECTED["five"]]
EVERY = [f"{suffix}/{slug}" for slug in SLUGS for suffix in FORMATS]
TABLES = [f"{suffix}/{one['file']}" for one in EXPECTED["five"] for suffix in FORMATS if one["tables"]]


@pytest.mark.parametrize("copy", EVERY)
def test_the_same_document_has_the_same_codes_sections_and_units_in_every_format(plain, copy):
    suffix, slug = copy.split("/")
    (known,) = (one for one in EXPECTED["five"] if one["file"] == slug)
    document, other = plain[suffix][slug], plain["md"][slug]
    assert document.codes == tuple(known["codes"])
    assert [name(s.heading) for s in document.sections if s.body] == [name(s.heading) for s in other.sections if s.body]
    assert lost_headings(document, known) == []
    assert lost_units(document, known) == []
    assert [words(u.span.of(document.text)) for u in body_units(document)] == [words(u.span.of(other.text)) for u in body_units(other)]


@pytest.mark.parametrize("copy", TABLES)
def test_the_rows_of_a_table_stand_under_its_header(plain, copy):
    suffix, slug = copy.split("/")
    (known,) = (one for one in EXPECTED["five"] if one["file"] == slug)
    labels = {words(u.span.of(plain[suffix][slug].text)) for u in plain[suffix][slug].units if u.kind is UnitKind.LABEL}
    assert [header for header in known["tables"] if words(" | ".join(header)) not in labels] == []


ASKED = (
    "What do I have to take off before the portable x-ray?",
    "R0070 how long does the visit take",
    "What rare harm can R0070 do?",
    "how many childbirth class sessions are covered per pregnancy?",
    "S9436 what is not covered",
    "Who may come along to childbirth class as support person?",
    "how noisy is the Heron Wearable pump?",
    "E0603 return of an opened pump",
    "Do police come with the crisis team?",
    "H2011 maximum units per episode",
    "when does the crisis team call again after the visit?",
    "R0075 how long",
)


@pytest.mark.parametrize("question", ASKED)
def test_the_same_document_gives_the_same_answer_in_every_format(plain_assistants, question):
    answers = {suffix: assistant.ask(question) for suffix, assistant in plain_assistants.items()}
    for suffix, answer in answers.items():
        assert plain_assistants[suffix].verify(answer) == []
    said = {suffix: (answer.status, [(q.role, q.code, words(q.text)) for q in answer.quotes]) for suffix, answer in answers.items()}
    assert said == dict.fromkeys(FORMATS, said["md"])


def test_a_quote_from_a_pdf_names_the_page_on_which_its_words_stand(plain_assistants):
    seen = set()
    for question in ASKED:
        for quote in plain_assistants["pdf"].ask(question).quotes:
            pages = pypdfium2.PdfDocument(HERE / "five" / "pdf" / quote.document)
            first = re.sub(r"\W+", "", words(quote.text.splitlines()[0]))[:25]
            assert first in re.sub(r"\W+", "", pages[quote.page - 1].get_textpage().get_text_range().casefold())
            seen.add(quote.page)
    assert seen == {1, 2}


def test_the_golds_of_the_question_set_are_in_the_documents(dressed):
    assert check_rows(load_questions([HERE / "questions.jsonl"]), list(dressed.values())) == []


def test_the_question_set_is_large_and_even():
    rows = load_questions([HERE / "questions.jsonl"])
    assert len(rows) >= 120
    assert abs(sum(row.split == "dev" for row in rows) - len(rows) / 2) <= 1
    assert sum(row.wants_abstention for row in rows) >= len(rows) / 4


def test_a_document_without_a_code_answers_questions_too(dressed_assistant):
    rows = load_questions([HERE / "questions-uncoded.jsonl"])
    right = []
    for row in rows:
        answer = dressed_assistant.ask(row.question, row.history)
        assert dressed_assistant.verify(answer) == []
        right.append(judge(row, answer, True).correct)
        shown = [quote for quote in answer.quotes if quote.role is Role.ANSWER]
        assert all(quote.code is None for quote in shown if quote.document.startswith("disputing"))
    assert sum(right) >= len(rows) / 2


OWNERS = {code: file for file, one in PROSE.items() for code in one["codes"]}


@pytest.mark.parametrize("code", OWNERS)
def test_what_a_code_is_is_answered_from_its_document(dressed_assistant, code):
    answer = dressed_assistant.ask(f"What is {code}?")
    assert answer.status is Status.ANSWERED
    assert {quote.document for quote in answer.quotes if quote.role is Role.ANSWER} == {OWNERS[code]}
    assert dressed_assistant.verify(answer) == []


@pytest.mark.parametrize(("code", "described"), [("E0247", "Transfer bench for tub"), ("D5110", "Complete denture, maxillary")])
def test_what_a_code_is_is_answered_with_the_description_in_its_row(dressed_assistant, code, described):
    answer = dressed_assistant.ask(f"What is {code}?")
    assert answer.status is Status.ANSWERED
    assert described in answer.quotes[0].text


def test_the_committed_texts_are_what_the_script_writes():
    sys.path.insert(0, str(HERE))
    try:
        import make
    finally:
        sys.path.remove(str(HERE))
    made = make.files()
    written = {path.relative_to(HERE).as_posix() for part in ("documents", "five") for path in (HERE / part).rglob("*") if path.is_file()}
    assert written | {"expected.json"} == set(made)
    for file, data in made.items():
        if not file.endswith((".pdf", ".docx", ".xlsx")):
            assert (HERE / file).read_bytes() == data, file
