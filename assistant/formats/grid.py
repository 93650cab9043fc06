"""Tables and definition lists of a page -> rows and items of canonical text. Knows cells that span and rows that name columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from lxml import etree

from assistant.cells import names_columns
from assistant.formats.page import BLOCKS, HEADINGS, Element, Weight, count, is_footnote_mark, plain
from assistant.formats.table import FEWEST_TOPICS, TOPIC_WORDS, sets_topics

_HEADING_LIKE = {*HEADINGS, "summary", "topic", "footer"}
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_APART = re.compile(r"\s*;[\s;]*")
LONGEST_CELL = 1500
"""A cell of more characters holds a part of the page, not a datum."""
FEWEST_TITLED = 3
"""So many elements of one class that says so are headings."""
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:title|heading|header|head|h[2-6])(?:$|[\s_-])", re.IGNORECASE)
MOST_COLUMNS = 100
"""Cells of one row that are read; what a page claims beyond that is a mistake or a bomb."""


def rewrite_definitions(root: Element) -> None:
    """Make a list of every definition list: "Term: definition", or the term with the list of its definitions below.

    One that says something of topics, in sentences, becomes `topics` instead where these can be sections of the page.
    """
    sections = _before_headings(root)
    for given in reversed(list(root.iter("dl"))):
        entries = [one for one in given.iter("dt", "dd") if _owner(one) is given]
        tags = [one.tag for one in entries]
        pairs = [[plain(term), plain(said)] for term, said in zip(entries[::2], entries[1::2], strict=False)]
        if tags == ["dt", "dd"] * len(pairs) and given in sections and sets_topics(pairs, set_off=True) and _ends_section(given):
            _make_topics(given, entries[::2], entries[1::2])
            continue
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


def _before_headings(root: Element) -> set[Element]:
    """Return the tables and definition lists above all headings of a page but its title, which may be its sections themselves."""
    found: set[Element] = set()
    for one in root.iter("dl", "table", "summary", "h2", "h3", "h4", "h5", "h6"):
        if one.tag not in ("dl", "table"):
            break
        found.add(one)
    return found - {above for one in root.iter("h2", "h3", "h4", "h5", "h6") for above in one.iterancestors("dl", "table")}


def _ends_section(given: Element) -> bool:
    """Say whether nothing but headings follows an element, so that what its last part heads ends with it."""
    while given is not None and given.tag != "body":
        if (given.tail or "").strip():
            return False
        following = given.getnext()
        for one in following.iter() if following is not None else ():
            if isinstance(one.tag, str) and (one.text or "").strip():
                return any(around.tag in _HEADING_LIKE for around in (one, *one.iterancestors()))
        given = given.getparent() if following is None else following
    return True


def _owner(entry: Element) -> Element | None:
    """Return the definition list that an entry belongs to."""
    return next(entry.iterancestors("dl"), None)


def _rewrite_definition(item: Element) -> None:
    """Turn terms and definitions in an item into "Term: definition", or into the term with a list below."""
    terms, meanings = [one for one in item if one.tag == "dt"], [one for one in item if one.tag == "dd"]
    for term in terms:
        term.tag, term.tail = "span", ", "
    if terms and meanings:
        terms[-1].tail = " " if plain(terms[-1]).endswith(":") else ": "
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


def rewrite_topics(root: Element) -> None:
    """Make `topics` of every table that only sets topics beside what is said of them, in lists, paragraphs or sentences."""
    sections = _before_headings(root)
    for table in reversed(list(root.iter("table"))):
        if table.find(".//table") is not None:
            continue
        rows = [row for row in table.iter("tr") if plain(row)]
        above = next((n for n, row in enumerate(rows) if len(row) != 1), len(rows))
        if not _holds_topics(table, rows[above:], table in sections and _ends_section(table)):
            continue
        for part in table.iter("thead", "tbody", "tfoot", "tr", "td", "th"):
            part.tag = "div"
        _make_topics(table, [row[0] for row in rows[above:]], [])


def _make_topics(given: Element, names: Iterable[Element], said: Iterable[Element]) -> None:
    """Make `topics` of an element whose `names` each head what stands after them."""
    given.tag = "topics"
    for one in names:
        one.tag = "topic"
        for inner in one.iter("p", "div"):
            inner.tag = "span"
    for one in said:
        one.tag = "div"


def rewrite_titled(root: Element) -> None:
    """Make headings of what a page that has none names so by its class, as in `<div class="section-title">`."""
    if sum(1 for _ in root.iter("h2", "h3", "h4", "h5", "h6")) >= FEWEST_TITLED:
        return
    titled: dict[str, list[Element]] = {}
    for one in root.iter("div", "p", "span"):
        named = one.get("class") or ""
        if _TITLE_CLASS.search(named) and one.find(".//div") is None and 0 < len(plain(one).split()) <= TOPIC_WORDS:
            titled.setdefault(named, []).append(one)
    for group in titled.values():
        if len(group) >= FEWEST_TITLED and group[0].tag != "span":
            for one in group:
                one.tag = "h2"


def _holds_topics(table: Element, rows: Sequence[Element], may_be_sections: bool) -> bool:
    """Say whether a table has two columns, the first of names, the second of text that lists or paragraphs lay out.

    Bold names of what is told in sentences are enough where they may be sections of the page.
    """
    if any(True for _ in table.iter(*HEADINGS)):
        return False
    if any(len(row) != 2 or not all(_is_cell(cell) for cell in row) or row[0].tag == row[1].tag == "th" for row in rows):
        return False
    laid_out = sum(sum(1 for _ in row[1].iter("li", "p", "br")) > 1 for row in rows) >= FEWEST_TOPICS / 2
    bold = [[cell.tag == "th" or _is_bold_cell(cell) for cell in row] for row in rows]
    set_off = may_be_sections and all(first and not second for first, second in bold)
    return sets_topics([[plain(cell) for cell in row] for row in rows], laid_out, set_off)


def is_bold(element: Element) -> bool:
    """Say whether an element makes its words bold."""
    return element.tag in ("b", "strong") or bool(_BOLD_STYLE.search(element.get("style") or ""))


def is_data(table: Element, weights: dict[Element, Weight]) -> bool:
    """Say whether a table holds data: columns of short cells, and nothing that lays out a page."""
    if (table.get("role") or "").casefold() in ("presentation", "none"):
        return False
    if any(one is not table for one in table.iter("table", *HEADINGS, "main", "article")):
        return False
    widths = [sum(_is_cell(cell) for cell in row) for row in table.iter("tr")]
    if max(widths, default=0) < 2:
        return False
    return all(weights[cell].characters <= LONGEST_CELL for cell in table.iter("td") if cell in weights)


def _is_cell(element: Element) -> bool:
    return element.tag in ("td", "th")


def table_lines(table: Element, weights: dict[Element, Weight]) -> list[tuple[int, str]]:
    """Return the rows of a table as `| cell | cell |` with the line of the page each stands on, a rule under the header."""
    caption = table.find("caption")
    lines: list[tuple[int, str]] = [(table.sourceline, words)] if caption is not None and (words := plain(caption)) else []
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


def _grid(rows: Sequence[Element], weights: dict[Element, Weight]) -> list[list[str]]:
    """Return the words of the cells of each row; a cell that spans rows stands in each, one of a header that spans columns too."""
    found: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        heads = sum(cell.tag == "th" for cell in row) > 1 and not any(cell.tag == "td" for cell in row)
        for cell in row:
            if _is_cell(cell) and cell in weights:
                _let_hang(cells, hanging, below)
                words, down, across = _cell_words(cell, weights), _span_of(cell, "rowspan"), _span_of(cell, "colspan")
                if down > 1:
                    below[len(cells)] = (down - 1, words)
                cells += [words, *[words if heads else ""] * (across - 1)]
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


def _cell_words(cell: Element, weights: dict[Element, Weight]) -> str:
    """Return the words of a cell on one line, items of a list apart by semicolons, pipes escaped."""
    if not len(cell):
        return " ".join((cell.text or "").split()).replace("|", "\\|")
    pieces: list[str] = []
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if element not in weights or is_footnote_mark(element):
                walker.skip_subtree()
                continue
            if element.tag == "li":
                pieces.append(" ; ")
            pieces.append(" " if element.tag in BLOCKS or element.tag == "br" else "")
            pieces.append(element.text or "")
        elif element is not cell:
            pieces.append(" " if element.tag in BLOCKS else "")
            pieces.append(element.tail or "")
    return _APART.sub("; ", " ".join("".join(pieces).split())).strip("; ").replace("|", "\\|")


def _header_rows(rows: Sequence[Element], grid: Sequence[Sequence[str]]) -> int:
    """Return how many rows on top name the columns: those the page says do; else a bold one, or the first of three columns or more.

    The first row of two columns names them also where its words say so. What begins as all rows below do, with a code, names nothing.
    """
    kinds = [{cell.tag for cell in row if _is_cell(cell)} for row in rows]
    said = next((i for i, row in enumerate(rows) if row.getparent().tag != "thead" and kinds[i] != {"th"}), len(rows))
    if said:
        return said if said < len(rows) else 1
    if len(rows) < 2 or any(row[0].tag == "th" for row in rows[1:] if len(row) and _is_cell(row[0])):
        return 0
    bold = [all(_is_bold_cell(cell) for cell in row if _is_cell(cell) and plain(cell)) for row in rows[:2]]
    if bold[0] and not bold[1]:
        return 1
    return int(names_columns(grid) or (max(map(len, grid)) > 2 and not _counts_on(grid)))


def _counts_on(grid: Sequence[Sequence[str]]) -> bool:
    """Say whether all rows begin with a code or a number, the first one too, which then is a row as the others are."""
    return all(row and any(map(str.isdigit, row[0])) for row in grid)


def _is_bold_cell(cell: Element) -> bool:
    words = sum(count("".join(one.itertext())) for one in cell.iter("b", "strong") if next(one.iterancestors("b", "strong"), None) is None)
    return words > 0 and words >= count("".join(cell.itertext()))
