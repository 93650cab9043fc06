"""HTML -> canonical text: headings as `#`, list items as `-`, table rows as `|`; what a reader of the page does not read is left out.

Knows what elements are for; refuses to know what they say. Nothing is fetched, run or resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeAlias

from lxml import etree

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.text import decode
from assistant.lines import is_sentence
from assistant.tables import is_row
from assistant.types import Place

Element: TypeAlias = Any
# fmt: off
_SKIPPED = frozenset({
    "script", "style", "template", "noscript", "nav", "aside", "title", "meta", "link", "base", "select", "option", "datalist", "button",
    "textarea", "input", "svg", "canvas", "iframe", "frame", "frameset", "object", "embed", "applet", "audio", "video", "img", "picture",
    "map", "area", "progress", "meter", "del", "s", "strike", "rp", "rt", "col", "colgroup",
})
_FRAME_ROLES = frozenset({
    "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "toolbar", "dialog", "alertdialog",
})
_BLOCKS = frozenset({
    "html", "head", "body", "main", "article", "section", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "dir", "menu", "pre",
    "blockquote", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "figure", "figcaption", "address", "details", "summary",
    "header", "footer", "form", "fieldset", "legend", "hr", "center", "h1", "h2", "h3", "h4", "h5", "h6", "hgroup", "search", "dialog",
})
# fmt: on
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "dir", "menu"})
_LINK_BLOCKS = frozenset(("ul", "ol", "dl", "div", "p", "table", "section", "td", "span", "dir", "menu"))
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u3000]+")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\xad\0"))
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SEPARATORS = re.compile(r"\W+")
_SITE = re.compile(r"\s+[|»·]\s+")
_FOOTNOTE = re.compile(r"#(?:foot|end)?note|#fn|#cite", re.IGNORECASE)
LINKS = 3
"""A block of so many links or more is navigation when nearly all its words are links."""
LINKED_SHARE = 0.85
MAIN_SHARE = 0.2
"""The page's main part is read alone when it holds at least this share of the page's words."""
BOLD_WORDS = 10
"""A bold line of at most so many words may be a heading."""
LONGEST_CELL = 1500
"""A cell of more characters holds a part of the page, not a datum."""
MOST_COLUMNS = 100
"""Cells of one row that are read; what a page claims beyond that is a mistake or a bomb."""
DEEPEST = 40
"""Columns that a list is set in at most."""
MOST_NUMBERED = 99
"""List numbers of more digits are no longer told from quantities."""


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the page as one document. Its places are the lines of the file.

    Raises:
        Unreadable: it is no text, nested too deeply, or holds no words.
    """
    declared = _CHARSET.search(data[:4096])
    text, places = read_page(decode(data, declared[1].decode("ascii", "ignore") if declared else None), "line")
    return [Extract(text, places=places)]


def read_page(page: str, kind: str) -> tuple[str, tuple[Place, ...]]:
    """Return the canonical text of a page and where its blocks come from: by the `line` of the page, or counted as `paragraph`s.

    Raises:
        Unreadable: it is nested too deeply, or holds no words.
    """
    root = _parse(page)
    if root is None:
        raise Unreadable("holds no text")
    _rewrite_definitions(root)
    weights = _weigh(root)
    writer = _Writer(weights)
    start = _main_part(root, weights)
    writer.title(_page_title(root, start))
    writer.walk(start)
    if not any(block.text.strip() for block in writer.blocks):
        raise Unreadable("holds no text")
    return _join(writer.blocks, kind)


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


@dataclass(slots=True)
class _Weight:
    """What an element holds: letters and digits, those of them in links, links, and whether a heading."""

    characters: int = 0
    linked: int = 0
    links: int = 0
    headings: int = 0


def _weigh(root: Element) -> dict[Element, _Weight]:
    """Return the weight of every element that is seen, bottom up; hidden ones and what is in them are left out."""
    weights: dict[Element, _Weight] = {}
    stack: list[_Weight] = [_Weight()]
    links = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if _is_unseen(element):
                walker.skip_subtree()
                stack.append(_Weight())
                continue
            own = _Weight(_count(element.text), 0, int(_is_link(element)), int(element.tag in ("h1", "h2", "h3", "article", "main")))
            links += own.links
            own.linked = own.characters if links else 0
            weights[element] = own
            stack.append(own)
            continue
        own = stack.pop()
        links -= int(element in weights and _is_link(element))
        above = stack[-1]
        tail = _count(element.tail)
        above.characters += own.characters + tail
        above.linked += own.linked + (tail if links else 0)
        above.links += own.links
        above.headings += own.headings
    return weights


def _count(text: str | None) -> int:
    return len(_SEPARATORS.sub("", text)) if text else 0


def _is_link(element: Element) -> bool:
    return element.tag == "a" and element.get("href") is not None


def _is_unseen(element: Element) -> bool:
    """Say whether a reader of the page does not see an element, or sees it on every page of the site."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return True
    if not element.attrib:
        return element.tag == "dialog"
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").casefold() == "true":
        return True
    if (element.get("role") or "").casefold() in _FRAME_ROLES or (element.tag == "dialog" and element.get("open") is None):
        return True
    return bool(_HIDING.search(element.get("style") or ""))


def _is_footnote_mark(element: Element) -> bool:
    """Say whether an element only points to a footnote or back from it."""
    if element.tag == "sup":
        links = element.findall(".//a")
        return len(links) == 1 and (links[0].get("href") or "").startswith("#") and _count("".join(element.itertext())) <= 5
    return element.tag == "a" and bool(_FOOTNOTE.match(element.get("href") or "")) and _count("".join(element.itertext())) <= 1


def _is_boilerplate(element: Element, weight: _Weight, inside: bool) -> bool:
    """Say whether a seen element is the frame of a page: its head and foot, a form to fill in, or a block of links.

    `inside` says that an `article` or `main` is open, whose header and footer are its own.
    """
    if element.tag in ("header", "footer"):
        return not inside and not weight.headings
    if element.tag == "form":
        return not weight.headings and not any(True for _ in element.iter("p", "table", "li"))
    linked = weight.links >= LINKS and weight.linked >= LINKED_SHARE * weight.characters
    return element.tag in _LINK_BLOCKS and linked and not weight.headings


def _main_part(root: Element, weights: dict[Element, _Weight]) -> Element:
    """Return the one `main` or `article` of a page where it holds a good part of the words, else the whole page."""
    total = weights[root].characters if root in weights else 0
    mains = [one for one in root.iter("main", "div", "section") if one in weights and (one.tag == "main" or one.get("role") == "main")]
    articles = [one for one in root.iter("article") if one in weights]
    for found in (mains, articles):
        if len(found) == 1 and weights[found[0]].characters >= MAIN_SHARE * total > 0:
            return found[0]
    return root


def _page_title(root: Element, start: Element) -> str:
    """Return the title that a page shows outside its main part, or has in its head; nothing where the main part has one heading on top."""
    inner = [one for one in start.iter("h1") if not _is_unseen(one) and _plain(one)]
    if len(inner) == 1:
        return ""
    outer = [one for one in root.iter("h1") if not _is_unseen(one) and _plain(one)] if not inner else []
    if len(outer) == 1:
        return _plain(outer[0])
    named = next((_plain(one) for one in root.iter("title")), "")
    title = _SITE.split(named)[0]
    return "" if inner and title.casefold() == _plain(inner[0]).casefold() else title


def _plain(element: Element) -> str:
    return _SPACE.sub(" ", "".join(element.itertext())).strip()


def _rewrite_definitions(root: Element) -> None:
    """Make a list of every definition list: "Term: definition", or the term with the list of its definitions below."""
    for given in list(root.iter("dl")):
        entries = [one for one in given.iter("dt", "dd") if _owner(one) is given]
        items: list[Element] = []
        for one in entries:
            one.tail = None
            if not items or (one.tag == "dt" and items[-1][-1].tag != "dt"):
                items.append(etree.Element("li"))
            items[-1].append(one)
        for child in list(given):
            given.remove(child)
        given.text, given.tag = None, "ul"
        for item in items:
            _rewrite_definition(item)
            given.append(item)


def _owner(entry: Element) -> Element | None:
    """Return the definition list that an entry belongs to."""
    return next(entry.iterancestors("dl"), None)


def _rewrite_definition(item: Element) -> None:
    """Turn terms and definitions in an item into "Term: definition", or into the term with a list below."""
    terms, meanings = [one for one in item if one.tag == "dt"], [one for one in item if one.tag == "dd"]
    for term in terms:
        term.tag, term.tail = "span", ", "
    if terms and meanings:
        terms[-1].tail = " " if _plain(terms[-1]).endswith(":") else ": "
    elif terms:
        terms[-1].tail = None
    if len(meanings) > 1 and terms:
        below = etree.SubElement(item, "ul")
        for one in meanings:
            one.tag = "li"
            below.append(one)
    else:
        for one in meanings:
            inner = list(one.iter("p", "ul", "ol", "table", "pre", "blockquote"))
            if len(inner) == 1 and inner[0].tag == "p":
                inner[0].tag = "span"
            one.tag = "div" if len(inner) > 1 or (inner and inner[0].tag != "span") or not terms else "span"


@dataclass(slots=True)
class _Block:
    """One line of canonical text, where in the page it came from, and whether it follows the one before without a blank line."""

    text: str
    line: int
    tight: bool


@dataclass(slots=True)
class _List:
    """A list that is open: how many items it has had if these are numbered, and how far they are indented."""

    numbered: bool
    indent: int
    count: int = 0


@dataclass(slots=True)
class _Writer:
    """Walks through a page once and writes blocks. Holds the words of the line that is being read, and whether these are bold."""

    weights: dict[Element, _Weight]
    blocks: list[_Block] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    mark: str = ""
    level: int = 0
    last_level: int = 1
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
                if element.tag in _BLOCKS:
                    self._flush()
            else:
                self._end(element)
            if element is not root:
                self._text(element.tail)
        self._flush()

    def _skips(self, element: Element) -> bool:
        weight = self.weights.get(element)
        return weight is None or _is_boilerplate(element, weight, self.inside > 0) or _is_footnote_mark(element)

    def _writes_whole(self, element: Element) -> bool:
        """Write an element at once and say so, where it is a table of data or preformatted."""
        if element.tag == "pre" or (element.tag == "table" and _is_data(element, self.weights)):
            self._flush()
            self.line = element.sourceline or self.line
            lines = _table_lines(element, self.weights) if element.tag == "table" else _preformatted(element)
            for n, (line, text) in enumerate(lines):
                self.blocks.append(_Block(text, line or self.line, n > 0))
            self.listed = False
            return True
        return False

    def _start(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
            self.line = element.sourceline or self.line
        if tag in ("main", "article"):
            self.inside += 1
        elif tag in _HEADINGS or element.get("role") == "heading":
            self._flush()
            asked = element.get("aria-level") or "2"
            self.level = _HEADINGS.get(tag) or (int(asked) if asked in set("123456") else 2)
        elif tag == "summary":
            self.level = min(6, self.last_level + 1)
        elif tag in _LISTS:
            self._open_list(tag == "ol")
        elif tag == "li":
            self._open_item()
        elif tag == "br":
            self.pieces.append(("\n", True))
        elif tag == "hr" and not self.lists:
            self.blocks.append(_Block("---", self.line, False))
        self.bold += _is_bold(element)

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS or element.get("role") == "heading":
            self._flush()
        if tag in _HEADINGS or tag == "summary" or element.get("role") == "heading":
            self.level = 0
        if tag in ("main", "article"):
            self.inside -= 1
        elif tag in _LISTS:
            self.lists.pop()
            self.listed = bool(self.lists)
        if tag in _LISTS or tag == "li":
            self.mark = ""
        self.bold -= _is_bold(element)

    def _text(self, text: str | None) -> None:
        if text:
            self.pieces.append((_SPACE.sub(" ", text), self.bold > 0))

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
            self._write(f"{'#' * self.level} {' '.join(text for text, _ in kept)}", False)
            self.last_level = self.level
            return
        for n, (text, bold) in enumerate(kept):
            heads = bold and not self.lists and len(text.split()) <= BOLD_WORDS and not is_sentence(text) and not text.endswith(":")
            self._write(f"**{text}**" if heads else _without_marks(text), n > 0)

    def _write(self, text: str, broken: bool) -> None:
        """Write one line; in a list with the mark of its item, or below it."""
        if self.lists and not self.level:
            text = f"{' ' * self.lists[-1].indent}{self.mark or '  '}{text}"
            self.mark = ""
        self.blocks.append(_Block(text, self.line, broken or (self.listed and not self.level)))
        self.listed = bool(self.lists) and not self.level


def _without_marks(text: str) -> str:
    """Return a paragraph so that it is not taken for a heading or a row of a table."""
    if re.match(r"#{1,6} ", text) or is_row(text):
        return f"\\{text}"
    return text


def _is_bold(element: Element) -> bool:
    return element.tag in ("b", "strong") or bool(_BOLD_STYLE.search(element.get("style") or ""))


def _preformatted(element: Element) -> list[tuple[int, str]]:
    """Return preformatted lines as they stand; code, where an element says that it is, between fences."""
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    words = "".join(element.itertext()).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if not words.strip():
        return []
    coded = element.find(".//code") is not None or element.find(".//samp") is not None
    return [(0, f"```\n{words}\n```" if coded else words)]


def _is_data(table: Element, weights: dict[Element, _Weight]) -> bool:
    """Say whether a table holds data: columns of short cells, and nothing that lays out a page."""
    if (table.get("role") or "").casefold() in ("presentation", "none"):
        return False
    if (
        next((one for one in table.iter("table", "h1", "h2", "h3", "h4", "h5", "h6", "main", "article") if one is not table), None)
        is not None
    ):
        return False
    widths = [sum(_is_cell(cell) for cell in row) for row in table.iter("tr")]
    if max(widths, default=0) < 2:
        return False
    return all(weights[cell].characters <= LONGEST_CELL for cell in table.iter("td") if cell in weights)


def _is_cell(element: Element) -> bool:
    return element.tag in ("td", "th")


def _table_lines(table: Element, weights: dict[Element, _Weight]) -> list[tuple[int, str]]:
    """Return the rows of a table as `| cell | cell |` with the line of the page each stands on, a rule under the header."""
    caption = table.find("caption")
    lines: list[tuple[int, str]] = [(table.sourceline, words)] if caption is not None and (words := _plain(caption)) else []
    rows = [row for row in table.iter("tr") if row in weights]
    grid = _grid(rows, weights)
    filled = [i for i, cells in enumerate(grid) if any(cells)]
    top = _header_rows([rows[i] for i in filled], [grid[i] for i in filled])
    if lines and filled:
        lines.append((table.sourceline, ""))
    if top:
        columns = [
            list(dict.fromkeys(cell for cell in column if cell)) for column in zip_longest(*(grid[i] for i in filled[:top]), fillvalue="")
        ]
        lines.append((rows[filled[0]].sourceline, _row(" ".join(words) for words in columns)))
        lines.append((rows[filled[0]].sourceline, "|" + "---|" * len(columns)))
    return lines + [(rows[i].sourceline, _row(grid[i])) for i in filled[top:]]


def _row(words: Iterable[str]) -> str:
    return f"| {' | '.join(words)} |"


def _grid(rows: Sequence[Element], weights: dict[Element, _Weight]) -> list[list[str]]:
    """Return the words of the cells of each row; a cell that spans rows stands in each of them."""
    found: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        for cell in row:
            if _is_cell(cell) and cell in weights:
                _let_hang(cells, hanging, below)
                words, down, across = _cell_words(cell, weights), _span_of(cell, "rowspan"), _span_of(cell, "colspan")
                if down > 1:
                    below[len(cells)] = (down - 1, words)
                cells += [words, *[""] * (across - 1)]
        _let_hang(cells, hanging, below)
        found.append(cells[:MOST_COLUMNS])
        hanging = below
    return found


def _let_hang(cells: list[str], hanging: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]) -> None:
    """Add the cells that reach down from the rows above to the end of a row, and note those that reach further."""
    while len(cells) in hanging and len(cells) < MOST_COLUMNS:
        left, words = hanging[len(cells)]
        if left > 1:
            below[len(cells)] = (left - 1, words)
        cells.append(words)


def _span_of(cell: Element, name: str) -> int:
    asked = cell.get(name)
    if not asked:
        return 1
    return min(MOST_COLUMNS, int(asked)) if re.fullmatch(r"[1-9]\d{0,3}", asked) else 1


def _cell_words(cell: Element, weights: dict[Element, _Weight]) -> str:
    """Return the words of a cell on one line, items of a list apart by semicolons, pipes escaped."""
    if not len(cell):
        return " ".join((cell.text or "").split()).replace("|", "\\|")
    pieces: list[str] = []
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if element not in weights or _is_footnote_mark(element):
                walker.skip_subtree()
                continue
            if element.tag == "li" and "".join(pieces).strip():
                pieces.append("; ")
            pieces.append(" " if element.tag in _BLOCKS or element.tag == "br" else "")
            pieces.append(element.text or "")
        elif element is not cell:
            pieces.append(" " if element.tag in _BLOCKS else "")
            pieces.append(element.tail or "")
    return re.sub(r"\s+;", ";", " ".join("".join(pieces).split())).replace("|", "\\|")


def _header_rows(rows: Sequence[Element], grid: Sequence[Sequence[str]]) -> int:
    """Return how many rows on top name the columns: those the page says do; else the first of three columns or more, or a bold one."""
    kinds = [{cell.tag for cell in row if _is_cell(cell)} for row in rows]
    said = next((i for i, row in enumerate(rows) if row.getparent().tag != "thead" and kinds[i] != {"th"}), len(rows))
    if said:
        return said if said < len(rows) else 1
    if len(rows) < 2 or any(row[0].tag == "th" for row in rows[1:] if len(row) and _is_cell(row[0])):
        return 0
    bold = [all(_is_bold_cell(cell) for cell in row if _is_cell(cell) and _plain(cell)) for row in rows[:2]]
    return int(max(map(len, grid)) > 2 or (bold[0] and not bold[1]))


def _is_bold_cell(cell: Element) -> bool:
    words = sum(_count("".join(one.itertext())) for one in cell.iter("b", "strong") if next(one.iterancestors("b", "strong"), None) is None)
    return words > 0 and words >= _count("".join(cell.itertext()))


def _join(blocks: Sequence[_Block], kind: str) -> tuple[str, tuple[Place, ...]]:
    """Return blocks as one text, and the place of each."""
    pieces: list[str] = []
    places: list[Place] = []
    at, after_line = 0, 0
    for n, block in enumerate(blocks):
        gap = "" if n == 0 else "\n" if block.tight else "\n\n"
        number = block.line if kind == "line" else n + 1
        if number != after_line:
            places.append(Place(at + len(gap), kind, number))
            after_line = number
        pieces += [gap, block.text]
        at += len(gap) + len(block.text)
    return "".join([*pieces, "\n"]), tuple(places)
