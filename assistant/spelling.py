"""Question words -> the corpus's own spelling of them. Knows the words of the documents and those of the encoder; knows no grammar.

Only words that neither knows are touched: a clipped word becomes the corpus's word that begins with it, a misspelt one the word it
nearly is.
"""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from assistant.index import Index

SHORTEST = 4
NEARLY = 0.92
"""Jaro-Winkler likeness from which an unknown word counts as a misspelling."""
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")


def correct(index: Index, text: str) -> str:
    """Return `text` with clipped and misspelt words replaced by words of the corpus; other words stay as they are."""
    return _WORD.sub(lambda match: _corrected(index, match.group()), text)


def _corrected(index: Index, word: str) -> str:
    folded = word.casefold()
    if folded in index.words.word_counts or index.encoder.knows(folded):
        return word
    begun = [known for known in index.words.word_counts if known.startswith(folded)]
    if begun:
        return max(begun, key=lambda known: (index.words.word_counts[known], known))
    found = process.extractOne(folded, index.words.words, scorer=JaroWinkler.normalized_similarity, score_cutoff=NEARLY)
    return str(found[0]) if found and abs(len(found[0]) - len(folded)) <= 2 else word
