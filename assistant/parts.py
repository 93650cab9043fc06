"""Document -> all that an index holds of it: its entry, rows, words and, still to be embedded, texts; new, or as the old index has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.arrays import Ragged, damaged, edges, load_array, read_json
from assistant.chunking import candidates_of, chunk_document, embedded_text, opening_text, read_texts, record_fields
from assistant.config import Settings
from assistant.documents import fault
from assistant.freshness import stamps
from assistant.index import CANDIDATES, CHUNKS, OPENINGS, READING
from assistant.manifest import Manifest
from assistant.planning import Before, Known, Plan
from assistant.sections import Outlook, parse_document
from assistant.storage import Candidates, Chunks, Documents, Entry
from assistant.tokens import words
from assistant.types import Document
from assistant.vectors import FORMER, ROWS, FaissStore
from assistant.vocabulary import COUNTS, PARTS, Vocabulary, part_texts, words_file

KNOWN, CHUNK_WORDS = "known.json", "chunk-words"
STORED = np.float16
"""How exactly vectors of chunks and candidates are kept; a cosine changes by less than 0.001."""
WORDS_OF = {part: words_file(part) for part in PARTS}
RUNS = (CHUNKS, CANDIDATES, CHUNK_WORDS, *WORDS_OF.values())
"""Files of runs."""
ARRAYS = (COUNTS, ROWS, FORMER, READING, OPENINGS)
"""Files of rows: how often words of the text occur, vectors of chunks, which rows these were before, vectors of candidates and openings."""
VALUES_OF = {CHUNK_WORDS: CHUNKS, ROWS: CHUNKS, FORMER: CHUNKS, READING: CANDIDATES, COUNTS: WORDS_OF["text"]}
"""Files that hold something for each value of other runs; those that are not named here hold something for each document."""
Array = npt.NDArray[Any]


@dataclass(slots=True)
class Part:
    """All that an index holds of some documents in a row, by the names of the files that take it. Words are numbered by `Numbers`."""

    entries: Iterable[Entry]
    runs: dict[str, Ragged]
    arrays: dict[str, Array]


class Numbers(dict[str, int]):
    """Numbers for words: those of the old index first, then others as they come."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]

    def of(self, some: Sequence[str]) -> Array:
        """Return the numbers of some words."""
        return np.asarray([self[word] for word in some], dtype=np.int32)


class OldIndex:
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

    def part(self, first: int, last: int) -> Part:
        """Return the part of documents `[first, last)`; their words keep their numbers."""
        runs = {name: runs.between(*self._own(name, first, last)) for name, runs in self._runs.items()}
        arrays = {name: rows[slice(*self._own(name, first, last))] for name, rows in self._arrays.items()}
        return Part(map(self.documents.entry, range(first, last)), runs, {**arrays, ROWS: arrays[ROWS].astype(STORED, copy=False)})

    def _own(self, name: str, first: int, last: int) -> tuple[int, int]:
        """Return where in the file of that name documents `[first, last)` begin and end."""
        a, b = self._runs[VALUES_OF[name]].starts[[first, last]].tolist() if name in VALUES_OF else (first, last)
        return a, b


@dataclass(frozen=True, slots=True)
class Made:
    """A part that is new, its vectors still to come of `texts`, its document's opening and chunks, and of `readings`, its candidates."""

    part: Part
    texts: list[str]
    readings: list[str]


class Unmade(Exception):
    """A document cannot be made. `failed` says why, by its file."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed


def make(one: Plan, numbers: Numbers, settings: Settings) -> Made:
    """Return a document's part without its vectors, and the texts that they are to be made of.

    Raises:
        Unmade: the document makes the parser fail.
    """
    if one.source is None:
        raise AssertionError("a document that is made has a source")
    try:
        return _parsed(parse_document(one.source, settings, one.headings), numbers, settings)
    except BaseException as error:
        raise Unmade({one.known.file: fault(one.known.file, error)}) from error


def _parsed(document: Document, numbers: Numbers, settings: Settings) -> Made:
    """Return what `make` does of a document that has been parsed.

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
    return Made(Part([Entry.of(document)], runs, arrays), [opening_text(document), *meant], [text for _, text in read])


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.asarray(rows, dtype=np.int32).reshape(-1, columns)


def unless_alike(one: Plan, old: OldIndex | None, settings: Settings) -> Plan:
    """Return the plan to take a document from the old index where headings of other documents turn out to change nothing in it."""
    if old is None or one.like is None or one.source is None:
        return one
    try:
        same = Entry.of(parse_document(one.source, settings, one.headings)) == old.documents.entry(one.like)
    except BaseException as error:
        fault(one.known.file, error)
        return one
    return replace(one, position=one.like, source=None) if same else one
