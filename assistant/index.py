"""Index folder -> open index. Joins documents, chunks, vectors and BM25; refuses to know how it was built and how it is searched."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from functools import cached_property
from pathlib import Path

import numpy as np

from assistant.chunking import opening_text
from assistant.config import PACKAGED_READER, Settings
from assistant.documents import corpus_files
from assistant.embedding import DEFAULT, model_name
from assistant.errors import CorpusError, IndexMismatch, IndexNotFound, ModelError
from assistant.inference import CONFIG_FILE, OnnxEncoder, Vectors
from assistant.lexical import FUNCTION_WORDS, LexicalIndex
from assistant.manifest import FORMAT, Manifest, check_files, read_manifest
from assistant.quantities import quantities
from assistant.shapes import normal_name
from assistant.storage import load_candidates, load_chunks, load_documents
from assistant.tokens import tokenize, words
from assistant.types import Document, SectionKind
from assistant.vectors import FaissStore, VectorStore

DOCUMENTS, CHUNKS, CANDIDATES = "documents.jsonl", "chunks.jsonl", "candidates.jsonl"
VECTORS, READING, OPENINGS, LEXICAL, ENCODER, READER = "vectors.faiss", "candidates.npy", "openings.npy", "bm25", "encoder", "reader"
NO_READER = "none"
ALIKE = 8
"""So many documents of the same kind are looked at beside one."""


class Index:
    """An open index: documents, chunks with their two searches, and candidates with their vectors."""

    def __init__(self, folder: Path, manifest: Manifest, settings: Settings) -> None:
        data = folder / manifest.data
        self.manifest = manifest
        self.settings = settings
        self.encoder = OnnxEncoder(data / ENCODER)
        self.reader = self.encoder if settings.reader == NO_READER else OnnxEncoder(_reader_folder(data, settings))
        self.documents = load_documents(data / DOCUMENTS)
        self.chunks = load_chunks(data / CHUNKS)
        self.candidates = load_candidates(data / CANDIDATES)
        self.vectors: VectorStore = FaissStore.load(data / VECTORS)
        self.lexical = LexicalIndex.load(data / LEXICAL, len(self.chunks))
        self.candidate_vectors: Vectors = np.load(data / READING, mmap_mode="r")
        self.openings: Vectors = np.load(data / OPENINGS, mmap_mode="r")
        self._headings: dict[str, tuple[str, ...]] = {}
        self._dimensions: dict[str, tuple[frozenset[str], ...]] = {}
        self._alike: dict[str, tuple[str, ...]] = {}
        self._vocabularies: dict[str, tuple[frozenset[str], ...]] = {}

    @cached_property
    def by_id(self) -> dict[str, Document]:
        """Return the documents by id."""
        return {document.id: document for document in self.documents}

    @cached_property
    def position(self) -> dict[str, int]:
        """Return the place of each document id among the documents."""
        return {document.id: i for i, document in enumerate(self.documents)}

    @cached_property
    def document_frequency(self) -> Counter[str]:
        """Return in how many documents each stem occurs."""
        counts: Counter[str] = Counter()
        for document in self.documents:
            counts.update(self.vocabulary(document.id)[0])
        return counts

    def candidate_headings(self, name: str) -> tuple[str, ...]:
        """Return the normal name of the heading that each candidate of a document stands under, in the order of its rows."""
        if name not in self._headings:
            sections = [normal_name(section.heading) for section in self.by_id[name].sections]
            self._headings[name] = tuple(sections[self.candidates[row].section] for row in self.candidate_rows[name])
        return self._headings[name]

    def candidate_dimensions(self, name: str) -> tuple[frozenset[str], ...]:
        """Return the dimensions of the amounts that each candidate of a document holds, in the order of its rows."""
        if name not in self._dimensions:
            document = self.by_id[name]
            held = [frozenset(q.dimension for q in quantities(unit.span.of(document.text))) for unit in document.units]
            runs = (self.candidates[row] for row in self.candidate_rows[name])
            self._dimensions[name] = tuple(frozenset().union(*held[run.first : run.last]) for run in runs)
        return self._dimensions[name]

    def alike(self, name: str) -> tuple[str, ...]:
        """Return the documents whose openings are most like a document's, nearest first, `ALIKE` at most."""
        if name not in self._alike:
            likeness = self.openings @ self.openings[self.position[name]]
            order = np.argsort(-likeness, kind="stable")[: ALIKE + 1]
            self._alike[name] = tuple(self.documents[i].id for i in order if self.documents[i].id != name)[:ALIKE]
        return self._alike[name]

    @cached_property
    def heading_words(self) -> frozenset[str]:
        """Return the stems of all section headings, function words left out."""
        headings = {s.heading for document in self.documents for s in document.sections if s.kind is SectionKind.BODY}
        return frozenset(token for heading in headings for token in tokenize(heading)) - FUNCTION_WORDS

    @cached_property
    def words(self) -> Counter[str]:
        """Return how often each case-folded word occurs in the corpus."""
        return Counter(word for document in self.documents for word in words(document.text))

    @cached_property
    def title_frequency(self) -> Counter[str]:
        """Return in how many titles each stem occurs."""
        return Counter(word for document in self.documents for word in self.vocabulary(document.id)[2])

    def vocabulary(self, name: str) -> tuple[frozenset[str], ...]:
        """Return the stems of a document's text, of its opening, and of its title."""
        if name not in self._vocabularies:
            document = self.by_id[name]
            parts = (document.text, opening_text(document), document.title_text)
            self._vocabularies[name] = tuple(frozenset(tokenize(part)) for part in parts)
        return self._vocabularies[name]

    @cached_property
    def by_code(self) -> dict[str, tuple[Document, ...]]:
        """Return, for each code in order, the documents that describe it."""
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            for code in document.codes:
                found.setdefault(code, []).append(document)
        return {code: tuple(found[code]) for code in sorted(found)}

    @cached_property
    def chunk_rows(self) -> dict[str, range]:
        """Return, for each document id, the rows of its chunks."""
        return _rows([chunk.document for chunk in self.chunks])

    @cached_property
    def candidate_rows(self) -> dict[str, range]:
        """Return, for each document id, the rows of its candidates."""
        return _rows([candidate.document for candidate in self.candidates])


def _reader_folder(data: Path, settings: Settings) -> Path:
    return PACKAGED_READER if settings.reader == DEFAULT else data / READER


def reader_name(settings: Settings) -> str:
    """Return the name under which an index records the setting `reader`; the packaged one's holds its version."""
    if settings.reader != DEFAULT:
        return settings.reader
    return str(json.loads((PACKAGED_READER / CONFIG_FILE).read_text(encoding="utf-8"))["name"])


def _rows(owners: list[str]) -> dict[str, range]:
    rows: dict[str, range] = {}
    for i, owner in enumerate(owners):
        rows[owner] = range(rows[owner].start if owner in rows else i, i + 1)
    return rows


def corpus_state(corpus: Path) -> dict[str, str]:
    """Return the sha256 of every file of the corpus by id.

    Raises:
        CorpusError: the folder is missing or a file cannot be read.
    """
    state = {}
    for path in corpus_files(corpus):
        try:
            state[path.relative_to(corpus).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise CorpusError(f"the corpus file '{path}' cannot be read ({error.strerror}); make it readable or move it away") from error
    return state


def fingerprint(settings: Settings, corpus: dict[str, str]) -> str:
    """Return a name for what an index is made of: format, model, settings and the bytes of the corpus."""
    what = [
        FORMAT,
        settings.encoder,
        reader_name(settings),
        settings.chunk_tokens,
        settings.code_pattern,
        settings.max_file_bytes,
        sorted(corpus.items()),
    ]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def open_index(folder: Path, settings: Settings) -> Index:
    """Return the index in `folder` after comparing it with its manifest and with `settings`.

    Raises:
        IndexNotFound: there is none.
        IndexMismatch: a file is damaged, or the index was built with another model or other chunk settings.
    """
    manifest = read_manifest(folder)
    names = {"encoder": model_name(settings.encoder), "reader": reader_name(settings)}
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


def is_current(folder: Path, corpus: Path, settings: Settings) -> bool:
    """Say whether the index in `folder` was built from just these files and settings."""
    try:
        return read_manifest(folder).fingerprint == fingerprint(settings, corpus_state(corpus))
    except (IndexNotFound, IndexMismatch):
        return False
