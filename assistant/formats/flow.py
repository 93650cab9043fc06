"""Pages laid out in lines -> canonical text with a place for every page: paragraphs, lists, headings; running headers and footers left out.

Knows how printed pages are set; refuses to know any file format. Decides from size, weight and place alone, for the document as a
whole: what is larger than the body, or bold where the body is not, and stands alone, is a heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile
from statistics import median

from assistant.cells import names_columns
from assistant.formats.layout import Line, Page, Word, joined, lines_of, rows_of
from assistant.formats.table import sets_topics
from assistant.labels import is_question
from assistant.types import Place

_EDGE_ROWS = 3
"""Running headers and footers are looked for among so many rows at the top and at the bottom of a page."""
_EDGE_SHARE = 0.12
"""They stand in this share of its height."""
_NUMBERS = 4
"""So many numbers of a running head or foot are looked at."""
_COUNTER = re.compile(r"(?<![\w.,-])\d{1,4}(?![\w,-])")
_DASHED = re.compile(r"[-–—]\s?(?P<number>\d{1,4})\s?[-–—]")
_DASHES = "-–—|·. "
_MARGIN = 0.045
"""What stands so near the edge of the page, in shares of its height, and is small or set apart is no part of the text."""
_LARGER = 1.06
"""A heading is so many times as large as the body at least."""
_HEADING_SHARE = 0.3
"""A size that more of the characters have is another body size, not that of a heading."""
_HEADING_WORDS = 60
"""A block of more words is no heading, however large."""
_VALUE_WORDS = 3
"""What has no more words beside its name, above the first topic, is a field or names the columns."""
_BOLD_WORDS = 14
"""A bold block of body size with more words is emphasis, not a heading."""
_RAGGED = 0.05
"""Lines that end so near one another, in shares of their width, end at the edge of the column."""
_SHORT = 0.45
"""Lines over less of the page's width tell nothing of where its lines have to end."""
_QUOTES = ("“", "„", "«", "‘")
"""What opens with one of these, and is set larger than the text, is a part of it that is shown twice."""
_PAGE_NUMBER = re.compile(r"(?:page|p\.)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_NAMED_NUMBER = re.compile(r"page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][^:.!?]{0,60}:(?:\s|$)")
_JOINT = re.compile(r"([^\W\d_]+)(-|\xad)$")
_CONJUNCTIONS = frozenset(("and", "or", "to", "nor", "bis"))
_CANONICAL_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]")
_ENDS = (".", "!", "?", ":", ";")


@dataclass(slots=True)
class _Block:
    """Lines that belong together: a paragraph, a list item, a table row.

    `level` is above 0 for a heading; `depth` counts the nesting of lists from 1;
    `tight` says that it follows the block before without more space than between two lines.
    """

    lines: list[Line]
    tight: bool
    level: int = 0
    depth: int = 0

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def is_item(self) -> bool:
        return bool(self.first.marker) and not self.level

    @property
    def words(self) -> int:
        return sum(len(line.text.split()) for line in self.lines)

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the body of a document is set: its size, the distance of its lines in sizes, and the right edge of each column."""

    size: float
    leading: float
    edges: dict[str, float]


def flow(pages: Sequence[Page]) -> tuple[str, tuple[Place, ...]]:
    """Return the text of a document and where in it each page that holds text begins."""
    kept = _without_furniture(pages)
    lines = [line for page, words in zip(pages, kept, strict=True) for line in lines_of(page, words)]
    if not lines:
        return "", ()
    setting = _setting(lines, pages)
    blocks = _over_pages(_blocks(lines, setting))
    _mark_headings(blocks, setting)
    blocks = _with_topics(blocks)
    _nest(blocks)
    return _Writer(lines).write(blocks)


# Running headers and footers


def _without_furniture(pages: Sequence[Page]) -> list[list[Word]]:
    """Return the words of each page without running heads, running feet and page numbers; all words where nothing would be left."""
    rows = [rows_of(page.words) for page in pages]
    body = _body_size(word for page in pages for word in page.words)
    counts: Counter[tuple[str, int]] = Counter()
    for page, own in zip(pages, rows, strict=True):
        keys = {key for i in _edge_rows(page, own) for key in _keys(page, own[i])}
        counts.update({(text, y + d) for text, y in keys for d in (-1, 0, 1)})
    enough = max(2, 0.4 * sum(bool(own) for own in rows))
    recurrent = {key for key, n in counts.items() if n >= enough}
    kept = []
    for page, own in zip(pages, rows, strict=True):
        edge = _edge_rows(page, own)
        gone = {i for i in edge if not recurrent.isdisjoint(_keys(page, own[i]))}
        gone |= {i for i in edge | {len(own) - 1} if _is_margin(page, own, i, body)}
        inner = {i for i in gone if not (set(range(i)) <= gone or set(range(i + 1, len(own))) <= gone)}
        kept.append([word for i, row in enumerate(own) if i not in gone - inner for word in row])
    return kept if any(kept) else [list(page.words) for page in pages]


def _edge_rows(page: Page, rows: Sequence[Sequence[Word]]) -> set[int]:
    """Return the positions of the rows at the top and at the bottom of a page that may be running heads and feet."""
    outer = _EDGE_SHARE * (page.top - page.bottom)
    first = {i for i in range(min(_EDGE_ROWS, len(rows))) if rows[i][0].y > page.top - outer}
    return first | {i for i in range(max(len(rows) - _EDGE_ROWS, 0), len(rows)) if rows[i][0].y < page.bottom + outer}


def _keys(page: Page, row: Sequence[Word]) -> set[tuple[str, int]]:
    """Return what a row may share with the same row of other pages: its words and its height on the page.

    Each of its first and last numbers may stay the same from page to page, or count the pages. A row that begins or ends with a number
    that counts them need share no more.
    """
    texts = [joined(row).casefold()]
    numbers = list(_COUNTER.finditer(texts[0]))
    for number in (numbers if len(numbers) <= _NUMBERS else [*numbers[: _NUMBERS // 2], *numbers[-_NUMBERS // 2 :]])[::-1]:
        counted = f"#{int(number.group()) - page.number}"
        texts += [text[: number.start()] + counted + text[number.end() :] for text in texts]
    height = round((page.top - row[0].y) / 4)
    ends = {row[0].text.strip(_DASHES), row[-1].text.strip(_DASHES)}
    counters = {f"#{int(end) - page.number}" for end in ends if re.fullmatch(r"\d{1,4}", end)}
    return {(text, height) for text in (*texts, *counters)}


def _is_margin(page: Page, rows: Sequence[Sequence[Word]], i: int, body: float) -> bool:
    """Say whether an outermost row is a page number, or small print in the part of the page that nobody sets text in.

    The number of the page between dashes is one wherever the page ends.
    """
    if i not in (0, len(rows) - 1) or len(rows) < 2:
        return False
    row = rows[i]
    text, y = joined(row).strip(), row[0].y
    height = page.top - page.bottom
    outer = min(page.top - y - row[0].size, y - page.bottom) / height
    neighbour = rows[1] if i == 0 else rows[-2]
    apart = abs(neighbour[0].y - y) > 1.8 * body
    dashed = _DASHED.fullmatch(text)
    if dashed and apart and i > 0 and int(dashed["number"]) == page.number:
        return True
    if outer < _MARGIN and (row[0].size < 0.95 * body or (apart and row[0].size < 1.25 * body)):
        return True
    return outer < 0.12 and apart and bool(_NAMED_NUMBER.fullmatch(text) or (_PAGE_NUMBER.fullmatch(text) and str(page.number) in text))


def _body_size(words: Iterable[Word]) -> float:
    counts: Counter[float] = Counter()
    for word in words:
        counts[round(word.size * 2) / 2] += len(word.text)
    return max(counts, key=lambda size: (counts[size], size), default=10.0)


# Lines -> blocks


def _setting(lines: Sequence[Line], pages: Sequence[Page]) -> _Setting:
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2] += len(line.text)
    body = max(counts, key=lambda size: (counts[size], -size))
    edges = {name: _right_edge([li for li in lines if li.region.columns == name], pages) for name in {li.region.columns for li in lines}}
    pitches = [
        round((a.y - b.y) / a.size, 2)
        for a, b in zip(lines, lines[1:], strict=False)
        if a.region == b.region
        and a.page == b.page
        and 0.8 < (a.y - b.y) / a.size < 2.5
        and abs(a.size - b.size) < 0.3
        and _is_full(a, b, edges)
    ]
    return _Setting(body, max(median(pitches) if pitches else 1.2, 1.0), edges)


def _right_edge(lines: Sequence[Line], pages: Sequence[Page]) -> float:
    """Return where the lines of a column have to end: the farthest place that several lines come near.

    Where none is, or all lines are short, the margin at the right of the page is taken to be as wide as that at the left.
    """
    rows = [line for line in lines if not line.is_row]
    ends = sorted((line.x1 for line in rows), reverse=True)
    left = min((line.x0 for line in rows), default=0.0)
    several = max(3, len(ends) // 50)
    whole = bool(rows) and rows[0].region.columns == "1"
    page = pages[rows[0].page - 1] if rows else pages[0]
    for farthest, last in zip(ends, ends[several - 1 :], strict=False):
        if farthest - last < _RAGGED * (farthest - left) and (not whole or farthest - left > _SHORT * (page.right - page.left)):
            return farthest
    if not whole:
        return ends[0] if ends else 0.0
    return max(ends[0], page.right - (left - page.left))


def _is_full(line: Line, following: Line, edges: dict[str, float]) -> bool:
    """Say whether the first word of the following line would not have fitted on the line."""
    return line.x1 + 0.22 * line.size + following.first > edges[line.region.columns] - 0.3


def _blocks(lines: Sequence[Line], setting: _Setting) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        tight = bool(blocks) and _is_tight(blocks[-1].last, line, setting)
        if blocks and _goes_on(blocks[-1], line, tight, setting):
            blocks[-1].lines.append(line)
        else:
            blocks.append(_Block([line], tight))
    return blocks


def _is_tight(before: Line, line: Line, setting: _Setting) -> bool:
    """Say whether a line follows another without more space than lines of a paragraph have; a sentence that goes on may have more."""
    if before.page != line.page or before.region != line.region:
        return False
    slack = 1.6 if line.text[:1].islower() and not before.text.endswith(_ENDS) else 1.17
    return 0 < before.y - line.y <= setting.leading * slack * max(before.size, line.size) + 0.3


def _goes_on(block: _Block, line: Line, tight: bool, setting: _Setting) -> bool:
    """Say whether a line goes on with the sentence or paragraph that a block holds."""
    before = block.last
    if line.is_row or before.is_row:
        return False
    moved = before.page != line.page or before.region != line.region
    if not (tight or moved):
        return False
    full = _is_full(before, line, setting.edges)
    ended = before.text.endswith(_ENDS)
    lower = line.text[:1].islower()
    if abs(line.size - before.size) > 0.05 * before.size + 0.3 and (
        ended or not full or max(line.size, before.size) > _LARGER * setting.size
    ):
        return False
    if line.marker and not (full and not ended and not before.text.endswith(",") and not moved and _hangs(block, line)):
        return False
    if line.bold != before.bold and (line.bold_start != before.bold or line.bold) and not full:
        return False
    if before.bold and not line.bold_start and not lower:
        return False
    if line.bold_start and not before.bold and _LABEL.match(line.text) and (ended or not full):
        return False
    if moved:
        return (
            _fits_column(block, line)
            and not before.bold
            and ((not ended and (lower or full)) or (full and block.is_item and not line.marker))
        )
    return _hangs(block, line) and (full or (not ended and lower))


def _fits_column(block: _Block, line: Line) -> bool:
    """Say whether a line at the top of a page or column stands where the block's lines would."""
    indent = line.x0 - line.region.left
    start = block.last.x0 if len(block.lines) > 1 else block.first.x_text if block.first.marker else block.first.x0
    return abs(indent - (start - block.last.region.left)) < 2.0 * line.size


def _hangs(block: _Block, line: Line) -> bool:
    """Say whether a line begins where the next line of the block has to."""
    first, slack = block.first, 0.4 * line.size
    centred = abs((line.x0 + line.x1) - (block.last.x0 + block.last.x1)) < 2 * slack
    if len(block.lines) > 1:
        return abs(line.x0 - block.last.x0) < slack or centred
    if first.marker:
        return first.x0 - slack < line.x0 < first.x_text + 1.2 * line.size and not (line.marker and line.x0 < first.x_text - slack)
    return line.x0 < first.x0 + slack or centred or (first.text.endswith(":") is False and line.text[:1].islower())


def _over_pages(blocks: list[_Block]) -> list[_Block]:
    """Return blocks with tables that go on over the end of a page in one piece.

    Their head is left out where it is printed again, and a row that is cut by the end of the page is put together.
    """
    kept: list[_Block] = []
    head: Line | None = None
    for block in blocks:
        line = block.first
        if not line.is_row:
            head = None if kept and kept[-1].last.page == line.page else head
        elif head is None:
            head = line
        elif line.text == head.text:
            continue
        elif line.page > kept[-1].last.page:
            whole = _whole_row(kept[-1].last, line)
            if whole:
                kept[-1] = _Block([whole], kept[-1].tight)
                continue
        kept.append(block)
    return kept


def _whole_row(row: Line, rest: Line) -> Line | None:
    """Return a row with what stands of it on the next page; None where that is a row of its own."""
    if not row.is_row or not (row.text.startswith("| ") and rest.text.startswith("|  | ")):
        return None
    cells, more = _cells(row), _cells(rest)
    if len(cells) != len(more) or any(
        new and (not old or old.endswith(_ENDS) or new[0].isupper()) for old, new in zip(cells, more, strict=True)
    ):
        return None
    text = "| " + " | ".join(f"{old} {new}".strip() for old, new in zip(cells, more, strict=True)) + " |"
    return replace(row, text=text)


def _cells(row: Line) -> list[str]:
    return row.text[2:-2].split(" | ")


def _heads_table(blocks: Sequence[_Block], n: int) -> bool:
    """Say whether a block is the first row of a table and names its columns: in bold where the rows below are not, or by its words."""
    if not blocks[n].first.text.startswith("| ") or not blocks[n].first.is_row or (n > 0 and blocks[n - 1].first.is_row):
        return False
    end = next((i for i in range(n, len(blocks)) if not blocks[i].first.text.startswith("| ") or not blocks[i].first.is_row), len(blocks))
    below = [block.first for block in blocks[n + 1 : end]]
    told_apart = blocks[n].first.bold and not any(line.bold for line in below)
    return bool(below) and (told_apart or names_columns([_cells(line) for line in (blocks[n].first, *below)]))


# Headings and lists


def _mark_headings(blocks: Sequence[_Block], setting: _Setting) -> None:
    """Give headings their level: larger sizes first, then bold blocks of body size where at least two head text."""
    sizes = _heading_sizes(blocks, setting)
    for block in blocks:
        size = round(block.first.size * 2) / 2
        bullet = block.first.marker == "-"
        if block.first.text[:1] in _QUOTES:
            continue
        if size in sizes and not block.first.is_row and not bullet and block.words <= _HEADING_WORDS and _has_word(block):
            block.level = min(sizes.index(size) + 1, 6)
    if _bold_share(blocks, setting) > 0.5:
        return
    bold = [n for n in range(len(blocks)) if _may_head(blocks, n, setting)]
    if len(bold) > 1:
        for n in bold:
            blocks[n].level = min(len(sizes) + 1, 6)


def _with_topics(blocks: Sequence[_Block]) -> list[_Block]:
    """Return blocks with the rows of a table that only sets topics beside their text, and holds most of it, as headings and text."""
    rows = [n for n, block in enumerate(blocks) if block.first.is_row and len(_cells(block.first)) == 2]
    heads = {n for n in rows if _heads_table(blocks, n)}
    rows = [*dropwhile(lambda n: len(_cells(blocks[n].first)[1].split()) <= _VALUE_WORDS, (n for n in rows if n not in heads))]
    cells = {n: _cells(blocks[n].first) for n in rows}
    words = sum(len(text.split()) for _, text in cells.values())
    if not sets_topics([*cells.values()]) or words < 0.5 * sum(block.words for block in blocks):
        return list(blocks)
    level = min(max((block.level for block in blocks), default=0) + 1, 6)
    found: list[_Block] = []
    for n, block in enumerate(blocks):
        if n in cells:
            for text, own in zip(cells[n], (level, 0), strict=True):
                found.append(_Block([replace(block.first, text=text, is_row=False)], tight=False, level=own))
        elif n not in heads:
            found.append(block)
    return found


def _has_word(block: _Block) -> bool:
    return any(sum(c.isalpha() for c in line.text) > 1 for line in block.lines)


def _heading_sizes(blocks: Sequence[_Block], setting: _Setting) -> list[float]:
    """Return the sizes of headings, the largest first."""
    total = sum(len(line.text) for block in blocks for line in block.lines)
    counts: Counter[float] = Counter()
    lengths: dict[float, list[int]] = {}
    for block in blocks:
        size = round(block.first.size * 2) / 2
        if size > setting.size * _LARGER and not block.first.is_row and block.first.marker != "-":
            counts[size] += sum(len(line.text) for line in block.lines)
            lengths.setdefault(size, []).append(block.words)
    sizes = [size for size, n in counts.items() if n <= _HEADING_SHARE * total and (median(lengths[size]) <= 16 or len(lengths[size]) == 1)]
    return sorted(sizes, reverse=True)


def _bold_share(blocks: Sequence[_Block], setting: _Setting) -> float:
    lines = [line for block in blocks if not block.level for line in block.lines if abs(line.size - setting.size) < 0.6]
    return sum(len(line.text) for line in lines if line.bold) / max(sum(len(line.text) for line in lines), 1)


def _may_head(blocks: Sequence[_Block], n: int, setting: _Setting) -> bool:
    """Say whether a block is a bold line of about body size that stands over text of its own."""
    block = blocks[n]
    line = block.first
    if block.level or line.is_row or not block.bold or line.marker == "-" or block.words > _BOLD_WORDS or not _has_word(block):
        return False
    ends = block.last.text.endswith((*_ENDS, ",")) and not is_question(" ".join(line.text for line in block.lines))
    if ends or line.size < 0.9 * setting.size or n + 1 == len(blocks):
        return False
    after = blocks[n + 1]
    return after.first.is_row or after.level > 0 or not after.bold or bool(after.first.marker) or after.last.text.endswith(":")


def _nest(blocks: Sequence[_Block]) -> None:
    """Give list items their depth by the place of their markers, and the paragraphs that belong to an item the item's."""
    open_at: list[float] = []
    for block in blocks:
        line = block.first
        x = line.x0 - line.region.left if not line.region.columns.startswith("T") else 0.0
        slack = 0.5 * line.size
        if block.level or line.is_row:
            open_at = []
        elif block.is_item:
            x = line.x0
            while open_at and x < open_at[-1] - slack:
                open_at.pop()
            if not open_at or x > open_at[-1] + slack:
                open_at.append(x)
            block.depth = len(open_at)
        elif open_at and line.x0 <= open_at[0] + slack:
            open_at = []


# Blocks -> text


class _Writer:
    """Puts blocks into one text and notes where each page begins."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.words = Counter(word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text.casefold()))
        self.pieces: list[str] = []
        self.length = 0
        self.places: list[Place] = []

    def write(self, blocks: Sequence[_Block]) -> tuple[str, tuple[Place, ...]]:
        """Return the text and the places."""
        before: _Block | None = None
        for n, block in enumerate(blocks):
            if before is not None:
                self._add("\n" if self._follows(before, block) else "\n\n")
            self._write_block(block)
            if _heads_table(blocks, n):
                self._add("\n|" + "---|" * len(_cells(block.first)))
            before = block
        self._add("\n")
        return "".join(self.pieces), tuple(self.places)

    def _follows(self, before: _Block, block: _Block) -> bool:
        """Say whether no blank line stands between two blocks."""
        if block.level or before.level:
            return False
        if (block.is_item and before.is_item) or (block.first.is_row and before.first.is_row):
            return True
        return block.tight and not block.is_item and not before.is_item and not block.first.is_row

    def _write_block(self, block: _Block) -> None:
        for n, line in enumerate(block.lines):
            text = " ".join(line.text.split()) if block.level else line.text
            text = re.sub(r"\xad(?=.)", "", text)
            lead = self._lead(block) if n == 0 else self._joint(text)
            if n and lead == "" and self.pieces[-1].endswith("\xad"):
                self._take_back()
            if n and lead:
                self._add(lead)
            if not self.places or line.page != self.places[-1].number:
                self.places.append(Place(self.length, "page", line.page))
            self._add((lead if n == 0 else "") + text)
        if self.pieces[-1].endswith("\xad"):
            self._take_back()

    def _lead(self, block: _Block) -> str:
        marker = block.first.marker
        if block.level:
            return "#" * block.level + " " + (f"{marker} " if marker else "")
        if not marker:
            return ""
        indent = "  " * (block.depth - 1)
        return f"{indent}{marker} " if marker == "-" or _CANONICAL_NUMBER.fullmatch(marker) else f"{indent}- {marker} "

    def _joint(self, text: str) -> str:
        """Return what stands between the end of the text so far and its next line; takes a hyphen back that only breaks a word.

        It does where the hyphen is a soft one, or where the document has the joined word elsewhere and not the hyphenated one.
        """
        broken = _JOINT.search(self.pieces[-1])
        following = re.match(r"[^\W\d_]+", text)
        if self.pieces[-1].endswith("\xad"):
            return ""
        if not broken or not following or not text[0].islower():
            return "" if re.search(r"\w[-–/]$", self.pieces[-1]) and text[:1].isalnum() and not self.pieces[-1][-2].isspace() else " "
        one, other = broken[1].casefold(), following.group().casefold()
        if other in _CONJUNCTIONS:
            return " "
        if self.words[one + other] and not self.words[f"{one}-{other}"]:
            self._take_back()
        return ""

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def _take_back(self) -> None:
        self.pieces[-1] = self.pieces[-1][:-1]
        self.length -= 1
