import io
import re
import threading
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from assistant.config import make_settings
from assistant.documents import read_bytes
from assistant.formats import Unreadable
from assistant.formats.flow import flow
from assistant.formats.layout import Page, Word
from assistant.formats.pdf import extract
from assistant.formats.pdfium import _letter, read
from assistant.sections import parse_document

STYLES = getSampleStyleSheet()
BODY, H1, H2 = STYLES["BodyText"], STYLES["Heading1"], STYLES["Heading2"]
TITLE = ParagraphStyle("Big", STYLES["Title"], fontSize=22, leading=26)
PROSE = (
    "The ferry carries foot passengers across the harbour all year round. Bicycles are carried free of charge on every crossing, and "
    "a dog may come along on a lead. In fog the boat waits until the other shore can be seen."
)


def pdf(story, header="", **options):
    """Return the bytes of a document that says `header` and the page's number at the edges of each page."""

    def edges(canvas, document):
        if header:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(72, letter[1] - 40, header)
            canvas.drawCentredString(letter[0] / 2, 36, f"Page {document.page} of 7")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=letter, invariant=1, **options).build(list(story), onFirstPage=edges, onLaterPages=edges)
    return out.getvalue()


def drawn(*draw, **options):
    """Return the bytes of a document with one page for each function, which is given the canvas."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1, **options)
    for one in draw:
        one(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_of(data, **changes):
    (found,) = extract("a.pdf", data, make_settings(**changes))
    return found.text


def lines_of(data):
    return [line for line in text_of(data).splitlines() if line]


def bullets(*items, **options):
    return ListFlowable([ListItem(one if not isinstance(one, str) else Paragraph(one, BODY)) for one in items], **options)


def why(data, **changes):
    with pytest.raises(Unreadable) as caught:
        extract("a.pdf", data, make_settings(**changes))
    return str(caught.value)


FERRY = [
    Paragraph("Harbour ferry crossing, foot passengers only", TITLE),
    Paragraph("Code: F1001", BODY),
    Paragraph("Summary", H1),
    Paragraph(PROSE, BODY),
    Paragraph("Risks", H1),
    Paragraph("Common risks", H2),
    bullets("Seasickness in a swell, above all for those who stand at the bow where the movement of the boat is greatest.", "Spray."),
    Paragraph("Rare risks", H2),
    bullets(
        [Paragraph("Delay by fog.", BODY), bullets("Two hours at most.", bulletType="bullet", start="–")], bulletType="bullet", start="•"
    ),
    Paragraph("Duration", H1),
    Paragraph("The crossing takes twelve minutes in calm weather.", BODY),
]


def test_sizes_become_levels_of_headings_and_wrapped_lines_paragraphs():
    assert lines_of(pdf(FERRY)) == [
        "# Harbour ferry crossing, foot passengers only",
        "Code: F1001",
        "## Summary",
        PROSE,
        "## Risks",
        "### Common risks",
        "1. Seasickness in a swell, above all for those who stand at the bow where the movement of the boat is greatest.",
        "2. Spray.",
        "### Rare risks",
        "- Delay by fog.",
        "  - Two hours at most.",
        "## Duration",
        "The crossing takes twelve minutes in calm weather.",
    ]


def test_the_parser_finds_the_sections_list_items_and_labels_of_the_text():
    (source,) = read_bytes("ferry.pdf", pdf(FERRY), make_settings())
    document = parse_document(source, make_settings())
    assert document.title_text == "Harbour ferry crossing, foot passengers only"
    assert document.codes == ("F1001",)
    assert [section.heading for section in document.sections if section.body] == ["Title", "Summary", "Risks", "Duration"]
    nested = next(unit for unit in document.units if unit.span.of(document.text) == "Two hours at most.")
    assert nested.path == ("Risks", "Rare risks", "Delay by fog")


def test_running_heads_and_page_numbers_are_left_out_and_every_page_has_its_place():
    story = [piece for n in range(1, 40) for piece in (Paragraph(f"Stop {n}", H1), Paragraph(f"Stop number {n} is a quay. {PROSE}", BODY))]
    data = pdf(story, header="Ferry manual, revision 12")
    (found,) = extract("a.pdf", data, make_settings())
    assert "manual" not in found.text
    assert "Page" not in found.text
    assert [place.kind for place in found.places] == ["page"] * len(found.places)
    assert [place.number for place in found.places] == list(range(1, len(found.places) + 1))
    assert len(found.places) == 4
    assert [line for line in found.text.splitlines() if line.startswith("#")] == [f"# Stop {n}" for n in range(1, 40)]
    assert found.text.count(PROSE) == 39
    (source,) = read_bytes("a.pdf", data, make_settings())
    document = parse_document(source, make_settings())
    pages = [document.place_of(document.text.index(f"Stop number {n} ")).number for n in range(1, 40)]
    assert pages == sorted(pages)
    assert set(pages) == set(range(1, len(found.places) + 1))


def test_a_page_number_is_left_out_of_a_document_of_one_page_too():
    assert "Page" not in text_of(pdf(FERRY, header="Manual"))


def test_a_paragraph_and_an_item_go_on_over_the_end_of_a_page_and_the_place_is_inside():
    story = [
        Spacer(1, 605),
        Paragraph(PROSE, BODY),
        Spacer(1, 590),
        bullets(PROSE.replace("ferry", "boat"), bulletType="bullet", start="•"),
    ]
    (found,) = extract("a.pdf", pdf(story), make_settings())
    assert found.text == f"{PROSE}\n\n- {PROSE.replace('ferry', 'boat')}\n"
    assert [place.number for place in found.places] == [1, 2, 3]
    inside = found.places[1].start
    assert 0 < inside < len(PROSE)
    assert found.text[inside - 1] == " "


def test_bold_lines_of_body_size_are_headings_and_bold_labels_remain_in_their_line():
    story = []
    for name, text in (("Duration", "It takes an hour."), ("Setting", "At home."), ("Risks", "<b>Rare:</b> Fog.")):
        story += [Paragraph(f"<b>{name}</b>", BODY), Paragraph(text, BODY)]
    assert lines_of(pdf([Paragraph("A service", TITLE), *story])) == [
        "# A service",
        *("## Duration", "It takes an hour.", "## Setting", "At home.", "## Risks", "Rare: Fog."),
    ]


def test_short_lines_that_end_early_stay_lines_of_their_own():
    story = [Paragraph("Fare: three pounds<br/>Boats: every hour on the hour<br/>Dogs: on a lead", BODY), Paragraph(PROSE, BODY)]
    assert lines_of(pdf(story)) == ["Fare: three pounds", "Boats: every hour on the hour", "Dogs: on a lead", PROSE]


GRID = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])


def test_a_ruled_table_becomes_rows_and_its_repeated_head_stands_once():
    rows = [["Stop", "What to know", "Minutes"], *([f"Quay {n}", Paragraph(PROSE, BODY), str(n)] for n in range(1, 16))]
    text = text_of(
        pdf([Paragraph(PROSE, BODY), Table(rows, colWidths=[60, 300, 60], style=GRID, repeatRows=1), Paragraph("The end.", BODY)])
    )
    expected = [f"| Quay {n} | {PROSE} | {n} |" for n in range(1, 16)]
    assert [line for line in text.splitlines() if line] == [
        PROSE,
        "| Stop | What to know | Minutes |",
        "|---|---|---|",
        *expected,
        "The end.",
    ]


def test_cells_that_span_columns_are_not_cut():
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (0, 0), (1, 0))])
    rows = [["Both quays and what to know of them", "", "Minutes"], ["North", "", "4"], ["South", "Narrow", "5"]]
    assert lines_of(pdf([Table(rows, colWidths=[90, 120, 60], style=style)])) == [
        "| Both quays and what to know of them | Minutes |",
        "| North |  | 4 |",
        "| South | Narrow | 5 |",
    ]


def test_a_table_without_lines_is_told_by_its_columns():
    rows = [["Stop", "What to know", "Minutes"], ["North", Paragraph(PROSE, BODY), "4"], ["South", "Narrow", "5"], ["West", "Windy", "6"]]
    style = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 8)])
    assert lines_of(pdf([Paragraph(PROSE, BODY), Table(rows, colWidths=[70, 300, 60], style=style), Paragraph(PROSE, BODY)])) == [
        PROSE,
        "| Stop | What to know | Minutes |",
        "|---|---|---|",
        f"| North | {PROSE} | 4 |",
        "| South | Narrow | 5 |",
        "| West | Windy | 6 |",
        PROSE,
    ]


def cells(*texts, bold=False):
    return [Paragraph(f"<b>{text}</b>" if bold else text, BODY) for text in texts]


def test_a_bold_row_above_others_is_the_header_of_a_table_in_two_columns():
    rows = [cells("Stop", "Weather", bold=True), cells("North", "Windy"), cells("South", "Calm")]
    table = Table(rows, colWidths=[90, 200], style=GRID)
    assert lines_of(pdf([table])) == ["| Stop | Weather |", "|---|---|", "| North | Windy |", "| South | Calm |"]


def test_the_first_of_several_like_rows_is_no_header():
    rows = [["North", "Windy"], ["South", "Calm"], ["West", "Foggy"]]
    assert lines_of(pdf([Table(rows, colWidths=[90, 200], style=GRID)])) == ["| North | Windy |", "| South | Calm |", "| West | Foggy |"]


def test_labels_and_values_in_two_columns_become_labelled_lines():
    rows = [["Fare:", "three pounds"], ["Boats:", "every hour on the hour"], ["Dogs:", "on a lead"]]
    assert lines_of(pdf([Table(rows, colWidths=[90, 200])])) == ["Fare: three pounds", "Boats: every hour on the hour", "Dogs: on a lead"]


def test_a_row_that_the_end_of_a_page_cuts_is_put_together():
    rows = [["Stop", "What to know"], *([f"Quay {n}", Paragraph(f"the quay {n} " * 240, BODY)] for n in range(3))]
    table = Table(
        rows,
        colWidths=[60, 300],
        style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        repeatRows=1,
        splitInRow=1,
    )
    assert lines_of(pdf([Paragraph(PROSE, BODY), table])) == [
        PROSE,
        "| Stop | What to know |",
        "|---|---|",
        *(f"| Quay {n} | {f'the quay {n} ' * 239}the quay {n} |" for n in range(3)),
    ]


def in_columns(story):
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=letter, invariant=1)
    frames = [Frame(72, 72, 225, 560, id="left"), Frame(315, 72, 225, 560, id="right")]

    def head(canvas, _):
        canvas.setFont("Helvetica-Bold", 24)
        canvas.drawString(72, 700, "Harbour ferry crossing for passengers")

    document.addPageTemplates([PageTemplate(id="two", frames=frames, onPage=head), PageTemplate(id="more", frames=frames)])
    document.build([NextPageTemplate("more"), *story])
    return out.getvalue()


def test_two_columns_are_read_one_after_the_other_below_the_line_over_both():
    justified = ParagraphStyle("Justified", BODY, alignment=TA_JUSTIFY)
    names = [f"Stop {n}" for n in range(1, 20)]
    story = [piece for name in names for piece in (Paragraph(name, H2), Paragraph(f"{name} is a quay. {PROSE}", justified))]
    assert lines_of(in_columns(story)) == [
        "# Harbour ferry crossing for passengers",
        *(line for name in names for line in (f"## {name}", f"{name} is a quay. {PROSE}")),
    ]


def test_running_heads_may_differ_on_odd_and_even_pages_and_by_chapter():
    def page(n):
        def draw(canvas):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(72, 750, f"Chapter {n // 4}: Of boats" if n % 2 else "The ferry manual")
            canvas.drawRightString(540, 750, str(n + 20))
            type_lines(canvas, f"Page {n} says that boats sail.", f"It has {n} lines.", y=680)

        return draw

    assert lines_of(drawn(*map(page, range(1, 13)))) == [
        line for n in range(1, 13) for line in (f"Page {n} says that boats sail.", f"It has {n} lines.")
    ]


def test_what_only_looks_alike_from_page_to_page_is_kept():
    def page(n):
        return lambda canvas: type_lines(canvas, "Ferry card", f"Code: F100{n}", f"Fare: {n} pounds", y=640)

    assert lines_of(drawn(*map(page, range(1, 5)))) == [
        line for n in range(1, 5) for line in ("Ferry card", f"Code: F100{n}", f"Fare: {n} pounds")
    ]


def seen(*words):
    """Return the lines of a page with words of size 10, each given as text, x and y; a letter is 5 wide."""
    page = Page(1, 0, 600, 0, 800, tuple(Word(text, x, x + 5 * len(text), y, 10, False, True) for text, x, y in words))
    return flow([page])[0].splitlines()


def test_bullets_of_word_processors_and_all_kinds_of_numbers_open_items():
    marks = ["\uf0b7", "o", "\uf0a7", "–", "1.", "(2)", "a)", "iv.", "B."]
    words = [word for n, mark in enumerate(marks) for word in ((mark, 50, 700 - 12 * n), (f"Item{n}", 70, 700 - 12 * n))]
    assert seen(*words) == [
        *("- Item0", "- Item1", "- Item2", "- Item3", "1. Item4", "(2) Item5", "a) Item6", "- iv. Item7", "- B. Item8"),
    ]


def test_depth_comes_from_where_the_bullets_stand():
    places = [(50, "a"), (70, "b"), (90, "c"), (70, "d"), (50, "e")]
    words = [word for n, (x, text) in enumerate(places) for word in (("•", x, 700 - 12 * n), (text, x + 10, 700 - 12 * n))]
    assert seen(*words) == ["- a", "  - b", "    - c", "  - d", "- e"]


def test_a_bullet_that_is_drawn_is_one():
    def page(canvas):
        for n, text in enumerate(["Wear sturdy shoes.", "Bring water."]):
            canvas.circle(80, 703.5 - 20 * n, 2, stroke=0, fill=1)
            type_lines(canvas, text, x=90, y=700 - 20 * n)

    assert lines_of(drawn(page)) == ["- Wear sturdy shoes.", "- Bring water."]


def test_a_soft_hyphen_joins_what_it_parts():
    assert seen(("Long", 50, 700), ("co\xadope", 72, 700), ("trea\xad", 500, 700), ("tment.", 50, 688)) == ["Long coope   treatment."]


def test_raised_and_lowered_letters_stay_in_their_line():
    page = Page(
        1,
        0,
        600,
        0,
        800,
        (Word("H", 50, 57, 700, 10, False, True), Word("2", 57, 61, 697, 6, False, False), Word("O", 61, 68, 700, 10, False, False)),
    )
    assert flow([page])[0] == "H2O\n"


def type_lines(canvas, *lines, font="Helvetica", size=11, x=72, y=700, leading=13, mode=0):
    text = canvas.beginText(x, y)
    text.setFont(font, size, leading)
    text.setTextRenderMode(mode)
    for line in lines:
        text.textLine(line)
    canvas.drawText(text)


def test_a_hyphen_goes_where_the_document_has_the_word_without_it():
    margin = "and this line runs as far to the right as any other line on the page, so that the margin is known well"
    lines = [
        *(margin, margin, margin),
        "The treatment ends here, as every treatment does, and what is said next is only about the one trea-",
        "tment, or about self-care, and it comes to the end of the line at a place where words part: self-",
        "care is written with a hyphen, and so is the long word that this line ends with, which is pre-",
        "and post-operative.",
    ]
    text = text_of(drawn(lambda canvas: type_lines(canvas, *lines)))
    assert "one treatment, or about" in text
    assert "part: self-care is" in text
    assert "pre- and post-operative." in text


def test_a_hard_space_is_a_space():
    assert text_of(drawn(lambda canvas: type_lines(canvas, "Three\xa0hours."))) == "Three hours.\n"


@pytest.mark.parametrize(
    ("code", "letter_"), [(0xFB01, "fi"), (0xFB03, "ffi"), (0x2011, "-"), (2, "-"), (0x200B, ""), (7, ""), (0xD800, "")]
)
def test_ligatures_and_unseen_characters(code, letter_):
    assert _letter(code) == letter_


def test_letters_that_are_spaced_out_make_words():
    def page(canvas):
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 16)
        text.setCharSpace(4)
        text.textLine("COVERAGE OF IT")
        text.setCharSpace(0)
        canvas.drawText(text)
        type_lines(canvas, PROSE[:68], y=660)

    assert lines_of(drawn(page)) == ["# COVERAGE OF IT", PROSE[:68]]


def test_words_without_space_characters_between_them_are_told_apart():
    def page(canvas):
        x = 72
        for word in ["A", "boat", "takes", "people", "over"]:
            canvas.drawString(x, 700, word)
            x += canvas.stringWidth(word, "Helvetica", 12) + 3

    assert text_of(drawn(page)) == "A boat takes people over\n"


def test_the_text_is_read_as_the_page_is_seen_and_text_at_an_angle_left_out():
    def watermark(canvas):
        canvas.saveState()
        canvas.rotate(40)
        canvas.setFont("Helvetica", 60)
        canvas.drawString(300, 100, "DRAFT")
        canvas.restoreState()
        type_lines(canvas, "Upright text of the page.")
        canvas.rotate(90)
        canvas.drawString(100, -30, "a note in the margin")

    def turned(canvas):
        canvas.setPageRotation(90)
        canvas.rotate(90)
        type_lines(canvas, "A page that is turned as a whole.", y=-200)

    assert lines_of(drawn(watermark, turned)) == ["Upright text of the page.", "A page that is turned as a whole."]


def test_invisible_text_over_a_scan_is_read():
    assert text_of(drawn(lambda canvas: type_lines(canvas, "Text that a scanner read.", mode=3))) == "Text that a scanner read.\n"


def picture(canvas):
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "navy")), 72, 400, 300, 300)


def test_pages_of_pictures_are_refused_and_named_where_others_hold_text(caplog):
    assert why(drawn(picture)) == "holds no text, only images; run OCR first"
    (found,) = extract("mixed.pdf", drawn(lambda canvas: type_lines(canvas, "Text."), picture), make_settings())
    assert found.text == "Text.\n"
    assert "mixed.pdf: page 2 holds no text, only images; run OCR first" in caplog.text


def test_an_empty_page_is_refused():
    assert why(drawn(lambda canvas: None)) == "holds no text"


def test_a_password_is_said_and_one_that_only_the_owner_needs_is_none():
    assert why(drawn(lambda canvas: type_lines(canvas, "Secret."), encrypt=StandardEncryption("word", "owner"))) == "is encrypted"
    assert text_of(drawn(lambda canvas: type_lines(canvas, "Open."), encrypt=StandardEncryption("", "owner"))) == "Open.\n"


@pytest.mark.parametrize("tenths", range(10))
def test_a_file_that_is_cut_off_is_refused(tenths):
    data = pdf(FERRY, header="Manual")
    assert re.fullmatch(r"is not a readable PDF \(.+\)", why(data[: len(data) * tenths // 10]))


@pytest.mark.parametrize(
    "data", [b"no pdf %%EOF", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF", b"PK\x03\x04 %%EOF"]
)
def test_a_file_that_is_none_is_refused(data):
    assert why(data) == "is not a readable PDF (it is damaged)"


def test_pages_and_characters_are_limited():
    data = drawn(*[lambda canvas, n=n: type_lines(canvas, f"Letters {n}", y=700 - 40 * n) for n in range(5)])
    assert why(data, max_pages=4) == "has 5 pages, over the limit of 4"
    assert why(data, max_text_characters=40) == "holds more than 40 characters of text, the limit"
    assert text_of(data, max_pages=5, max_text_characters=100).count("Letters") == 5


def test_a_page_of_a_million_characters_is_read_in_seconds():
    data = drawn(lambda canvas: type_lines(canvas, *[f"word {n} " * 10 for n in range(10_000)], size=4, leading=0.06))
    start = time.perf_counter()
    assert len(text_of(data)) > 900_000
    assert time.perf_counter() - start < 60


def test_a_page_of_scattered_words_is_read_in_seconds():
    def page(canvas):
        canvas.setFont("Helvetica", 3)
        for n in range(9_000):
            canvas.drawString((n * 7919) % 600, (n * 104729) % 780, "ab")
            if n % 3 == 0:
                canvas.line((n * 31) % 600, (n * 17) % 780, (n * 31) % 600, (n * 17) % 780 + 9)

    start = time.perf_counter()
    assert text_of(drawn(page)).count("ab") > 8_000
    assert time.perf_counter() - start < 60


def test_work_without_end_is_given_up(monkeypatch):
    forms = "".join(f"/X{n} {n + 6} 0 R" for n in range(9))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources 5 0 R>>",
        "<</Length 6>>stream\n/X0 Do\nendstream",
        f"<</XObject<<{forms}>>>>",
        *(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources 5 0 R/Length 80>>stream\n{f'/X{n + 1} Do '.ljust(8) * 10}\nendstream"
            for n in range(8)
        ),
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 11>>stream\n0 0 m 9 9 l S\nendstream",
    ]
    body = "%PDF-1.4\n" + "".join(f"{n} 0 obj\n{one}\nendobj\n" for n, one in enumerate(objects, 1))
    monkeypatch.setattr("assistant.formats.pdf.PAGE_SECONDS", 1.0)
    start = time.perf_counter()
    assert why(f"{body}trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF".encode()) == "is not a readable PDF (a page takes too long to read)"
    assert time.perf_counter() - start < 60


def test_threads_read_at_the_same_time():
    data, texts = pdf(FERRY, header="Manual"), []
    threads = [threading.Thread(target=lambda: texts.append(text_of(data))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert texts == [text_of(data)] * 8


SAMPLE = pdf([*FERRY, Table([["a", "b"], ["c", "d"]], style=GRID), PageBreak(), Paragraph(PROSE, BODY)], pageCompression=0)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 3), st.binary(min_size=1, max_size=6)), min_size=1, max_size=12
    )
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(changes):
    data = bytearray(SAMPLE)
    for at, kind, new in changes:
        if kind == 0:
            data[at : at + len(new)] = new
        elif kind == 1:
            data[at:at] = new
        elif kind == 2:
            del data[at : at + 40 * len(new)]
        else:
            data[at:at] = data[at // 2 : at]
    try:
        pages, _ = read(bytes(data), 100, 100_000)
    except Unreadable as error:
        assert str(error).startswith(("is not a readable PDF", "holds no text", "is encrypted", "has "))
        return
    text, places = flow(pages)
    starts = [place.start for place in places]
    assert starts == sorted(starts)
    assert all(0 <= start < len(text) for start in starts)
    text.encode("utf-8")


def test_an_answer_from_a_pdf_names_its_page(opened):
    story = [*FERRY[:-2], PageBreak(), *FERRY[-2:]]
    quotes = opened({"ferry.pdf": pdf(story, header="Manual")}).ask("How long does F1001 take?").quotes
    assert quotes[0].text == "The crossing takes twelve minutes in calm weather."
    assert (quotes[0].document, quotes[0].section, quotes[0].page) == ("ferry.pdf", "Duration", 2)


def test_a_running_foot_may_hold_other_numbers_before_that_of_the_page():
    def page(n):
        def draw(canvas):
            type_lines(canvas, f"Page {n} says that boats sail.", f"It has {n} lines.", y=680)
            canvas.drawString(72, 36, f"Effective 07/01/2024 Proprietary      Page {n} of 3")

        return draw

    assert lines_of(drawn(*map(page, range(1, 4)))) == [
        line for n in range(1, 4) for line in (f"Page {n} says that boats sail.", f"It has {n} lines.")
    ]


def test_bold_questions_are_headings_as_other_bold_lines_are():
    story = [
        piece
        for heading in ("What is a ferry?", "Getting on board", "Who may come?", "Fares")
        for piece in (Paragraph(f"<b>{heading}</b>", BODY), Paragraph(PROSE, BODY))
    ]
    found = text_of(pdf([Paragraph("Harbour ferry", H1), *story]))
    assert [line for line in found.splitlines() if line.startswith("## ")] == [
        "## What is a ferry?", "## Getting on board", "## Who may come?", "## Fares",
    ]  # fmt: skip


TOPICS = [
    ("At a glance", "The ferry crosses the harbour every hour, by day and by night, in summer and in winter, with cars and bicycles."),
    ("Fares", "Adults pay four coins and children pay one coin, on all days of the week, also on Sundays and in the night."),
    ("Wrong for", "Lorries of more than three tons. Trains. Anyone who has no ticket and does not want to buy one on board."),
    ("When late", "Half the fare is paid back after one hour, and the whole fare after two hours, at the pier where you land."),
]


@pytest.mark.parametrize("header", [[], [("Topic", "Details")]])
def test_a_table_of_topics_beside_their_text_becomes_sections(header):
    rows = [[Paragraph(cell, BODY) for cell in row] for row in header + TOPICS]
    table = Table(rows, colWidths=[100, 380], style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    found = text_of(pdf([Paragraph("Harbour ferry sheet", H1), table]))
    assert [line for line in found.splitlines() if line.startswith("## ")] == [f"## {name}" for name, _ in TOPICS]
    assert all(text in found for _, text in TOPICS)


def test_a_table_of_short_values_stays_one():
    table = Table(
        [[name, text.split()[1]] for name, text in TOPICS], colWidths=[100, 380], style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    )
    assert "| Fares | pay |" in text_of(pdf([Paragraph("Harbour ferry sheet", H1), table, Paragraph(PROSE, BODY)]))


@pytest.mark.parametrize(("foot", "left"), [("- 1 -", False), ("– 1 –", False), ("- 7 -", True), ("- 1 per day -", True)])
def test_the_number_of_the_only_page_between_dashes_is_no_part_of_its_text(foot, left):
    def draw(canvas):
        for n, words in enumerate(["Ferry F1001", "", "It runs every hour by day.", "It is closed on Sundays.", "", foot]):
            canvas.drawString(72, 700 - 14 * n, words)

    assert ("1" in text_of(drawn(draw)).replace("F1001", "") or "7" in text_of(drawn(draw))) is left
