"""Office files are ZIP archives; says which of them are too large, broken or encrypted before anything in them is read."""

from __future__ import annotations

import zipfile
from io import BytesIO

from assistant.config import Settings
from assistant.formats.extract import Unreadable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
MOST_ENTRIES = 10_000
"""Parts of an archive; Word and Excel write some dozens."""
MOST_TIMES_THE_FILE_LIMIT = 10
"""What is packed in an archive may be so many times `max_file_bytes`."""
MOST_RATIO = 200
"""A part may be so many times its packed size; the most repetitive sheets reach about 100."""
SMALL = 1_000_000
"""A part of so few bytes does no harm, whatever its ratio."""


def check_zip(data: bytes, settings: Settings) -> None:
    """Read the table of contents of an archive and nothing else.

    Raises:
        Unreadable: it is encrypted, no archive, or would unpack to more than a reader should hold.
    """
    entries = read_entries(data)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("is encrypted")
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"packs {len(entries):,} parts, over the limit of {MOST_ENTRIES:,}")
    total, most = sum(entry.file_size for entry in entries), MOST_TIMES_THE_FILE_LIMIT * settings.max_file_bytes
    if total > most:
        raise Unreadable(f"unpacks to {total:,} bytes, over the limit of {most:,}")
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
            raise Unreadable(f"packs {entry.file_size:,} bytes into {entry.compress_size:,}, as no honest file does")


def read_entries(data: bytes) -> list[zipfile.ZipInfo]:
    """Return what an archive holds, by its table of contents.

    Raises:
        Unreadable: it is encrypted or no archive.
    """
    if data.startswith(_OLE):
        raise Unreadable("is encrypted" if _ENCRYPTED_STREAM in data else "is in the format of Office before 2007; save it anew")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Unreadable("is damaged, or not of the kind that its name says") from error
