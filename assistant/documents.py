"""Corpus files -> sources. Knows files, their limits and which of them are refused; refuses to know formats and what text means."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from assistant.config import Settings
from assistant.errors import CorpusError
from assistant.formats import Extract, Unreadable, extract
from assistant.types import Place, Span

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a corpus before it is parsed. `id`, `file`, `sha256` and the fields after it as in `Document`.

    `hidden` is as in `Extract`. `codes` and `title` are None where the text has to tell.
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
    hidden: tuple[Span, ...] = ()


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


def read_file(path: Path, corpus: Path, settings: Settings) -> list[Source] | Refusal:
    """Return the documents of a file, or why it cannot be used."""
    name = path.relative_to(corpus).as_posix()
    try:
        size = path.stat().st_size
        if size > settings.max_file_bytes:
            return Refusal(name, f"{size:,} bytes is over the limit of {settings.max_file_bytes:,}")
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
    return Source(identity, one.text, digest, name, one.codes, one.title, one.places, ranked, one.dated, one.hidden)


def _rank(name: str, settings: Settings) -> int:
    """Return how far up the setting `authority` puts a file; 0 where it is not named."""
    places = [i for i, pattern in enumerate(settings.authority) if fnmatchcase(name, pattern)]
    return 100 * (len(settings.authority) - places[0]) if places else 0


def read_document(identity: str, corpus: Path, settings: Settings) -> Source | Refusal:
    """Return the one document of that id, read anew from its file, or why it cannot be."""
    root = corpus.resolve()
    for name in dict.fromkeys((identity, identity.rpartition("#")[0])):
        path = (root / name).resolve()
        if name and path.is_relative_to(root) and path.is_file():
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
