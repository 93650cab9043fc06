"""Answers, hits and documents as plain text for a terminal. Only lays out; every word comes from an answer or the message catalogue."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.comparing import Row
from assistant.messages import AFRESH, AGAINST, CARRIED, CONFLICT, FITS, FITS_NOT, FOR, NEAREST, NO_SECTION, SEPARATOR, UNDERSTOOD, WEIGHED
from assistant.types import Answer, Document, Hit, Quote, Role

WIDTH = 80


def inert(text: str) -> str:
    """Return `text` with control characters replaced, so that a document cannot steer a terminal; line breaks and tabs stay."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text.replace("\r\n", "\n")
    )


def one_line(text: str) -> str:
    """Return `text` inert and in one line, so that a name with a line feed does not pass for a message of its own."""
    return inert(" ".join(text.split()))


def _wrapped(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    for line in inert(text).split("\n"):
        inner = indent + " " * (len(line) - len(line.lstrip()))
        lines.extend(textwrap.wrap(line.strip(), WIDTH, initial_indent=inner, subsequent_indent=inner, break_long_words=False) or [""])
    return lines


def place_words(document: Document | None, start: int) -> str:
    """Return where in its file a character stands, in words: "page 3", "row 12", or "line 56" where the text is the file itself."""
    if document is None:
        return ""
    place = document.place_of(start)
    if place:
        return f"{place.kind} {place.number}"
    return "" if document.places else f"line {document.line_of(start)}"


def quote_place(quote: Quote, documents: Mapping[str, Document]) -> str:
    """Return the document of a quote and where in its file the quote begins."""
    where = place_words(documents.get(quote.document), quote.start) or (f"page {quote.page}" if quote.page else "")
    return ", ".join(filter(None, (quote.document, where)))


def quote_lines(quote: Quote, documents: Mapping[str, Document]) -> list[str]:
    """Return a quote with the codes and headings it stands under and the place it was taken from."""
    head = SEPARATOR.join([", ".join(quote.codes) or quote.title, " > ".join(quote.path) or quote.section])
    source = f"[{quote_place(quote, documents)}, characters {quote.start}-{quote.end}]"
    return [*_wrapped(head, ""), *_wrapped(quote.text, "    "), *_wrapped(source, "  ")]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer says for and against one code, or document without a code, of a described case."""

    label: str
    fits: bool
    speaking_for: tuple[Quote, ...]
    against: tuple[Quote, ...]


def verdicts(answer: Answer) -> list[Verdict]:
    """Return the codes that an answer quotes words for or against, those that fit first."""
    said: dict[str, list[Quote]] = {}
    weighed = sorted(answer.codes, key=lambda fit: not fit.fits)
    for quote in answer.quotes:
        if quote.role in (Role.FOR, Role.AGAINST):
            meant = next((fit.code for fit in weighed if fit.code in quote.codes), quote.code)
            said.setdefault(meant or quote.title, []).append(quote)
    known = {fit.code: fit.fits for fit in reversed(weighed)}
    found = []
    for label, quotes in said.items():
        speaking_for = tuple(quote for quote in quotes if quote.role is Role.FOR)
        against = tuple(quote for quote in quotes if quote.role is Role.AGAINST)
        found.append(Verdict(label, known.get(label, bool(speaking_for)), speaking_for, against))
    return sorted(found, key=lambda verdict: not verdict.fits)


def weighed_as_well(answer: Answer) -> list[str]:
    """Return the codes that were weighed for a described case and that no quote speaks for or against, best first."""
    quoted = {verdict.label for verdict in verdicts(answer)}
    return [fit.code for fit in answer.codes if fit.code not in quoted]


def answering(answer: Answer) -> list[Quote]:
    """Return the quotes that answer, those for and against codes and those that do not answer left out."""
    return [quote for quote in answer.quotes if quote.role in (Role.ANSWER, Role.CONTEXT)]


def understood_text(answer: Answer, carried: Sequence[str], *, afresh: bool = False) -> str:
    """Return how a question was understood and what of it came from earlier questions; empty where neither is to be told."""
    lines = [AFRESH] if afresh else []
    lines += _wrapped(UNDERSTOOD + answer.resolved, "") if answer.resolved else []
    lines += _wrapped(CARRIED + SEPARATOR.join(carried), "") if carried else []
    return "\n".join(lines)


def answer_text(answer: Answer, documents: Mapping[str, Document]) -> str:
    """Return an answer as a person reads it: the message, what speaks for and against codes, the quotes by role, the choices."""
    blocks: list[list[str]] = []
    if answer.message:
        blocks.append(_wrapped(answer.message, ""))
    for verdict in verdicts(answer):
        blocks.append(_wrapped(SEPARATOR.join([verdict.label, FITS if verdict.fits else FITS_NOT]), ""))
        for label, quotes in ((FOR, verdict.speaking_for), (AGAINST, verdict.against)):
            blocks += [[label]] if quotes else []
            blocks.extend(quote_lines(quote, documents) for quote in quotes)
    if others := weighed_as_well(answer):
        blocks.append(_wrapped(WEIGHED + ", ".join(others), ""))
    blocks.extend(quote_lines(quote, documents) for quote in answering(answer))
    for role, label in ((Role.CONFLICT, CONFLICT), (Role.NEAREST, NEAREST)):
        chosen = [quote for quote in answer.quotes if quote.role is role]
        blocks += [[label]] if chosen else []
        blocks.extend(quote_lines(quote, documents) for quote in chosen)
    if answer.choices:
        blocks.append([line for choice in answer.choices for line in _wrapped(f"{choice.code}  {choice.label}".strip(), "  ")])
    return "\n\n".join("\n".join(block) for block in blocks)


def hit_lines(hit: Hit, document: Document) -> list[str]:
    """Return a hit with its rank, its score, each search's rank, its whole text and its place."""
    stages = f"dense {hit.dense_rank or '-'}, BM25 {hit.lexical_rank or '-'}"
    head = f"{hit.rank}. {SEPARATOR.join([document.label, hit.chunk.heading])}  (score {hit.score:.3f}; {stages})"
    span = hit.chunk.span
    source = f"[{document.id}, {place_words(document, span.start)}, characters {span.start}-{span.end}]"
    return [*_wrapped(head, ""), *_wrapped(span.of(document.text), "    "), *_wrapped(source, "  ")]


def comparison_text(codes: Sequence[str], rows: Sequence[Row], documents: Mapping[str, Document]) -> str:
    """Return sections side by side as blocks: the heading, then each code with its words, or that it has no such section."""
    blocks = []
    for row in rows:
        lines = _wrapped(row.heading, "")
        for code, cell in zip(codes, row.cells, strict=True):
            lines += _wrapped(", ".join(cell.codes) if cell else code, "  ")
            if cell:
                source = f"[{quote_place(cell, documents)}, characters {cell.start}-{cell.end}]"
                lines += [*_wrapped(cell.text, "    "), *_wrapped(source, "    ")]
            else:
                lines += _wrapped(NO_SECTION, "    ")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows as aligned columns, the last column wrapped."""
    kept = [[inert(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in kept) for i in range(len(kept[0]) - 1)] if kept else []
    lines = []
    for row in kept:
        head = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        if len(head) > WIDTH // 2:
            lines += [head.rstrip(), *_wrapped(row[-1], "    ")]
            continue
        lines.extend(textwrap.wrap(row[-1], WIDTH, initial_indent=head + "  ", subsequent_indent=" " * (len(head) + 2)) or [head])
    return lines
