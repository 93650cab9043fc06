"""Corpus files -> decoded sources. Knows files and bytes; refuses to know what the text means."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings
from assistant.errors import CorpusError

SUFFIXES = frozenset({".txt", ".md"})
"""File name endings that can be read. Other files are reported, never silently skipped."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """One decoded corpus file. `id` is its path below the corpus folder with forward slashes; `sha256` is of its bytes."""

    id: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A corpus file that was not read, and why in one clause."""

    id: str
    why: str


def corpus_files(corpus: Path) -> list[Path]:
    """Return every regular file below `corpus` in the order of its id, hidden files and README.md left out.

    Raises:
        CorpusError: the folder does not exist.
    """
    if not corpus.is_dir():
        raise CorpusError(f"there is no corpus folder '{corpus}'; name one with --corpus DIR")
    return sorted(_walk(corpus), key=lambda path: path.relative_to(corpus).as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == "README.md":
            continue
        if path.is_symlink():
            _log.warning("%s is a link and is not followed", path)
        elif path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def read_source(path: Path, corpus: Path, settings: Settings) -> Source | Refusal:
    """Return the decoded file, or why it cannot be used.

    Text is UTF-8; a byte order mark is dropped from the text, line ends stay as they are, so that offsets count characters
    of the decoded file itself.
    """
    name = path.relative_to(corpus).as_posix()
    if path.suffix.lower() not in SUFFIXES:
        return Refusal(name, f"files ending in '{path.suffix}' are not supported")
    try:
        size = path.stat().st_size
        if size > settings.max_file_bytes:
            return Refusal(name, f"{size:,} bytes is over the limit of {settings.max_file_bytes:,}")
        data = path.read_bytes()
    except OSError as error:
        return Refusal(name, f"cannot be read ({error.strerror})")
    return decode(name, data)


def decode(name: str, data: bytes) -> Source | Refusal:
    """Return the text of `data`, or why it is not text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Refusal(name, f"is not UTF-8 text (byte {error.start})")
    if "\0" in text:
        return Refusal(name, "holds NUL characters and is not text")
    if not text.strip():
        return Refusal(name, "is empty")
    return Source(name, text, hashlib.sha256(data).hexdigest())


def read_corpus(corpus: Path, settings: Settings) -> tuple[list[Source], list[Refusal]]:
    """Return the readable files of `corpus` in order of id, and those that were refused.

    Raises:
        CorpusError: the folder is missing or holds no readable document.
    """
    read = [read_source(path, corpus, settings) for path in corpus_files(corpus)]
    sources = [one for one in read if isinstance(one, Source)]
    refusals = [one for one in read if isinstance(one, Refusal)]
    if not sources:
        why = "; ".join(f"{one.id} {one.why}" for one in refusals[:3]) or "it is empty"
        raise CorpusError(f"the corpus folder '{corpus}' holds no document that can be read: {why}")
    return sources, refusals
