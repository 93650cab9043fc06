"""Corpus -> index folder. Finds what has changed and puts the index in place when it is whole.

A new data folder is written first and the manifest replaced last, so that whoever opens the index sees the old one or the new one
and never a mixture. One process builds at a time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.arrays import load_array
from assistant.config import Settings
from assistant.documents import Stamp, check_folders, corpus_state
from assistant.errors import IndexMismatch, IndexNotFound
from assistant.freshness import encoder_name, fingerprint, lasting, reader_name
from assistant.garbage import frozen, no_collection
from assistant.index import CANDIDATES, CHUNKS, OPENINGS
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
)
from assistant.parts import Numbers, OldIndex, Unmade, make, unless_alike
from assistant.planning import Before, Plan, plan
from assistant.segments import BASE, Segments
from assistant.writing import Progress, write_documents

LOCK = ".lock"
WAIT = 600.0
"""Seconds that a build waits for another one to end."""


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
            with no_collection():
                old, before = (None, Before.nothing()) if rebuild else _open_old(folder, settings)
                state = corpus_state(corpus, settings, before.stamps, folder)
                found, name = state.copy(), fingerprint(settings, state)
                if old and old.manifest.fingerprint == name:
                    return Built(_restamped(folder, old.manifest, state), (), old.documents.ids, ())
            with frozen():
                plans, refused, search = _plan_and_write(corpus, work, state, old, before, settings, tell)
            with no_collection():
                name = name if state == found else fingerprint(settings, state)
                manifest = put_in_place(folder, work, _manifest(work, name, settings, state, refused, search))
    except OSError as error:
        raise IndexMismatch(
            f"the index in '{folder}' cannot be written ({error.strerror or error}); name another with --index DIR"
        ) from error
    new = tuple(one.id for one in plans if one.position is None)
    kept = tuple(one.id for one in plans if one.position is not None)
    there = {one.id for one in plans}
    return Built(manifest, new, kept, tuple(name for name in before.ids if name not in there))


def _plan_and_write(
    corpus: Path, work: Path, state: dict[str, Stamp], old: OldIndex | None, before: Before, settings: Settings, tell: Progress
) -> tuple[list[Plan], dict[str, str], Mapping[str, Any]]:
    """Write the documents of a corpus; return what became of each, the refused files, and how vectors are searched.

    Files that make the parser fail are refused, and all is planned again without them, since documents lend each other headings.
    """
    while True:
        plans, refused = plan(corpus, state, before, settings, partial(tell, "reading documents"))
        for one in plans:
            unless_alike(one, old, settings)
        tell("reading documents", len(state), len(state))
        try:
            return plans, refused, write_documents(work, plans, old, settings, tell)
        except Unmade as error:
            before = before.without(error.failed | _failing(plans, settings), state)
            _empty(work)


def _failing(plans: Sequence[Plan], settings: Settings) -> dict[str, str]:
    """Return the files of documents that cannot be made, among those not made yet, each with the reason."""
    failed: dict[str, str] = {}
    for one in plans:
        if one.source and one.file not in failed:
            try:
                make(one, Numbers(), settings)
            except Unmade as error:
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


def _open_old(folder: Path, settings: Settings) -> tuple[OldIndex | None, Before]:
    """Return the index that is there, if it is whole and its documents would be made now as they were then, and what it knows."""
    try:
        manifest = read_manifest(folder)
        if manifest.settings != lasting(settings) or manifest.built_by != version("hcpcs-assistant"):
            return None, Before.nothing()
        check_files(folder / manifest.data, manifest)
        old = OldIndex(folder / manifest.data, manifest)
        return old, old.before()
    except (IndexNotFound, IndexMismatch):
        return None, Before.nothing()


def _manifest(
    work: Path,
    name: str,
    settings: Settings,
    state: dict[str, Stamp],
    refused: dict[str, str],
    search: Mapping[str, Any],
) -> Manifest:
    files: dict[str, list[int | str]] = {}
    for path in sorted(work.rglob("*")):
        if path.is_file():
            size = path.stat().st_size
            files[path.relative_to(work).as_posix()] = [size, file_sha256(path) if size <= HASHED_BYTES else ""]
    segments = Segments.open(work)
    return Manifest(
        format=FORMAT,
        fingerprint=name,
        encoder=encoder_name(settings),
        reader=reader_name(settings),
        dimension=int(load_array(work / BASE / OPENINGS).shape[1]),
        search=dict(search),
        chunk_tokens=settings.chunk_tokens,
        code_pattern=settings.code_pattern,
        settings=lasting(settings),
        corpus={file: list(stamp) for file, stamp in state.items()},
        refused=refused,
        documents=len(segments.order),
        chunks=len(segments.runs(CHUNKS).values),
        candidates=len(segments.runs(CANDIDATES).values),
        built_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        built_by=version("hcpcs-assistant"),
        data=f"data-{name}",
        files=files,
    )
