"""Text -> a vector made from its words, for corpora that would take the model hours. Stands in for `OnnxEncoder.encode`.

Texts that share words are alike, so that searches find what they should; a question still runs through the model, for the time it takes,
and then gets such a vector too.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from assistant.inference import OnnxEncoder, Vectors

KINDS = 2**15
"""Different words told apart."""
DIMENSION = 384
"""Numbers in a vector of the packaged models."""
SHORT, SHORT_WEIGHT = 5, 0.3
"""Words below this length say less."""
TIMED = 64
"""So many texts at once, a question's, run through the model."""
_WORD = re.compile(r"\w+")


@functools.cache
def _table(dimension: int) -> Vectors:
    return np.random.default_rng(0).standard_normal((KINDS, dimension), dtype=np.float32)


def vector(text: str, dimension: int) -> Vectors:
    """Return `(dimension,)`, of unit length: the weighted sum of the fixed random vectors of the words."""
    words = sorted(set(_WORD.findall(text.lower()))) or [""]
    weights = np.asarray([1.0 if len(word) >= SHORT or word.isdigit() else SHORT_WEIGHT for word in words], dtype=np.float32)
    total: Vectors = weights @ _table(dimension)[[zlib.crc32(word.encode()) % KINDS for word in words]]
    return total / np.float32(np.linalg.norm(total))


def install() -> None:
    """Put such vectors in the place of the model's in this process."""
    real = OnnxEncoder.encode
    _table(DIMENSION)  # so that no measurement waits for it

    def encode(self: OnnxEncoder, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        if len(texts) <= TIMED:
            real(self, texts)
        if progress:
            progress(len(texts))
        return np.stack([vector(text, self.dimension) for text in texts])

    OnnxEncoder.encode = encode  # type: ignore[method-assign]
