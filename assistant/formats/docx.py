"""Word documents -> canonical text, by way of the HTML that their styles stand for.

Headers, footers, comments and tracked deletions are left out.
"""

from __future__ import annotations

from io import BytesIO

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.html import read_page
from assistant.formats.zipped import check_zip, read_entries

_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p[style-name='{name} {n}'] => h{min(6, n + 1)}:fresh" for name in ("Heading", "heading") for n in range(1, 10)),
        *(
            f"p[style-name='List {name}{f' {n}' if n > 1 else ''}'] => {'ul|ol > li > ' * (n - 1)}{tag} > li:fresh"
            for name, tag in (("Bullet", "ul"), ("Number", "ol"))
            for n in range(1, 6)
        ),
    ]
)
"""Word's own styles. Headings stand one level below the title, as in a page."""
_TEXT_PART = "word/document.xml"
MOST_MARKUP = 3
"""Bytes of markup that are read for each character of `max_text_characters`."""


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document. Its places count paragraphs, list items and table rows.

    Raises:
        Unreadable: it is encrypted, broken, no Word file, too large, or holds no text.
    """
    import mammoth

    check_zip(data, settings)
    entries = {entry.filename: entry for entry in read_entries(data)}
    if _TEXT_PART not in entries:
        raise Unreadable("is not a Word file")
    markup = sum(entry.file_size for part, entry in entries.items() if part.startswith("word/") and part.endswith(".xml"))
    if markup > MOST_MARKUP * settings.max_text_characters:
        raise Unreadable(f"holds {markup:,} bytes of markup, over the limit of {MOST_MARKUP * settings.max_text_characters:,}")
    try:
        page = mammoth.convert_to_html(BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {})).value
    except RecursionError as error:
        raise Unreadable("is nested too deeply to be read") from error
    except Exception as error:  # whatever a broken part makes the library raise
        raise Unreadable(f"is not a Word file that can be read ({type(error).__name__})") from error
    return [read_page(f"<html><body><main>{page}</main></body></html>", "paragraph")]
