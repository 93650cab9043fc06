"""Corpus and old index -> what each document of the new index is to be made of. Decides what has changed; makes nothing.

A document is taken from the old index where neither its own content nor the headings that other documents lend it have changed.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, edges
from assistant.config import Settings
from assistant.documents import Refusal, Source, Stamp, fault, stamped_file
from assistant.errors import CorpusError
from assistant.sections import RECURRENT, Outlook, outlook

Count = Callable[[int, int], None]
"""Called with how many files are done, and how many there are."""
SAME = "holds the same bytes as"
CONTENT = 16
"""Bytes of the digest of a document's content."""
VOTE, MAY, LENT = range(3)
"""Columns of `Names.roles`."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of headings, run after run by document, and the part that each plays in its document.

    `digests` `(names,)` stand for the names; those of document i are `starts[i]` to `starts[i + 1]`. `roles` `(names, 3)` holds the
    document's vote for a name (see `Outlook`), 1 for a name that heads a section of it if other documents say so, and 1 if they do.
    """

    digests: Integers
    starts: Integers
    roles: npt.NDArray[np.int8]

    @classmethod
    def of(cls, outlooks: Sequence[Outlook]) -> Names:
        """Return the names of some documents, to which others have lent none yet."""
        digests, roles, lengths = array("q"), array("b"), []
        for one in outlooks:
            numbered = sorted((digest(name), name) for name in one.votes.keys() | one.names)
            digests.extend(number for number, _ in numbered)
            for _, name in numbered:
                roles.extend((one.votes.get(name, 0), name in one.names, 0))
            lengths.append(len(numbered))
        return cls(np.asarray(digests, dtype=np.int64), edges(lengths), np.asarray(roles, dtype=np.int8).reshape(-1, LENT + 1))

    def one(self, i: int) -> Names:
        """Return the names of document i, to be changed by themselves."""
        first, last = self.starts[i : i + 2].tolist()
        return Names(self.digests[first:last], edges([last - first]), self.roles[first:last].copy())

    def lend(self, known: Integers, totals: npt.NDArray[np.float64]) -> None:
        """Say anew of names that are known, by digest, which the votes of the other documents lend; `totals` are the votes of all."""
        at, held = _among(known, self.digests)
        vote, may = self.roles[held, VOTE], self.roles[held, MAY]
        self.roles[held, LENT] = (may > 0) & (totals[at] - vote >= RECURRENT)

    def votes(self, known: Integers) -> npt.NDArray[np.float64]:
        """Return the votes of all documents for each name that is known, by its digest, added up."""
        at, held = _among(known, self.digests)
        return np.bincount(at, weights=self.roles[held, VOTE], minlength=len(known)).astype(np.float64)

    def lent(self, one: Outlook) -> frozenset[str]:
        """Return the names that others lend the only document, which is that of an outlook."""
        digests = set(self.digests[self.roles[:, LENT] > 0].tolist())
        return frozenset(name for name in one.names if digest(name) in digests)


def _among(known: Integers, digests: Integers) -> tuple[Integers, Integers]:
    """Return the places, in `known`, which is sorted, and among some digests, of those that are known."""
    if not len(known):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, digests), len(known) - 1)
    held = np.flatnonzero(known[at] == digests)
    return at[held], held


def digest(name: str) -> int:
    """Return 64 bits that stand for a name; among a million names no two are likely to share them."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


@dataclass(frozen=True)
class Before:
    """What the old index knows: how its files were, why some were refused, and its documents in order of the corpus.

    `contents` holds for each document `CONTENT` bytes that stand for all it was made of but other documents' headings. Documents of files
    in `spoilt` are not to be taken.
    """

    stamps: dict[str, Stamp]
    refused: dict[str, str]
    ids: Sequence[str]
    files: Sequence[str]
    contents: Sequence[bytes]
    names: Names
    spoilt: frozenset[str] = frozenset()

    @classmethod
    def nothing(cls) -> Before:
        """Return what is known where there is no old index."""
        return cls({}, {}, (), (), (), Names.of(()))

    @cached_property
    def owned(self) -> dict[str, list[int]]:
        """Return the documents of each file that may be taken."""
        found: dict[str, list[int]] = {}
        for i, name in enumerate(self.files):
            found.setdefault(name, []).append(i)
        return {name: some for name, some in found.items() if name not in self.spoilt}

    def without(self, failed: Mapping[str, str], state: Mapping[str, Stamp]) -> Before:
        """Return this as if files, being as they are in `state`, had been refused for what `failed` says of them."""
        stamps = {**self.stamps, **{name: state[name] for name in failed}}
        return replace(self, stamps=stamps, refused={**self.refused, **failed}, spoilt=self.spoilt | failed.keys())


@dataclass(slots=True)
class Plan:
    """One document of the new index: taken from `position` in the old one, or made of `source` with known `headings`.

    `content` stands for what it is made of, as in `Before`; None where its file has not been read. `names` are those of headings, None
    where nothing is other than the old index has it. `like` is where the old index has the same content, made with other headings.
    """

    id: str
    file: str
    position: int | None
    source: Source | None = None
    content: bytes | None = None
    names: Names | None = None
    headings: frozenset[str] = frozenset()
    like: int | None = None


def plan(
    corpus: Path, state: dict[str, Stamp], before: Before, settings: Settings, count: Count | None = None
) -> tuple[list[Plan], dict[str, str]]:
    """Return the documents to be, in order of file, and the refused files with the reason.

    A file that is read replaces its stamp in `state`, so that an index never passes for one of other bytes than it was made of. `count` is
    told before each file how many are done, of how many.

    Raises:
        CorpusError: no document can be read, or a file changes meanwhile.
    """
    plans: list[Plan] = []
    outlooks: list[Outlook] = []
    refused: dict[str, str] = {}
    first: dict[str, str] = {}
    owned, stamps = before.owned, before.stamps
    for number, (name, stamp) in enumerate(state.items()):
        if count:
            count(number, len(state))
        if not stamp.readable:
            refused[name] = stamp.sha256
            continue
        if stamp.sha256 in first:
            refused[name] = f"{SAME} '{first[stamp.sha256]}'"
            continue
        unchanged = name in stamps and stamps[name].sha256 == stamp.sha256
        if unchanged and name in owned:
            for i in owned[name]:
                plans.append(Plan(before.ids[i], name, i))
        elif unchanged and not before.refused.get(name, SAME).startswith(SAME):
            refused[name] = before.refused[name]
            continue
        else:
            state[name], found = _look(name, corpus, before, settings)
            if isinstance(found, Refusal):
                refused[name] = found.why
                continue
            plans += [one for one, _ in found]
            outlooks += [said for _, said in found if said]
        first[state[name].sha256] = name
    if not plans:
        why = "; ".join(f"{name} {why}" for name, why in list(refused.items())[:3]) or "it is empty"
        raise CorpusError(f"the corpus folder '{corpus}' holds no document that can be read: {why}")
    _settle(plans, outlooks, corpus, before, settings)
    return plans, refused


def _look(name: str, corpus: Path, before: Before, settings: Settings) -> tuple[Stamp, list[tuple[Plan, Outlook | None]] | Refusal]:
    """Read a file and return its documents, those that the old index does not have with what they say of names of headings."""
    stamp, found = stamped_file(corpus / name, corpus, settings)
    if isinstance(found, Refusal):
        return stamp, found
    by_id = {before.ids[i]: i for i in before.owned.get(name, [])}
    looks: list[tuple[Plan, Outlook | None]] = []
    for source in found:
        content, old = _content(source), by_id.get(source.id)
        same = old is not None and before.contents[old] == content
        try:
            looks.append((Plan(source.id, name, old if same else None, source, content), None if same else outlook(source, settings)))
        except BaseException as error:
            return stamp, Refusal(name, fault(name, error))
    return stamp, looks


def _content(source: Source) -> bytes:
    title = [source.title.start, source.title.end] if source.title else None
    what: list[object] = [source.id, source.text, source.codes, title, [(p.start, p.kind, p.number) for p in source.places]]
    what += [[(span.start, span.end) for span in spans] for spans in (source.hidden, source.bold)]
    what += [source.sha256, source.authority, source.dated]
    return hashlib.sha256(json.dumps(what).encode()).digest()[:CONTENT]


def _settle(plans: list[Plan], outlooks: Sequence[Outlook], corpus: Path, before: Before, settings: Settings) -> None:
    """Complete the plans, now that it is known which headings documents lend each other; `outlooks` are those of new ones, in order.

    Only names in new documents, and those that documents which are gone have voted for, can be lent otherwise than before.
    """
    new, old, stays = Names.of(outlooks), before.names, np.zeros(len(before.ids), dtype=np.bool_)
    stays[[one.position for one in plans if one.position is not None]] = True
    held = np.repeat(stays, np.diff(old.starts))
    known = np.unique(np.concatenate([new.digests, old.digests[~held & (old.roles[:, VOTE] != 0)]]))
    at, places = _among(known, old.digests)
    at, places = at[held[places]], places[held[places]]
    kept = Names(known[at], edges([len(at)]), old.roles[places])
    totals = new.votes(known) + kept.votes(known)
    new.lend(known, totals)
    kept.lend(known, totals)
    otherwise = places[kept.roles[:, LENT] != old.roles[places, LENT]]
    changed = set((np.searchsorted(old.starts, otherwise, side="right") - 1).tolist())
    fresh = (one for one in plans if one.position is None)
    for i, (one, said) in enumerate(zip(fresh, outlooks, strict=True)):
        one.names = new.one(i)
        one.headings = one.names.lent(said)
    again: dict[str, dict[str, Source]] = {}
    for one in plans:
        if one.position is None:
            continue
        if one.position not in changed:
            one.source = None
            continue
        if one.source is None and one.file not in again:
            _, found = stamped_file(corpus / one.file, corpus, settings)
            again[one.file] = {} if isinstance(found, Refusal) else {source.id: source for source in found}
        one.source = one.source or again[one.file].get(one.id)
        one.content, one.like, one.position = before.contents[one.position], one.position, None
        if one.source is None or _content(one.source) != one.content:
            raise CorpusError(f"the corpus file '{one.file}' changed while it was read; run 'assistant index' again")
        one.names = old.one(one.like)
        one.names.lend(known, totals)
        one.headings = one.names.lent(outlook(one.source, settings))
