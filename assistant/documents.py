"""Corpus files -> sources. Knows files, their limits and which of them are refused; refuses to know formats and what text means."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from assistant.config import Settings
from assistant.errors import CorpusError
from assistant.formats import Extract, Unreadable, extract
from assistant.types import Place, Span


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a corpus before it is parsed. `id`, `file`, `sha256` and the fields after it as in `Document`.

    `codes` and `title` are None where the text has to tell.
    """

    id: str
    text: str
    sha256: str
    file: str
    codes: tuple[str, ...] | None = None
    title: Span | None = None
    places: tuple[Place, ...] = ()
    authority: int = 0
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A corpus file that was not read, and why in one clause."""

    id: str
    why: str


class Stamp(NamedTuple):
    """How a corpus file was when it was looked at. `modified` is in nanoseconds; `sha256` is of its bytes, or says why there are none."""

    size: int
    modified: int
    sha256: str


def corpus_files(corpus: Path) -> list[Path]:
    """Return every file and link below `corpus` in the order of its id, hidden ones and README.md left out.

    Raises:
        CorpusError: the folder does not exist.
    """
    if not corpus.is_dir():
        raise CorpusError(f"there is no corpus folder '{corpus}'; name one with --corpus DIR")
    found: list[Path] = []
    for folder, folders, files in os.walk(corpus):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [Path(folder, name) for name in (*files, *links) if not name.startswith(".") and name != "README.md"]
    return sorted(found, key=lambda path: file_id(path, corpus))


def file_id(path: Path, corpus: Path) -> str:
    """Return a file's path below `corpus` with forward slashes; bytes that are no text are written out."""
    return path.relative_to(corpus).as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def corpus_state(corpus: Path, settings: Settings, before: Mapping[str, Stamp]) -> dict[str, Stamp]:
    """Return how each file of the corpus is now, by id; a file is read only where its size or time differs from `before`.

    Raises:
        CorpusError: the folder is missing.
    """
    return {name: _stamp(path, before.get(name), settings) for path in corpus_files(corpus) for name in (file_id(path, corpus),)}


def _stamp(path: Path, before: Stamp | None, settings: Settings) -> Stamp:
    try:
        status = path.lstat()
        size, modified = status.st_size, status.st_mtime_ns
        if before and (size, modified) == before[:2]:
            return before
        if not stat.S_ISREG(status.st_mode):
            return Stamp(size, modified, "not a file")
        if size > settings.max_file_bytes:
            return Stamp(size, modified, "too large")
        return Stamp(size, modified, hashlib.sha256(path.read_bytes()).hexdigest())
    except OSError as error:
        return Stamp(0, 0, str(error.strerror))


def read_file(path: Path, corpus: Path, settings: Settings) -> list[Source] | Refusal:
    """Return the documents of a file, or why it cannot be used."""
    name = file_id(path, corpus)
    if name != path.relative_to(corpus).as_posix() or not name.isprintable():
        return Refusal(name, "has a name that is not plain text; rename it")
    if path.is_symlink():
        return Refusal(name, "is a link and is not followed")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Refusal(name, "is not a regular file")
        if status.st_size > settings.max_file_bytes:
            return Refusal(name, f"has {status.st_size:,} bytes, over the limit of {settings.max_file_bytes:,}")
        data = path.read_bytes()
    except OSError as error:
        return Refusal(name, f"cannot be read ({error.strerror})")
    return read_bytes(name, data, settings)


def read_bytes(name: str, data: bytes, settings: Settings) -> list[Source] | Refusal:
    """Return the documents in the bytes of the file `name`, or why it cannot be used."""
    try:
        found = extract(name, PurePosixPath(name).suffix.lower(), data, settings)
    except Unreadable as error:
        return Refusal(name, str(error))
    digest = hashlib.sha256(data).hexdigest()
    return [_source(name, one, digest, settings) for one in found if one.text.strip()]


def _source(name: str, one: Extract, digest: str, settings: Settings) -> Source:
    if one.key:
        digest = hashlib.sha256(one.text.encode("utf-8", "surrogatepass")).hexdigest()
    ranked = one.authority + _rank(name, settings)
    identity = f"{name}#{one.key}" if one.key else name
    return Source(identity, one.text, digest, name, one.codes, one.title, one.places, ranked, one.dated)


def _rank(name: str, settings: Settings) -> int:
    """Return how far up the setting `authority` puts a file; 0 where it is not named."""
    places = [i for i, pattern in enumerate(settings.authority) if fnmatchcase(name, pattern)]
    return 100 * (len(settings.authority) - places[0]) if places else 0


def read_document(identity: str, corpus: Path, settings: Settings) -> Source | Refusal:
    """Return the one document of that id, read anew from its file, or why it cannot be."""
    root = corpus.resolve()
    for name in dict.fromkeys((identity, identity.rpartition("#")[0])):
        path = (root / name).resolve()
        if name and not name.isspace() and path.is_relative_to(root) and path.is_file():
            found = read_file(path, root, settings)
            if isinstance(found, Refusal):
                return found
            return next((source for source in found if source.id == identity), Refusal(identity, "is no longer in its file"))
    return Refusal(identity, "is not in the corpus")


def read_corpus(corpus: Path, settings: Settings) -> tuple[list[Source], list[Refusal]]:
    """Return the documents of `corpus` in order of file, and the files that were refused.

    Raises:
        CorpusError: the folder is missing or holds no readable document.
    """
    sources: list[Source] = []
    refusals: list[Refusal] = []
    for path in corpus_files(corpus):
        found = read_file(path, corpus, settings)
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            sources.extend(found)
    if not sources:
        why = "; ".join(f"{one.id} {one.why}" for one in refusals[:3]) or "it is empty"
        raise CorpusError(f"the corpus folder '{corpus}' holds no document that can be read: {why}")
    return sources, refusals
