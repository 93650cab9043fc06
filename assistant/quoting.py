"""Candidates -> quotes; quotes in the same words -> one quote with all its owners. Knows slices, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.chunking import Candidate
from assistant.codes import leading_codes
from assistant.types import Document, Quote, Role, Span

_CLAUSE = re.compile(r"[^;()]+")


def words_of(text: str) -> str:
    """Return `text` in the form in which two quotes count as the same words: case-folded, white space and end marks aside."""
    return bare_words(text.casefold())


def bare_words(text: str) -> str:
    """Return `text` with single blanks between its words and without end marks."""
    return " ".join(text.split()).strip(" .;,")


def codes_at(document: Document, path: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of a document that words under these labels are about: those that the nearest label opens with, else all."""
    if len(document.codes) > 1:
        pattern = "|".join(map(re.escape, document.codes))
        return next((own for label in reversed(path) if (own := leading_codes(label, pattern))), document.codes)
    return document.codes


def is_about(document: Document, path: Sequence[str], codes: Iterable[str]) -> bool:
    """Say whether words under these labels may be about one of `codes`, which the document describes among others or alone."""
    return len(document.codes) < 2 or not set(codes).isdisjoint(codes_at(document, path))


def speaks_of(document: Document, candidate: Candidate, codes: Iterable[str]) -> bool:
    """Say whether all that a candidate holds may be about one of `codes`, and not in part about others."""
    units = document.units[candidate.first : candidate.last] if len(document.codes) > 1 else ()
    return all(is_about(document, unit.path, codes) for unit in units)


def title_of(document: Document, code: str) -> str:
    """Return what a code is called in a document: the label of its own part where the document describes several, else the title."""
    if len(document.codes) < 2:
        return document.title_text
    labels = (label for unit in document.units for label in unit.path if codes_at(document, (label,)) == (code,))
    return next((label.replace(code, "", 1).strip(" :;,.()–—-") or label for label in labels), document.title_text)


def sections_about(document: Document, code: str) -> list[int]:
    """Return which of a document's sections may be about one of its codes: all but those in which everything stands under others."""
    about = [(unit.section, is_about(document, unit.path, (code,))) for unit in document.units]
    others = {section for section, _ in about} - {section for section, own in about if own}
    return [number for number in range(len(document.sections)) if number not in others]


def quote_span(document: Document, span: Span, section: int, path: tuple[str, ...], role: Role) -> Quote:
    """Return a slice of a document as a quote."""
    codes = codes_at(document, path)
    return Quote(
        text=span.of(document.text),
        code=codes[0] if codes else None,
        codes=codes,
        document=document.id,
        title=document.title_text,
        section=document.sections[section].heading,
        path=path,
        start=span.start,
        end=span.end,
        sha256=document.sha256,
        role=role,
        page=page_at(document, span.start),
    )


def page_at(document: Document, offset: int) -> int | None:
    """Return the page of its file on which a character of a document stands; None where the file has none."""
    place = document.place_of(offset)
    return place.number if place and place.kind == "page" else None


def quote_candidate(document: Document, candidate: Candidate, role: Role) -> Quote:
    """Return a candidate as a quote, with the labels it stands under."""
    return quote_span(document, candidate.span(document), candidate.section, candidate.path(document), role)


def share_words(quotes: Sequence[Quote]) -> list[Quote]:
    """Return quotes with equal words once, the first of them, under the codes of all."""
    same: dict[str, list[Quote]] = {}
    for quote in quotes:
        same.setdefault(words_of(quote.text), []).append(quote)
    return [replace(group[0], codes=tuple(dict.fromkeys(code for quote in group for code in quote.codes))) for group in same.values()]


def clauses(quote: Quote) -> list[Span]:
    """Return the parts of a quote between semicolons and parentheses, as offsets into its document."""
    found = []
    for match in _CLAUSE.finditer(quote.text):
        left = match.start() + len(match.group()) - len(match.group().lstrip(" ,\n\t"))
        right = match.start() + len(match.group().rstrip(" ,\n\t"))
        if left < right:
            found.append(Span(quote.start + left, quote.start + right))
    return found


def shared_clauses(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the clauses of the first quote that stand word for word in all the others, under all their codes; [] for fewer than two."""
    if len(quotes) < 2:
        return []
    first, others = quotes[0], quotes[1:]
    said = [{words_of(quote.text[s.start - quote.start : s.end - quote.start]) for s in clauses(quote)} for quote in others]
    owners = tuple(dict.fromkeys(code for quote in quotes for code in quote.codes))
    shared = []
    for span in clauses(first):
        text = first.text[span.start - first.start : span.end - first.start]
        if len(text.split()) > 1 and all(words_of(text) in one for one in said):
            shared.append(replace(first, text=text, start=span.start, end=span.end, codes=owners))
    return shared
