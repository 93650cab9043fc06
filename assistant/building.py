"""Corpus -> index folder. Makes and embeds what has changed, takes the rest from the index that is there, and writes the whole.

A new data folder is written first and the manifest replaced last, so that whoever opens the index sees the old one or the new one
and never a mixture. One process builds at a time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from assistant.chunking import candidates_of, chunk_document, embedded_text, opening_text, read_texts, record_fields
from assistant.config import DEFAULT, NO_READER, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.documents import Stamp, corpus_state
from assistant.embedding import export
from assistant.errors import IndexMismatch, IndexNotFound, ModelError
from assistant.freshness import encoder_name, fingerprint, lasting, reader_name, stamps
from assistant.index import CANDIDATES, CHUNKS, ENCODER, LEXICAL, OPENINGS, READER, READING, VECTORS
from assistant.inference import OnnxEncoder, Vectors
from assistant.lexical import LexicalIndex
from assistant.manifest import (
    FORMAT,
    HASHED_BYTES,
    Manifest,
    check_files,
    file_sha256,
    put_in_place,
    read_manifest,
    remove_leftovers,
    write_manifest,
)  # fmt: skip
from assistant.planning import Before, Known, Plan, plan
from assistant.sections import Outlook, parse_document
from assistant.storage import Candidates, Chunks, Documents, Entry, Ragged, damaged, edges, load_array, read_json, save_rows, write_json
from assistant.tokens import words
from assistant.vectors import FaissStore
from assistant.vocabulary import PARTS, Vocabulary, part_texts

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many are done, and how many there are."""
LOCK, KNOWN, CHUNK_WORDS = ".lock", "known.json", "chunk-words"
WAIT = 600.0
"""Seconds that a build waits for another one to end."""
STORED = np.float16
"""How candidates' vectors are stored; a cosine changes by less than 0.001."""
Array = npt.NDArray[Any]
NOTHING = Before({}, {}, ())


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: documents embedded, left as they were, and removed, by id; files refused, with the reason."""

    manifest: Manifest
    indexed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def refused(self) -> dict[str, str]:
        """Return why files are not in the index."""
        return self.manifest.refused


@dataclass(slots=True)
class _Part:
    """All that an index holds of some documents in a row. Words are numbered by `_Numbers`; `words` has one value for each of `PARTS`.

    Rows are by document, but `chunk_words` holds the words of each chunk. `counts` says how often each word of the text occurs.
    """

    entries: Sequence[Entry]
    chunks: Ragged
    candidates: Ragged
    words: tuple[Ragged, ...]
    counts: Array
    chunk_words: Ragged
    chunk_vectors: Array
    candidate_vectors: Array
    openings: Array


class _Numbers(dict[str, int]):
    """Numbers for words: those of the old index first, then others as they come."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]

    def of(self, some: Sequence[str]) -> Array:
        """Return the numbers of some words."""
        return np.asarray([self[word] for word in some], dtype=np.int32)


class _Old:
    """An index that is there, its models and searches left closed: documents are taken from it as they are stored."""

    def __init__(self, data: Path, manifest: Manifest) -> None:
        self.data, self.manifest = data, manifest
        self.documents = Documents(data)
        self.words = Vocabulary.load(data)
        self._chunks, self._candidates = Ragged.load(data, CHUNKS), Ragged.load(data, CANDIDATES)
        self._chunk_words = Ragged.load(data, CHUNK_WORDS)
        self._readings, self._openings = load_array(data / READING), load_array(data / OPENINGS)

    @cached_property
    def _vectors(self) -> Vectors:
        return FaissStore.load(self.data / VECTORS).vectors()

    def before(self) -> Before:
        """Return what is known of the files and documents.

        Raises:
            IndexMismatch: it is damaged.
        """
        path = self.data / KNOWN
        try:
            rows = zip(self.documents.ids, self.documents.files, read_json(path), strict=True)
            known = [
                Known(i, name, file, content, key, Outlook(votes, frozenset(lines)))
                for i, (name, file, (content, key, votes, lines)) in enumerate(rows)
            ]
        except (ValueError, TypeError) as error:
            raise damaged(path) from error
        return Before(stamps(self.manifest), self.manifest.refused, tuple(known))

    def part(self, first: int, last: int) -> _Part:
        """Return the part of documents `[first, last)`; their words keep their numbers."""
        text = self.words.parts[PARTS[0]].starts
        chunks, candidates = self._chunks.between(first, last), self._candidates.between(first, last)
        a, b = self._chunks.starts[first], self._chunks.starts[last]
        return _Part(
            entries=[self.documents.entry(i) for i in range(first, last)],
            chunks=chunks,
            candidates=candidates,
            words=tuple(self.words.parts[part].between(first, last) for part in PARTS),
            counts=self.words.counts[text[first] : text[last]],
            chunk_words=self._chunk_words.between(int(a), int(b)),
            chunk_vectors=self._vectors[a:b],
            candidate_vectors=self._readings[self._candidates.starts[first] : self._candidates.starts[last]],
            openings=self._openings[first:last],
        )


@contextmanager
def _only_writer(folder: Path, tell: Progress) -> Iterator[Path]:
    """Hold the folder's lock, which ends with the process that holds it, and give an empty folder to write in."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell("waiting for another build", 0, 1)
        try:
            lock.acquire(timeout=WAIT)
        except Timeout as error:
            raise IndexMismatch(f"another process is building the index in '{folder}'; try again when it has ended") from error
    try:
        remove_leftovers(folder)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        work.chmod(0o755)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        lock.release()


def build_index(corpus: Path, folder: Path, settings: Settings, progress: Progress | None = None, *, rebuild: bool = False) -> Built:
    """Bring the index in `folder` up to date with `corpus` and say what was done; what was there stays until the new one is whole.

    With `rebuild` nothing is taken from what is there.

    Raises:
        CorpusError: no document can be read.
        IndexMismatch: the folder cannot be written, or another process keeps building.
        ModelError: the encoder cannot be loaded.
    """
    tell = progress or (lambda stage, done, total: None)
    try:
        with _only_writer(folder, tell) as work:
            old, before = (None, NOTHING) if rebuild else _open_old(folder, settings)
            tell("reading documents", 0, 1)
            state = corpus_state(corpus, settings, before.stamps, folder)
            if old and old.manifest.fingerprint == fingerprint(settings, state):
                return Built(_restamped(folder, old.manifest, state), (), old.documents.ids, ())
            plans, refused = plan(corpus, state, before, settings)
            plans = [_unless_alike(one, old, settings) for one in plans]
            tell("reading documents", 1, 1)
            dimension = _write(work, plans, old, settings, tell)
            manifest = put_in_place(folder, work, _manifest(work, settings, state, refused, dimension, len(plans)))
    except OSError as error:
        raise IndexMismatch(f"the index in '{folder}' cannot be written ({error.strerror}); name another with --index DIR") from error
    new = tuple(one.known.id for one in plans if one.position is None)
    kept = tuple(one.known.id for one in plans if one.position is not None)
    there = {one.known.id for one in plans}
    return Built(manifest, new, kept, tuple(one.id for one in before.documents if one.id not in there))


def _restamped(folder: Path, manifest: Manifest, state: dict[str, Stamp]) -> Manifest:
    """Return the manifest with the times that files have now, so that they are not read again to find them unchanged."""
    corpus: dict[str, list[int | str]] = {name: list(stamp) for name, stamp in state.items()}
    if corpus == manifest.corpus:
        return manifest
    manifest = replace(manifest, corpus=corpus)
    write_manifest(folder, manifest)
    return manifest


def _open_old(folder: Path, settings: Settings) -> tuple[_Old | None, Before]:
    """Return the index that is there, if it is whole and its documents would be made now as they were then, and what it knows."""
    try:
        manifest = read_manifest(folder)
        if manifest.settings != lasting(settings) or manifest.built_by != version("hcpcs-assistant"):
            return None, NOTHING
        check_files(folder / manifest.data, manifest)
        old = _Old(folder / manifest.data, manifest)
        return old, old.before()
    except (IndexNotFound, IndexMismatch):
        return None, NOTHING


def _unless_alike(one: Plan, old: _Old | None, settings: Settings) -> Plan:
    """Return the plan to take a document from the old index where headings of other documents turn out to change nothing in it."""
    if old is None or one.like is None or one.source is None:
        return one
    same = Entry.of(parse_document(one.source, settings, one.headings)) == old.documents.entry(one.like)
    return replace(one, position=one.like, source=None) if same else one


def _model(setting: str, packaged: Path, name: str, old: _Old | None, work: Path) -> OnnxEncoder:
    """Return the packaged model, or the one that the index that is there has, or else what `setting` names, exported."""
    if setting == DEFAULT:
        return OnnxEncoder(packaged)
    if old:
        try:
            return OnnxEncoder(_kept_model(old, name, work))
        except (ModelError, OSError):
            shutil.rmtree(work / name, ignore_errors=True)
    return export(setting, work / name)


def _models(settings: Settings) -> list[tuple[str, Path, str]]:
    """Return setting, packaged folder and name of the encoder and, unless there is none, of the reader."""
    encoder, reader = (settings.encoder, PACKAGED_ENCODER, ENCODER), (settings.reader, PACKAGED_READER, READER)
    return [encoder] if settings.reader == NO_READER else [encoder, reader]


def _kept_model(old: _Old, name: str, work: Path) -> Path:
    """Give an exported model of the index that is there a place in the new one."""
    return Path(shutil.copytree(old.data / name, work / name, copy_function=_link))


def _link(source: str, target: str) -> None:
    """Give a file a second name; copy it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@dataclass(frozen=True, slots=True)
class _Made:
    """A part that is new, its vectors still to come of `texts`, its document's opening and chunks, and of `readings`, its candidates."""

    part: _Part
    texts: list[str]
    readings: list[str]


def _write(work: Path, plans: Sequence[Plan], old: _Old | None, settings: Settings, tell: Progress) -> int:
    """Write the documents that are planned and return the dimension of their vectors."""
    parts, made, names = _parts(plans, old, settings, tell)
    write_json(work / KNOWN, [one.known.row() for one in plans])
    _write_words(work, parts, names)
    tell("loading the encoder", 0, 1)
    loaded = [_model(*what, old, work) for what in _models(settings)] if made else []
    tell("loading the encoder", 1, 1)
    if loaded:
        _add_vectors(made, loaded[0], loaded[-1], tell)
    elif old:
        for name in (ENCODER, READER):
            if (old.data / name).is_dir():
                _kept_model(old, name, work)
    tell("writing", 0, 1)
    dimension = _write_parts(work, parts)
    tell("writing", 1, 1)
    return dimension


def _parts(plans: Sequence[Plan], old: _Old | None, settings: Settings, tell: Progress) -> tuple[list[_Part], list[_Made], list[str]]:
    """Return the parts of all documents in the order of the plans, the new ones among them, and the words that numbers stand for."""
    numbers = _Numbers({word: i for i, word in enumerate(old.words.words)} if old else {})
    made: list[_Made] = []
    parts: list[_Part] = []
    total, n = sum(one.position is None for one in plans), 0
    while n < len(plans):
        first = last = plans[n].position
        while last is not None and n < len(plans) and plans[n].position == last:
            n, last = n + 1, last + 1
        if old and first is not None and last is not None:
            parts.append(old.part(first, last))
        else:
            tell("parsing documents", len(made), total)
            made.append(_make(plans[n], numbers, settings))
            parts.append(made[-1].part)
            n += 1
    return parts, made, list(numbers)


def _add_vectors(made: Sequence[_Made], encoder: OnnxEncoder, reader: OnnxEncoder, tell: Progress) -> None:
    """Embed what new parts are made of."""
    texts, readings = [one.texts for one in made], [one.readings for one in made]
    total, done = sum(len({text for some in groups for text in some}) for groups in (texts, readings)), 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        tell("embedding", done, total)

    for one, of_texts, of_readings in zip(made, _embed(encoder, texts, count), _embed(reader, readings, count), strict=True):
        one.part.openings, one.part.chunk_vectors = of_texts[:1], of_texts[1:]
        one.part.candidate_vectors = of_readings.astype(STORED)


def _make(one: Plan, numbers: _Numbers, settings: Settings) -> _Made:
    """Return a document's part without its vectors, and the texts that they are to be made of.

    What is like a row of a table in meaning is like its title; its other fields are names, dates and numbers, for BM25 to find.
    """
    if one.source is None:
        raise AssertionError("a document that is made has a source")
    document = parse_document(one.source, settings, one.headings)
    chunks = chunk_document(document, settings.chunk_tokens)
    said, fields = [embedded_text(document, chunk) for chunk in chunks], record_fields(document)
    meant = [document.title_text if chunk.section in fields else text for chunk, text in zip(chunks, said, strict=True)]
    read = [(candidate, text) for candidate in candidates_of(document) for text in read_texts(document, candidate)]
    counts = Counter(words(document.text))
    spoken = [words(text) for text in said]
    none = np.zeros((0, 0), dtype=np.float32)
    part = _Part(
        entries=[Entry.of(document)],
        chunks=Ragged.of([_table([Chunks.row(chunk) for chunk in chunks], Chunks.COLUMNS)]),
        candidates=Ragged.of([_table([Candidates.row(candidate) for candidate, _ in read], Candidates.COLUMNS)]),
        words=tuple(Ragged.of([numbers.of(sorted(set(words(text))))]) for text in part_texts(document)),
        counts=np.asarray([counts[word] for word in sorted(counts)], dtype=np.int32),
        chunk_words=Ragged(numbers.of([word for row in spoken for word in row]), edges([len(row) for row in spoken])),
        chunk_vectors=none,
        candidate_vectors=none,
        openings=none,
    )
    return _Made(part, [opening_text(document), *meant], [text for _, text in read])


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.asarray(rows, dtype=np.int32).reshape(-1, columns)


def _embed(encoder: OnnxEncoder, groups: Sequence[Sequence[str]], count: Callable[[int], None]) -> list[Vectors]:
    """Return `(texts, dimension)` for each group; a text that occurs again is embedded once."""
    place = {text: i for i, text in enumerate(dict.fromkeys(text for group in groups for text in group))}
    vectors = encoder.encode(list(place), count)
    return [vectors[[place[text] for text in group]] for group in groups]


def _write_words(work: Path, parts: Sequence[_Part], names: Sequence[str]) -> None:
    """Write the words of all parts together, and the search over them.

    Words are numbered anew in alphabetical order, so that an update writes what a build from nothing does.
    """
    held = [Ragged.join([part.words[i] for part in parts]) for i in range(len(PARTS))]
    spoken = Ragged.join([part.chunk_words for part in parts])
    used = np.zeros(len(names), dtype=bool)
    for run in (spoken, *held):
        used[run.values] = True
    order = sorted(np.flatnonzero(used).tolist(), key=names.__getitem__)
    number = np.zeros(len(names), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    spoken, *held = (Ragged(number[run.values], run.starts) for run in (spoken, *held))
    counts = np.concatenate([part.counts for part in parts])
    vocabulary = Vocabulary.build([names[i] for i in order], dict(zip(PARTS, held, strict=True)), counts)
    vocabulary.save(work)
    spoken.save(work, CHUNK_WORDS)
    stems, bounds = vocabulary.stem_of[spoken.values].tolist(), spoken.starts.tolist()
    LexicalIndex.build([stems[a:b] for a, b in zip(bounds, bounds[1:], strict=False)], vocabulary.stems).save(work / LEXICAL)


def _write_parts(work: Path, parts: Sequence[_Part]) -> int:
    """Write all else of the parts together and return the dimension of their vectors."""
    Documents.write(work, (entry for part in parts for entry in part.entries))
    Ragged.join([part.chunks for part in parts]).save(work, CHUNKS)
    Ragged.join([part.candidates for part in parts]).save(work, CANDIDATES)
    vectors = FaissStore.build(parts[0].chunk_vectors)
    for part in parts[1:]:
        vectors.add(part.chunk_vectors)
    vectors.save(work / VECTORS)
    save_rows(work / READING, [part.candidate_vectors for part in parts])
    save_rows(work / OPENINGS, [part.openings for part in parts])
    return int(parts[0].openings.shape[1])


def _manifest(
    work: Path,
    settings: Settings,
    state: dict[str, Stamp],
    refused: dict[str, str],
    dimension: int,
    documents: int,
) -> Manifest:
    files: dict[str, list[int | str]] = {}
    for path in sorted(work.rglob("*")):
        if path.is_file():
            name, size = path.relative_to(work).as_posix(), path.stat().st_size
            files[name] = [size, file_sha256(path) if size <= HASHED_BYTES else ""]
    name = fingerprint(settings, state)
    return Manifest(
        format=FORMAT,
        fingerprint=name,
        encoder=encoder_name(settings),
        reader=reader_name(settings),
        dimension=dimension,
        chunk_tokens=settings.chunk_tokens,
        code_pattern=settings.code_pattern,
        settings=lasting(settings),
        corpus={name: list(stamp) for name, stamp in state.items()},
        refused=refused,
        documents=documents,
        chunks=len(Ragged.load(work, CHUNKS).values),
        candidates=len(Ragged.load(work, CANDIDATES).values),
        built_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        built_by=version("hcpcs-assistant"),
        data=f"data-{name}",
        files=files,
    )
