"""Question -> its phrases, and how much more like one document than like the others each is. Knows likeness; knows no name.

People name a service by what it is for, its drug or its pump, in a few words of a longer question; the vector of the whole blurs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.index import Index
from assistant.inference import Vectors, products
from assistant.lexical import FUNCTION_WORDS
from assistant.tokens import tokenize
from assistant.types import Span

LONGEST = 4
"""Words of a phrase that may name a document."""
AMONG = 16
"""So many of the likeliest documents a phrase is compared with."""
_WORD = re.compile(r"[\w'’/-]+")
_BREAK = re.compile(r"[,.;:?!()]|\s[-–—]\s")


def phrases(text: str) -> list[Span]:
    """Return the runs of up to `LONGEST` words within a clause that neither begin nor end with a function word."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    says = [any(word not in FUNCTION_WORDS for word in tokenize(text[start:end])) for start, end in words]
    found = []
    for first, (start, _) in enumerate(words):
        for last in range(first, min(first + LONGEST, len(words))):
            if last > first and _BREAK.search(text[words[last - 1][1] : words[last][0]]):
                break
            if says[first] and says[last]:
                found.append(Span(start, words[last][1]))
    return found


def beyond_others(index: Index, text: str, spans: Sequence[Span], documents: Sequence[str]) -> Vectors:
    """Return `(2, spans, documents)`: how much more like each document a phrase is than like the others on average.

    First by the mean of the cosines with its opening and with its nearest chunk, then by that with its opening alone. There are at least
    one phrase and two documents.
    """
    vectors = index.encoder.encode_phrases(text, spans)
    held = [index.chunks.of(name) for name in documents]
    starts = np.cumsum([0, *map(len, held[:-1])])
    chunks = index.vectors.vectors()[np.concatenate(held)]
    nearest = np.maximum.reduceat(products(vectors, chunks), starts, axis=1)
    openings = products(vectors, index.openings[[index.documents.position[name] for name in documents]])
    likeness = np.stack([(openings + nearest) / 2, openings])
    beyond: Vectors = likeness - (likeness.sum(axis=2, keepdims=True) - likeness) / (len(documents) - 1)
    return beyond
