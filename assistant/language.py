"""Question -> whether it is asked in another language than the documents are written in. The only module that imports py3langid.

A question with English function words, or with words of the corpus alone, is not looked at: names, codes and keywords look like any
language.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.tokens import stem, words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = (
    *("ar", "bn", "cs", "de", "el", "en", "es", "fa", "fr", "gu", "he", "hi", "ht", "hu", "hy", "it", "ja", "km", "ko", "nl", "pa", "pl"),
    *("pt", "ro", "ru", "so", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh"),
)
"""Languages that questions come in; more would only be mistaken for these."""
FEWEST_WORDS = 3
"""Fewer words, in Latin letters, tell no language."""
MOST_ENGLISH = 0.25
"""A question with a larger share of English function words is English; other languages have a few words that look like them."""
SURE = 0.8
"""Belief from which on a question is in a language: none of 24,000 authored English questions reaches it, nearly all in others do."""
SAMPLES, SAMPLE = 8, 1000
"""So many documents tell the language of all, so many characters of each."""


def is_foreign(index: Index, text: str) -> bool:
    """Say whether a question is in another language than the documents."""
    spoken = [word for word in words(text) if len(word) > 1 and not any(map(str.isdigit, word))]
    english = sum(stem(word) in FUNCTION_WORDS for word in spoken)
    if english > MOST_ENGLISH * len(spoken) or all(word in index.words.word_counts for word in spoken):
        return False
    if len(spoken) < FEWEST_WORDS and text.isascii():
        return False
    found, belief = language(text)
    return belief >= SURE and index.recall(_own_language, SAMPLES) not in ("", found)


def _own_language(index: Index, samples: int) -> str:
    """Return the language that the first documents of an index are in; empty where it is not clear."""
    own, belief = language(" ".join(document.text[:SAMPLE] for document in index.documents[:samples]))
    return own if belief >= SURE else ""


def language(text: str) -> tuple[str, float]:
    """Return the ISO 639 code of the language that a text most likely is in, and the belief in [0, 1] that it is."""
    found, belief = _identifier().classify(text)
    return str(found), float(belief)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
