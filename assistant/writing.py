"""Plans -> the files of an index. Embeds what is new; goes batch by batch, so that many documents take no more memory than few."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.arrays import ArrayFile, Ragged, RaggedFile, load_array, release
from assistant.config import DEFAULT, NO_READER, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.embedding import export
from assistant.errors import ModelError
from assistant.index import CHUNKS, ENCODER, LEXICAL, OPENINGS, READER, READING
from assistant.inference import OnnxEncoder, Vectors
from assistant.lexical import write_lexical
from assistant.parts import ARRAYS, CHUNK_WORDS, NAMES, ROLES, RUNS, STORED, WORDED, Array, Made, Numbers, OldIndex, Part, make
from assistant.planning import Plan
from assistant.segments import BASE, CHANGES, ORDER
from assistant.storage import DocumentsFile
from assistant.vectors import BLOCK, ROWS, make_searchable
from assistant.vocabulary import count_words

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many are done, and how many there are."""
NEW_AT_ONCE, KEPT_AT_ONCE = 256, 4096
"""So many documents are made, or taken from the index that is there, before they are written."""
APART_FROM = 10_000
"""Passages in the base from which on writing all anew takes longer than finding out what has changed."""
MOST_CHANGES = 4
"""So many documents may have come or gone, for each root of the number of those in the base, before all are written anew.

One that changes has come and gone. Each update writes all changes, and one in so many all documents: where every update changes one
document, both together take the least time with about three.
"""


class _Files:
    """The files of an index on their way; words stand there by the numbers that they came with until all are counted."""

    def __init__(self, work: Path) -> None:
        self._documents = DocumentsFile(work)
        self._runs = {name: RaggedFile(work, name) for name in RUNS}
        self._arrays = {name: ArrayFile(work / name) for name in ARRAYS}

    def add(self, part: Part) -> None:
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
    old: OldIndex | None
    work: Path
    tell: Progress
    total: int
    models: list[OnnxEncoder] = field(default_factory=list)
    parsed: int = 0
    documents: int = 0
    texts: int = 0
    done: int = 0

    def counted(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """Yield those of some plans of which documents are made, and count them when they have been."""
        for one in plans:
            if one.position is None:
                yield one
                self.parsed += 1
                self.tell("parsing documents", self.parsed, self.total)

    def embed(self, made: Sequence[Made]) -> None:
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


def write_documents(work: Path, plans: list[Plan], old: OldIndex | None, settings: Settings, tell: Progress) -> Mapping[str, Any]:
    """Write the documents that are planned, and return how the vectors of the base are searched.

    The base of the index that is there stays as it is, in both, while few documents are other than those in it.
    """
    embedder = _Embedder(settings, old, work, tell, sum(one.position is None for one in plans))
    order = _in_base(plans, old) if old else None
    if old and order is not None and _is_worth_keeping(old, order):
        shutil.copytree(old.data / BASE, work / BASE, copy_function=_link)
        search: Mapping[str, Any] = old.manifest.search
        if len(changes := np.flatnonzero(order < 0)):
            order[changes] = len(load_array(old.data / BASE / OPENINGS)) + np.arange(len(changes))
            _write_segment(work / CHANGES, [plans[i] for i in changes.tolist()], old, embedder)
    else:
        order = np.arange(len(plans), dtype=np.int32)
        search = _write_segment(work / BASE, plans, old, embedder, (old.data / BASE, old.manifest.search) if old else None)
    np.save(work / ORDER, order, allow_pickle=False)
    if old and not embedder.total:
        for name in (ENCODER, READER):
            if (old.data / name).is_dir():
                _kept_model(old, name, work)
    tell("writing", 1, 1)
    return search


def _in_base(plans: Sequence[Plan], old: OldIndex) -> npt.NDArray[np.int32]:
    """Return `(plans,)`: the document of the base that each is, just as it stands there; -1 where there is none."""
    kept = np.asarray([-1 if one.position is None or one.names is not None else one.position for one in plans])
    order = np.where(kept < 0, -1, old.segments.order[kept]).astype(np.int32)
    order[order >= len(load_array(old.data / BASE / OPENINGS))] = -1
    return order


def _is_worth_keeping(old: OldIndex, order: npt.NDArray[np.int32]) -> bool:
    """Say whether to write changes apart takes less time, with this update and the next ones, than to write all anew."""
    documents, passages = (len(load_array(old.data / BASE / name)) for name in (OPENINGS, f"{CHUNKS}.npy"))
    changes = int(np.count_nonzero(order < 0))
    gone = documents - (len(order) - changes)
    return passages >= APART_FROM and changes + gone <= MOST_CHANGES * np.sqrt(documents)


def _write_segment(
    folder: Path,
    plans: Sequence[Plan],
    old: OldIndex | None,
    embedder: _Embedder,
    before: tuple[Path, Mapping[str, Any]] | None = None,
) -> Mapping[str, Any]:
    """Write documents into a folder, and return how their vectors are searched; `before` as for `make_searchable`."""
    folder.mkdir()
    numbers = old.numbers if old else Numbers()
    with closing(_Files(folder)) as files:
        for some in _batches(plans):
            made = [make(one, numbers, embedder.settings) for one in embedder.counted(some)]
            if made:
                embedder.embed(made)
            for part in _in_order(some, made, old):
                files.add(part)
            for one in some:
                one.source = None  # its text is not needed again
            if old and len(made) < len(some):
                old.release()
    embedder.tell("writing", 0, 1)
    _write_words(folder, list(numbers))
    return make_searchable(folder, load_array(folder / OPENINGS), before)


def _batches(plans: Sequence[Plan]) -> Iterator[Sequence[Plan]]:
    """Yield plans in order, of so many at once that what is made of them fits into memory."""
    first = new = 0
    for n, one in enumerate(plans):
        new += one.position is None
        if new == NEW_AT_ONCE or n + 1 - first == KEPT_AT_ONCE or n + 1 == len(plans):
            yield plans[first : n + 1]
            first, new = n + 1, 0


def _in_order(plans: Sequence[Plan], made: Sequence[Made], old: OldIndex | None) -> Iterator[Part]:
    """Yield the parts of some documents in the order of their plans: those that are new, and runs of those that are there."""
    n, new = 0, iter(made)
    while n < len(plans):
        first = last = plans[n].position
        if old is None or first is None or last is None:
            yield next(new).part
            n += 1
            continue
        begin = n
        while n < len(plans) and plans[n].position == last:
            n, last = n + 1, last + 1
        part = old.part(first, last)
        part.arrays[ROLES] = _roles(plans[begin:n], part)
        yield part


def _roles(plans: Sequence[Plan], part: Part) -> Array:
    """Return the parts that names of headings play in documents that are there, as they are now."""
    names = Ragged(part.arrays[ROLES], part.runs[NAMES].starts)
    return np.concatenate([names.row(i) if one.names is None else one.names.roles for i, one in enumerate(plans)])


def _embed(encoder: OnnxEncoder, groups: Sequence[Sequence[str]], count: Callable[[int], None]) -> list[Vectors]:
    """Return `(texts, dimension)` for each group; a text that occurs again is embedded once."""
    place = {text: i for i, text in enumerate(dict.fromkeys(text for group in groups for text in group))}
    vectors = encoder.encode(list(place), count)
    return [vectors[[place[text] for text in group]] for group in groups]


def _write_words(work: Path, names: Sequence[str]) -> None:
    """Number the words that are written alphabetically, so that an update writes what a build from nothing does, and count and index them.

    `names` are the words that their numbers stand for.
    """
    files = [work / f"{name}.npy" for name in WORDED]
    used = np.zeros(len(names), dtype=bool)
    for path in files:
        values = load_array(path)
        for begin in range(0, len(values), BLOCK):
            used[values[begin : begin + BLOCK]] = True
        release(values)
    order = sorted(np.flatnonzero(used).tolist(), key=names.__getitem__)
    number = np.zeros(len(names), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    for path in files:
        values = np.load(path, mmap_mode="r+", allow_pickle=False)
        for begin in range(0, len(values), BLOCK):
            values[begin : begin + BLOCK] = number[values[begin : begin + BLOCK]]
        release(values)
    stems, stem_of = count_words(work, [names[i] for i in order])
    write_lexical(work / LEXICAL, Ragged.load(work, CHUNK_WORDS), len(stems), stem_of)


def _model(setting: str, packaged: Path, name: str, old: OldIndex | None, work: Path) -> OnnxEncoder:
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


def _kept_model(old: OldIndex, name: str, work: Path) -> Path:
    """Give an exported model of the index that is there a place in the new one."""
    return Path(shutil.copytree(old.data / name, work / name, copy_function=_link))


def _link(source: str, target: str) -> None:
    """Give a file a second name; copy it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
