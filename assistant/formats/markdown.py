"""Markdown: the decoded file itself, its headings, lists and tables read by the parser that reads plain text."""

from __future__ import annotations

from assistant.config import Settings
from assistant.formats.extract import Extract
from assistant.formats.text import decode


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document."""
    return [Extract(decode(data))]
