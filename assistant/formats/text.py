"""Plain text: the decoded file itself."""

from __future__ import annotations

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document. Line ends stay as they are; a byte order mark is left out."""
    return [Extract(decode(data))]


def decode(data: bytes) -> str:
    """Return the text of `data`.

    Raises:
        Unreadable: it is not text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 text (byte {error.start})") from error
    if "\0" in text:
        raise Unreadable("holds NUL characters and is not text")
    return text
