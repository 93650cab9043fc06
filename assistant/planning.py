"""Corpus and old index -> what each document of the new index is to be made of. Decides what has changed; makes nothing.

A document is taken from the old index where neither its own content nor the headings that other documents lend it have changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings
from assistant.documents import Refusal, Source, Stamp, fault, stamped_file
from assistant.errors import CorpusError
from assistant.sections import Outlook, add_votes, outlook

Count = Callable[[int, int], None]
"""Called with how many files are done, and how many there are."""
SAME = "holds the same bytes as"


@dataclass(frozen=True, slots=True)
class Known:
    """A document of the old index. `content` names all that it was made of but other documents' headings, `key` names those too."""

    position: int
    id: str
    file: str
    content: str
    key: str
    outlook: Outlook

    def row(self) -> list[object]:
        """Return what is stored of it beside the document itself."""
        return [self.content, self.key, self.outlook.votes, sorted(self.outlook.names)]


@dataclass(frozen=True, slots=True)
class Before:
    """What the old index knows: how its files were, why some were refused, and its documents."""

    stamps: dict[str, Stamp]
    refused: dict[str, str]
    documents: tuple[Known, ...]

    def without(self, failed: Mapping[str, str], state: Mapping[str, Stamp]) -> Before:
        """Return this as if files, being as they are in `state`, had been refused for what `failed` says of them."""
        documents = tuple(one for one in self.documents if one.file not in failed)
        return Before({**self.stamps, **{name: state[name] for name in failed}}, {**self.refused, **failed}, documents)


@dataclass(frozen=True, slots=True)
class Plan:
    """One document of the new index: taken from `position` in the old one, or made of `source` with `known` headings.

    `like` is where the old index has the same content, made with other headings.
    """

    known: Known
    position: int | None
    source: Source | None
    headings: frozenset[str] = frozenset()
    like: int | None = None


@dataclass(slots=True)
class _Look:
    """A document as found now; `source` is None where its file has not been read."""

    id: str
    file: str
    content: str
    outlook: Outlook
    old: Known | None
    source: Source | None


def plan(
    corpus: Path, state: dict[str, Stamp], before: Before, settings: Settings, count: Count | None = None
) -> tuple[list[Plan], dict[str, str]]:
    """Return the documents to be, in order of file, and the refused files with the reason.

    A file that is read replaces its stamp in `state`, so that an index never passes for one of other bytes than it was made of. `count` is
    told before each file how many are done, of how many.

    Raises:
        CorpusError: no document can be read, or a file changes meanwhile.
    """
    owned: dict[str, list[Known]] = {}
    for one in before.documents:
        owned.setdefault(one.file, []).append(one)
    looks: list[_Look] = []
    refused: dict[str, str] = {}
    first: dict[str, str] = {}
    for number, (name, stamp) in enumerate(state.items()):
        if count:
            count(number, len(state))
        if not stamp.readable:
            refused[name] = stamp.sha256
            continue
        if stamp.sha256 in first:
            refused[name] = f"{SAME} '{first[stamp.sha256]}'"
            continue
        unchanged = name in before.stamps and before.stamps[name].sha256 == stamp.sha256
        if unchanged and name in owned:
            found: list[_Look] | Refusal = [_Look(one.id, name, one.content, one.outlook, one, None) for one in owned[name]]
        elif unchanged and not before.refused.get(name, SAME).startswith(SAME):
            found = Refusal(name, before.refused[name])
        else:
            state[name], found = _look(name, corpus, owned.get(name, []), settings)
        if isinstance(found, Refusal):
            refused[name] = found.why
        else:
            looks += found
            first[state[name].sha256] = name
    if not looks:
        why = "; ".join(f"{name} {why}" for name, why in list(refused.items())[:3]) or "it is empty"
        raise CorpusError(f"the corpus folder '{corpus}' holds no document that can be read: {why}")
    return _settle(looks, corpus, settings), refused


def _look(name: str, corpus: Path, owned: list[Known], settings: Settings) -> tuple[Stamp, list[_Look] | Refusal]:
    """Read a file and return its documents; what the old index knows of equal content need not be found out again."""
    stamp, found = stamped_file(corpus / name, corpus, settings)
    if isinstance(found, Refusal):
        return stamp, found
    by_id = {one.id: one for one in owned}
    looks = []
    for source in found:
        content, old = _content(source), by_id.get(source.id)
        old = old if old and old.content == content else None
        try:
            looks.append(_Look(source.id, name, content, old.outlook if old else outlook(source, settings), old, source))
        except BaseException as error:
            return stamp, Refusal(name, fault(name, error))
    return stamp, looks


def _content(source: Source) -> str:
    title = [source.title.start, source.title.end] if source.title else None
    what: list[object] = [source.id, source.text, source.codes, title, [(p.start, p.kind, p.number) for p in source.places]]
    what += [[(span.start, span.end) for span in spans] for spans in (source.hidden, source.bold)]
    what += [source.sha256, source.authority, source.dated]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]


def _settle(looks: list[_Look], corpus: Path, settings: Settings) -> list[Plan]:
    """Return the plans, now that it is known which headings documents lend each other."""
    totals = add_votes(look.outlook for look in looks)
    plans = []
    again: dict[str, dict[str, Source]] = {}
    for position, look in enumerate(looks):
        headings = look.outlook.known(totals)
        key = hashlib.sha256(json.dumps([look.content, sorted(headings)]).encode()).hexdigest()[:32]
        known = Known(position, look.id, look.file, look.content, key, look.outlook)
        if look.old and look.old.key == key:
            plans.append(Plan(known, look.old.position, None))
            continue
        if look.source is None and look.file not in again:
            _, found = stamped_file(corpus / look.file, corpus, settings)
            again[look.file] = {} if isinstance(found, Refusal) else {source.id: source for source in found}
        source = look.source or again[look.file].get(look.id)
        if source is None or _content(source) != look.content:
            raise CorpusError(f"the corpus file '{look.file}' changed while it was read; run 'assistant index' again")
        plans.append(Plan(known, None, source, headings, look.old.position if look.old else None))
    return plans
