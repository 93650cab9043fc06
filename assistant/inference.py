"""Text -> vectors with onnxruntime and tokenizers, without torch. The only module that imports either."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from assistant.errors import ModelError
from assistant.recent import keep, kept
from assistant.types import Span

Given = TypeVar("Given")
Made = TypeVar("Made")
Vectors = npt.NDArray[np.float32]
MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE = "model.onnx", "tokenizer.json", "encoder.json"
THREADS = min(4, os.cpu_count() or 1)
"""So many texts are worked on at once, each by one thread: two on a short text take more of the processor and no less time."""
ONE_THREAD = 2**18
"""Multiplications of a product that OpenBLAS does in one thread; on a busy machine waking a second one takes far longer."""
AT_ONCE = 256
"""Texts that wait for a thread; each costs a little memory."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How an encoder's similarities become decisions. A trained encoder brings its own; the defaults suit an untrained one.

    `reading_belief` weighs what `reading.evidence` finds in a logistic model of whether a document answers, a slope for each and the
    constant last, and `reading_sure` is the belief that suffices. A larger candidate around the best one is preferred when it scores at
    most `reading_widen` less, or `reading_widen_several` where a question asks for several things; a second one is shown when it scores at
    most `reading_tie` less.
    `reading_words` is what likeness word by word counts beside a cosine when one is chosen; at 0 words are not looked at.
    """

    reading_belief: Sequence[float] = (20.0, 0.0, 0.0, 0.0, 0.0, -5.6)
    reading_sure: float = 0.5
    reading_widen: float = 0.0
    reading_widen_several: float = 0.0
    reading_tie: float = 0.0
    reading_words: float = 0.0


REMEMBERED = 1024
"""Texts whose vectors are kept at hand, about 50 kB each: a question is looked at from several sides, as is what may answer it."""


class Encoder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Which model it is; part of an index's identity."""
        ...

    @property
    def dimension(self) -> int:
        """How many components a vector has."""
        ...

    @property
    def calibration(self) -> Calibration:
        """How its similarities become decisions."""
        ...

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return `(len(texts), dimension)` float32, rows of unit length; calls `progress` with the number of texts done."""
        ...

    def encode_one(self, text: str) -> Vectors:
        """Return the `(dimension,)` vector of one text."""
        ...

    def encode_words(self, texts: Sequence[str]) -> list[Vectors]:
        """Return, for each text, `(word pieces, dimension)` float32, rows of unit length, each in the light of the whole text."""
        ...

    def encode_phrases(self, text: str, spans: Sequence[Span]) -> Vectors:
        """Return `(len(spans), dimension)` float32, rows of unit length, each in the light of the whole text; zeros past its end."""
        ...


@contextmanager
def packaged_values(path: Path) -> Iterator[Any]:
    """Give the values in a JSON file that comes with a model; what is missing or wrong with them while they are taken becomes one error.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        yield json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelError(f"the file '{path}' cannot be read ({error}); install the package again") from error


def several(values: Sequence[float], n: int) -> tuple[float, ...]:
    """Return `n` weights.

    Raises:
        ValueError: there are more or fewer, or one is no number.
    """
    if len(values) != n:
        raise ValueError(f"there are {len(values)} weights, not {n}")
    return tuple(map(float, values))


class OnnxEncoder:
    """A sentence encoder exported by `embedding.export`: mean pooling over tokens, rows of unit length."""

    def __init__(self, folder: Path) -> None:
        """Load the folder.

        Raises:
            ModelError: a file is missing or is not a model.
        """
        try:
            config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
            self.name = str(config["name"])
            self.dimension = int(config["dimension"])
            self.calibration = Calibration(**config.get("calibration", {}))
            self._tokenizer = _tokenizer((folder / TOKENIZER_FILE).read_text(encoding="utf-8"), int(config["max_tokens"]))
            self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), _options(), providers=["CPUExecutionProvider"])
        except Exception as error:  # the libraries raise bare Exception subclasses of their own
            raise ModelError(f"the encoder in '{folder}' cannot be loaded ({error}); run 'assistant index --rebuild'") from error
        self._recent: dict[str, tuple[Vectors, Vectors]] = {}
        self._inputs = {one.name for one in self._session.get_inputs()}

    def knows(self, word: str) -> bool:
        """Say whether a case-folded word is one token of the model, as common words are."""
        return self._tokenizer.token_to_id(word) is not None

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors in the order of `texts`."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for begin in range(0, len(texts), AT_ONCE):
            rows = texts[begin : begin + AT_ONCE]
            vectors[begin : begin + len(rows)] = _each(lambda text: _mean(self._hidden(text)), rows)
            if progress:
                progress(len(rows))
        return vectors

    def encode_one(self, text: str) -> Vectors:
        """Return the `(dimension,)` vector of one text; the last ones are remembered, with their word vectors."""
        return self._read([text])[0][0]

    def encode_words(self, texts: Sequence[str]) -> list[Vectors]:
        """Return unit rows for the word pieces of each text, the marks at its ends left out; the last texts are remembered.

        `encode_one` has these at hand too: several texts take less time together.
        """
        return [words for _, words in self._read(texts)]

    def encode_phrases(self, text: str, spans: Sequence[Span]) -> Vectors:
        """Return the mean of the word pieces in each span of a text, as unit rows; zeros for what stands past the longest text."""
        pieces = self._tokenizer.encode(text).offsets[1:-1]
        words = self.encode_words([text])[0]
        starts, ends = np.asarray(pieces, dtype=np.int64).reshape(-1, 2).T
        firsts, lasts = np.asarray([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2).T[:, :, None]
        means: Vectors = ((firsts < ends) & (starts < lasts)).astype(np.float32) @ words
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.float32(1e-6))
        return means

    def _read(self, texts: Sequence[str]) -> list[tuple[Vectors, Vectors]]:
        """Return the vector of each text and those of its words, and remember them."""
        found = {text: known for text in texts if (known := kept(self._recent, text))}
        fresh = [text for text in dict.fromkeys(texts) if text not in found]
        for text, hidden in zip(fresh, _each(self._hidden, fresh), strict=True):
            found[text] = keep(self._recent, text, (_mean(hidden), _unit(hidden[1:-1])), REMEMBERED)
        return [found[text] for text in texts]

    def _hidden(self, text: str) -> Vectors:
        """Return `(word pieces, dimension)`. A text runs by itself, so that none is padded; a batch takes as long for each piece."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden: Vectors = self._session.run(None, {key: value for key, value in feed.items() if key in self._inputs})[0][0]
        return hidden


@lru_cache(maxsize=2)
def _tokenizer(said: str, most: int) -> Tokenizer:
    """Return the tokenizer in a file's text; models whose files say the same, as the packaged ones' do, share it."""
    tokenizer = Tokenizer.from_str(said)
    tokenizer.enable_truncation(most)
    tokenizer.no_padding()
    return tokenizer


def read_at_once(encoders: Sequence[OnnxEncoder], text: str) -> None:
    """Have each of some encoders read a text, which `encode_one` of each has at hand then; together they take less time."""
    _each(lambda encoder: encoder.encode_one(text), encoders)


def _each(make: Callable[[Given], Made], some: Sequence[Given]) -> list[Made]:
    """Return what is made of each text or encoder, of several by several threads."""
    return list(map(make, some) if len(some) < 2 else _threads().map(make, some))


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Return the threads that work on texts at once; starting new ones takes as long as a short text."""
    return ThreadPoolExecutor(THREADS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # a process that forks leaves its threads behind


def products(some: Vectors, others: Vectors) -> Vectors:
    """Return `(some, others)`: the inner product of each of some rows, at least one, with each of others."""
    block = max(1, ONE_THREAD // some.size)
    return np.concatenate([some @ others[i : i + block].T for i in range(0, len(others), block)], axis=1)


def _mean(hidden: Vectors) -> Vectors:
    """Return the mean over the word pieces of a text, of unit length."""
    return _unit(hidden.mean(axis=0))


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return unit


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options
