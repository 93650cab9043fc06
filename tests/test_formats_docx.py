import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from assistant.documents import Refusal, read_bytes
from assistant.formats import Unreadable, extract
from assistant.formats.zipped import check_zip
from assistant.sections import parse_document
from assistant.types import SectionKind, UnitKind

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(document):
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def text_of(data, settings):
    [one] = extract("a.docx", ".docx", data, settings)
    return one.text


def archive(parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return data.getvalue()


@pytest.fixture(scope="module")
def ferry():
    document = docx.Document()
    document.add_heading("Harbour ferry crossing", 0)
    document.add_paragraph("HCPCS Code: F1001")
    document.add_heading("Preparation", 1)
    document.add_paragraph("Bring:", style="List Bullet")
    document.add_paragraph("water", style="List Bullet 2")
    document.add_paragraph("shoes", style="List Bullet 2")
    document.add_paragraph("Come early.", style="List Bullet")
    document.add_heading("Steps", 1)
    document.add_paragraph("Buy a ticket.", style="List Number")
    document.add_paragraph("Board.", style="List Number")
    document.add_heading("Fares", 1)
    document.add_heading("Adults", 2)
    table = document.add_table(rows=2, cols=3)
    for cell, words in zip([c for row in table.rows for c in row.cells], ["Trip", "One way", "Return", "Day", "$2", "$3"], strict=True):
        cell.text = words
    document.sections[0].header.paragraphs[0].text = "PAGE HEADER"
    document.sections[0].footer.paragraphs[0].text = "PAGE FOOTER"
    return saved(document)


def test_styles_lists_and_tables_become_canonical_text(ferry, settings):
    assert text_of(ferry, settings) == (
        "# Harbour ferry crossing\n\nHCPCS Code: F1001\n\n## Preparation\n\n- Bring:\n  - water\n  - shoes\n- Come early.\n\n"
        "## Steps\n\n  1. Buy a ticket.\n  2. Board.\n\n## Fares\n\n### Adults\n\n"
        "| Trip | One way | Return |\n|---|---|---|\n| Day | $2 | $3 |\n"
    )


def test_places_count_the_blocks_of_the_file(ferry, settings):
    [one] = extract("a.docx", ".docx", ferry, settings)
    assert [place.number for place in one.places] == list(range(1, len(one.places) + 1))
    assert {place.kind for place in one.places} == {"paragraph"}
    assert one.text[one.places[1].start :].startswith("HCPCS Code")


def test_headings_that_are_only_bold_head_sections(settings):
    document = docx.Document()
    document.add_paragraph("Harbour ferry crossing, one way")
    for heading, words in (("Summary", "The ferry runs."), ("Duration", "It takes an hour."), ("Risks", "Fog is rare.")):
        document.add_paragraph().add_run(heading).bold = True
        document.add_paragraph(words)
    (source,) = read_bytes("a.docx", saved(document), settings)
    parsed = parse_document(source, settings)
    assert [section.heading for section in parsed.sections] == ["Title", "Summary", "Duration", "Risks"]
    assert parsed.title_text == "Harbour ferry crossing, one way"


CARD = [
    ("1. Good for", "people with a ticket"),
    ("Not good for:", "people with a horse"),
    ("Included", "The crossing, one bag"),
    ("Not included:", "a seat"),
    ("How often?", "Every hour by day"),
    ("Cleaning", "Wash the deck daily. Paint it monthly."),
]


@pytest.mark.parametrize("shown", ["as it is", "colons", "no colons", "full stops", "capitals"])
def test_bold_paragraphs_head_sections_whatever_they_end_with_and_stands_below(settings, shown):
    document = docx.Document()
    document.add_paragraph().add_run("YOUR HARBOUR FERRY").bold = True
    document.add_paragraph("F1001 Harbour ferry crossing, one way")
    for heading, words in CARD:
        bare = heading.rstrip(":")
        ended = heading if shown == "as it is" or heading.endswith("?") else f"{bare}:" if shown == "colons" else bare
        document.add_paragraph().add_run(ended).bold = True
        said = words.rstrip(".") + "." if shown == "full stops" else words[0].upper() + words[1:] if shown == "capitals" else words
        document.add_paragraph(said)
    (source,) = read_bytes("a.docx", saved(document), settings)
    parsed = parse_document(source, settings)
    headings = [section.heading for section in parsed.sections if section.kind is SectionKind.BODY]
    assert headings == ["Good for", "Not good for", "Included", "Not included", "How often?", "Cleaning"]
    assert "*" not in parsed.text


def test_the_title_of_a_bold_line_is_quoted_without_marks(settings):
    document = docx.Document()
    document.add_paragraph().add_run("Your harbour ferry").bold = True
    document.add_paragraph("What the crew wants you to know")
    for heading, words in CARD:
        document.add_paragraph().add_run(heading).bold = True
        document.add_paragraph(words)
    (source,) = read_bytes("a.docx", saved(document), settings)
    parsed = parse_document(source, settings)
    assert parsed.title_text == "Your harbour ferry"
    assert parsed.sections[0].body.of(parsed.text) == "Your harbour ferry\n\nWhat the crew wants you to know"
    assert parsed.units[0].kind is UnitKind.SENTENCE


def test_tracked_deletions_are_left_out_and_insertions_read(settings):
    document = docx.Document()
    paragraph = document.add_paragraph("The fare is ")
    for tag, text_tag, words in (("w:del", "w:delText", "two"), ("w:ins", "w:t", "three")):
        change, run, text = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        change.set(qn("w:id"), "1")
        change.set(qn("w:author"), "a")
        text.text = words
        run.append(text)
        change.append(run)
        paragraph._p.append(change)
    assert text_of(saved(document), settings) == "The fare is three\n"


def test_comments_are_left_out(settings):
    document = docx.Document()
    paragraph = document.add_paragraph("The ferry runs.")
    document.add_comment(paragraph.runs, text="REALLY?", author="a")
    assert text_of(saved(document), settings) == "The ferry runs.\n"


def test_a_file_without_words_is_refused(settings):
    assert read_bytes("a.docx", saved(docx.Document()), settings) == Refusal("a.docx", "holds no text")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
        (OLE + b"old", "is in the format of Office before 2007; save it anew"),
        (b"PK", "is damaged, or not of the kind that its name says"),
        (b"plain words", "is damaged, or not of the kind that its name says"),
        (archive([("a.txt", "words")]), "is not a Word file"),
        (archive([("word/document.xml", "<broken")]), "is not a Word file that can be read"),
        (archive([("word/document.xml", "x" * 5_000_000)]), "as no honest file does"),
        (archive([(f"{n}", "") for n in range(10_001)]), "packs 10,001 parts, over the limit of 10,000"),
    ],
)
def test_what_is_no_word_file_is_refused_with_the_reason(settings, data, why):
    refusal = read_bytes("a.docx", data, settings)
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


def test_a_truncated_file_is_refused(ferry, settings):
    for size in (10, len(ferry) // 2, len(ferry) - 1):
        assert isinstance(read_bytes("a.docx", ferry[:size], settings), Refusal)


def test_sizes_are_checked_before_anything_is_unpacked(settings):
    small = settings.model_copy(update={"max_file_bytes": 1000})
    with pytest.raises(Unreadable, match="unpacks to 20,000 bytes, over the limit of 10,000"):
        check_zip(archive([("a", bytes(range(256)) * 78 + b"x" * 32)]), small)
    narrow = settings.model_copy(update={"max_text_characters": 1000})
    refusal = read_bytes("a.docx", archive([("word/document.xml", "<a>" + "x y z " * 1000)]), narrow)
    assert refusal == Refusal("a.docx", "holds 6,003 bytes of markup, over the limit of 3,000")


def test_entities_do_not_grow(settings):
    laughs = '<!DOCTYPE a [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    refusal = read_bytes("a.docx", archive([("word/document.xml", f"{laughs}]><a>&i;</a>")]), settings)
    assert isinstance(refusal, Refusal)


@example_settings(max_examples=40, deadline=5000)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(ferry, settings, data):
    broken = bytearray(ferry)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert extract("a.docx", ".docx", bytes(broken), settings)
    except Unreadable as error:
        assert str(error)


@example_settings(max_examples=20, deadline=5000)
@given(markup=st.text(alphabet=st.sampled_from('<>/="w:ptr &;#body document'), max_size=80))
def test_any_markup_in_a_word_file_is_read_or_refused_and_nothing_else(ferry, settings, markup):
    parts = []
    with zipfile.ZipFile(io.BytesIO(ferry)) as packed:
        for name in packed.namelist():
            content = packed.read(name)
            parts.append((name, content.replace(b"<w:body>", b"<w:body>" + markup.encode()) if name == "word/document.xml" else content))
    try:
        assert extract("a.docx", ".docx", archive(parts), settings)
    except Unreadable as error:
        assert str(error)
