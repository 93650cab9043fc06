"""Plain text: bytes -> the decoded file itself. Knows encodings; refuses to know what the text says."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.printed import running_lines

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, those that begin like another one first."""
_OTHER = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF file"),
)
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"})
"""Names under which Windows-1252 travels."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
FEW_BEYOND_ASCII = 7
"""So few bytes beyond ASCII tell no encoding from another."""
MOST_CHAOS = 0.05
"""Windows-1252 is chosen where charset-normalizer finds it at most so much messier than its best guess."""
MOST_STRAYS = 1000
"""A UTF-8 file has at most so many bytes that are not."""
_SPACING = "\t\n\r\v\f\x85\x1a"
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cDEHMNOZ])|\x9b[0-?]*[ -/]*[@-~]")
"""What colours a terminal or moves its cursor: text that was printed to one holds many."""
SAMPLE = 200_000
"""Bytes from which an encoding is told."""
MOST_CONTROLS = 0.002
"""A text holds at most this share of control characters beside those for terminals, or one."""
MOST_BEYOND_ASCII = 0.3
"""English in Windows-1252 has at most this share of bytes beyond ASCII; more is another encoding or no text."""


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document. Line ends stay as they are; a byte order mark is left out, running heads and feet are hidden."""
    text = decode(data)
    return [Extract(text, hidden=running_lines(text))]


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of `data`: as its byte order mark says, else UTF-8, else as `declared`, else Windows-1252 or what it looks like.

    Raises:
        Unreadable: it is not text, or in no encoding that can be told.
    """
    for mark, kind in _OTHER:
        if data.startswith(mark):
            raise Unreadable(f"is not text but {kind}")
    text = _by_mark(data)
    if text is None:
        if b"\0" in data:
            raise Unreadable("holds NUL characters and is not text")
        text = _as_utf8(data) or _as_declared(data, declared) or _as_it_looks(data)
    if "\0" in text:
        raise Unreadable("holds NUL characters and is not text")
    bare = _ESCAPE.sub("", text)
    controls = sum(bare.count(c) for c in set(bare) if c not in _SPACING and unicodedata.category(c) == "Cc")
    if controls > max(1, MOST_CONTROLS * len(text)):
        raise Unreadable(f"holds {controls:,} control characters and is not text")
    return text


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"is marked as {encoding.removesuffix('-le').removesuffix('-be').upper()} and is not") from error
    return None


def _as_utf8(data: bytes) -> str | None:
    """Return UTF-8 text; single bytes of Windows-1252 in what is otherwise UTF-8 are read as such. None where it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        whole = _UTF8_CHARACTER.findall(data)
        strays = len(_BEYOND_ASCII.findall(data)) - sum(map(len, whole))
    return data.decode("utf-8", _STRAYS) if len(whole) > 3 * strays and strays <= MOST_STRAYS else None


def _read_stray(error: UnicodeError) -> tuple[str, int]:
    """Return the Windows-1252 character of a byte that is not UTF-8, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1


_STRAYS = "assistant.stray-bytes"
codecs.register_error(_STRAYS, _read_stray)


def _as_declared(data: bytes, declared: str | None) -> str | None:
    if not declared:
        return None
    try:
        codec = codecs.lookup("cp1252" if declared.strip().casefold() in _LATIN else declared.strip())
        return data.decode(codec.name) if codec._is_text_encoding else None
    except (LookupError, ValueError):
        return None


def _as_it_looks(data: bytes) -> str:
    """Return text in a legacy encoding: Windows-1252 unless it cannot be, or another one is clearly likelier."""
    from charset_normalizer import from_bytes

    beyond = len(_BEYOND_ASCII.findall(data))
    latin = _try(data, "cp1252") if beyond <= max(FEW_BEYOND_ASCII, MOST_BEYOND_ASCII * len(data)) else None
    if latin is not None and beyond <= FEW_BEYOND_ASCII:
        return latin
    guesses = from_bytes(data[:SAMPLE], cp_exclusion=["utf_16", "utf_32", "utf_7"])
    best = guesses.best()
    if latin is not None and any("cp1252" in (guess.encoding, *guess.could_be_from_charset) for guess in guesses if _near(guess, best)):
        return latin
    text = _try(data, best.encoding) if best is not None else None
    if text is None:
        raise Unreadable("is in no encoding that can be told")
    return text


def _near(guess: CharsetMatch, best: CharsetMatch | None) -> bool:
    return best is not None and guess.chaos <= best.chaos + MOST_CHAOS


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
