"""content.py -> documents/, five/<format>/ and expected.json. Run it from anywhere: `python tests/corpora/make.py`.

Each document is dressed as somebody would publish it: saved pages with navigation and cookie banners, PDFs with running headers, hand-outs.
`expected.json` says what a reader should recover: codes, headings, and every sentence, item, field and table row as a plain string.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from docx import Document as Word
from openpyxl import Workbook
from openpyxl.styles import Font
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PdfTable

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import content  # noqa: E402
from content import Block, Bullets, Content, Fields, Heading, Prose, Table  # noqa: E402

COLUMNS = 78


def code_line(doc: Content) -> str:
    return f"{doc.code_label}: {', '.join(doc.codes)}"


def item(one: str | tuple[str, list[str]]) -> tuple[str, list[str]]:
    return (one, []) if isinstance(one, str) else one


# --- plain text ---------------------------------------------------------------------------------------------------------------------


class Text:
    """Renders blocks as plain text. `capitals` and `underline` dress the headings; `wrap` breaks lines at 78 columns."""

    def __init__(self, bullet: str, capitals: bool = False, underline: str = "", wrap: bool = False, tabs: bool = False) -> None:
        self.bullet, self.capitals, self.underline, self.wrap, self.tabs = bullet, capitals, underline, wrap, tabs

    def blocks(self, doc: Content) -> str:
        return "\n\n".join(self.block(one) for one in doc.blocks)

    def block(self, one: Block) -> str:
        if isinstance(one, Heading):
            return self.heading(one)
        if isinstance(one, Prose):
            return self.fill(" ".join(one.sentences), "", "")
        if isinstance(one, Fields):
            return "\n".join(self.fill(f"{label}: {value}", "", "  ") for label, value in one.pairs)
        if isinstance(one, Bullets):
            return "\n".join(self.items(one))
        return self.table(one)

    def heading(self, one: Heading) -> str:
        if one.level == 2:
            return one.text if one.text.endswith("?") else f"{one.text}:"
        text = one.text.upper() if self.capitals else one.text
        return f"{text}\n{self.underline * len(text)}" if self.underline else text

    def items(self, one: Bullets) -> Iterator[str]:
        for number, (text, children) in enumerate(map(item, one.items), 1):
            mark = f"{number}. " if one.numbered else self.bullet
            yield self.fill(text, f"  {mark}", "  " + " " * len(mark))
            for child in children:
                yield self.fill(child, f"      {self.bullet}", "      " + " " * len(self.bullet))

    def fill(self, text: str, first: str, rest: str) -> str:
        if not self.wrap:
            return first + text
        return textwrap.fill(text, COLUMNS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)

    def table(self, one: Table) -> str:
        rows = (one.header, *one.rows)
        if self.tabs:
            return "\n".join("\t".join(row) for row in rows)
        widths = [max(len(row[n]) for row in rows) for n in range(len(one.header))]
        return "\n".join("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def similar_lines(doc: Content, bullet: str = "") -> str:
    return "\n".join(f"{bullet}{code} - {text}" for code, text in doc.similar)


def txt_saved_page(doc: Content) -> bytes:
    text = f"Search all medical codes\n\n{doc.title}\n\nHCPCS code\n\n{Text('• ').blocks(doc)}\n\nSimilar Codes\n\n{similar_lines(doc)}\n"
    return text.encode("utf-8")


def txt_leaflet(doc: Content) -> bytes:
    head = f"{doc.publisher}\n\n{doc.title}\n{code_line(doc)}"
    tail = f"See also: {'; '.join(f'{text} ({code})' for code, text in doc.similar)}"
    return f"{head}\n\n{Text('* ', capitals=True, wrap=True).blocks(doc)}\n\n{textwrap.fill(tail, COLUMNS)}\n".encode("cp1252")


def txt_from_windows(doc: Content) -> bytes:
    text = f"{doc.title}\n\n{Text('- ', underline='-').blocks(doc)}\n"
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def txt_plain(doc: Content) -> bytes:
    return f"{doc.title}\n\n{code_line(doc)}\n\n{Text('• ', tabs=True).blocks(doc)}\n".encode()


# --- Markdown -----------------------------------------------------------------------------------------------------------------------


class Markdown(Text):
    """Renders blocks as Markdown; `setext` underlines headings instead of marking them."""

    def __init__(self, setext: bool = False) -> None:
        super().__init__("- ")
        self.setext = setext

    def heading(self, one: Heading) -> str:
        if self.setext and one.level == 1:
            return f"{one.text}\n{'-' * len(one.text)}"
        return f"{'#' * (one.level + 1)} {one.text}"

    def block(self, one: Block) -> str:
        if isinstance(one, Fields):
            return "\n".join(f"- **{label}:** {value}" for label, value in one.pairs)
        return super().block(one)

    def items(self, one: Bullets) -> Iterator[str]:
        for number, (text, children) in enumerate(map(item, one.items), 1):
            mark = f"{number}. " if one.numbered else "- "
            yield mark + text
            yield from (f"{' ' * len(mark)}- {child}" for child in children)

    def table(self, one: Table) -> str:
        rows = (one.header, tuple("---" for _ in one.header), *one.rows)
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def md_note(doc: Content) -> bytes:
    front = f"---\ntitle: {json.dumps(doc.title)}\ncode: {doc.codes[0]}\nupdated: {doc.updated}\ntags: [benefits, maternity]\n---"
    tail = f"*Neighbours: {', '.join(f'{text} ({code})' for code, text in doc.similar)}.*"
    return f"{front}\n\n# {doc.title}\n\n{Markdown().blocks(doc)}\n\n---\n\n{tail}\n".encode()


def md_handbook(doc: Content) -> bytes:
    see = f"> **See also:** {'; '.join(f'{code} {text}' for code, text in doc.similar)}"
    head = f"{doc.title}\n{'=' * len(doc.title)}\n\n**{doc.code_label}:** {', '.join(doc.codes)}\n\n{see}"
    return f"{head}\n\n{Markdown(setext=True).blocks(doc)}\n".encode()


def md_plain(doc: Content) -> bytes:
    return f"# {doc.title}\n\n**{doc.code_label}:** {', '.join(doc.codes)}\n\n{Markdown().blocks(doc)}\n".encode()


# --- HTML ---------------------------------------------------------------------------------------------------------------------------


class Html:
    """Renders blocks as HTML. `definitions` writes fields as a definition list; `thead` marks table headers up as such."""

    def __init__(self, definitions: bool = True, thead: bool = True) -> None:
        self.definitions, self.thead = definitions, thead

    def blocks(self, doc: Content) -> str:
        return "\n".join(self.block(one) for one in doc.blocks)

    def block(self, one: Block) -> str:
        if isinstance(one, Heading):
            return f"<h{one.level + 1}>{escape(one.text)}</h{one.level + 1}>"
        if isinstance(one, Prose):
            return textwrap.fill(f"<p>{escape(' '.join(one.sentences), quote=False)}</p>", 100)
        if isinstance(one, Fields):
            return self.fields(one)
        if isinstance(one, Bullets):
            tag = "ol" if one.numbered else "ul"
            return f"<{tag}>\n" + "\n".join(self.items(one)) + f"\n</{tag}>"
        return self.table(one)

    def fields(self, one: Fields) -> str:
        if self.definitions:
            return "<dl>\n" + "\n".join(f"<dt>{escape(a)}</dt>\n<dd>{escape(b, quote=False)}</dd>" for a, b in one.pairs) + "\n</dl>"
        return "\n".join(f"<p><strong>{escape(a)}:</strong> {escape(b, quote=False)}</p>" for a, b in one.pairs)

    def items(self, one: Bullets) -> Iterator[str]:
        for text, children in map(item, one.items):
            inner = "".join(f"<li>{escape(child, quote=False)}</li>" for child in children)
            yield f"<li>{escape(text, quote=False)}" + (f"\n<ul>{inner}</ul>" if inner else "") + "</li>"

    def table(self, one: Table) -> str:
        cell = "th" if self.thead else "td"
        head = "<tr>" + "".join(f"<{cell}>{escape(name)}</{cell}>" for name in one.header) + "</tr>"
        rows = "\n".join("<tr>" + "".join(f"<td>{escape(c, quote=False)}</td>" for c in row) + "</tr>" for row in one.rows)
        return f"<table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody></table>" if self.thead else f"<table>\n{head}\n{rows}\n</table>"


def links(names: tuple[str, ...] | list[str]) -> str:
    return "".join(f'<li><a href="#">{escape(name)}</a></li>' for name in names)


def html_page(doc: Content, head: str, body: str) -> bytes:
    start = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(doc.title)} | {escape(doc.publisher)}</title>'
    )
    return f"{start}\n{head}</head>\n<body>\n{body}\n</body>\n</html>\n".encode()


def html_shop(doc: Content) -> bytes:
    head = (
        "<style>.cart{color:#083} h2{font-size:1.4em}</style>\n"
        '<script>window.dataLayer=[{"page":"E0604 rental","items":["A4281"]}];</script>\n'
    )
    banner = (
        f'<div id="cookie-banner" class="cookie-consent" role="dialog"><p>{doc.furniture[0]}</p>'
        "<button>Accept all</button><button>Reject</button></div>"
    )
    menu = links(["Breast pumps", "Compression", "Maternity bras", "Blog"])
    nav = f'<header><a href="/">{doc.publisher}</a><nav><ul>{menu}</ul></nav></header>'
    facts = f"<dl>\n<dt>{doc.code_label}</dt>\n<dd>{', '.join(doc.codes)}</dd>\n</dl>"
    main = f'<main>\n<h1>{escape(doc.title)}</h1>\n{facts}\n<button class="cart">{doc.furniture[1]}</button>\n{Html().blocks(doc)}\n</main>'
    box = "".join(f'<li><a href="#">{code}</a> {escape(text)}</li>' for code, text in doc.similar)
    aside = f'<aside class="related"><h3>Similar codes</h3><ul>{box}</ul></aside>'
    hidden = '<div style="display:none">HCPCS: E0602 out of stock</div>'
    foot = f'<footer><form><label>{doc.furniture[2]}</label><input type="email"></form><p>© 2026 {doc.publisher}</p></footer>'
    return html_page(doc, head, "\n".join((banner, nav, aside, main, hidden, foot)))


def html_agency(doc: Content) -> bytes:
    top = (
        f'<a class="skip-link" href="#content">{doc.furniture[0]}</a>\n<div class="site-header"><div class="logo">{doc.publisher}</div>\n'
        f'<div class="menu" role="navigation"><ul>{links(["Programs", "Providers", "Forms", "News"])}</ul></div></div>\n'
        f'<ol class="breadcrumb" aria-label="Breadcrumb">{links(["Home", "Programs", "Waiver services"])}</ol>'
    )
    facts = f"<p><strong>{doc.code_label}:</strong> {', '.join(doc.codes)}</p>"
    main = f'<div id="content" role="main"><article>\n<h1>{escape(doc.title)}</h1>\n{facts}'
    box = "".join(f"<p><b>{code}</b> {escape(text)}</p>" for code, text in doc.similar)
    tail = (
        f'</article></div>\n<div class="sidebar"><h2>Similar codes</h2>{box}</div>\n<div class="feedback"><p>{doc.furniture[1]}</p>'
        f'<button>Yes</button><button>No</button></div>\n<div class="footer"><a href="#">{doc.furniture[2]}</a></div>'
    )
    return html_page(doc, "", f"{top}\n{main}\n{Html(definitions=False).blocks(doc)}\n{tail}")


def html_policy(doc: Content) -> bytes:
    nav = f'<nav class="top"><ul>{links(list(doc.furniture[:3]))}</ul></nav>'
    cookies = f'<div class="cookies" aria-modal="true"><button>{doc.furniture[3]}</button></div>'
    box = "".join(f"<tr><td>{code}</td><td>{escape(text)}</td></tr>" for code, text in doc.similar)
    aside = f"<aside><h2>Related codes</h2><table><tr><th>Code</th><th>Description</th></tr>{box}</table></aside>"
    facts = f"<dl><dt>{doc.code_label}</dt><dd>{', '.join(doc.codes)}</dd></dl>"
    main = f"<article>\n<h1>{escape(doc.title)}</h1>\n{facts}\n{Html(thead=False).blocks(doc)}\n{aside}\n</article>"
    foot = f'<footer><a href="#">{doc.furniture[4]}</a> <a href="#">Privacy</a></footer>'
    return html_page(doc, "", f"{nav}\n{cookies}\n{main}\n{foot}")


def html_plain(doc: Content) -> bytes:
    facts = f"<p><b>{doc.code_label}:</b> {', '.join(doc.codes)}</p>"
    return html_page(doc, "", f"<h1>{escape(doc.title)}</h1>\n{facts}\n{Html(definitions=False).blocks(doc)}")


# --- PDF ----------------------------------------------------------------------------------------------------------------------------

FACE = {
    "title": (17, 21, "Helvetica-Bold"),
    "1": (13, 17, "Helvetica-Bold"),
    "2": (11, 14, "Helvetica-Bold"),
    "body": (10, 13, "Helvetica"),
}
STYLES = {
    name: ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, spaceBefore=6, spaceAfter=4)
    for name, (size, leading, font) in FACE.items()
}
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=9, leading=11)


class Pdf:
    """Renders blocks as flowables; `ruled` draws the lines of tables, `width` is that of the text."""

    def __init__(self, ruled: bool = True, width: float = letter[0] - 2 * inch) -> None:
        self.ruled, self.width = ruled, width

    def blocks(self, doc: Content) -> list[object]:
        return [flowable for one in doc.blocks for flowable in self.block(one)]

    def block(self, one: Block) -> list[object]:
        if isinstance(one, Heading):
            return [Paragraph(escape(one.text), STYLES[str(one.level)])]
        if isinstance(one, Prose):
            return [Paragraph(escape(" ".join(one.sentences)), STYLES["body"])]
        if isinstance(one, Fields):
            return [Paragraph(f"<b>{escape(label)}:</b> {escape(value)}", STYLES["body"]) for label, value in one.pairs]
        if isinstance(one, Bullets):
            return [self.bullets(one)]
        return [self.table(one), Spacer(1, 6)]

    def bullets(self, one: Bullets) -> ListFlowable:
        entries = []
        for text, children in map(item, one.items):
            parts: list[object] = [Paragraph(escape(text), STYLES["body"])]
            if children:
                inner = [ListItem(Paragraph(escape(child), STYLES["body"])) for child in children]
                parts.append(ListFlowable(inner, bulletType="bullet", start="–", leftIndent=14, bulletFontSize=10))
            entries.append(ListItem(parts))
        if one.numbered:
            return ListFlowable(entries, bulletType="1", bulletFormat="%s.", leftIndent=18, bulletFontSize=10)
        return ListFlowable(entries, bulletType="bullet", start="•", leftIndent=14, bulletFontSize=10)

    def table(self, one: Table) -> PdfTable:
        head = [Paragraph(f"<b>{escape(cell)}</b>", CELL) for cell in one.header]
        rows = [[Paragraph(escape(cell), CELL) for cell in row] for row in one.rows]
        lines = [("GRID", (0, 0), (-1, -1), 0.5, "#888888")] if self.ruled else [("LINEBELOW", (0, 0), (-1, 0), 0.8, "#000000")]
        style = [*lines, ("VALIGN", (0, 0), (-1, -1), "TOP")]
        return PdfTable([head, *rows], colWidths=[self.width / len(one.header)] * len(one.header), style=style, hAlign="LEFT", repeatRows=1)


def pdf(doc: Content, header: tuple[str, ...], footer: str, flowables: list[object], size: tuple[float, float] = letter) -> bytes:
    def furniture(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        for n, line in enumerate(header):
            canvas.drawString(inch, size[1] - 0.5 * inch - 10 * n, line)
        canvas.drawCentredString(size[0] / 2, 0.5 * inch, footer.format(page=canvas.getPageNumber()))

    data = io.BytesIO()
    template = SimpleDocTemplate(data, pagesize=size, leftMargin=inch, rightMargin=inch, title=doc.title, author=doc.publisher, invariant=1)
    template.build(flowables, onFirstPage=furniture, onLaterPages=furniture)
    return data.getvalue()


def pdf_head(doc: Content) -> list[object]:
    return [Paragraph(escape(doc.title), STYLES["title"]), Paragraph(f"<b>{doc.code_label}:</b> {', '.join(doc.codes)}", STYLES["body"])]


def pdf_similar(doc: Content, heading: str) -> list[object]:
    lines = [Paragraph(f"{code} {escape(text)}", STYLES["body"]) for code, text in doc.similar]
    return [Paragraph(heading, STYLES["1"]), *lines]


def pdf_policy(doc: Content) -> bytes:
    booklet = (6.5 * inch, 9 * inch)
    flow = [*pdf_head(doc), *Pdf(width=booklet[0] - 2 * inch).blocks(doc), *pdf_similar(doc, "Related codes")]
    return pdf(doc, doc.furniture, "Page {page}", flow, booklet)


def pdf_fact_sheet(doc: Content) -> bytes:
    flow = [*pdf_head(doc), *pdf_similar(doc, "See also"), *Pdf(ruled=False).blocks(doc)]
    return pdf(doc, (" · ".join(doc.furniture),), "{page} | Questions? Call the supplier line.", flow)


def pdf_plain(doc: Content) -> bytes:
    return pdf(doc, (doc.publisher,), "{page}", [*pdf_head(doc), *Pdf().blocks(doc)])


# --- Word and Excel -----------------------------------------------------------------------------------------------------------------


class Docx:
    """Writes blocks into a Word document; `tables` writes fields as tables of two columns."""

    def __init__(self, tables: bool = False) -> None:
        self.word, self.tables = Word(), tables

    def add(self, one: Block) -> None:
        if isinstance(one, Heading):
            self.word.add_heading(one.text, one.level)
        elif isinstance(one, Prose):
            self.word.add_paragraph(" ".join(one.sentences))
        elif isinstance(one, Fields):
            self.fields(one)
        elif isinstance(one, Bullets):
            self.bullets(one)
        else:
            self.rows((one.header, *one.rows))

    def fields(self, one: Fields) -> None:
        if self.tables:
            self.rows(one.pairs)
            return
        for label, value in one.pairs:
            paragraph = self.word.add_paragraph()
            paragraph.add_run(f"{label}:").bold = True
            paragraph.add_run(f" {value}")

    def bullets(self, one: Bullets) -> None:
        for text, children in map(item, one.items):
            self.word.add_paragraph(text, style="List Number" if one.numbered else "List Bullet")
            for child in children:
                self.word.add_paragraph(child, style="List Bullet 2")

    def rows(self, rows: tuple[tuple[str, ...], ...]) -> None:
        grid = self.word.add_table(len(rows), len(rows[0]), style="Table Grid")
        for cells, row in zip(grid.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = text

    def data(self, doc: Content) -> bytes:
        data = io.BytesIO()
        self.word.core_properties.author, self.word.core_properties.title = doc.publisher, doc.title
        self.word.save(data)
        return timeless(data.getvalue())


def timeless(data: bytes) -> bytes:
    """Return an Office file with the times of its making left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            body = source.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", body)
            target.writestr(entry, body)
    return out.getvalue()


def docx_hand_out(doc: Content) -> bytes:
    paper = Docx()
    paper.word.sections[0].footer.paragraphs[0].text = doc.furniture[0]
    paper.rows((("Similar codes: " + "; ".join(f"{code} {text}" for code, text in doc.similar),),))
    paper.word.add_heading(doc.title, 0)
    paper.add(Fields(((doc.code_label, ", ".join(doc.codes)),)))
    for one in doc.blocks:
        paper.add(one)
    return paper.data(doc)


def docx_policy(doc: Content) -> bytes:
    paper = Docx(tables=True)
    paper.word.sections[0].header.paragraphs[0].text, paper.word.sections[0].footer.paragraphs[0].text = doc.furniture
    paper.word.add_heading(doc.title, 0)
    paper.rows(((doc.code_label, ", ".join(doc.codes)), ("Policy owner", doc.publisher), ("Last review", doc.updated)))
    for one in doc.blocks:
        paper.add(one)
    paper.word.add_heading("Similar codes", 1)
    paper.add(Bullets(tuple(f"{code} {text}" for code, text in doc.similar)))
    return paper.data(doc)


def docx_plain(doc: Content) -> bytes:
    paper = Docx()
    paper.word.add_heading(doc.title, 0)
    paper.add(Fields(((doc.code_label, ", ".join(doc.codes)),)))
    for one in doc.blocks:
        paper.add(one)
    return paper.data(doc)


def xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Coverage"
    sheet.append([content.BATHROOM_TITLE])
    sheet.append([])
    sheet.append(content.BATHROOM_HEADER)
    for row in content.BATHROOM:
        sheet.append([cell or None for cell in row])
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    data = io.BytesIO()
    book.save(data)
    return timeless(data.getvalue())


def csv_file() -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows((content.DENTAL_HEADER, *content.DENTAL))
    return text.getvalue().encode("utf-8")


# --- what is written ----------------------------------------------------------------------------------------------------------------

Render = Callable[[Content], bytes]
DRESSED: tuple[tuple[Content, str, Render], ...] = (
    (content.XRAY, "txt", txt_saved_page),
    (content.MEALS, "txt", txt_leaflet),
    (content.DISPUTE, "txt", txt_from_windows),
    (content.CLASSES, "md", md_note),
    (content.INTERPRETER, "md", md_handbook),
    (content.PUMP, "html", html_shop),
    (content.ALARM, "html", html_agency),
    (content.WIG, "html", html_policy),
    (content.HOSPICE, "pdf", pdf_policy),
    (content.REPAIR, "pdf", pdf_fact_sheet),
    (content.CROWN, "docx", docx_hand_out),
    (content.CRISIS, "docx", docx_policy),
)
PLAIN: dict[str, Render] = {"txt": txt_plain, "md": md_plain, "html": html_plain, "pdf": pdf_plain, "docx": docx_plain}


def expected(doc: Content, file: str) -> dict[str, object]:
    """Return what a reader should recover from a document. `under` names the headings above a unit, outermost first."""
    headings: list[dict[str, object]] = []
    units: list[dict[str, object]] = []
    under: list[str] = []
    for one in doc.blocks:
        if isinstance(one, Heading):
            headings.append({"level": one.level, "text": one.text})
            under = [*under[: one.level - 1], one.text]
        else:
            units.extend({"kind": kind, "text": text, "under": under} for kind, text in pieces(one))
    return {
        "file": file,
        "title": doc.title,
        "codes": list(doc.codes),
        "similar": [code for code, _ in doc.similar],
        "furniture": list(doc.furniture),
        "headings": headings,
        "tables": [list(one.header) for one in doc.blocks if isinstance(one, Table)],
        "units": units,
    }


def pieces(one: Block) -> Iterator[tuple[str, str]]:
    if isinstance(one, Prose):
        yield from (("sentence", text) for text in one.sentences)
    elif isinstance(one, Fields):
        yield from (("field", f"{label}: {value}") for label, value in one.pairs)
    elif isinstance(one, Table):
        yield from (("row", " | ".join(row)) for row in one.rows)
    elif isinstance(one, Bullets):
        for text, children in map(item, one.items):
            yield "item", text
            yield from (("item", child) for child in children)


def sheet_rows(file: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], first: int) -> dict[str, object]:
    """Return what a reader should make of a sheet: a document for each row; `first` is the number of the first row below the header."""
    found = [
        {"row": number, "codes": [row[0]], "cells": {name: cell for name, cell in zip(header, row, strict=True) if cell}}
        for number, row in enumerate(rows, first)
    ]
    return {"file": file, "rows": found}


def files() -> dict[str, bytes]:
    """Return what this script writes, by path below this folder."""
    made = {f"documents/{doc.slug}.{suffix}": render(doc) for doc, suffix, render in DRESSED}
    made |= {f"five/{suffix}/{doc.slug}.{suffix}": render(doc) for doc in content.IN_FIVE_FORMATS for suffix, render in PLAIN.items()}
    made |= {"documents/bathroom-aids.xlsx": xlsx(), "documents/dental-fees.csv": csv_file()}
    known = {
        "documents": [expected(doc, f"{doc.slug}.{suffix}") for doc, suffix, _ in DRESSED],
        "sheets": [
            sheet_rows("bathroom-aids.xlsx", content.BATHROOM_HEADER, content.BATHROOM, 4),
            sheet_rows("dental-fees.csv", content.DENTAL_HEADER, content.DENTAL, 2),
        ],
        "five": [expected(doc, doc.slug) for doc in content.IN_FIVE_FORMATS],
    }
    return {**made, "expected.json": (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode("utf-8")}


def main() -> None:
    for name, data in files().items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
