"""Document -> all that an index holds of it: its entry, rows, words and, still to be embedded, texts; new, or as the old index has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.arrays import Ragged, edges
from assistant.chunking import candidates_of, chunk_document, embedded_text, opening_text, read_texts, record_fields
from assistant.config import Settings
from assistant.documents import fault
from assistant.freshness import stamps
from assistant.index import CANDIDATES, CHUNKS, OPENINGS, READING
from assistant.manifest import Manifest
from assistant.planning import CONTENT, Before, Names, Plan
from assistant.sections import parse_document
from assistant.segments import BASE, Joined, Runs, Segments
from assistant.storage import Candidates, Chunks, Documents, Entry
from assistant.tokens import words
from assistant.types import Document
from assistant.vectors import FORMER, ROWS, open_searched
from assistant.vocabulary import COUNTS, PARTS, part_texts, read_words, words_file

CHUNK_WORDS, NAMES = "chunk-words", "heading-names"
CONTENTS, ROLES = "contents.npy", "heading-roles.npy"
STORED = np.float16
"""How exactly vectors of chunks and candidates are kept; a cosine changes by less than 0.001."""
WORDS_OF = {part: words_file(part) for part in PARTS}
WORDED = (CHUNK_WORDS, *WORDS_OF.values())
"""Files of runs of words, by their numbers."""
RUNS = (CHUNKS, CANDIDATES, NAMES, *WORDED)
"""Files of runs."""
ARRAYS = (COUNTS, CONTENTS, ROLES, ROWS, FORMER, READING, OPENINGS)
"""Files of rows: how often words of the text occur, what documents were made of, the parts that names of headings play, vectors of chunks,
which rows these were before, vectors of candidates and openings."""
VALUES_OF = {CHUNK_WORDS: CHUNKS, ROLES: NAMES, ROWS: CHUNKS, FORMER: CHUNKS, READING: CANDIDATES, COUNTS: WORDS_OF["text"]}
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
    """An index that is there, its models and searches left closed: documents are taken from it as they are stored.

    `numbers` are those of the words of its base; those of words that only its changes have are given when documents are taken.
    """

    def __init__(self, data: Path, manifest: Manifest) -> None:
        self.data, self.manifest = data, manifest
        self.segments = Segments.open(data)
        self.documents = Documents(self.segments)
        self.numbers = Numbers({word: i for i, word in enumerate(read_words(data / BASE))})

    def before(self) -> Before:
        """Return what is known of the files and documents.

        Raises:
            IndexMismatch: it is damaged.
        """
        names = self.segments.runs(NAMES)
        known = Names(names.values[:], names.starts, self.segments.rows(ROLES, names.layout)[:])
        content = self.segments.rows(CONTENTS, self.documents.layout)[:].tobytes()
        contents = [content[i : i + CONTENT] for i in range(0, len(content), CONTENT)]
        return Before(stamps(self.manifest), self.manifest.refused, self.documents.ids, self.documents.files, contents, known)

    def part(self, first: int, last: int) -> Part:
        """Return the part of documents `[first, last)`, their words by `numbers`."""
        runs = {name: runs.between(*self._own(name, first, last)) for name, runs in self._runs.items()}
        arrays = {name: rows[slice(*self._own(name, first, last))] for name, rows in self._arrays.items()}
        return Part(map(self.documents.entry, range(first, last)), runs, {**arrays, ROWS: arrays[ROWS].astype(STORED, copy=False)})

    def release(self) -> None:
        """Let go of the memory that parts which have been written take."""
        for rows in (*self._arrays.values(), *(runs.values for runs in self._runs.values())):
            rows.release()

    def _own(self, name: str, first: int, last: int) -> tuple[int, int]:
        """Return where in the file of that name documents `[first, last)` begin and end."""
        a, b = self._runs[VALUES_OF[name]].starts[[first, last]].tolist() if name in VALUES_OF else (first, last)
        return a, b

    @cached_property
    def _runs(self) -> dict[str, Runs]:
        runs = {name: self.segments.runs(name) for name in RUNS if name not in WORDED}
        base, *changes = self.segments.folders
        number = [self.numbers.of(read_words(folder)) for folder in changes]
        for name in WORDED:
            renumbered = [(Ragged.load(folder, name), own) for folder, own in zip(changes, number, strict=True)]
            some = [Ragged(own[one.values], one.starts) for one, own in renumbered]
            of = runs[VALUES_OF[name]].layout if name in VALUES_OF else self.documents.layout
            runs[name] = Runs.of([Ragged.load(base, name), *some], of.stored(np.arange(len(of))))
        return runs

    @cached_property
    def _arrays(self) -> dict[str, Joined]:
        """Return the arrays by name; only rows of the base were in lists before."""
        chunks = self._runs[CHUNKS].layout
        rows = [open_searched(folder)[1] for folder in self.segments.folders]
        former = [np.arange(len(rows[0]), dtype=np.int32), *(np.full(len(some), -1, dtype=np.int32) for some in rows[1:])]
        own = {
            name: self.segments.rows(name, self._runs[VALUES_OF[name]].layout if name in VALUES_OF else self.documents.layout)
            for name in ARRAYS
            if name not in (ROWS, FORMER)
        }
        return {**own, ROWS: Joined(rows, chunks), FORMER: Joined(former, chunks)}


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
    if one.source is None or one.content is None or one.names is None:
        raise AssertionError("a document that is made has been read")
    try:
        made = _parsed(parse_document(one.source, settings, one.headings), numbers, settings)
    except BaseException as error:
        raise Unmade({one.file: fault(one.file, error)}) from error
    made.part.runs[NAMES] = Ragged(one.names.digests, one.names.starts)
    made.part.arrays |= {ROLES: one.names.roles, CONTENTS: np.frombuffer(one.content, dtype=np.uint8)[np.newaxis]}
    return made


def _parsed(document: Document, numbers: Numbers, settings: Settings) -> Made:
    """Return what `make` does of a document that has been parsed, but what plans of further builds need.

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


def unless_alike(one: Plan, old: OldIndex | None, settings: Settings) -> None:
    """Plan to take a document from the old index where headings of other documents turn out to change nothing in it."""
    if old is None or one.like is None or one.source is None:
        return
    try:
        if Entry.of(parse_document(one.source, settings, one.headings)) == old.documents.entry(one.like):
            one.position, one.source = one.like, None
    except BaseException as error:
        fault(one.file, error)
