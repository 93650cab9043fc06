"""Index folder and corpus -> whether a build would make that index anew. Knows names of models, settings and bytes; opens no model."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from assistant.config import DEFAULT, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.documents import Stamp, corpus_state
from assistant.errors import IndexMismatch, IndexNotFound
from assistant.manifest import FORMAT, Manifest, read_manifest

CARD = "encoder.json"
"""The file beside a model that names it."""


def is_current(folder: Path, corpus: Path, settings: Settings) -> bool:
    """Say whether the index in `folder` was built from just these files and settings."""
    try:
        manifest = read_manifest(folder)
    except (IndexNotFound, IndexMismatch):
        return False
    return was_built_from(manifest, corpus, settings, folder)


def was_built_from(manifest: Manifest, corpus: Path, settings: Settings, folder: Path) -> bool:
    """Say whether the index in `folder` that `manifest` tells of was built from just these files and settings.

    Raises:
        CorpusError: the corpus is missing or cannot be listed.
    """
    return manifest.fingerprint == fingerprint(settings, corpus_state(corpus, settings, stamps(manifest), folder))


def fingerprint(settings: Settings, state: dict[str, Stamp]) -> str:
    """Return a name for what an index is made of: format, version, models, settings and the bytes of the corpus."""
    what = json.dumps([FORMAT, version("hcpcs-assistant"), lasting(settings)])
    files = "\n".join([f"{name}\0{stamp.sha256}" for name, stamp in sorted(state.items())])
    return hashlib.sha256(f"{what}\n{files}".encode()).hexdigest()[:16]


def lasting(settings: Settings) -> dict[str, object]:
    """Return the settings that documents and vectors depend on."""
    kept = settings.model_dump(mode="json", exclude={"max_question_characters", "cross_encoder"})
    return {**kept, "encoder": encoder_name(settings), "reader": reader_name(settings)}


def stamps(manifest: Manifest) -> dict[str, Stamp]:
    """Return how the files of the corpus were when the index was built, by id."""
    return {name: Stamp._make(row) for name, row in manifest.corpus.items()}


def encoder_name(settings: Settings) -> str:
    """Return the name under which an index records the setting `encoder`."""
    return _name(settings.encoder, PACKAGED_ENCODER)


def reader_name(settings: Settings) -> str:
    """Return the name under which an index records the setting `reader`."""
    return _name(settings.reader, PACKAGED_READER)


def _name(setting: str, packaged: Path) -> str:
    """Return what names a model: the setting itself, or for the packaged one the name in it, which holds its version."""
    return setting if setting != DEFAULT else str(json.loads((packaged / CARD).read_text(encoding="utf-8"))["name"])
