"""Corpus -> index folder. Reads, embeds and writes; refuses to know how an index is used.

A new data folder is written first and the manifest replaced last, so that whoever opens the index sees the old one or the new one
and never a mixture.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import numpy as np

from assistant.chunking import Candidate, candidates_of, chunk_document, embedded_text, opening_text, read_texts
from assistant.config import PACKAGED_READER, Settings
from assistant.documents import Refusal, Source, read_corpus
from assistant.embedding import DEFAULT, export, model_name
from assistant.errors import IndexMismatch, IndexNotFound, ModelError
from assistant.index import (
    CANDIDATES,
    CHUNKS,
    DOCUMENTS,
    ENCODER,
    LEXICAL,
    NO_READER,
    OPENINGS,
    READER,
    READING,
    VECTORS,
    corpus_state,
    fingerprint,
    reader_name,
)
from assistant.inference import CONFIG_FILE, OnnxEncoder
from assistant.lexical import LexicalIndex
from assistant.manifest import FORMAT, Manifest, check_files, file_sha256, put_in_place, read_manifest
from assistant.sections import parse_corpus
from assistant.storage import candidate_row, chunk_row, document_row, write_rows
from assistant.types import Chunk, Document
from assistant.vectors import FaissStore

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many are done, and how many there are."""


def build_index(corpus: Path, folder: Path, settings: Settings, progress: Progress | None = None) -> Manifest:
    """Write an index of `corpus` into `folder` and return its manifest; whatever was there stays until the new one is whole.

    Raises:
        CorpusError: no document can be read.
        ModelError: the encoder cannot be loaded.
    """
    tell = progress or (lambda stage, done, total: None)
    state = corpus_state(corpus)
    sources, refusals = read_corpus(corpus, settings)
    name = "data-" + fingerprint(settings, state)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        work.chmod(0o755)
    except OSError as error:
        raise IndexMismatch(f"the index folder '{folder}' cannot be written ({error.strerror}); name another with --index DIR") from error
    try:
        encoder = _provide_encoder(folder, work / ENCODER, settings, tell)
        reader = _provide_reader(work, encoder, settings)
        parts = _write_parts(work, sources, encoder, reader, settings, tell)
        manifest = _manifest(work, name, settings, state, refusals, encoder, parts)
        manifest = put_in_place(folder, work, manifest)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _provide_encoder(folder: Path, target: Path, settings: Settings, tell: Progress) -> OnnxEncoder:
    """Return the encoder, taken from the index that is there where it has the same model, else exported."""
    tell("loading the encoder", 0, 1)
    try:
        old = folder / read_manifest(folder).data / ENCODER
        same = json.loads((old / CONFIG_FILE).read_text(encoding="utf-8"))["name"] == model_name(settings.encoder)
        if same and not Path(settings.encoder).is_dir():
            check_files(old.parent, read_manifest(folder))
            shutil.copytree(old, target)
            encoder = OnnxEncoder(target)
            tell("loading the encoder", 1, 1)
            return encoder
    except (IndexNotFound, IndexMismatch, ModelError, OSError, ValueError, KeyError):
        shutil.rmtree(target, ignore_errors=True)
    encoder = export(settings.encoder, target)
    tell("loading the encoder", 1, 1)
    return encoder


def _provide_reader(work: Path, encoder: OnnxEncoder, settings: Settings) -> OnnxEncoder:
    if settings.reader == NO_READER:
        return encoder
    if settings.reader == DEFAULT:
        return OnnxEncoder(PACKAGED_READER)
    return export(settings.reader, work / READER)


@dataclass(frozen=True, slots=True)
class _Parts:
    documents: list[Document]
    chunks: list[Chunk]
    candidates: list[Candidate]


def _write_parts(
    work: Path, sources: list[Source], encoder: OnnxEncoder, reader: OnnxEncoder, settings: Settings, tell: Progress
) -> _Parts:
    tell("reading documents", 0, len(sources))
    documents = parse_corpus(sources, settings)
    tell("reading documents", len(sources), len(sources))
    pairs = [(document, chunk) for document in documents for chunk in chunk_document(document, settings.chunk_tokens)]
    read = [(document, one, text) for document in documents for one in candidates_of(document) for text in read_texts(document, one)]
    candidates = [(document, one) for document, one, _ in read]
    texts = [embedded_text(document, chunk) for document, chunk in pairs]
    readings = [text for *_, text in read]
    total, done = len(texts) + len(readings), 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        tell("embedding", done, total)

    write_rows(work / DOCUMENTS, map(document_row, documents))
    write_rows(work / CHUNKS, (chunk_row(chunk) for _, chunk in pairs))
    write_rows(work / CANDIDATES, (candidate_row(candidate) for _, candidate in candidates))
    FaissStore.build(encoder.encode(texts, count)).save(work / VECTORS)
    np.save(work / OPENINGS, encoder.encode([opening_text(document) for document in documents]), allow_pickle=False)
    np.save(work / READING, reader.encode(readings, count), allow_pickle=False)
    LexicalIndex.build(texts).save(work / LEXICAL)
    return _Parts(documents, [chunk for _, chunk in pairs], [candidate for _, candidate in candidates])


def _manifest(
    work: Path, name: str, settings: Settings, state: dict[str, str], refusals: list[Refusal], encoder: OnnxEncoder, parts: _Parts
) -> Manifest:
    files: dict[str, list[int | str]] = {
        path.relative_to(work).as_posix(): [path.stat().st_size, file_sha256(path)] for path in sorted(work.rglob("*")) if path.is_file()
    }
    return Manifest(
        format=FORMAT,
        fingerprint=fingerprint(settings, state),
        encoder=encoder.name,
        reader=reader_name(settings),
        dimension=encoder.dimension,
        chunk_tokens=settings.chunk_tokens,
        code_pattern=settings.code_pattern,
        corpus={document.id: document.sha256 for document in parts.documents},
        refused={refusal.id: refusal.why for refusal in refusals},
        documents=len(parts.documents),
        chunks=len(parts.chunks),
        candidates=len(parts.candidates),
        built_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        built_by=version("hcpcs-assistant"),
        data=name,
        files=files,
    )
