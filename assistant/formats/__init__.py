"""File bytes -> documents, one module per format. A module is imported when its first file is read.

Each has `extract(name, data, settings)`, which returns one `Extract` per document in the file, or raises `Unreadable`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from assistant.formats.extract import Extract, Unreadable

if TYPE_CHECKING:
    from assistant.config import Settings

__all__ = ["SUFFIXES", "Extract", "Unreadable", "extract"]

_MODULES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".xlsx": "sheet",
    ".xls": "sheet",
    ".ods": "sheet",
    ".csv": "sheet",
    ".tsv": "sheet",
}
SUFFIXES = frozenset(_MODULES)
"""File name endings that can be read. Others are reported as refused; only hidden files and a README.md at the top are left out unsaid."""


def extract(name: str, suffix: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the documents of a file; `suffix` is its ending in lower case, with the dot.

    Raises:
        Unreadable: the ending is not supported, or the file holds no text that can be quoted.
    """
    if suffix not in _MODULES:
        raise Unreadable(f"files ending in '{suffix}' are not supported")
    found: list[Extract] = import_module(f"assistant.formats.{_MODULES[suffix]}").extract(name, data, settings)
    if not any(one.text.strip() for one in found):
        raise Unreadable("is empty")
    characters = sum(len(one.text) for one in found)
    if characters > settings.max_text_characters:
        raise Unreadable(f"holds {characters:,} characters of text, over the limit of {settings.max_text_characters:,}")
    return found
