"""Answers, hits and documents as plain text for a terminal. Only lays out; every word comes from an answer or the message catalogue."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from assistant.messages import CONFLICT, NEAREST, SEPARATOR
from assistant.types import Answer, Document, Hit, Quote, Role

WIDTH = 80


def inert(text: str) -> str:
    """Return `text` with control characters replaced, so that a document cannot steer a terminal; line breaks and tabs stay."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text.replace("\r\n", "\n")
    )


def _wrapped(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    for line in inert(text).split("\n"):
        inner = indent + " " * (len(line) - len(line.lstrip()))
        lines.extend(textwrap.wrap(line.strip(), WIDTH, initial_indent=inner, subsequent_indent=inner, break_long_words=False) or [""])
    return lines


def quote_lines(quote: Quote, line_number: int | None) -> list[str]:
    """Return a quote with the codes and headings it stands under and the place it was taken from."""
    head = SEPARATOR.join([", ".join(quote.codes) or quote.title, " > ".join(quote.path) or quote.section])
    line = f", line {line_number}" if line_number else ""
    page = f", page {quote.page}" if quote.page else ""
    source = f"[{quote.document}{page}{line}, characters {quote.start}-{quote.end}]"
    return [*_wrapped(head, ""), *_wrapped(quote.text, "    "), *_wrapped(source, "  ")]


def answer_text(answer: Answer, documents: Mapping[str, Document]) -> str:
    """Return an answer as a person reads it: how it was understood, the message, the quotes by role, the choices."""
    blocks: list[list[str]] = []
    if answer.message:
        blocks.append(_wrapped(answer.message, ""))
    for role, label in ((None, ""), (Role.CONFLICT, CONFLICT), (Role.NEAREST, NEAREST)):
        chosen = [q for q in answer.quotes if q.role is role or (role is None and q.role not in (Role.CONFLICT, Role.NEAREST))]
        if chosen and label:
            blocks.append([label])
        blocks.extend(quote_lines(quote, _line(quote, documents)) for quote in chosen)
    if answer.choices:
        blocks.append([line for choice in answer.choices for line in _wrapped(f"{choice.code}  {choice.label}".strip(), "  ")])
    return "\n\n".join("\n".join(block) for block in blocks)


def _line(quote: Quote, documents: Mapping[str, Document]) -> int | None:
    document = documents.get(quote.document)
    return document.line_of(quote.start) if document and not document.places else None


def hit_lines(hit: Hit, document: Document) -> list[str]:
    """Return a hit with its rank, score, place and the beginning of its text."""
    stages = f"dense {hit.dense_rank or '-'}, BM25 {hit.lexical_rank or '-'}"
    head = f"{hit.rank}. {SEPARATOR.join([document.label, hit.chunk.heading])}  (score {hit.score:.3f}; {stages})"
    source = f"[{document.id}, characters {hit.chunk.span.start}-{hit.chunk.span.end}]"
    return [*_wrapped(head, ""), *_wrapped(hit.chunk.span.of(document.text), "    "), *_wrapped(source, "  ")]


def comparison_text(codes: Sequence[str], rows: Sequence[tuple[str, Sequence[Quote | None]]]) -> str:
    """Return sections side by side as blocks: the heading, then each code with its words, or a dash where it has none."""
    blocks = []
    for heading, cells in rows:
        lines = [inert(heading)]
        for code, cell in zip(codes, cells, strict=False):
            name = ", ".join(cell.codes) if cell else code.upper()
            source = [f"    [{inert(cell.document)}, characters {cell.start}-{cell.end}]"] if cell else []
            lines += [f"  {name}", *(_wrapped(cell.text, "    ") if cell else ["    -"]), *source]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows as aligned columns, the last column wrapped."""
    kept = [[inert(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in kept) for i in range(len(kept[0]) - 1)] if kept else []
    lines = []
    for row in kept:
        head = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        lines.extend(textwrap.wrap(row[-1], WIDTH, initial_indent=head + "  ", subsequent_indent=" " * (len(head) + 2)) or [head])
    return lines
