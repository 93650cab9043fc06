"""Index folder -> open index. Joins documents, chunks, vectors and BM25; refuses to know how it was built and how it is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from assistant.config import DEFAULT, NO_READER, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.errors import IndexMismatch, ModelError
from assistant.freshness import encoder_name, reader_name
from assistant.kinds import Forms
from assistant.lexical import FUNCTION_WORDS, LexicalIndex
from assistant.manifest import Manifest, check_files, read_manifest
from assistant.quantities import quantities
from assistant.recent import keep
from assistant.segments import Segments
from assistant.storage import REMEMBERED, ById, Candidates, Chunks, Documents
from assistant.vectors import EQUAL, FaissStore, VectorStore
from assistant.vocabulary import PARTS, Vocabulary

if TYPE_CHECKING:
    from assistant.inference import OnnxEncoder, Vectors

Key = TypeVar("Key")
Found = TypeVar("Found")
CHUNKS, CANDIDATES = "chunks", "candidates"
READING, OPENINGS = "candidate-vectors.npy", "openings.npy"
LEXICAL, ENCODER, READER = "bm25", "encoder", "reader"
MOST_AROUND = 2
"""So many documents at most stand around the others of their file; more without a code are a table's rows, each of something else."""
READ = 64
"""Documents whose candidates' vectors are kept as float32, about 100 kB each; to make them of float16 takes far longer than a product."""
ALIKE = 8
"""So many documents of the same kind are looked at beside one."""
OPENINGS_TRIED = 5
"""So often an index is opened that builds go on replacing meanwhile."""


class Index:
    """An open index: documents, chunks with their two searches, and candidates with their vectors.

    The models are loaded when they are first needed, but for those that are files of the index, which a build may take away.
    """

    def __init__(self, folder: Path, manifest: Manifest, settings: Settings) -> None:
        data = self.data = folder / manifest.data
        self.manifest = manifest
        self.settings = settings
        segments = Segments.open(data)
        self.documents = Documents(segments)
        self.by_id = ById(self.documents)
        self.chunks = Chunks(segments.runs(CHUNKS), self.documents)
        self.candidates = Candidates(segments.runs(CANDIDATES), self.documents)
        passages = self.chunks.rows.layout
        self.vectors: VectorStore = FaissStore.load(segments.folders, passages)
        self.candidate_vectors = segments.rows(READING, self.candidates.rows.layout)
        self.openings = segments.rows(OPENINGS, self.documents.layout)
        self.words = Vocabulary(segments)
        self.lexical = LexicalIndex.load([folder / LEXICAL for folder in segments.folders], passages, self.words.numbers)
        self._found: dict[object, dict[Any, Any]] = {}
        if data in (self._encoder_folder.parent, self._reader_folder.parent):
            self.load_models()

    @property
    def _encoder_folder(self) -> Path:
        return PACKAGED_ENCODER if self.settings.encoder == DEFAULT else self.data / ENCODER

    @property
    def _reader_folder(self) -> Path:
        if self.settings.reader == NO_READER:
            return self._encoder_folder
        return PACKAGED_READER if self.settings.reader == DEFAULT else self.data / READER

    def load_models(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        _ = self.encoder, self.reader

    @cached_property
    def encoder(self) -> OnnxEncoder:
        """Return the model that finds passages.

        Raises:
            ModelError: it is missing or damaged.
        """
        return _load(self._encoder_folder)

    @cached_property
    def reader(self) -> OnnxEncoder:
        """Return the model that chooses the words that answer: the encoder where the settings name no reader.

        Raises:
            ModelError: it is missing or damaged.
        """
        return self.encoder if self._reader_folder == self._encoder_folder else _load(self._reader_folder)

    def read_ahead(self, text: str) -> None:
        """Have both models read a text at once that both will be asked about."""
        from assistant.inference import read_at_once

        read_at_once([self.encoder] if self.reader is self.encoder else [self.encoder, self.reader], text)

    @cached_property
    def forms(self) -> Forms:
        """Return what tells the form of a question, by the vectors of the packaged reader.

        Raises:
            ModelError: it is missing or damaged.
        """
        return Forms(self.reader if self._reader_folder == PACKAGED_READER else _load(PACKAGED_READER), PACKAGED_READER)

    def recall(self, find: Callable[[Index, Key], Found], key: Key, most: int = REMEMBERED) -> Found:
        """Return what `find`, a function of a module or class, finds in this index for a key, and remember it, with `most` others.

        What it finds is never None.
        """
        known = self._found.setdefault(find, {})
        found: Found | None = known.get(key)
        return keep(known, key, find(self, key), most) if found is None else found

    def recall_all(self, find: Callable[[Index, Sequence[Key]], Iterable[Found]], keys: Sequence[Key]) -> list[Found]:
        """Return what `recall` does for each of some keys, where those that are new are best looked for together."""
        known = self._found.setdefault(find, {})
        found = {key: one for key in keys if (one := known.get(key)) is not None}
        if fresh := [key for key in dict.fromkeys(keys) if key not in found]:
            for key, one in zip(fresh, find(self, fresh), strict=True):
                found[key] = keep(known, key, one, REMEMBERED)
        return [found[key] for key in keys]

    def vectors_of(self, name: str) -> Vectors:
        """Return `(rows, dimension)` float32: the vectors of the candidates of a document, in the order of its rows."""
        return self.recall(Index._vectors, name, READ)

    def _vectors(self, name: str) -> Vectors:
        rows = self.candidates.of(name)
        return self.candidate_vectors[rows.start : rows.stop].astype(np.float32)

    def candidate_dimensions(self, name: str) -> tuple[frozenset[str], ...]:
        """Return the dimensions of the amounts that each candidate of a document holds, in the order of its rows."""
        return self.recall(Index._dimensions, name)

    def _dimensions(self, name: str) -> tuple[frozenset[str], ...]:
        document = self.by_id[name]
        held = [frozenset(q.dimension for q in quantities(unit.span.of(document.text))) for unit in document.units]
        return tuple(frozenset().union(*held[run.first : run.last]) for run in self.candidates.all_of(name))

    def alike(self, name: str) -> tuple[str, ...]:
        """Return the documents whose openings are most like a document's, nearest first, `ALIKE` at most."""
        return self.all_alike([name])[0]

    def all_alike(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        """Return what `alike` does for each of some documents; looked for together they take less time."""
        return self.recall_all(Index._all_nearest, names)

    def _all_nearest(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        own = self.openings[[self.documents.position[name] for name in names]]
        return [self._nearest(name, likeness) for name, likeness in zip(names, self.openings.products(own), strict=True)]

    def _nearest(self, name: str, likeness: Vectors) -> tuple[str, ...]:
        """Return the documents that are most like one, which is among them; equal ones in order."""
        most = ALIKE + 1
        least = np.partition(likeness, -most)[-most] - EQUAL if len(likeness) > most else -np.inf
        near = np.flatnonzero(likeness >= least)
        order = near[np.argsort(-np.round(likeness[near], 6), kind="stable")][:most]
        return tuple([self.documents.ids[i] for i in order if self.documents.ids[i] != name][:ALIKE])

    @cached_property
    def heading_words(self) -> frozenset[str]:
        """Return the stems of all section headings, function words left out."""
        return self.words.heading_stems - FUNCTION_WORDS

    def vocabulary(self, name: str) -> tuple[frozenset[str], ...]:
        """Return the stems of a document's text, of its opening, of its title, and of its headings."""
        return self.recall(Index._stems, name)

    def _stems(self, name: str) -> tuple[frozenset[str], ...]:
        position = self.documents.position[name]
        return tuple(self.words.stems_in(part, position) for part in PARTS)

    def service(self, name: str) -> tuple[str, ...]:
        """Return the documents that describe the one code of a document, those first whose word counts most; else itself.

        What stands around the blocks of a file is about each of them and comes last.
        """
        position = self.documents.position[name]
        codes, file = self.documents.codes[position], self.documents.files[position]
        if len(codes) != 1:
            return (name,)
        described = self.by_code[codes[0]]
        alone = (one for one in described if len(self.documents.codes[self.documents.position[one]]) == 1)
        return (*(alone if len(described) > 1 else described), *self._around_of.get(file, ()))

    @cached_property
    def around(self) -> frozenset[str]:
        """Return the documents that hold what stands around others of their files: the rest of a text, or sheets that describe no code."""
        return frozenset(name for names in self._around_of.values() for name in names)

    @cached_property
    def _around_of(self) -> dict[str, tuple[str, ...]]:
        """Return what stands around the documents of each file that describe codes; of a table, few rows alone have none."""
        rest: dict[str, list[str]] = {}
        coded = set()
        for name, codes, file in zip(self.documents.ids, self.documents.codes, self.documents.files, strict=True):
            if name != file and codes:
                coded.add(file)
            elif (name == file and len(codes) > 1) or (name != file and not codes):
                rest.setdefault(file, []).append(name)
        return {file: tuple(names) for file, names in rest.items() if file in coded and len(names) <= MOST_AROUND}

    @cached_property
    def services(self) -> int:
        """Return how many documents there are, those that describe the same code counted once."""
        return len({self.service(name)[0] for name in self.documents.ids if name not in self.around})

    @cached_property
    def by_code(self) -> dict[str, tuple[str, ...]]:
        """Return, for each code in order, the ids of the documents that describe it, first those of it alone and those that count most."""
        found: dict[str, list[str]] = {}
        ranks = self.documents.ranks
        for i in sorted(range(len(ranks)), key=lambda i: (len(self.documents.codes[i]) == 1, ranks[i]), reverse=True):
            for code in self.documents.codes[i]:
                found.setdefault(code, []).append(self.documents.ids[i])
        return {code: tuple(found[code]) for code in sorted(found)}


def _load(folder: Path) -> OnnxEncoder:
    from assistant.inference import OnnxEncoder

    return OnnxEncoder(folder)


def open_index(folder: Path, settings: Settings) -> Index:
    """Return the index in `folder` after comparing it with its manifest and with `settings`.

    Raises:
        IndexNotFound: there is none.
        IndexMismatch: a file is damaged, or the index was built with another model or other chunk settings.
    """
    manifest = read_manifest(folder)
    for left in reversed(range(OPENINGS_TRIED)):
        try:
            return _open(folder, manifest, settings)
        except IndexMismatch:
            before, manifest = manifest, read_manifest(folder)
            if not left or manifest.data == before.data:
                raise
    raise AssertionError("the last try returns or raises")


def _open(folder: Path, manifest: Manifest, settings: Settings) -> Index:
    names = {"encoder": encoder_name(settings), "reader": reader_name(settings)}
    wanted = {**names, "chunk_tokens": settings.chunk_tokens, "code_pattern": settings.code_pattern}
    for key, want in wanted.items():
        have = getattr(manifest, key)
        if have != want:
            raise IndexMismatch(f"the index in '{folder}' was built with {key} {have}, not {want}; run 'assistant index'")
    check_files(folder / manifest.data, manifest)
    try:
        return Index(folder, manifest, settings)
    except ModelError as error:
        raise IndexMismatch(str(error)) from error
    except (OSError, ValueError) as error:
        raise IndexMismatch(f"the index in '{folder}' is damaged ({error}); run 'assistant index --rebuild'") from error
