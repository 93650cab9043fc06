"""What an index says of itself, and whether its files still are what it says. Knows the folder's shape, not what the files hold.

An index folder holds `manifest.json` and one folder of data that the manifest names. Files that an update leaves as they are have a name in
both folders until the old one is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from assistant.errors import IndexMismatch, IndexNotFound
from assistant.types import IndexStamp

FORMAT = 20
"""Raised whenever files written before cannot be read any more or would be read differently."""
MANIFEST = "manifest.json"
HASHED_BYTES = 4_000_000
"""Files up to this size are checked by hash on opening, larger ones by size."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index says of itself.

    `corpus` maps files to size, times in nanoseconds and sha256; `settings` holds those that documents depend on; `refused` says of
    files why they are not in it. `search` says how vectors are searched, as `vectors.make_searchable` does. `files` maps the index's own
    files to size and, where they are small, sha256.
    """

    format: int
    fingerprint: str
    encoder: str
    reader: str
    dimension: int
    search: dict[str, Any]
    chunk_tokens: int
    code_pattern: str
    settings: dict[str, object]
    corpus: dict[str, list[int | str]]
    refused: dict[str, str]
    documents: int
    chunks: int
    candidates: int
    built_at: str
    built_by: str
    data: str
    files: dict[str, list[int | str]]

    @property
    def stamp(self) -> IndexStamp:
        """Return what an answer says about the index it came from."""
        return IndexStamp(self.fingerprint, self.encoder, self.built_at)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the index in `folder`.

    Raises:
        IndexNotFound: there is none.
        IndexMismatch: it cannot be read, or was written by another version.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise IndexNotFound(f"there is no index in '{folder}'; run 'assistant index'")
    try:
        manifest = _parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexMismatch(f"the index manifest '{path}' is damaged; run 'assistant index --rebuild'") from error
    if manifest.format != FORMAT:
        raise IndexMismatch(
            f"the index in '{folder}' has format {manifest.format}, this version reads {FORMAT}; run 'assistant index --rebuild'"
        )
    return manifest


def stamp(folder: Path) -> tuple[int, int]:
    """Return what changes whenever another index is put in place in `folder`; zeros where there is none."""
    try:
        status = (folder / MANIFEST).stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_ino


def _parse(value: dict[str, object]) -> Manifest:
    """Return the manifest in parsed JSON, every field of the kind it should be."""
    kinds = {"int": int, "str": str, "dict": dict}
    for field in fields(Manifest):
        kind = kinds[str(field.type).partition("[")[0]]
        if type(value[field.name]) is not kind:
            raise TypeError(f"{field.name} is not of kind {kind.__name__}")
    return Manifest(**value)  # type: ignore[arg-type]


def check_files(data: Path, manifest: Manifest) -> None:
    """Compare the files of `data` with the manifest.

    Raises:
        IndexMismatch: one is missing, or differs in size or, where it is small, in content.
    """
    for name, (size, digest) in manifest.files.items():
        path = data / name
        if not path.is_file() or path.stat().st_size != size or (int(size) <= HASHED_BYTES and file_sha256(path) != digest):
            raise IndexMismatch(f"the index file '{path}' is missing or damaged; run 'assistant index --rebuild'")


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as file:
        return (
            hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()
        )


def put_in_place(folder: Path, work: Path, manifest: Manifest) -> Manifest:
    """Make the finished `work` folder the index and return its manifest: move it in, replace the manifest in one step, drop what is old."""
    for path in (*work.rglob("*"), work):
        if path.is_dir() or path.stat().st_nlink == 1:  # what has another name is a file of the index that is there, and has been written
            _sync(path)
    target = folder / manifest.data
    if target.exists():
        suffix = 1
        while (folder / f"{manifest.data}-{suffix}").exists():
            suffix += 1
        target = folder / f"{manifest.data}-{suffix}"
    os.replace(work, target)
    _sync(folder)
    manifest = replace(manifest, data=target.name)
    write_manifest(folder, manifest)
    remove_leftovers(folder)
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of the index in `folder` in one step."""
    rows = [f" {json.dumps(field.name)}: {json.dumps(getattr(manifest, field.name), sort_keys=True)}" for field in fields(manifest)]
    handle, temporary = tempfile.mkstemp(prefix=".manifest-", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(rows) + "\n}\n")
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)
    os.replace(temporary, folder / MANIFEST)
    _sync(folder)


_OWN = re.compile(r"data-[0-9a-f]{16}(?:-\d+)?|\.building-.*")
"""Names of folders that a build makes."""
_DATA = re.compile(r'"data": "([^"]*)"')
"""The folder that a manifest names; parsing one with 100,000 files takes a quarter of a second."""


def remove_leftovers(folder: Path) -> None:
    """Remove what builds that were cut off, and the index before this one, left behind; only whoever holds the lock may.

    What an index of another version names stays until there is one of this version.
    """
    try:
        named = _DATA.search((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        named = None
    for path in (*folder.glob("data-*"), *folder.glob(".building-*")):
        if (named is None or path.name != named[1]) and _OWN.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".manifest-*"):
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make a file or the names in a folder outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
