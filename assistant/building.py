"""Corpus -> index folder. Makes and embeds what has changed, takes the rest from the index that is there, and writes the whole.

A new data folder is written first and the manifest replaced last, so that whoever opens the index sees the old one or the new one
and never a mixture. One process builds at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from assistant.chunking import candidates_of, chunk_document, embedded_text, opening_text, read_texts
from assistant.config import PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.documents import Stamp, corpus_state
from assistant.embedding import DEFAULT, export, model_name
from assistant.errors import IndexMismatch, IndexNotFound, ModelError
from assistant.index import (
    CANDIDATES,
    CHUNKS,
    ENCODER,
    LEXICAL,
    NO_READER,
    OPENINGS,
    READER,
    READING,
    VECTORS,
    Index,
    open_index,
    reader_name,
)  # fmt: skip
from assistant.inference import OnnxEncoder, Vectors
from assistant.lexical import LexicalIndex
from assistant.manifest import FORMAT, HASHED_BYTES, Manifest, check_files, file_sha256, put_in_place, read_manifest, remove_leftovers
from assistant.planning import Before, Known, Plan, plan
from assistant.sections import Outlook, parse_document
from assistant.storage import Candidates, Chunks, Documents, Entry, Ragged, edges, read_json, write_json
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
    """All that an index holds of one document. Words are numbered by `_Numbers`; `words` has one array for each of `PARTS`.

    `chunk_words` holds the words of all chunks in a row, `chunk_lengths` how many each has.
    """

    entry: Entry
    chunks: Array
    candidates: Array
    words: tuple[Array, ...]
    counts: Array
    chunk_words: Array
    chunk_lengths: Array
    chunk_vectors: Array
    candidate_vectors: Array
    opening: Array


class _Numbers(dict[str, int]):
    """Numbers for words: those of the old index first, then others as they come."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]

    def of(self, some: Sequence[str]) -> Array:
        """Return the numbers of some words."""
        return np.asarray([self[word] for word in some], dtype=np.int32)


@contextmanager
def _only_writer(folder: Path) -> Iterator[Path]:
    """Hold the folder's lock, which ends with the process that holds it, and give an empty folder to write in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=WAIT):
            remove_leftovers(folder)
            work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
            work.chmod(0o755)
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except Timeout as error:
        raise IndexMismatch(f"another process is building the index in '{folder}'; try again when it has ended") from error


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
        with _only_writer(folder) as work:
            old = None if rebuild else _open_old(folder, settings)
            before = _before(folder, old)
            tell("reading documents", 0, 1)
            state = corpus_state(corpus, settings, before.stamps)
            if old and old.manifest.fingerprint == fingerprint(settings, state):
                return Built(old.manifest, (), old.documents.ids, ())
            plans, refused = plan(corpus, state, before, settings)
            tell("reading documents", 1, 1)
            encoder = _provide_encoder(folder, work, settings, tell)
            reader = _provide_reader(work, encoder, settings)
            parts, numbers = _parts(plans, old, encoder, reader, settings, tell)
            _write(work, parts, list(numbers), [one.known.row() for one in plans], tell)
            manifest = put_in_place(folder, work, _manifest(work, settings, state, refused, encoder, len(plans), old))
    except OSError as error:
        raise IndexMismatch(f"the index in '{folder}' cannot be written ({error.strerror}); name another with --index DIR") from error
    new = tuple(one.known.id for one in plans if one.position is None)
    kept = tuple(one.known.id for one in plans if one.position is not None)
    there = {one.known.id for one in plans}
    return Built(manifest, new, kept, tuple(one.id for one in before.documents if one.id not in there))


def is_current(folder: Path, corpus: Path, settings: Settings) -> bool:
    """Say whether the index in `folder` was built from just these files and settings."""
    try:
        manifest = read_manifest(folder)
    except (IndexNotFound, IndexMismatch):
        return False
    return manifest.fingerprint == fingerprint(settings, corpus_state(corpus, settings, _stamps(manifest)))


def fingerprint(settings: Settings, state: dict[str, Stamp]) -> str:
    """Return a name for what an index is made of: format, models, settings and the bytes of the corpus."""
    what = [FORMAT, _lasting(settings), sorted((name, stamp.sha256) for name, stamp in state.items())]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def _lasting(settings: Settings) -> dict[str, object]:
    """Return the settings that documents and vectors depend on."""
    kept = settings.model_dump(mode="json", exclude={"max_question_characters"})
    return {**kept, "encoder": model_name(settings.encoder), "reader": reader_name(settings)}


def _stamps(manifest: Manifest) -> dict[str, Stamp]:
    return {name: Stamp(int(size), int(modified), str(digest)) for name, (size, modified, digest) in manifest.corpus.items()}


def _open_old(folder: Path, settings: Settings) -> Index | None:
    """Return the index that is there, if it is whole and its documents would be made now as they were then."""
    try:
        index = open_index(folder, settings)
    except (IndexNotFound, IndexMismatch):
        return None
    same = index.manifest.settings == _lasting(settings) and index.manifest.built_by == version("hcpcs-assistant")
    return index if same else None


def _before(folder: Path, old: Index | None) -> Before:
    if old is None:
        return Before({}, {}, ())
    rows = read_json(folder / old.manifest.data / KNOWN)
    names = zip(old.documents.ids, old.documents.files, rows, strict=True)
    documents = tuple(
        Known(i, name, file, content, key, Outlook(votes, frozenset(lines)))
        for i, (name, file, (content, key, votes, lines)) in enumerate(names)
    )
    return Before(_stamps(old.manifest), old.manifest.refused, documents)


def _provide_encoder(folder: Path, work: Path, settings: Settings, tell: Progress) -> OnnxEncoder:
    """Return the encoder: the packaged one, or the one of the index that is there where it has the same model, else exported."""
    if settings.encoder == DEFAULT:
        return OnnxEncoder(PACKAGED_ENCODER)
    tell("loading the encoder", 0, 1)
    encoder = _taken_encoder(folder, work / ENCODER, settings) or export(settings.encoder, work / ENCODER)
    tell("loading the encoder", 1, 1)
    return encoder


def _taken_encoder(folder: Path, target: Path, settings: Settings) -> OnnxEncoder | None:
    """Take the exported encoder of the index that is there; None where it has another one, or a folder's, which may have changed."""
    try:
        manifest = read_manifest(folder)
        if manifest.encoder != settings.encoder or Path(settings.encoder).is_dir():
            return None
        own = {name: value for name, value in manifest.files.items() if name.startswith(ENCODER)}
        check_files(folder / manifest.data, replace(manifest, files=own))
        shutil.copytree(folder / manifest.data / ENCODER, target, copy_function=_link)
        return OnnxEncoder(target)
    except (IndexNotFound, IndexMismatch, ModelError, OSError):
        shutil.rmtree(target, ignore_errors=True)
        return None


def _link(source: str, target: str) -> None:
    """Give a file a second name; copy it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _provide_reader(work: Path, encoder: OnnxEncoder, settings: Settings) -> OnnxEncoder:
    if settings.reader == NO_READER:
        return encoder
    if settings.reader == DEFAULT:
        return OnnxEncoder(PACKAGED_READER)
    return export(settings.reader, work / READER)


def _parts(
    plans: Sequence[Plan], old: Index | None, encoder: OnnxEncoder, reader: OnnxEncoder, settings: Settings, tell: Progress
) -> tuple[list[_Part], _Numbers]:
    """Return every document's part, in the order of the plans, and the words that their numbers stand for."""
    numbers = _Numbers({word: i for i, word in enumerate(old.words.words)} if old else {})
    taken = _Taken(old) if old else None
    fresh = [one for one in plans if one.position is None]
    made, texts, readings = {}, [], []
    for n, one in enumerate(fresh):
        tell("parsing documents", n, len(fresh))
        made[one.known.id], own_texts, own_readings = _make(one, numbers, settings)
        texts.append(own_texts)
        readings.append(own_readings)
    total, done = len({t for some in texts for t in some}) + len({t for some in readings for t in some}), 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        tell("embedding", done, total)

    vectors = zip(made.values(), _embed(encoder, texts, count), _embed(reader, readings, count), strict=True)
    for part, of_texts, of_readings in vectors:
        part.opening, part.chunk_vectors = of_texts[:1], of_texts[1:]
        part.candidate_vectors = of_readings.astype(STORED)
    return [taken.part(one.position) if taken and one.position is not None else made[one.known.id] for one in plans], numbers


def _make(one: Plan, numbers: _Numbers, settings: Settings) -> tuple[_Part, list[str], list[str]]:
    """Return a document's part without its vectors, its opening and the texts of its chunks to be embedded, and those of its candidates."""
    if one.source is None:
        raise AssertionError("a document that is made has a source")
    document = parse_document(one.source, settings, one.headings)
    chunks = chunk_document(document, settings.chunk_tokens)
    texts = [embedded_text(document, chunk) for chunk in chunks]
    read = [(candidate, text) for candidate in candidates_of(document) for text in read_texts(document, candidate)]
    counts = Counter(words(document.text))
    spoken = [words(text) for text in texts]
    none = np.zeros((0, 0), dtype=np.float32)
    part = _Part(
        entry=Entry.of(document),
        chunks=_table([Chunks.row(chunk) for chunk in chunks], Chunks.COLUMNS),
        candidates=_table([Candidates.row(candidate) for candidate, _ in read], Candidates.COLUMNS),
        words=tuple(numbers.of(sorted(set(words(text)))) for text in part_texts(document)),
        counts=np.asarray([counts[word] for word in sorted(counts)], dtype=np.int32),
        chunk_words=numbers.of([word for row in spoken for word in row]),
        chunk_lengths=np.asarray([len(row) for row in spoken], dtype=np.int64),
        chunk_vectors=none,
        candidate_vectors=none,
        opening=none,
    )
    return part, [opening_text(document), *texts], [text for _, text in read]


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.asarray(rows, dtype=np.int32).reshape(-1, columns)


def _embed(encoder: OnnxEncoder, groups: Sequence[Sequence[str]], count: Callable[[int], None]) -> list[Vectors]:
    """Return `(texts, dimension)` for each group; a text that occurs again is embedded once."""
    place = {text: i for i, text in enumerate(dict.fromkeys(text for group in groups for text in group))}
    vectors = encoder.encode(list(place), count)
    return [vectors[[place[text] for text in group]] for group in groups]


class _Taken:
    """Parts of the documents of an old index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._chunk_words = Ragged.load(index.data, CHUNK_WORDS)
        self._vectors = index.vectors.vectors()

    def part(self, i: int) -> _Part:
        """Return the part of document i; its words keep their numbers."""
        index = self._index
        chunks, candidates = index.chunks.rows.range(i), index.candidates.rows.range(i)
        edge = self._chunk_words.starts[chunks.start : chunks.stop + 1]
        return _Part(
            entry=index.documents.entry(i),
            chunks=index.chunks.rows.row(i),
            candidates=index.candidates.rows.row(i),
            words=tuple(index.words.parts[part].row(i) for part in PARTS),
            counts=index.words.counts[slice(*index.words.parts[PARTS[0]].starts[i : i + 2])],
            chunk_words=self._chunk_words.values[edge[0] : edge[-1]],
            chunk_lengths=np.diff(edge),
            chunk_vectors=self._vectors[chunks.start : chunks.stop],
            candidate_vectors=index.candidate_vectors[candidates.start : candidates.stop],
            opening=index.openings[i : i + 1],
        )


def _write(work: Path, parts: Sequence[_Part], names: Sequence[str], known: Sequence[list[object]], tell: Progress) -> None:
    """Write all parts together; words are numbered anew in alphabetical order, so that an update writes what a build from nothing does."""
    tell("writing", 0, 1)
    Documents.write(work, (part.entry for part in parts))
    write_json(work / KNOWN, known)
    Ragged.of([part.chunks for part in parts]).save(work, CHUNKS)
    Ragged.of([part.candidates for part in parts]).save(work, CANDIDATES)
    FaissStore.build(np.concatenate([part.chunk_vectors for part in parts if len(part.chunks)])).save(work / VECTORS)
    np.save(work / READING, np.concatenate([part.candidate_vectors for part in parts if len(part.candidates)]), allow_pickle=False)
    np.save(work / OPENINGS, np.concatenate([part.opening for part in parts]), allow_pickle=False)
    held = {name: Ragged.of([part.words[i] for part in parts]) for i, name in enumerate(PARTS)}
    spoken = Ragged(
        np.concatenate([part.chunk_words for part in parts]), edges(np.concatenate([part.chunk_lengths for part in parts]).tolist())
    )
    used = np.unique(np.concatenate([spoken.values, *(run.values for run in held.values())]))
    order = sorted(used.tolist(), key=names.__getitem__)
    number = np.zeros(len(names), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    spoken, *runs = (Ragged(number[run.values], run.starts) for run in (spoken, *held.values()))
    vocabulary = Vocabulary.build(
        [names[i] for i in order], dict(zip(PARTS, runs, strict=True)), np.concatenate([part.counts for part in parts])
    )
    vocabulary.save(work)
    spoken.save(work, CHUNK_WORDS)
    stems, bounds = vocabulary.stem_of[spoken.values].tolist(), spoken.starts.tolist()
    LexicalIndex.build([stems[a:b] for a, b in zip(bounds, bounds[1:], strict=False)], vocabulary.stems).save(work / LEXICAL)
    tell("writing", 1, 1)


def _manifest(
    work: Path,
    settings: Settings,
    state: dict[str, Stamp],
    refused: dict[str, str],
    encoder: OnnxEncoder,
    documents: int,
    old: Index | None,
) -> Manifest:
    digests = old.manifest.files if old else {}
    files: dict[str, list[int | str]] = {}
    for path in sorted(work.rglob("*")):
        if path.is_file():
            name, size = path.relative_to(work).as_posix(), path.stat().st_size
            linked = digests.get(name) if name.startswith(ENCODER) else None
            files[name] = linked or [size, file_sha256(path) if size <= HASHED_BYTES else ""]
    name = fingerprint(settings, state)
    return Manifest(
        format=FORMAT,
        fingerprint=name,
        encoder=encoder.name,
        reader=reader_name(settings),
        dimension=encoder.dimension,
        chunk_tokens=settings.chunk_tokens,
        code_pattern=settings.code_pattern,
        settings=_lasting(settings),
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
