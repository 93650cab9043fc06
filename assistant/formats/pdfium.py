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
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from assistant.formats.extract import Unreadable
from assistant.formats.layout import DOT, SPACE, Page, Rule, Word

LAID_OUT = 60_000
"""A page of more characters is no page for people; it is read in the order in which the file holds it, every line by itself."""
MOST_PATHS = 5_000
"""A page with more drawn paths is a drawing; its lines are not looked at."""
_UNEVEN = 0.1
"""The gaps between spaced-out letters of one word differ by less than this, in units of the font size."""
_SPACED_OUT = 4
"""So many single letters with equal gaps between them are a word whose letters are spaced out."""
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
    found: dict[int, list[Word]] = {}
    for turn, word in _words(text_page):
        found.setdefault(turn, []).append(word)
    found = {turn: _drawn_together(words) for turn, words in found.items()}
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


def _words(text_page: pypdfium2.PdfTextPage) -> Iterator[tuple[int, Word]]:
    """Yield runs of characters without a space or a jump between them, each with the quarter turns that its text makes."""
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int, _Style | None] = {}
    letters: list[str] = []
    style: _Style | None = None
    x0 = x1 = base = 0.0
    spaced = False
    for i in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page.raw, i)
        if code in _SPACES:
            if not raw.FPDFText_IsGenerated(text_page.raw, i):
                if letters and style:
                    yield style.turn, style.word(letters, x0, x1, base, spaced)
                    letters = []
                spaced = True
            continue
        letter = _letter(code)
        own = _style_of(text_page, i, styles)
        if not letter or own is None:
            continue
        raw.FPDFText_GetLooseCharBox(text_page.raw, i, box)
        raw.FPDFText_GetCharOrigin(text_page.raw, i, x, y)
        left, right, _, _ = _turned(own.turn, box.left, box.bottom, box.right, box.top)
        _, _, origin, _ = _turned(own.turn, x.value, y.value, x.value, y.value)
        if not (math.isfinite(left) and math.isfinite(right) and math.isfinite(origin)):
            continue
        if letters and style and (own != style or abs(origin - base) > 0.1 * own.size or not -0.5 < (left - x1) / own.size < SPACE):
            yield style.turn, style.word(letters, x0, x1, base, spaced)
            letters, spaced = [], False
        if not letters:
            style, x0, x1, base = own, left, right, origin
        letters.append(letter)
        x1 = max(x1, right)
    if letters and style:
        yield style.turn, style.word(letters, x0, x1, base, spaced)


def _drawn_together(words: list[Word]) -> list[Word]:
    """Return words with those drawn together whose letters are spaced out; short ones where longer ones of their size are."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _is_next_letter(runs[-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    usual = {run[0].size: _gap(run[0], run[1]) for run in runs if len(run) >= _SPACED_OUT}
    found: list[Word] = []
    for run in runs:
        if len(run) > 1 and abs(_gap(run[0], run[1]) - usual.get(run[0].size, -1.0)) < _UNEVEN:
            found.append(run[0]._replace(text="".join(word.text for word in run), x1=run[-1].x1))
        else:
            found.extend(run)
    return found


def _gap(one: Word, other: Word) -> float:
    return (other.x0 - one.x1) / other.size


def _is_next_letter(run: list[Word], word: Word) -> bool:
    before = run[-1]
    same = len(before.text) == len(word.text) == 1 and not word.spaced and (before.y, before.size) == (word.y, word.size)
    return same and 0 < _gap(before, word) < 1 and (len(run) < 2 or abs(_gap(before, word) - _gap(run[0], run[1])) < _UNEVEN)


class _Style(NamedTuple):
    """How a stretch of text is set: size in points as it is seen, weight, and its direction in quarter turns to the left."""

    size: float
    bold: bool
    turn: int

    def word(self, letters: list[str], x0: float, x1: float, y: float, spaced: bool) -> Word:
        return Word("".join(letters), x0, x1, y, self.size, self.bold, spaced)


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
