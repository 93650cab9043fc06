"""PDF -> one document with its pages, read in a process of its own. Knows how that process may end; refuses to know what is in a PDF.

A small file can hold work without end, and PDFium can neither be interrupted nor used by two threads at once. So each file is read apart: the
process ends itself when a page takes too long, may not use memory without end, and cannot take the assistant down with it.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from assistant.formats.extract import Extract, Unreadable
from assistant.types import Place

if TYPE_CHECKING:
    from assistant.config import Settings

_log = logging.getLogger(__name__)
PAGE_SECONDS = 10.0
"""A page that takes longer to read is not meant to be read."""
LAYOUT_SECONDS = 120.0
"""Time for putting all pages into lines and paragraphs."""
MEMORY = 4 << 30
"""Bytes that reading one file may use, where the system can limit it."""
_TOO_LONG = 1
"""How the process ends when its time is up; see `faulthandler.dump_traceback_later`."""
_START = "import sys; sys.path[:] = sys.argv[1].split(chr(10)); from assistant.formats.pdf import serve; serve(*map(float, sys.argv[2:]))"


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document with a place for every page that holds text.

    Raises:
        Unreadable: the file is encrypted, damaged, over a limit of the settings, or holds no text.
    """
    if _is_cut_off(data):
        raise Unreadable("is not a readable PDF (its end is missing)")
    limits = map(str, (settings.max_pages, settings.max_text_characters, PAGE_SECONDS))
    command = [sys.executable, "-I", "-c", _START, "\n".join(sys.path), *limits]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode == _TOO_LONG:
        raise Unreadable("is not a readable PDF (a page takes too long to read)")
    if done.returncode:
        raise Unreadable("is not a readable PDF (reading it takes too much memory, or fails)")
    reply = json.loads(done.stdout)
    if "refused" in reply:
        raise Unreadable(reply["refused"])
    if reply["pictures"]:
        _log.warning("%s: page %s holds no text, only images; run OCR first", name, ", ".join(map(str, reply["pictures"])))
    return [Extract(reply["text"], places=tuple(Place(start, "page", number) for start, number in reply["places"]))]


def _is_cut_off(data: bytes) -> bool:
    """Say whether the file ends before its end mark, or is shorter than it says of itself."""
    promised = re.search(rb"/Linearized\b[^>]*/L\s+(\d{1,12})\b", data[:2048])
    return b"%%EOF" not in data or (promised is not None and len(data) < int(promised[1]))


def serve(most_pages: float, most_characters: float, page_seconds: float) -> None:
    """Read a file from stdin and write what is in it to stdout as JSON; the other side of `extract`."""
    _limit_memory()
    from assistant.formats.flow import flow
    from assistant.formats.pdfium import read

    def begin(seconds: float = page_seconds) -> None:
        faulthandler.dump_traceback_later(seconds, exit=True)

    data = sys.stdin.buffer.read()
    begin()
    try:
        pages, pictures = read(data, int(most_pages), int(most_characters), begin)
    except Unreadable as error:
        sys.stdout.write(json.dumps({"refused": str(error)}))
        return
    begin(LAYOUT_SECONDS)
    text, places = flow(pages)
    sys.stdout.write(json.dumps({"text": text, "places": [(place.start, place.number) for place in places], "pictures": pictures}))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
