"""Corpus -> index folder. Makes and embeds what has changed, takes the rest from the index that is there, and writes the whole.

A new data folder is written first and the manifest replaced last, so that whoever opens the index sees the old one or the new one
and never a mixture. One process builds at a time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from assistant.arrays import ArrayFile, Ragged, RaggedFile, damaged, edges, load_array, read_json, write_json
from assistant.chunking import candidates_of, chunk_document, embedded_text, opening_text, read_texts, record_fields
from assistant.config import DEFAULT, NO_READER, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.documents import Stamp, check_folders, corpus_state, fault
from assistant.embedding import export
from assistant.errors import IndexMismatch, IndexNotFound, ModelError
from assistant.freshness import encoder_name, fingerprint, lasting, reader_name, stamps
from assistant.index import CANDIDATES, CHUNKS, ENCODER, LEXICAL, OPENINGS, READER, READING
from assistant.inference import OnnxEncoder, Vectors
from assistant.lexical import write_lexical
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
from assistant.storage import Candidates, Chunks, Documents, DocumentsFile, Entry  # fmt: skip
from assistant.tokens import words
from assistant.types import Document
from assistant.vectors import BLOCK, FORMER, ROWS, FaissStore, make_searchable
from assistant.vocabulary import COUNTS, PARTS, Vocabulary, count_words, part_texts, words_file

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many are done, and how many there are."""
LOCK, KNOWN, CHUNK_WORDS = ".lock", "known.json", "chunk-words"
WAIT = 600.0
"""Seconds that a build waits for another one to end."""
STORED = np.float16
"""How exactly vectors of chunks and candidates are kept; a cosine changes by less than 0.001."""
NEW_AT_ONCE, KEPT_AT_ONCE = 256, 4096
"""So many documents are made, or taken from the index that is there, before they are written."""
WORDS_OF = {part: words_file(part) for part in PARTS}
RUNS = (CHUNKS, CANDIDATES, CHUNK_WORDS, *WORDS_OF.values())
"""Files of runs."""
ARRAYS = (COUNTS, ROWS, FORMER, READING, OPENINGS)
"""Files of rows: how often words of the text occur, vectors of chunks, which rows these were before, vectors of candidates and openings."""
VALUES_OF = {CHUNK_WORDS: CHUNKS, ROWS: CHUNKS, FORMER: CHUNKS, READING: CANDIDATES, COUNTS: WORDS_OF["text"]}
"""Files that hold something for each value of other runs; those that are not named here hold something for each document."""
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
    """All that an index holds of some documents in a row, by the names of the files that take it. Words are numbered by `_Numbers`."""

    entries: Iterable[Entry]
    runs: dict[str, Ragged]
    arrays: dict[str, Array]


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
        self.words = Vocabulary(data)
        self._runs = {name: Ragged.load(data, name) for name in RUNS}

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        rows = FaissStore.load(self.data).vectors()
        return {
            ROWS: rows,
            FORMER: np.arange(len(rows), dtype=np.int32),
            **{name: load_array(self.data / name) for name in (COUNTS, READING, OPENINGS)},
        }

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
        runs = {name: runs.between(*self._own(name, first, last)) for name, runs in self._runs.items()}
        arrays = {name: rows[slice(*self._own(name, first, last))] for name, rows in self._arrays.items()}
        return _Part(map(self.documents.entry, range(first, last)), runs, {**arrays, ROWS: arrays[ROWS].astype(STORED, copy=False)})

    def _own(self, name: str, first: int, last: int) -> tuple[int, int]:
        """Return where in the file of that name documents `[first, last)` begin and end."""
        a, b = self._runs[VALUES_OF[name]].starts[[first, last]].tolist() if name in VALUES_OF else (first, last)
        return a, b


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
        CorpusError: no document can be read, or the corpus is `folder`.
        IndexMismatch: the folder cannot be written, or another process keeps building.
        ModelError: the encoder cannot be loaded.
    """
    tell = progress or (lambda stage, done, total: None)
    check_folders(corpus, folder)
    try:
        with _only_writer(folder, tell) as work:
            old, before = (None, NOTHING) if rebuild else _open_old(folder, settings)
            state = corpus_state(corpus, settings, before.stamps, folder)
            if old and old.manifest.fingerprint == fingerprint(settings, state):
                return Built(_restamped(folder, old.manifest, state), (), old.documents.ids, ())
            plans, refused, search = _plan_and_write(corpus, work, state, old, before, settings, tell)
            manifest = put_in_place(folder, work, _manifest(work, settings, state, refused, search))
    except OSError as error:
        raise IndexMismatch(
            f"the index in '{folder}' cannot be written ({error.strerror or error}); name another with --index DIR"
        ) from error
    new = tuple(one.known.id for one in plans if one.position is None)
    kept = tuple(one.known.id for one in plans if one.position is not None)
    there = {one.known.id for one in plans}
    return Built(manifest, new, kept, tuple(one.id for one in before.documents if one.id not in there))


def _plan_and_write(
    corpus: Path, work: Path, state: dict[str, Stamp], old: _Old | None, before: Before, settings: Settings, tell: Progress
) -> tuple[list[Plan], dict[str, str], Mapping[str, Any]]:
    """Write the documents of a corpus; return what became of each, the refused files, and how vectors are searched.

    Files that make the parser fail are refused, and all is planned again without them, since documents lend each other headings.
    """
    while True:
        plans, refused = plan(corpus, state, before, settings, partial(tell, "reading documents"))
        plans = [_unless_alike(one, old, settings) for one in plans]
        tell("reading documents", len(state), len(state))
        try:
            return plans, refused, _write(work, plans, old, settings, tell)
        except _Unmade as error:
            before = before.without(error.failed | _failing(plans, settings), state)
            _empty(work)


class _Unmade(Exception):
    """A document cannot be made. `failed` says why, by its file."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed


def _failing(plans: Sequence[Plan], settings: Settings) -> dict[str, str]:
    """Return the files of documents that cannot be made, among those not made yet, each with the reason."""
    failed: dict[str, str] = {}
    for one in plans:
        if one.source and one.known.file not in failed:
            try:
                _make(one, _Numbers(), settings)
            except _Unmade as error:
                failed |= error.failed
    return failed


def _empty(folder: Path) -> None:
    """Remove what is in a folder."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


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
    try:
        same = Entry.of(parse_document(one.source, settings, one.headings)) == old.documents.entry(one.like)
    except BaseException as error:
        fault(one.known.file, error)
        return one
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


class _Files:
    """The files of an index on their way; words stand there by the numbers that they came with until all are counted."""

    def __init__(self, work: Path) -> None:
        self._documents = DocumentsFile(work)
        self._runs = {name: RaggedFile(work, name) for name in RUNS}
        self._arrays = {name: ArrayFile(work / name) for name in ARRAYS}

    def add(self, part: _Part) -> None:
        """Write a part after those that are there."""
        for entry in part.entries:
            self._documents.add(entry)
        for name, file in self._runs.items():
            file.add(part.runs[name])
        for name, rows in self._arrays.items():
            rows.add(part.arrays[name])

    def close(self) -> None:
        """Finish all files."""
        self._documents.close()
        for runs in self._runs.values():
            runs.close()
        for rows in self._arrays.values():
            rows.close()


@dataclass(slots=True)
class _Embedder:
    """Embeds new documents, `total` in all, with models that are loaded for the first of them; counts what is done."""

    settings: Settings
    old: _Old | None
    work: Path
    tell: Progress
    total: int
    models: list[OnnxEncoder] = field(default_factory=list)
    documents: int = 0
    texts: int = 0
    done: int = 0

    def embed(self, made: Sequence[_Made]) -> None:
        """Give new parts their vectors."""
        if not self.models:
            self.tell("loading the encoder", 0, 1)
            self.models = [_model(*what, self.old, self.work) for what in _models(self.settings)]
            self.tell("loading the encoder", 1, 1)
        texts, readings = [one.texts for one in made], [one.readings for one in made]
        self.documents += len(made)
        self.texts += sum(len({text for some in groups for text in some}) for groups in (texts, readings))
        vectors = zip(made, _embed(self.models[0], texts, self._count), _embed(self.models[-1], readings, self._count), strict=True)
        for one, of_texts, of_readings in vectors:
            one.part.arrays |= {OPENINGS: of_texts[:1], ROWS: of_texts[1:].astype(STORED), READING: of_readings.astype(STORED)}

    def _count(self, n: int) -> None:
        """Say how many texts are done, of so many as all documents will have if they are like those so far."""
        self.done += n
        self.tell("embedding", self.done, round(self.texts * self.total / self.documents))


def _write(work: Path, plans: list[Plan], old: _Old | None, settings: Settings, tell: Progress) -> Mapping[str, Any]:
    """Write the documents that are planned, and return how their vectors are searched."""
    numbers = _Numbers({word: i for i, word in enumerate(old.words.words)} if old else {})
    total = sum(one.position is None for one in plans)
    embedder = _Embedder(settings, old, work, tell, total)
    parsed = 0
    with closing(_Files(work)) as files:
        for some in _batches(plans):
            made: dict[int, _Made] = {}
            for one in some:
                if one.position is None:
                    made[one.known.position] = _make(one, numbers, settings)
                    plans[one.known.position] = replace(one, source=None)  # its text is not needed again
                    parsed += 1
                    tell("parsing documents", parsed, total)
            if made:
                embedder.embed(list(made.values()))
            for part in _in_order(some, made, old):
                files.add(part)
    if old and not total:
        for name in (ENCODER, READER):
            if (old.data / name).is_dir():
                _kept_model(old, name, work)
    tell("writing", 0, 1)
    write_json(work / KNOWN, [one.known.row() for one in plans])
    _write_words(work, list(numbers))
    search = make_searchable(work, load_array(work / OPENINGS), (old.data, old.manifest.search) if old else None)
    tell("writing", 1, 1)
    return search


def _batches(plans: Sequence[Plan]) -> Iterator[Sequence[Plan]]:
    """Yield plans in order, of so many at once that what is made of them fits into memory."""
    first = new = 0
    for n, one in enumerate(plans):
        new += one.position is None
        if new == NEW_AT_ONCE or n + 1 - first == KEPT_AT_ONCE or n + 1 == len(plans):
            yield plans[first : n + 1]
            first, new = n + 1, 0


def _in_order(plans: Sequence[Plan], made: Mapping[int, _Made], old: _Old | None) -> Iterator[_Part]:
    """Yield the parts of some documents in the order of their plans: those that are new, and runs of those that are there."""
    n = 0
    while n < len(plans):
        first = last = plans[n].position
        if old is None or first is None or last is None:
            yield made[plans[n].known.position].part
            n += 1
            continue
        while n < len(plans) and plans[n].position == last:
            n, last = n + 1, last + 1
        yield old.part(first, last)


def _make(one: Plan, numbers: _Numbers, settings: Settings) -> _Made:
    """Return a document's part without its vectors, and the texts that they are to be made of.

    Raises:
        _Unmade: the document makes the parser fail.
    """
    if one.source is None:
        raise AssertionError("a document that is made has a source")
    try:
        return _parsed(parse_document(one.source, settings, one.headings), numbers, settings)
    except BaseException as error:
        raise _Unmade({one.known.file: fault(one.known.file, error)}) from error


def _parsed(document: Document, numbers: _Numbers, settings: Settings) -> _Made:
    """Return what `_make` does of a document that has been parsed.

    What is like a row of a table in meaning is like its title; its other fields are names, dates and numbers, for BM25 to find.
    """
    chunks = chunk_document(document, settings.chunk_tokens)
    said, fields = [embedded_text(document, chunk) for chunk in chunks], record_fields(document)
    meant = [document.title_text if chunk.section in fields else text for chunk, text in zip(chunks, said, strict=True)]
    read = [(candidate, text) for candidate in candidates_of(document) for text in read_texts(document, candidate)]
    counts = Counter(words(document.text))
    spoken = [words(text) for text in said]
    runs = {
        CHUNKS: Ragged.of([_table([Chunks.row(chunk) for chunk in chunks], Chunks.COLUMNS)]),
        CANDIDATES: Ragged.of([_table([Candidates.row(candidate) for candidate, _ in read], Candidates.COLUMNS)]),
        CHUNK_WORDS: Ragged(numbers.of([word for row in spoken for word in row]), edges([len(row) for row in spoken])),
    }
    for part, text in zip(PARTS, part_texts(document), strict=True):
        runs[WORDS_OF[part]] = Ragged.of([numbers.of(sorted(set(words(text))))])
    arrays = {
        COUNTS: np.asarray([counts[word] for word in sorted(counts)], dtype=np.int32),
        FORMER: np.full(len(chunks), -1, dtype=np.int32),
    }
    return _Made(_Part([Entry.of(document)], runs, arrays), [opening_text(document), *meant], [text for _, text in read])


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.asarray(rows, dtype=np.int32).reshape(-1, columns)


def _embed(encoder: OnnxEncoder, groups: Sequence[Sequence[str]], count: Callable[[int], None]) -> list[Vectors]:
    """Return `(texts, dimension)` for each group; a text that occurs again is embedded once."""
    place = {text: i for i, text in enumerate(dict.fromkeys(text for group in groups for text in group))}
    vectors = encoder.encode(list(place), count)
    return [vectors[[place[text] for text in group]] for group in groups]


def _write_words(work: Path, names: Sequence[str]) -> None:
    """Number the words that are written alphabetically, so that an update writes what a build from nothing does, and count and index them.

    `names` are the words that their numbers stand for.
    """
    files = [work / f"{name}.npy" for name in (CHUNK_WORDS, *WORDS_OF.values())]
    used = np.zeros(len(names), dtype=bool)
    for path in files:
        used[load_array(path)] = True
    order = sorted(np.flatnonzero(used).tolist(), key=names.__getitem__)
    number = np.zeros(len(names), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    for path in files:
        values: Array = np.load(path, mmap_mode="r+", allow_pickle=False)
        for begin in range(0, len(values), BLOCK):
            values[begin : begin + BLOCK] = number[values[begin : begin + BLOCK]]
    stems, stem_of = count_words(work, [names[i] for i in order])
    write_lexical(work / LEXICAL, Ragged.load(work, CHUNK_WORDS), len(stems), stem_of)


def _manifest(
    work: Path,
    settings: Settings,
    state: dict[str, Stamp],
    refused: dict[str, str],
    search: Mapping[str, Any],
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
        dimension=int(load_array(work / OPENINGS).shape[1]),
        search=dict(search),
        chunk_tokens=settings.chunk_tokens,
        code_pattern=settings.code_pattern,
        settings=lasting(settings),
        corpus={name: list(stamp) for name, stamp in state.items()},
        refused=refused,
        documents=len(load_array(work / OPENINGS)),
        chunks=len(Ragged.load(work, CHUNKS).values),
        candidates=len(Ragged.load(work, CANDIDATES).values),
        built_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        built_by=version("hcpcs-assistant"),
        data=f"data-{name}",
        files=files,
    )
