"""PDF -> one document with its pages, read in a process of its own. Knows how that process may end; refuses to know what is in a PDF.

A small file can hold work without end, and PDFium can neither be interrupted nor used by two threads at once. So each file is read
apart: the process ends itself when a page takes too long, may not use memory without end, and cannot take the assistant down with it.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import math
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from assistant.formats.extract import Extract, Unreadable
from assistant.types import Place

if TYPE_CHECKING:
    from assistant.config import Settings

_log = logging.getLogger(__name__)
PAGE_SECONDS = 5.0
"""A page that needs more of the processor's time to read is not meant to be read."""
LAYOUT_SECONDS = 300.0
"""The processor's time for putting all pages into lines and paragraphs."""
_PATIENCE = 8.0
"""How much longer than the processor's time anything may take, which is all that counts where the system cannot limit that time."""
MEMORY = 4 << 30
"""Bytes that reading one file may use, where the system can limit it."""
_TOO_LONG = (1, -int(getattr(signal, "SIGXCPU", 24)))
"""How the process ends when its time is up: by `faulthandler`, or by the signal SIGXCPU."""
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
    if done.returncode in _TOO_LONG:
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
    from assistant.formats.flow import flow
    from assistant.formats.pdfium import read

    _limit(page_seconds)
    data = sys.stdin.buffer.read()
    try:
        pages, pictures = read(data, int(most_pages), int(most_characters), lambda: _limit(page_seconds))
    except Unreadable as error:
        sys.stdout.write(json.dumps({"refused": str(error)}))
        return
    _limit(LAYOUT_SECONDS)
    text, places = flow(pages)
    sys.stdout.write(json.dumps({"text": text, "places": [(place.start, place.number) for place in places], "pictures": pictures}))


def _limit(seconds: float) -> None:
    """Give this process so many seconds from now, and no more than its share of memory."""
    faulthandler.dump_traceback_later(_PATIENCE * seconds, exit=True)
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), most))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
