"""Zip containers, which several formats are: whether one may be unpacked at all. Knows sizes; knows no format."""

from __future__ import annotations

import io
import zipfile
import zlib

from assistant.config import Settings
from assistant.formats.extract import Unreadable

EXPANDS = 10
"""A container may unpack to so many times the largest file."""


def check_zip(data: bytes, settings: Settings) -> None:
    """Return when a zip container is whole, open and small enough unpacked.

    Raises:
        Unreadable: it is damaged, encrypted, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            members = container.infolist()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Unreadable("is damaged: it is no whole zip container") from error
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("is encrypted")
    if sum(member.file_size for member in members) > EXPANDS * settings.max_file_bytes:
        raise Unreadable(f"unpacks to more than {EXPANDS * settings.max_file_bytes:,} bytes")
