"""PDF -> pages of words with their places, and of drawn lines. Knows PDFium; refuses to know reading order.

Text comes from the text layer alone, an invisible one over a scan included. Form fields, annotations and text that does not run the
way most of its page runs are left out. PDFium serves one thread at a time: `assistant.formats.pdf` gives it a process of its own.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from statistics import median
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from assistant.formats.extract import Unreadable
from assistant.formats.layout import DOT, SPACE, Page, Rule, Word

LAID_OUT = 60_000
"""A page of more characters is no page for people; it is read in the order in which the file holds it, every line by itself."""
MOST_PATHS = 5_000
"""A page with more drawn paths is a drawing; its lines are not looked at."""
_SPACED_OUT = 5
"""A stretch of so many characters tells by itself how far its letters are spaced out."""
_ADJACENT = (-1.2, 1.0)
"""Neighbours in a stretch are at most so far apart, in units of the font size; the letters of a ligature share one box."""
_ENCRYPTED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
_BOLD_NAME = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_BOLD_WEIGHT = 600
_SPACES = frozenset((9, 10, 11, 12, 13, 32, 0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F))
_HYPHEN_AT_LINE_END = 2
_LETTERS = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
    _HYPHEN_AT_LINE_END: "-",
    0x2011: "-",
}
_DROPPED = frozenset((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0xFFFE, 0xFFFF))


def read(data: bytes, most_pages: int, most_characters: int, begin: Callable[[], None] = lambda: None) -> tuple[list[Page], list[int]]:
    """Return the pages of a file, and the numbers of those that hold pictures but no text. `begin` is called before each page.

    Raises:
        Unreadable: the file is encrypted, damaged, over a limit, or holds no text.
    """
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            pages, pictures = _read_pages(document, most_pages, most_characters, begin)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in _ENCRYPTED:
            raise Unreadable("is encrypted") from error
        raise Unreadable("is not a readable PDF (it is damaged)") from error
    if not any(page.words for page in pages):
        raise Unreadable("holds no text, only images; run OCR first" if pictures else "holds no text")
    return pages, pictures


def _read_pages(
    document: pypdfium2.PdfDocument, most_pages: int, most_characters: int, begin: Callable[[], None]
) -> tuple[list[Page], list[int]]:
    if len(document) > most_pages:
        raise Unreadable(f"has {len(document):,} pages, over the limit of {most_pages:,}")
    pages: list[Page] = []
    pictures: list[int] = []
    characters = 0
    for number in range(1, len(document) + 1):
        begin()
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as text_page:
            characters += text_page.count_chars()
            if characters > most_characters:
                raise Unreadable(f"holds more than {most_characters:,} characters of text, the limit")
            pages.append(_read_page(number, page, text_page))
            if not pages[-1].words and raw.FPDFPage_CountObjects(page.raw):
                pictures.append(number)
    return pages, pictures


def _read_page(number: int, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Page:
    left, bottom, right, top = page.get_bbox()
    if text_page.count_chars() > LAID_OUT:
        return Page(number, left, right, bottom, top, tuple(_unmeasured(text_page, left, top)))
    found = _words(text_page)
    if not found:
        return Page(number, left, right, bottom, top, ())
    turn = max(found, key=lambda t: (sum(len(word.text) for word in found[t]), -t))
    x0, x1, y0, y1 = _turned(turn, left, bottom, right, top)
    words = tuple(word for word in found[turn] if word.x1 > x0 and word.x0 < x1 and y0 < word.y + word.size and word.y < y1)
    return Page(number, x0, x1, y0, y1, words, tuple(_rules(page, turn)))


def _unmeasured(text_page: pypdfium2.PdfTextPage, left: float, top: float) -> Iterator[Word]:
    """Yield the lines of a page that is too long to measure, each as one word, from the top down."""
    for i, line in enumerate(text_page.get_text_range().splitlines()):
        letters = (" " if ord(c) in _SPACES else _letter(ord(c)) for c in line)
        text = " ".join("".join(letters).replace("\xad", "").split())
        if text:
            yield Word(text, left, left + 1.0, top - 30.0 * (i + 1), 10.0, False, True)


def _letter(code: int) -> str:
    """Return what a character stands for in plain text: nothing for what cannot be seen; a soft hyphen for itself."""
    if code in _LETTERS:
        return _LETTERS[code]
    if code < 32 or 0x7F <= code < 0xA0 or code in _DROPPED or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    return chr(code)


class _Stretch(NamedTuple):
    """Characters of one style on one base line without a space character between them, with their left and right edges."""

    style: _Style
    y: float
    spaced: bool
    letters: list[str]
    edges: list[tuple[float, float]]

    def gaps(self) -> list[float]:
        """Return the gaps between neighbours in units of the font size."""
        return [(after[0] - before[1]) / self.style.size for before, after in zip(self.edges, self.edges[1:], strict=False)]


def _words(text_page: pypdfium2.PdfTextPage) -> dict[int, list[Word]]:
    """Return the words of a page by the quarter turns that their text makes, in the order in which the file holds them."""
    stretches = list(_stretches(text_page))
    usual: dict[_Style, list[float]] = {}
    for stretch in stretches:
        if len(stretch.letters) >= _SPACED_OUT:
            usual.setdefault(stretch.style, []).append(median(stretch.gaps()))
    tracked = {style: median(gaps) for style, gaps in usual.items()}
    found: dict[int, list[Word]] = {}
    for stretch in stretches:
        gaps = stretch.gaps()
        gap = median(gaps) if len(stretch.letters) >= _SPACED_OUT else tracked.get(stretch.style, 0.0)
        found.setdefault(stretch.style.turn, []).extend(_parted(stretch, gaps, SPACE + max(gap, 0.0)))
    return found


def _parted(stretch: _Stretch, gaps: list[float], space: float) -> Iterator[Word]:
    """Yield the words of a stretch: it is parted where a gap is wider than `space`."""
    starts = [0, *(n for n, gap in enumerate(gaps, 1) if gap > space)]
    for start, end in zip(starts, [*starts[1:], len(stretch.letters)], strict=True):
        text, right = "".join(stretch.letters[start:end]), max(edge[1] for edge in stretch.edges[start:end])
        style = stretch.style
        yield Word(text, stretch.edges[start][0], right, stretch.y, style.size, style.bold, stretch.spaced and start == 0)


def _stretches(text_page: pypdfium2.PdfTextPage) -> Iterator[_Stretch]:
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int, _Style | None] = {}
    held: _Stretch | None = None
    spaced = False
    for i in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page.raw, i)
        if code in _SPACES:
            if not raw.FPDFText_IsGenerated(text_page.raw, i):
                if held:
                    yield held
                held, spaced = None, True
            continue
        letter = _letter(code)
        style = _style_of(text_page, i, styles)
        if not letter or style is None:
            continue
        raw.FPDFText_GetLooseCharBox(text_page.raw, i, box)
        raw.FPDFText_GetCharOrigin(text_page.raw, i, x, y)
        left, right, _, _ = _turned(style.turn, box.left, box.bottom, box.right, box.top)
        _, _, base, _ = _turned(style.turn, x.value, y.value, x.value, y.value)
        if not (math.isfinite(left) and math.isfinite(right) and math.isfinite(base)):
            continue
        if held and (
            style != held.style
            or abs(base - held.y) > 0.1 * style.size
            or not _ADJACENT[0] < (left - held.edges[-1][1]) / style.size < _ADJACENT[1]
        ):
            yield held
            held, spaced = None, False
        if held is None:
            held = _Stretch(style, base, spaced, [], [])
        held.letters.append(letter)
        held.edges.append((left, right))
    if held:
        yield held


class _Style(NamedTuple):
    """How a stretch of text is set: size in points as it is seen, weight, and its direction in quarter turns to the left."""

    size: float
    bold: bool
    turn: int


def _style_of(text_page: pypdfium2.PdfTextPage, i: int, styles: dict[int, _Style | None]) -> _Style | None:
    """Return how character i is set; None where it stands at an angle. One look for each text object of the page."""
    held = raw.FPDFText_GetTextObject(text_page.raw, i)
    key = ctypes.addressof(held.contents) if held else 0
    if key not in styles:
        styles[key] = _look(text_page, i, held) if held else None
    return styles[key]


def _look(text_page: pypdfium2.PdfTextPage, i: int, held: raw.FPDF_PAGEOBJECT) -> _Style | None:
    matrix, flags, name = raw.FS_MATRIX(), ctypes.c_int(), ctypes.create_string_buffer(256)
    raw.FPDFText_GetMatrix(text_page.raw, i, matrix)
    raw.FPDFText_GetFontInfo(text_page.raw, i, name, 256, flags)
    size = round(raw.FPDFText_GetFontSize(text_page.raw, i) * math.hypot(matrix.c, matrix.d), 2)
    angle = math.degrees(math.atan2(matrix.b, matrix.a)) / 90
    if not 0.5 < size < 1000 or abs(angle - round(angle)) > 0.05:
        return None
    bold = (
        bool(_BOLD_NAME.search(name.value.decode("utf-8", "replace")))
        or bool(flags.value & _FORCE_BOLD)
        or raw.FPDFText_GetFontWeight(text_page.raw, i) >= _BOLD_WEIGHT
        or raw.FPDFTextObj_GetTextRenderMode(held) == raw.FPDF_TEXTRENDERMODE_FILL_STROKE
    )
    return _Style(size, bold, round(angle) % 4)


def _turned(turn: int, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    """Return a box as (x0, x1, y0, y1) of a page turned so that its text runs to the right."""
    if turn == 0:
        return left, right, bottom, top
    if turn == 1:
        return bottom, top, -right, -left
    if turn == 2:
        return -right, -left, -top, -bottom
    return -top, -bottom, left, right


def _rules(page: pypdfium2.PdfPage, turn: int) -> Iterator[Rule]:
    """Yield what is drawn on a page as boxes: lines, the edges of stroked frames, and small marks such as drawn bullets."""
    for number in range(min(raw.FPDFPage_CountObjects(page.raw), MOST_PATHS)):
        drawn = raw.FPDFPage_GetObject(page.raw, number)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            continue
        whole = Rule(*_turned(turn, left.value, bottom.value, right.value, top.value))
        if not all(map(math.isfinite, whole)):
            continue
        if whole.width < DOT or whole.height < DOT:
            yield whole
        else:
            yield from (Rule(*_turned(turn, *edge)) for edge in _edges(drawn))


def _edges(drawn: raw.FPDF_PAGEOBJECT) -> Iterator[tuple[float, float, float, float]]:
    """Yield the upright and level lines of a stroked path as (left, bottom, right, top)."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(drawn, fill, stroke)
    matrix = raw.FS_MATRIX()
    if not stroke.value or not raw.FPDFPageObj_GetMatrix(drawn, matrix):
        return
    start = last = None
    for n in range(min(raw.FPDFPath_CountSegments(drawn), MOST_PATHS)):
        segment = raw.FPDFPath_GetPathSegment(drawn, n)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last:
            yield _box(last, point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment) and start:
            yield _box(last, start)


def _box(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float, float]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
