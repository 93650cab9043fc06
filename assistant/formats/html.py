"""HTML -> canonical text: headings as `#`, list items as `-`, table rows as `|`; what a reader of the page does not read is left out.

Nothing is fetched, run or resolved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from lxml import etree

from assistant.cells import is_row
from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.grid import is_bold, is_data, rewrite_definitions, rewrite_titled, rewrite_topics, table_lines
from assistant.formats.page import (
    BLOCKS,
    HEADINGS,
    SPACE,
    Element,
    Weight,
    is_boilerplate,
    is_footnote_mark,
    main_part,
    main_titles,
    page_title,
    plain,
    read_toggles,
    weigh,
)
from assistant.formats.text import decode
from assistant.labels import is_question, is_sentence
from assistant.types import Place, Span

_LISTS = frozenset({"ul", "ol", "dir", "menu"})
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\xad\0"))
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
BOLD_WORDS = 14
"""A bold line of at most so many words may be a heading."""
FEWEST_LEADS = 3
"""So many paragraphs open with bold words where these are the headings of a page."""
FEWEST_HEADED = 2
"""A page with so many headings below its title has no others."""
FIELD_WORDS = 8
"""What has no more words after a bold name may be a field of a form."""
_EDIT_LINK = re.compile(r"\s*\[\s*edit(?:\s+source)?(?:\s*\|\s*edit\s+source)?\s*\]\Z", re.IGNORECASE)
"""What wikis put beside their headings."""
_LEAD_ENDS = (".", ":", "?", "!", "–", "—")
_CLOSING = ".:–— "
DEEPEST = 40
"""Columns that a list is set in at most."""
FEWEST_COUNTED = 2
"""Lists of one item are headings where there are so many among the same text."""
MOST_NUMBERED = 99
"""List numbers of more digits are no longer told from quantities."""


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the page as one document. Its places are the lines of the file.

    Raises:
        Unreadable: it is no text, nested too deeply, or holds no words.
    """
    declared = _CHARSET.search(data[:4096])
    return [read_page(decode(data, declared[1].decode("ascii", "ignore") if declared else None), "line")]


def read_page(page: str, kind: str) -> Extract:
    """Return the canonical text of a page and where its blocks come from: by the `line` of the page, or counted as `paragraph`s.

    Raises:
        Unreadable: it is nested too deeply, or holds no words.
    """
    root = _parse(page)
    if root is None:
        raise Unreadable("holds no text")
    read_toggles(root)
    rewrite_definitions(root)
    _rewrite_counted(root)
    rewrite_topics(root)
    rewrite_titled(root)
    weights = weigh(root)
    start = main_part(root, weights)
    writer = _Writer(weights, bool(main_titles(start, weights)))
    writer.title(page_title(root, start, weights))
    writer.walk(start)
    if not any(block.text.strip() for block in writer.blocks):
        raise Unreadable("holds no text")
    return _join(_with_leads(writer.blocks), kind)


def _parse(page: str) -> Element | None:
    """Return the root element of a page; None where there is none."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    data = page.translate(_UNSEEN).encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except etree.ParserError:
        return None
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).casefold():
            raise Unreadable("is nested too deeply to be read") from error
        return None
    if any("depth" in entry.message.casefold() for entry in parser.error_log):
        raise Unreadable("is nested too deeply to be read")
    return root


def _rewrite_counted(root: Element) -> None:
    """Make headings of the counted ones that a text processor saves as lists: of one short item each, other text between them."""
    counted = [one for one in root.iter("ol") if _is_counted(one)]
    alike = Counter(one.getparent() for one in counted)
    deepest = max((level for tag, level in HEADINGS.items() if root.find(f".//{tag}") is not None), default=1)
    for one in counted:
        if alike[one.getparent()] >= FEWEST_COUNTED:
            one.tag = f"h{min(6, deepest + 1)}"
            for inner in one.iter("li", "p"):
                inner.tag = "span"


def _is_counted(given: Element) -> bool:
    """Say whether a list has one item, which may be a heading, and a block of something else after it."""
    words, following = plain(given), given.getnext()
    short = 0 < len(words.split()) <= BOLD_WORDS and not is_sentence(words) and not words.endswith((":", ";", ","))
    return short and sum(1 for _ in given.iter(*_LISTS, "li")) == 2 and following is not None and following.tag in BLOCKS - {"ol"}


@dataclass(slots=True)
class _Block:
    """One line of canonical text, where in the page it came from, and whether it follows the one before without a blank line.

    So many characters of a paragraph, its `lead`, are bold as a heading would be, and run into the rest of it; or it is `bold` as a whole.
    """

    text: str
    line: int
    tight: bool
    lead: int = 0
    bold: bool = False


@dataclass(slots=True)
class _List:
    """A list that is open: how many items it has had if these are numbered, and how far they are indented."""

    numbered: bool
    indent: int
    count: int = 0


@dataclass(slots=True)
class _Writer:
    """Walks through a page once and writes blocks. Holds the words of the line that is being read, and whether these are bold."""

    weights: dict[Element, Weight]
    titled: bool
    blocks: list[_Block] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    mark: str = ""
    level: int = 0
    last_level: int = 1
    outer_levels: list[int] = field(default_factory=list)
    bold: int = 0
    inside: int = 0
    listed: bool = False
    line: int = 1

    def title(self, words: str) -> None:
        """Write the title of the page."""
        if words:
            self.blocks.append(_Block(f"# {words}", 1, False))

    def walk(self, root: Element) -> None:
        """Write everything below `root`."""
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: Element = None
        for event, element in walker:
            if event == "start":
                if self._skips(element) or self._writes_whole(element):
                    walker.skip_subtree()
                    skipped = element
                    continue
                self._start(element)
                self._text(element.text)
                continue
            if element is skipped:
                skipped = None
                if element.tag in BLOCKS:
                    self._flush()
            else:
                self._end(element)
            if element is not root:
                self._text(element.tail)
        self._flush()

    def _skips(self, element: Element) -> bool:
        weight = self.weights.get(element)
        return weight is None or is_boilerplate(element, weight, self.inside > 0, self.titled) or is_footnote_mark(element)

    def _writes_whole(self, element: Element) -> bool:
        """Write an element at once and say so, where it is a table of data or preformatted."""
        if element.tag == "pre" or (element.tag == "table" and is_data(element, self.weights)):
            self._flush()
            self.line = element.sourceline or self.line
            lines = table_lines(element, self.weights) if element.tag == "table" else _preformatted(element)
            for n, (line, text) in enumerate(lines):
                self.blocks.append(_Block(text, line or self.line, n > 0))
            self.listed = False
            return True
        return False

    def _start(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._flush()
            self.line = element.sourceline or self.line
        if tag in ("main", "article"):
            self.inside += 1
        elif tag in HEADINGS or element.get("role") == "heading":
            self._flush()
            asked = element.get("aria-level") or "2"
            self.level = HEADINGS.get(tag) or (int(asked) if asked in set("123456") else 2)
        elif tag in ("details", "topics"):
            self.outer_levels.append(self.last_level)
        elif tag in ("summary", "topic"):
            self.level = min(6, self.outer_levels[-1] + 1) if self.outer_levels else 2
        elif tag in _LISTS:
            self._open_list(tag == "ol")
        elif tag == "li":
            self._open_item()
        elif tag == "br":
            self.pieces.append(("\n", True))
        elif tag == "hr" and not self.lists:
            self.blocks.append(_Block("---", self.line, False))
        self.bold += is_bold(element)

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS or element.get("role") == "heading":
            self._flush()
        if tag in HEADINGS or tag in ("summary", "topic") or element.get("role") == "heading":
            self.level = 0
        if tag in ("main", "article"):
            self.inside -= 1
        elif tag in ("details", "topics"):
            self.last_level = self.outer_levels.pop()
        elif tag in _LISTS:
            self.lists.pop()
            self.listed = bool(self.lists)
        if tag in _LISTS or tag == "li":
            self.mark = ""
        self.bold -= is_bold(element)

    def _text(self, text: str | None) -> None:
        if text:
            self.pieces.append((SPACE.sub(" ", text), self.bold > 0))

    def _open_list(self, numbered: bool) -> None:
        """Open a list; a numbered one is always set in, so that its items are not taken for numbered headings."""
        self.lists.append(_List(numbered, min(DEEPEST, self.lists[-1].indent + 2) if self.lists else 2 if numbered else 0))
        self.mark = ""

    def _open_item(self) -> None:
        if self.lists:
            own = self.lists[-1]
            own.count += 1
            self.mark = f"{own.count}. " if own.numbered and own.count <= MOST_NUMBERED else "- "

    def _flush(self) -> None:
        """Write the words read so far, a line for each that the page breaks."""
        if not self.pieces:
            return
        pieces, self.pieces = self.pieces, []
        lines: list[list[tuple[str, bool]]] = [[]]
        for piece in pieces:
            if piece[0] == "\n":
                lines.append([])
            else:
                lines[-1].append(piece)
        texts = [(" ".join("".join(words for words, _ in line).split()), all(b for words, b in line if words.strip())) for line in lines]
        kept = [(text, bold) for text, bold in texts if text]
        if self.level and kept:
            words = " ".join(text for text, _ in kept)
            self._write(f"{'#' * self.level} {_EDIT_LINK.sub('', words) or words}", False)
            self.last_level = self.level
            return
        for n, (text, bold) in enumerate(kept):
            short = len(text.split()) <= BOLD_WORDS and (not is_sentence(text) or is_question(text))
            self._write(_without_marks(text), n > 0, bold=bold and short and not self.lists)
        lead = _lead(lines[0])
        if kept and lead and not self.lists and kept[0] == (texts[0][0], False):
            self.blocks[-len(kept)].lead = len(lead)

    def _write(self, text: str, broken: bool, bold: bool = False) -> None:
        """Write one line; in a list with the mark of its item, or below it."""
        if self.lists and not self.level:
            text = f"{' ' * self.lists[-1].indent}{self.mark or '  '}{text}"
            self.mark = ""
        self.blocks.append(_Block(text, self.line, broken or (self.listed and not self.level), bold=bold))
        self.listed = bool(self.lists) and not self.level


def _lead(line: Sequence[tuple[str, bool]]) -> str:
    """Return the bold words that a paragraph opens with as with a heading, "" where it does not."""
    bold = list(takewhile(lambda piece: piece[1] or not piece[0].strip(), line))
    lead, rest = (" ".join("".join(words for words, _ in some).split()) for some in (bold, line[len(bold) :]))
    closed = lead.endswith(_LEAD_ENDS) or rest.startswith(_LEAD_ENDS)
    return lead if closed and rest.strip(_CLOSING) and len(lead.split()) <= BOLD_WORDS and any(map(str.isalpha, lead)) else ""


def _with_leads(blocks: Sequence[_Block]) -> list[_Block]:
    """Return the blocks with the bold words that paragraphs open with as headings over them, in a page that has no others.

    Fields above the first such paragraph, a few words after their name, stay as they are.
    """
    led = [n for n, block in enumerate(blocks) if block.lead]
    marked = sum(block.text.startswith("#") for block in blocks[1:])
    bold = sum(block.bold for block in blocks)
    if marked >= FEWEST_HEADED or len(led) < max(FEWEST_LEADS, bold):
        return list(blocks)
    first = next((n for n in led if len(blocks[n].text[blocks[n].lead :].split()) > FIELD_WORDS), len(blocks))
    found: list[_Block] = []
    for n, block in enumerate(blocks):
        if n < first or not block.lead:
            found.append(block)
            continue
        lead, rest = block.text[: block.lead].rstrip(_CLOSING), block.text[block.lead :].lstrip(_CLOSING)
        found += [_Block(lead, block.line, False, bold=True), _Block(rest, block.line, True)]
    return found


def _without_marks(text: str) -> str:
    """Return a paragraph so that it is not taken for a heading or a row of a table."""
    if re.match(r"#{1,6} ", text) or is_row(text):
        return f"\\{text}"
    return text


def _preformatted(element: Element) -> list[tuple[int, str]]:
    """Return preformatted lines as they stand; code, where an element says that it is, between fences."""
    for line_break in element.iter("br"):
        line_break.text = "\n"  # what stands after it may hold a control character, which lxml reads and refuses to write
    words = "".join(element.itertext()).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if not words.strip():
        return []
    coded = element.find(".//code") is not None or element.find(".//samp") is not None
    return [(0, f"```\n{words}\n```" if coded else words)]


def _join(blocks: Sequence[_Block], kind: str) -> Extract:
    """Return blocks as one text with the place of each, and those that are bold."""
    pieces: list[str] = []
    places: list[Place] = []
    bold: list[Span] = []
    at, after_line = 0, 0
    for n, block in enumerate(blocks):
        gap = "" if n == 0 else "\n" if block.tight else "\n\n"
        number = block.line if kind == "line" else n + 1
        if number != after_line:
            places.append(Place(at + len(gap), kind, number))
            after_line = number
        if block.bold:
            bold.append(Span(at + len(gap), at + len(gap) + len(block.text)))
        pieces += [gap, block.text]
        at += len(gap) + len(block.text)
    return Extract("".join([*pieces, "\n"]), places=tuple(places), bold=tuple(bold))
