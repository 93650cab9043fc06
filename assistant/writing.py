"""Plans -> the files of an index. Embeds what is new; goes batch by batch, so that many documents take no more memory than few."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.arrays import ArrayFile, Ragged, RaggedFile, load_array, write_json
from assistant.config import DEFAULT, NO_READER, PACKAGED_ENCODER, PACKAGED_READER, Settings
from assistant.embedding import export
from assistant.errors import ModelError
from assistant.index import ENCODER, LEXICAL, OPENINGS, READER, READING
from assistant.inference import OnnxEncoder, Vectors
from assistant.lexical import write_lexical
from assistant.parts import ARRAYS, CHUNK_WORDS, KNOWN, RUNS, STORED, WORDS_OF, Array, Made, Numbers, OldIndex, Part, make
from assistant.planning import Plan
from assistant.storage import DocumentsFile
from assistant.vectors import BLOCK, ROWS, make_searchable
from assistant.vocabulary import count_words

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many are done, and how many there are."""
NEW_AT_ONCE, KEPT_AT_ONCE = 256, 4096
"""So many documents are made, or taken from the index that is there, before they are written."""


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
    documents: int = 0
    texts: int = 0
    done: int = 0

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
    """Write the documents that are planned, and return how their vectors are searched."""
    numbers = Numbers({word: i for i, word in enumerate(old.words.words)} if old else {})
    total = sum(one.position is None for one in plans)
    embedder = _Embedder(settings, old, work, tell, total)
    parsed = 0
    with closing(_Files(work)) as files:
        for some in _batches(plans):
            made: dict[int, Made] = {}
            for one in some:
                if one.position is None:
                    made[one.known.position] = make(one, numbers, settings)
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


def _in_order(plans: Sequence[Plan], made: Mapping[int, Made], old: OldIndex | None) -> Iterator[Part]:
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
