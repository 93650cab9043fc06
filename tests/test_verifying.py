import shutil
from dataclasses import replace

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.documents import Refusal, read_file
from assistant.quoting import quote_span
from assistant.sections import parse_document
from assistant.types import Role, Status
from assistant.verifying import Library, verify

QUESTION = "S9357 duration"


@pytest.fixture
def copied(corpus, tmp_path):
    return shutil.copytree(corpus, tmp_path / "corpus")


@pytest.fixture(scope="module")
def answer(assistant):
    found = assistant.ask(QUESTION)
    assert found.status is Status.ANSWERED
    return found


def faults(answer, folder, settings):
    return [mismatch.why for mismatch in verify(answer, folder, settings)]


def with_quote(answer, **changes):
    return replace(answer, quotes=(replace(answer.quotes[0], **changes),))


def test_an_answer_from_these_sources_passes(answer, copied, settings, assistant):
    assert faults(answer, copied, settings) == []
    assert assistant.verify(answer) == []


@pytest.mark.parametrize("where", ["in the quote", "elsewhere"])
def test_one_changed_byte_of_a_source_is_noticed(answer, copied, settings, where):
    quote = answer.quotes[0]
    path = copied / quote.document
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    at = len(path.read_text(encoding="utf-8")[: quote.start].encode()) if where == "in the quote" else 0
    data[at] ^= 1
    path.write_bytes(data)
    assert faults(answer, copied, settings) == ["the document has changed since it was quoted"] * len(answer.quotes)


def test_a_missing_source_is_noticed(answer, copied, settings):
    (copied / answer.quotes[0].document).unlink()
    assert faults(answer, copied, settings) == ["the document is not in the corpus"]


def test_a_missing_corpus_is_noticed(answer, tmp_path, settings):
    assert faults(answer, tmp_path / "nowhere", settings) == ["the document is not in the corpus"]


def test_a_source_that_is_no_text_any_more_is_noticed(answer, copied, settings):
    path = copied / answer.quotes[0].document
    path.chmod(0o644)
    path.write_bytes(b"\xff\xfe")
    assert len(faults(answer, copied, settings)) == len(answer.quotes)


@pytest.mark.parametrize("document", ["../outside.txt", "/etc/hostname", "sub/../../outside.txt", ""])
def test_a_document_outside_the_corpus_is_never_read(answer, copied, settings, document):
    (copied.parent / "outside.txt").write_text("words", encoding="utf-8")
    assert faults(with_quote(answer, document=document), copied, settings) == ["the document is not in the corpus"]


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (10, 10), (10, 5), (0, 10**9)])
def test_impossible_offsets_are_noticed(answer, copied, settings, start, end):
    assert faults(with_quote(answer, start=start, end=end), copied, settings) == ["the offsets lie outside the document"]


def test_changed_words_and_shifted_offsets_are_noticed(answer, copied, settings):
    quote = answer.quotes[0]
    assert faults(with_quote(answer, text=quote.text.replace("e", "a")), copied, settings) == ["the text at these offsets is different"]
    assert faults(with_quote(answer, text=quote.text + " "), copied, settings) == ["the text at these offsets is different"]
    assert faults(with_quote(answer, start=quote.start + 1), copied, settings) == ["the text at these offsets is different"]


def test_every_false_quote_is_reported_and_true_ones_are_not(answer, copied, settings):
    true = answer.quotes[0]
    both = replace(answer, quotes=(true, replace(true, text="x"), replace(true, sha256="0" * 64)))
    assert faults(both, copied, settings) == ["the text at these offsets is different", "the document has changed since it was quoted"]


@pytest.mark.parametrize(
    ("code", "codes", "why"),
    [
        ("S9357", ("S9338",), "gives it other codes than"),
        ("S9338", ("S9338",), "gives it other codes than"),
        ("S9338", ("S9357",), "gives it other codes than"),
        ("S9338", ("S9338", "S9357"), "gives it other codes than"),
        ("S9357", (), "gives it other codes than"),
        (None, (), "gives it other codes than"),
        (None, ("S9357",), "gives it other codes than"),
        ("S9357", ("S9357", "S9338"), "no document of the code S9338 holds these words"),
        ("S9357", ("S9357", "S9999"), "no document of the code S9999 holds these words"),
    ],
)
def test_codes_that_are_not_those_of_the_document_are_noticed(answer, copied, settings, code, codes, why):
    [found] = faults(with_quote(answer, code=code, codes=codes), copied, settings)
    assert why in found


def test_a_code_whose_document_holds_the_same_words_is_its_own_only_as_long_as_that_document_is_there(assistant, copied, settings):
    answer = assistant.ask("are nursing visits included?")
    [quote] = answer.quotes
    assert len(quote.codes) > 1
    assert faults(answer, copied, settings) == []
    next(copied.glob(f"{quote.codes[-1]}*")).unlink()
    assert faults(answer, copied, settings) == [f"no document of the code {quote.codes[-1]} holds these words"]


def test_a_page_that_is_not_the_one_the_words_stand_on_is_noticed(answer, settings, tmp_path):
    canvas = Canvas(str(tmp_path / "ferry.pdf"), invariant=1)
    for words in ("The ferry carries foot passengers across the harbour.", "The crossing takes twelve minutes in calm weather."):
        canvas.drawString(72, 600, words)
        canvas.showPage()
    canvas.save()
    [source] = read_file(tmp_path / "ferry.pdf", tmp_path, settings)
    document = parse_document(source, settings)
    unit = next(unit for unit in document.units if "twelve" in unit.span.of(document.text))
    paged = replace(answer, quotes=(quote_span(document, unit.span, unit.section, unit.path, Role.ANSWER),))
    assert paged.quotes[0].page == 2
    assert faults(paged, tmp_path, settings) == []
    assert faults(with_quote(paged, page=1), tmp_path, settings) == ["the text stands on page 2, not on page 1"]
    assert faults(with_quote(paged, page=None), tmp_path, settings) == ["the text stands on page 2, not on no page"]


def test_a_page_of_a_document_without_pages_is_noticed(answer, copied, settings):
    assert faults(with_quote(answer, page=1), copied, settings) == ["the text stands on no page, not on page 1"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"section": "Name of the Procedure", "path": ("Name of the Procedure",)}, "it stands in the section 'Duration'"),
        ({"path": ("Duration", "Name of the Procedure")}, "it does not stand under the label 'Name of the Procedure'"),
        ({"title": "Home"}, "the document has another title"),
        ({"title": ""}, "the document has another title"),
    ],
)
def test_a_title_or_label_that_is_not_over_the_words_is_noticed(answer, copied, settings, changes, why):
    assert why in faults(with_quote(answer, **changes), copied, settings)[0]


def test_a_quote_of_a_document_that_cannot_be_parsed_does_not_pass(answer, copied, settings, monkeypatch):
    monkeypatch.setattr("assistant.verifying.parse_document", lambda *_: 1 / 0)
    assert all(why.startswith("a document makes its reader fail (ZeroDivisionError: ") for why in faults(answer, copied, settings))
    assert len(faults(answer, copied, settings)) == len(answer.quotes)


def test_a_document_that_an_index_refuses_has_no_say_in_how_others_are_read(answer, copied, settings, monkeypatch):
    from assistant import verifying

    real = verifying.outlook
    (copied / "spoilt.txt").write_text("Spoilt.\n", encoding="utf-8")
    monkeypatch.setattr(verifying, "outlook", lambda source, how: 1 / 0 if source.id == "spoilt.txt" else real(source, how))
    library = verifying.Library(copied, settings)
    (source,) = read_file(copied / answer.quotes[0].document, copied, settings)
    assert len(list(library.parsed(source))) == 2


def test_a_document_is_read_again_by_its_id_and_only_inside_the_corpus(tmp_path, settings):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a#1.txt").write_text("words", encoding="utf-8")
    (tmp_path / "out.txt").write_text("words", encoding="utf-8")
    library = Library(tmp_path / "in", settings)
    assert library.source("a#1.txt").text == "words"
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in" / "loop")
    (tmp_path / "in" / "out.txt").symlink_to(tmp_path / "out.txt")
    hostile = ("a\0.txt", "x" * 5000, "loop", "loop/a", "out.txt", str(tmp_path / "out.txt"), ".", "..", "\udce9.txt")
    for name in ("../out.txt", "gone.txt", "", "#", "gone.txt#1", *hostile):
        assert library.source(name) == Refusal(name, "is not in the corpus")


def test_a_document_that_has_left_its_file_is_not_read(tmp_path, settings):
    (tmp_path / "a.txt").write_text("words", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    assert Library(tmp_path, settings).source("a.txt#row 7") == Refusal("a.txt#row 7", "is no longer in its file")
    assert Library(tmp_path, settings).source("b.txt") == Refusal("b.txt", "is empty")


def test_however_many_answers_are_checked_each_file_is_read_once(assistant, copied, settings, monkeypatch):
    read = []
    monkeypatch.setattr("assistant.verifying.read_file", lambda path, *rest: read.append(path.name) or read_file(path, *rest))
    library = Library(copied, settings)
    answers = [assistant.ask(question) for question in (QUESTION, "S9338 duration", "are nursing visits included?")]
    assert [library.verify(answer) for answer in answers] == [[], [], []]
    assert sorted(read) == sorted(path.name for path in copied.iterdir() if path.name != "README.md")
