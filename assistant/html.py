"""Answers, comparisons and documents as inert HTML. Escapes everything that comes from outside; knows no Gradio."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from assistant.comparing import Row
from assistant.messages import AFRESH, AGAINST, CARRIED, CONFLICT, FITS, FITS_NOT, FOR, NEAREST, NO_SECTION, SEPARATOR, UNDERSTOOD, WEIGHED
from assistant.rendering import Verdict, answering, inert, place_words, quote_place, verdicts, weighed_as_well
from assistant.types import Answer, Document, Quote, Role, Section, SectionKind, Span

CSS = """
:root { --ink: #2f5d91; --good: #24683f; --bad: #a03434; --pale: #5b5f66; }
.dark { --ink: #8fb8e6; --good: #7cc799; --bad: #eb9a9a; --pale: #b3b6bc; }
#chat .prose { opacity: 1; }
:focus-visible, label:has(input:focus-visible) { outline: 3px solid var(--ink) !important; outline-offset: 2px; }
.quote { border-left: 4px solid var(--ink); margin: .4em 0; padding: .35em .8em; background: var(--background-fill-secondary); }
.quote.for { border-left-color: var(--good); }
.quote.against { border-left-color: var(--bad); }
.quote.conflict { border-left: 4px double var(--bad); background: transparent; }
.quote.nearest { border-left: 4px dashed var(--pale); background: transparent; }
.quote .words { white-space: pre-wrap; overflow-wrap: anywhere; }
.quote.nearest .words { font-style: italic; }
.place, .understood { font-size: .8em; color: var(--pale); overflow-wrap: anywhere; }
.place { margin-top: .2em; }
.understood { margin-bottom: .3em; }
.said { font-style: italic; margin: .2em 0; }
.chip { display: inline-block; border: 1px solid var(--ink); border-radius: 1em; padding: .05em .7em; font-size: .85em; }
.chip { margin: 0 .4em .25em 0; overflow-wrap: anywhere; }
.chip.code { background: #2f5d91; border-color: #2f5d91; color: #ffffff; font-weight: 600; }
.chip.fits { border-color: var(--good); color: var(--good); font-weight: 600; }
.chip.ruled-out { border-color: var(--bad); color: var(--bad); font-weight: 600; }
.chip.carried { border-style: dashed; margin-bottom: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15em), 1fr)); gap: 0 1em; align-items: start; }
.verdict { border: 1px solid var(--border-color-primary); border-radius: 6px; margin: .5em 0; padding: .5em .8em; }
.verdict .side { font-weight: 600; font-size: .85em; }
.notice { border: 1px solid var(--border-color-primary); border-radius: 6px; margin: .5em 0; padding: .4em .8em; }
.notice.conflict { border-color: var(--bad); background: color-mix(in srgb, var(--bad) 10%, transparent); }
.notice.nearest { border-style: dashed; }
.notice .said { font-style: normal; font-weight: 600; }
.document { max-height: 34em; overflow-y: auto; line-height: 1.5; position: relative; }
.document .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.document .heading { font-weight: 700; }
.document .furniture { color: var(--pale); }
.document mark { background: #ffe08a; color: #1d1d1d; padding: .1em 0; }
.beside { overflow: auto; max-height: 85vh; }
.beside table { border-collapse: collapse; width: 100%; }
.beside th, .beside td { border: 1px solid var(--border-color-primary); padding: .5em .7em; text-align: left; vertical-align: top; }
.beside td { min-width: 15em; }
.beside thead th, .beside thead td { position: sticky; top: 0; background: var(--background-fill-secondary); }
.beside tbody th { width: 10em; font-weight: 700; overflow-wrap: anywhere; }
.beside .words { white-space: pre-wrap; overflow-wrap: anywhere; }
.beside .owner { display: none; }
.beside .missing { color: var(--pale); }
@media (max-width: 700px) {
  #chat .message-row { max-width: 100%; margin: .7em .5em; }
  .beside { max-height: none; }
  .beside table, .beside tbody, .beside tr { display: block; border: 0 !important; padding: 0 !important; }
  .beside tbody th, .beside tbody td { display: block; width: auto; min-width: 0; }
  .beside thead { display: none !important; }
  .beside tbody th { background: var(--background-fill-secondary); margin-top: 1em; }
  .beside .owner { display: block; }
}
"""
AFRESH_HTML = '<div class="understood fresh">'
"""How an answer begins to a question that was asked again without the earlier ones. Escaped text never holds it."""
_PUNCTUATION = re.compile(r"[^\w\s]")


def escape(text: str) -> str:
    """Return `text` so that neither HTML nor Markdown finds anything in it: every punctuation mark becomes an entity."""
    return _PUNCTUATION.sub(lambda mark: f"&#{ord(mark.group())};", inert(text)).replace("_", "&#95;").replace("\n", "&#10;")


def _box(kind: str, *parts: str) -> str:
    """Return markup in a block of a class; nothing where there is nothing in it."""
    return f'<div class="{kind}">{"".join(parts)}</div>' if any(parts) else ""


def _chip(text: str, kind: str) -> str:
    return f'<span class="chip {kind}">{escape(text)}</span>'


def quote_html(quote: Quote, documents: Mapping[str, Document], *, owned: bool = False) -> str:
    """Return one quote with a chip for each code, unless they stand above it, and one for its headings, and the place it was taken from."""
    codes = () if owned else quote.codes
    chips = "".join(_chip(code, "code") for code in codes) + _chip(" > ".join(quote.path) or quote.section, "section")
    return _box(f"quote {quote.role.value}", chips, _box("words", escape(quote.text)), _box("place", escape(quote_place(quote, documents))))


def answer_html(answer: Answer, documents: Mapping[str, Document], carried: Sequence[str] = (), *, afresh: bool = False) -> str:
    """Return how the question was understood and what it carried over, the message, and the quotes in the order of their roles."""
    began = f"{AFRESH_HTML}{escape(AFRESH)}</div>" if afresh else ""
    kept = escape(CARRIED) + "".join(_chip(one, "carried") for one in carried) if carried else ""
    parts = [began, _box("understood", escape(UNDERSTOOD + answer.resolved) if answer.resolved else ""), _box("understood", kept)]
    parts.append(_box("said", escape(answer.message)))
    parts += [_verdict_html(verdict, documents) for verdict in verdicts(answer)]
    if others := weighed_as_well(answer):
        parts.append(_box("understood", escape(WEIGHED + ", ".join(others))))
    parts.append(_side_by_side(answering(answer), documents))
    for role, label in ((Role.CONFLICT, CONFLICT), (Role.NEAREST, NEAREST)):
        if chosen := [quote_html(quote, documents) for quote in answer.quotes if quote.role is role]:
            parts.append(_box(f"notice {role.value}", _box("said", escape(label)), *chosen))
    return "".join(parts)


def _side_by_side(quotes: Sequence[Quote], documents: Mapping[str, Document]) -> str:
    """Return quotes one under the other, or where they are about several codes, a column for each of these."""
    owners: dict[str, list[str]] = {}
    for quote in quotes:
        owners.setdefault(quote.code or quote.document, []).append(quote_html(quote, documents))
    columns = ["".join(shown) for shown in owners.values()]
    return _box("columns", *(_box("column", column) for column in columns)) if len(columns) > 1 else "".join(columns)


def _verdict_html(verdict: Verdict, documents: Mapping[str, Document]) -> str:
    """Return one code with the quotes for it beside those against it."""
    fits = _chip(FITS, "fits") if verdict.fits else _chip(FITS_NOT, "ruled-out")
    sides = [
        _box("column", _box("side", escape(label)), *(quote_html(quote, documents, owned=True) for quote in quotes))
        for label, quotes in ((FOR, verdict.speaking_for), (AGAINST, verdict.against))
        if quotes
    ]
    return _box("verdict", _box("head", _chip(verdict.label, "code"), fits), _box("columns", *sides))


def comparison_html(codes: Sequence[str], rows: Sequence[Row], documents: Mapping[str, Document]) -> str:
    """Return a table with a column for each code and a row for each section; on a narrow screen the cells stand one under the other."""
    head = "".join(f'<th scope="col" role="columnheader">{_chip(code, "code")}</th>' for code in codes)
    body = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{escape(row.heading)}</th>'
        + "".join(_cell_html(code, row, cell, documents) for code, cell in zip(codes, row.cells, strict=True))
        + "</tr>"
        for row in rows
    )
    top = f'<thead role="rowgroup"><tr role="row"><td></td>{head}</tr></thead>'
    table = f'<table role="table">{top}<tbody role="rowgroup">{body}</tbody></table>'
    return f'<div class="beside" tabindex="0" role="region" aria-label="{escape(SEPARATOR.join(codes))}">{table}</div>'


def _cell_html(code: str, row: Row, cell: Quote | None, documents: Mapping[str, Document]) -> str:
    owner = _box("owner", _chip(code, "code"))
    if cell is None:
        return f'<td role="cell">{owner}{_box("missing", escape(NO_SECTION))}</td>'
    heading = _chip(cell.section, "section") if cell.section != row.heading else ""
    place = _box("place", escape(quote_place(cell, documents)))
    return f'<td role="cell">{owner}{heading}{_box("words", escape(cell.text))}{place}</td>'


def error_html(sentence: str) -> str:
    """Return a complaint for people."""
    return _box("said", escape(sentence))


def quote_label(quote: Quote, documents: Mapping[str, Document]) -> str:
    """Return the line by which a person picks a quote."""
    words = inert(" ".join(quote.text.split()))
    place = place_words(documents.get(quote.document), quote.start)
    shown = [", ".join(quote.codes) or quote.title[:40], quote.section, place, words[:60] + ("…" if len(words) > 60 else "")]
    return SEPARATOR.join(filter(None, shown))


def document_html(document: Document, marked: Span | None) -> str:
    """Return the whole document as it stands, headings bold, furniture pale, and the characters of `marked` highlighted."""
    edges = sorted({0, len(document.text), *(e for s in document.sections for e in (s.span.start, *_body(s.body))), *_edges(marked)})
    starts = [section.span.start for section in document.sections]
    pieces = [
        _piece(document.text, document.sections[bisect_right(starts, a) - 1], Span(a, b), marked)
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    name = f'<div class="said">{escape(document.id)}</div>'
    return f'<div class="document" tabindex="0">{name}<div class="text">{"".join(pieces)}</div></div>'


def _body(body: Span | None) -> Sequence[int]:
    return (body.start, body.end) if body else ()


def _edges(marked: Span | None) -> Sequence[int]:
    return (marked.start, marked.end) if marked else ()


def _piece(whole: str, section: Section, span: Span, marked: Span | None) -> str:
    text = escape(span.of(whole))
    if marked and marked.contains(span):
        return f"<mark>{text}</mark>"
    if section.kind is SectionKind.FURNITURE:
        return f'<span class="furniture">{text}</span>'
    if section.kind is SectionKind.BODY and section.body and span.end <= section.body.start:
        return f'<span class="heading">{text}</span>'
    return text
