"""Answers and documents as inert HTML. Escapes everything that comes from outside; knows no Gradio."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.messages import CONFLICT, NEAREST, SEPARATOR, UNDERSTOOD
from assistant.rendering import inert
from assistant.types import Answer, Document, Quote, Role, SectionKind, Span

CSS = """
.quote { border-left: 4px solid #3b6ea5; margin: .4em 0; padding: .3em .8em; background: var(--background-fill-secondary); }
.quote.nearest { border-left-color: #999999; opacity: .85; }
.quote.conflict { border-left-color: #a53b3b; }
.quote .words { white-space: pre-wrap; }
.chip { display: inline-block; border: 1px solid #3b6ea5; border-radius: 1em; padding: .05em .7em; font-size: .85em; }
.chip { margin: 0 .4em .25em 0; }
.chip.code { background: #3b6ea5; color: #ffffff; font-weight: 600; }
.understood { font-size: .8em; opacity: .65; }
.said { font-style: italic; margin: .2em 0; }
.document { max-height: 34em; overflow-y: auto; line-height: 1.5; }
.document .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.document .heading { font-weight: 700; }
.document .furniture { opacity: .45; }
.document mark { background: #ffe08a; color: #1d1d1d; padding: .1em 0; }
"""
_PUNCTUATION = re.compile(r"[^\w\s]")


def escape(text: str) -> str:
    """Return `text` so that neither HTML nor Markdown finds anything in it: every punctuation mark becomes an entity."""
    return _PUNCTUATION.sub(lambda mark: f"&#{ord(mark.group())};", inert(text)).replace("_", "&#95;").replace("\n", "&#10;")


def _chip(text: str, kind: str) -> str:
    return f'<span class="chip {kind}">{escape(text)}</span>'


def quote_html(quote: Quote) -> str:
    """Return one quote with a chip for each code and one for its headings."""
    chips = "".join(_chip(code, "code") for code in quote.codes) + _chip(" > ".join(quote.path) or quote.section, "section")
    return f'<div class="quote {quote.role.value}">{chips}<div class="words">{escape(quote.text)}</div></div>'


def answer_html(answer: Answer) -> str:
    """Return the message, the quotes in the order of their roles, and how the question was understood."""
    parts = [f'<div class="understood">{escape(UNDERSTOOD + answer.resolved)}</div>'] if answer.resolved else []
    parts += [f'<div class="said">{escape(answer.message)}</div>'] if answer.message else []
    for role, label in ((None, ""), (Role.CONFLICT, CONFLICT), (Role.NEAREST, NEAREST)):
        chosen = [q for q in answer.quotes if q.role is role or (role is None and q.role not in (Role.CONFLICT, Role.NEAREST))]
        if chosen and label:
            parts.append(f'<div class="said">{escape(label)}</div>')
        parts.extend(quote_html(quote) for quote in chosen)
    return "".join(parts)


def quote_label(quote: Quote) -> str:
    """Return the line by which a person picks a quote."""
    words = " ".join(quote.text.split())
    return SEPARATOR.join([", ".join(quote.codes) or quote.title[:40], quote.section, words[:60] + ("…" if len(words) > 60 else "")])


def document_html(document: Document, marked: Span | None) -> str:
    """Return the whole document as it stands, headings bold, furniture pale, and the characters of `marked` highlighted."""
    edges = sorted({0, len(document.text), *(e for s in document.sections for e in (s.span.start, *_body(s.body))), *_edges(marked)})
    pieces = [_piece(document, Span(a, b), marked) for a, b in zip(edges, edges[1:], strict=False) if a < b]
    name = f'<div class="said">{escape(document.id)}</div>'
    return f'<div class="document">{name}<div class="text">{"".join(pieces)}</div></div>'


def _body(body: Span | None) -> Sequence[int]:
    return (body.start, body.end) if body else ()


def _edges(marked: Span | None) -> Sequence[int]:
    return (marked.start, marked.end) if marked else ()


def _piece(document: Document, span: Span, marked: Span | None) -> str:
    text = escape(span.of(document.text))
    section = next(s for s in document.sections if s.span.start <= span.start < s.span.end)
    if marked and marked.contains(span):
        return f"<mark>{text}</mark>"
    if section.kind is SectionKind.FURNITURE:
        return f'<span class="furniture">{text}</span>'
    if section.kind is SectionKind.BODY and section.body and span.end <= section.body.start:
        return f'<span class="heading">{text}</span>'
    return text
