"""Page -> what of it a reader reads: its elements without what is hidden, and without the frame that every page of a site has.

Knows what elements are for; refuses to know what they say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from assistant.labels import is_sentence

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
BLOCKS = frozenset({
    "html", "head", "body", "main", "article", "section", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "dir", "menu", "pre",
    "blockquote", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "figure", "figcaption", "address", "details", "summary",
    "header", "footer", "form", "fieldset", "legend", "hr", "center", "h1", "h2", "h3", "h4", "h5", "h6", "hgroup", "search", "dialog",
    "topics", "topic",
})
# fmt: on
HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LINK_BLOCKS = frozenset(("ul", "ol", "dl", "div", "p", "table", "section", "td", "span", "dir", "menu"))
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
SPACE = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u3000]+")
_SEPARATORS = re.compile(r"\W+")
_WORD = re.compile(r"\w+")
TELLING = 4
"""Letters of a word that may tell what a page is about."""
_SITE = re.compile(r"\s+[|»·]\s+")
_FOOTNOTE = re.compile(r"#(?:foot|end)?note|#fn|#cite", re.IGNORECASE)
LINKS = 3
"""A block of so many links or more is navigation when nearly all its words are links."""
LINKED_SHARE = 0.85
MAIN_SHARE = 0.2
"""The page's main part is read alone when it holds at least this share of the page's words."""


@dataclass(slots=True)
class Weight:
    """What an element holds: letters and digits, those of them in links, links, and whether a heading."""

    characters: int = 0
    linked: int = 0
    links: int = 0
    headings: int = 0


def weigh(root: Element) -> dict[Element, Weight]:
    """Return the weight of every element that is seen, bottom up; hidden ones and what is in them are left out."""
    weights: dict[Element, Weight] = {}
    stack: list[Weight] = [Weight()]
    links = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if is_unseen(element):
                walker.skip_subtree()
                stack.append(Weight())
                continue
            own = Weight(count(element.text), 0, int(_is_link(element)), int(element.tag in ("h1", "h2", "h3", "article", "main")))
            links += own.links
            own.linked = own.characters if links else 0
            weights[element] = own
            stack.append(own)
            continue
        own = stack.pop()
        links -= int(element in weights and _is_link(element))
        above = stack[-1]
        tail = count(element.tail)
        above.characters += own.characters + tail
        above.linked += own.linked + (tail if links else 0)
        above.links += own.links
        above.headings += own.headings
    return weights


def count(text: str | None) -> int:
    """Return how many letters and digits a text has."""
    return len(_SEPARATORS.sub("", text)) if text else 0


def _is_link(element: Element) -> bool:
    return element.tag == "a" and element.get("href") is not None


def is_unseen(element: Element) -> bool:
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


def read_toggles(root: Element) -> None:
    """Make plain words of a button that holds all the words of a heading: it folds what is below, and says what that is."""
    sizes: dict[Element, int] = {}
    for button in list(root.iter("button")):
        heading = next((one for one in button.iterancestors() if is_heading(one)), None)
        if heading is None:
            continue
        if heading not in sizes:
            sizes[heading] = count(plain(heading))
        if count(plain(button)) == sizes[heading]:
            button.tag = "span"


def is_heading(element: Element) -> bool:
    """Say whether an element names what comes after it."""
    return element.tag in HEADINGS or element.tag in ("summary", "dt") or element.get("role") == "heading"


def is_footnote_mark(element: Element) -> bool:
    """Say whether an element only points to a footnote or back from it."""
    if element.tag == "sup":
        links = element.findall(".//a")
        return len(links) == 1 and (links[0].get("href") or "").startswith("#") and count("".join(element.itertext())) <= 5
    return element.tag == "a" and bool(_FOOTNOTE.match(element.get("href") or "")) and count("".join(element.itertext())) <= 1


def is_boilerplate(element: Element, weight: Weight, inside: bool, titled: bool) -> bool:
    """Say whether a seen element is the frame of a page: its head and foot, a form to fill in, or a block of links.

    `inside` says that an `article` or `main` is open, whose header and footer are its own; `titled` that the page has a title elsewhere.
    """
    if element.tag in ("header", "footer"):
        return not inside and (titled or not weight.headings)
    if element.tag == "form":
        return not weight.headings and not any(True for _ in element.iter("p", "table", "li"))
    linked = weight.links >= LINKS and weight.linked >= LINKED_SHARE * weight.characters
    return element.tag in _LINK_BLOCKS and linked and not weight.headings and not (inside and _is_announced(element))


def _is_announced(block: Element) -> bool:
    """Say whether the words right before a block end in a colon."""
    while (above := block.getparent()) is not None:
        before = block.getprevious()
        words = (above.text if before is None else before.tail) or ""
        if before is not None and not words.strip():
            words = plain(before)
        if words.strip() or before is not None:
            return words.rstrip().endswith(":")
        block = above
    return False


def main_titles(start: Element, weights: dict[Element, Weight]) -> list[Element]:
    """Return the first-level headings below `start` that are seen and stand in no header or footer of the site."""
    return [one for one in start.iter("h1") if one in weights and plain(one) and not _is_in_frame(one)]


def _is_in_frame(heading: Element) -> bool:
    around = next(heading.iterancestors("header", "footer", "main", "article"), None)
    return around is not None and around.tag in ("header", "footer") and next(around.iterancestors("main", "article"), None) is None


def main_part(root: Element, weights: dict[Element, Weight]) -> Element:
    """Return the one `main` or `article` of a page where it holds a good part of the words, else the whole page."""
    total = weights[root].characters if root in weights else 0
    mains = [one for one in root.iter("main", "div", "section") if one in weights and (one.tag == "main" or one.get("role") == "main")]
    articles = [one for one in root.iter("article") if one in weights]
    for found in (mains, articles):
        if len(found) == 1 and weights[found[0]].characters >= MAIN_SHARE * total > 0:
            return found[0]
    return root


def page_title(root: Element, start: Element, weights: dict[Element, Weight]) -> str:
    """Return the title that a page shows outside its main part, or has in its head; nothing where the main part has one heading on top."""
    inner = main_titles(start, weights)
    shown = [one for one in start.iter("h1") if one in weights and plain(one)]
    if len(inner or shown) == 1:
        return ""
    outer = [one for one in root.iter("h1") if one in weights and plain(one)] if not shown else []
    if len(outer) == 1:
        return plain(outer[0])
    named = next((plain(one) for one in root.iter("title")), "")
    title = _SITE.split(named)[0]
    repeats = bool(inner) and title.casefold() == plain(inner[0]).casefold()
    return "" if repeats or _is_of_the_site(title, start, weights) else title


def _is_of_the_site(title: str, start: Element, weights: dict[Element, Weight]) -> bool:
    """Say whether a title, as "Member portal", says nothing of its page, whose main part opens with what may be a title itself."""
    said = " ".join(part for one in start.iter() if one in weights for part in (one.text, one.tail) if part).casefold()
    words = [word for word in _WORD.findall(title.casefold()) if len(word) >= TELLING]
    opening = next((one for one in start.iter() if one in weights and (one.text or "").strip()), start)
    block = next((one for one in (opening, *opening.iterancestors()) if one.tag in BLOCKS), start)
    return 2 * sum(word in said for word in words) <= len(words) and not is_sentence(plain(block))


def plain(element: Element) -> str:
    """Return the words of an element on one line."""
    return SPACE.sub(" ", "".join(element.itertext())).strip()
