"""Hits -> hits in the order in which the reader finds answers in them. Knows readings and subjects; refuses to know engines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.index import Index
from assistant.reading import Reader, read
from assistant.types import Hit

SUBJECT_PART = 0.1
"""What the logarithm of a document's share of belief counts beside the best reading in a chunk; see eval/reports/decisions.md."""
LEAST_SHARE = 1e-4
UNREAD = -1.0
"""Score of a chunk that holds no candidate of its own, such as a part of a long list; below every reading."""


def rerank(index: Index, reader: Reader, text: str, hits: Sequence[Hit], shares: Mapping[str, float]) -> list[Hit]:
    """Return `hits` by the best reading inside each and the share of its document, best first; equal scores keep their order.

    `shares` maps document ids to belief; a document that is missing has the least.
    """
    best: dict[str, float] = {}
    documents = list(dict.fromkeys(hit.chunk.document for hit in hits))
    index.all_alike(documents)
    for document in documents:
        chunks = [hit.chunk for hit in hits if hit.chunk.document == document]
        for reading in read(index, reader, text, document):
            for chunk in chunks:
                if chunk.units[0] <= reading.candidate.first and reading.candidate.last <= chunk.units[1]:
                    best.setdefault(chunk.id, reading.score)
    scores = [best.get(h.chunk.id, UNREAD) + SUBJECT_PART * math.log(max(shares.get(h.chunk.document, 0.0), LEAST_SHARE)) for h in hits]
    order = sorted(range(len(hits)), key=lambda i: (-round(scores[i], 6), i))
    return [replace(hits[i], score=round(scores[i], 6), rank=rank) for rank, i in enumerate(order, start=1)]
