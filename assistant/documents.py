"""Corpus files -> sources. Knows files, their limits and which of them are refused; refuses to know formats and what text means."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import time
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from assistant.config import Settings
from assistant.errors import AssistantError, CorpusError
from assistant.formats import Extract, Unreadable, extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Extract):
    """One document before it is parsed: what its file says, and which file that is. `id`, `file` and `sha256` as in `Document`."""

    id: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A corpus file that was not read, and why in one clause."""

    id: str
    why: str


class Stamp(NamedTuple):
    """How a corpus file was when it was looked at. `modified` and `changed` are in nanoseconds.

    Copying may keep the size and the time of modification of what it replaces, but not when the system last changed the file. `sha256`
    is of its bytes, or says in one clause why it cannot be read. `modified` is 0 where the file was so young that it could change again
    without its time changing.
    """

    size: int
    modified: int
    changed: int
    sha256: str

    @property
    def readable(self) -> bool:
        """Say whether the file's bytes could be read."""
        return " " not in self.sha256


_log = logging.getLogger(__name__)
FAULT = "makes its reader fail"
LONGEST_FAULT = 120
"""So many characters of what a library says of its failure are told."""
SECOND = 1_000_000_000
TICK = SECOND // 20
"""Nanoseconds within which a file system may give two changes the same time; two seconds where it counts whole seconds."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A link is not followed and a pipe is not waited for, even if one has just taken the place of a file."""


def corpus_files(corpus: Path, index: Path | None = None) -> dict[str, str]:
    """Return the path of every file and link below `corpus` by its id, in order of id; without hidden ones and the index.

    A README.md at the top, which tells people of the folder, is left out too; further down it is a document like any other.
    A folder that cannot be listed stands for what is in it.

    Raises:
        CorpusError: the folder does not exist, cannot be listed, or is the index's own.
    """
    check_folders(corpus, index)
    own = index.resolve() if index else None
    found: dict[str, str] = {}
    folders = [("", str(corpus))]
    while folders:
        prefix, folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = [entry for entry in listed if not entry.name.startswith(".")]
        except OSError as error:
            if not prefix:
                raise CorpusError(f"the corpus folder '{corpus}' cannot be read ({error.strerror})") from error
            found[prefix.removesuffix("/")] = folder
            continue
        for entry in entries:
            name = prefix + _written_out(entry.name)
            if not entry.is_dir(follow_symlinks=False):
                if name != "README.md":
                    found[name] = entry.path
            elif own is None or entry.name != own.name or Path(entry.path).resolve() != own:
                folders.append((f"{name}/", entry.path))
    return dict(sorted(found.items()))


def check_folders(corpus: Path, index: Path | None) -> None:
    """Compare the folder of documents with that of the index.

    Raises:
        CorpusError: there is no folder of documents, or the index would be written among them.
    """
    if not corpus.is_dir():
        raise CorpusError(f"there is no corpus folder '{corpus}'; name one with --corpus DIR")
    if index and index.exists() and index.samefile(corpus):
        raise CorpusError(f"'{corpus}' is both the corpus and the index folder; name another folder for the index with --index DIR")


def _written_out(name: str) -> str:
    """Return a file name with bytes that are no text written out."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")


def file_id(path: Path, corpus: Path) -> str:
    """Return a file's path below `corpus` with forward slashes; bytes that are no text are written out."""
    return _written_out(path.relative_to(corpus).as_posix())


def corpus_state(corpus: Path, settings: Settings, before: Mapping[str, Stamp], index: Path | None = None) -> dict[str, Stamp]:
    """Return how each file of the corpus is now, by id; a file is read only where its size or a time differs from `before`.

    Raises:
        CorpusError: the folder is missing.
    """
    return {name: _stamp(path, name, before.get(name), settings) for name, path in corpus_files(corpus, index).items()}


def _stamp(path: str, name: str, before: Stamp | None, settings: Settings) -> Stamp:
    if before and before.readable:
        try:
            status = os.lstat(path)
        except OSError:
            return _read(path, name, settings)[0]
        if status.st_size == before.size and status.st_mtime_ns == before.modified and status.st_ctime_ns == before.changed:
            return before
    return _read(path, name, settings)[0]


def _read(path: str, name: str, settings: Settings) -> tuple[Stamp, bytes]:
    """Return how a file is, and its bytes; none where the stamp says why not."""
    if not path.endswith(name.replace("/", os.sep)) or any(_is_hostile(c) for c in name):
        return Stamp(0, 0, 0, "has a name that is not plain text; rename it"), b""
    try:
        status = os.lstat(path)
        why = _unfit(status, settings.max_file_bytes)
        if why:
            return Stamp(0, 0, 0, why), b""
        with open(os.open(path, _OPEN), "rb") as file:
            data = file.read(settings.max_file_bytes + 1)
    except OSError as error:
        return Stamp(0, 0, 0, f"cannot be read ({error.strerror})"), b""
    if len(data) > settings.max_file_bytes:
        return Stamp(0, 0, 0, f"grows beyond the limit of {settings.max_file_bytes:,} bytes while it is read"), b""
    modified = status.st_mtime_ns
    tick = TICK if modified % SECOND else 2 * SECOND
    young = abs(time.time_ns() - modified) < tick
    return Stamp(status.st_size, 0 if young else modified, status.st_ctime_ns, hashlib.sha256(data).hexdigest()), data


def _is_hostile(character: str) -> bool:
    """Say whether a character of a name could steer a terminal or hide in it."""
    return not character.isprintable() and unicodedata.category(character) != "Zs"


def _unfit(status: os.stat_result, limit: int) -> str:
    """Return why a file is not read; empty where it is."""
    if stat.S_ISLNK(status.st_mode):
        return "is a link and is not followed"
    if stat.S_ISDIR(status.st_mode):
        return "is a folder that cannot be read"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    return f"has {status.st_size:,} bytes, over the limit of {limit:,}" if status.st_size > limit else ""


def stamped_file(path: Path, corpus: Path, settings: Settings) -> tuple[Stamp, list[Source] | Refusal]:
    """Return how a file is and the documents in just the bytes that the stamp is of, or why it cannot be used."""
    name = file_id(path, corpus)
    stamp, data = _read(str(path), name, settings)
    return stamp, read_bytes(name, data, settings) if stamp.readable else Refusal(name, stamp.sha256)


def read_file(path: Path, corpus: Path, settings: Settings) -> list[Source] | Refusal:
    """Return the documents of a file, or why it cannot be used."""
    return stamped_file(path, corpus, settings)[1]


def read_bytes(name: str, data: bytes, settings: Settings) -> list[Source] | Refusal:
    """Return the documents in the bytes of the file `name`, or why it cannot be used."""
    from assistant.blocks import blocks_of  # whoever asks of an index reads no file

    try:
        found = extract(name, PurePosixPath(name).suffix.lower(), data, settings)
        apart = [part for one in found for part in blocks_of(one, settings.code_pattern)]
    except Unreadable as error:
        return Refusal(name, str(error))
    except BaseException as error:
        return Refusal(name, fault(name, error))
    digest = hashlib.sha256(data).hexdigest()
    sources = [_source(name, one, digest, settings) for one in apart if one.text.strip()]
    times = Counter[str]()
    for i, source in enumerate(sources):
        times[source.id] += 1
        if times[source.id] > 1:
            sources[i] = replace(source, id=f"{source.id} ({times[source.id]})")
    return sources


def fault(name: str, error: BaseException) -> str:
    """Return in one clause that the file `name` makes its reader fail, and log the traceback; called where `error` is caught.

    A panic in a library that is written in Rust counts, though it is no `Exception`.

    Raises:
        BaseException: `error` itself, where it is an `AssistantError`, a lack of memory, or a wish to stop.
    """
    panics = type(error).__module__ == "pyo3_runtime"
    if isinstance(error, AssistantError | MemoryError) or not (panics or isinstance(error, Exception)):
        raise error
    _log.info("%s makes its reader fail", name, exc_info=error)
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{FAULT} ({said if len(said) <= LONGEST_FAULT else said[:LONGEST_FAULT] + '…'}); save it in another way or leave it out"


def _source(name: str, one: Extract, digest: str, settings: Settings) -> Source:
    if one.key:
        digest = hashlib.sha256(one.text.encode("utf-8", "surrogatepass")).hexdigest()
    identity = f"{name}#{one.key}" if one.key else name
    said = {field.name: getattr(one, field.name) for field in fields(one)}
    return Source(**{**said, "authority": one.authority + _rank(name, settings)}, id=identity, file=name, sha256=digest)


def _rank(name: str, settings: Settings) -> int:
    """Return how far up the setting `authority` puts a file; 0 where it is not named."""
    places = [i for i, pattern in enumerate(settings.authority) if fnmatchcase(name, pattern)]
    return 100 * (len(settings.authority) - places[0]) if places else 0
