"""Question + candidates -> a second look by any cross-encoder of sentence-transformers. Knows that library; refuses to know thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.chunking import read_texts
from assistant.errors import ModelError
from assistant.index import Index
from assistant.inference import Vectors
from assistant.reading import EncoderReader, Reading

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


WEIGHT = 0.5
"""What the cross-encoder's score counts beside a cosine; as much as likeness word by word counts in the packaged reader."""


class CrossReader(EncoderReader):
    """Scores as `EncoderReader` does, and takes the second look with the cross-encoder `name`, an id or a folder."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self._name, device="cpu")
        except Exception as error:  # hub, file and model errors share no base class
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelError(f"the cross-encoder '{self._name}' cannot be loaded: {reason}; name an id or folder") from error
        if model.num_labels != 1:
            raise ModelError(f"the cross-encoder '{self._name}' has {model.num_labels} outputs; name one that gives a single score")
        return model

    def load(self) -> None:
        """Load the model now, so that the first question neither waits for it nor finds that it is missing.

        Raises:
            ModelError: it cannot be loaded, or gives more than one score.
        """
        _ = self._model

    def compare(self, index: Index, text: str, readings: Sequence[Reading]) -> Vectors:
        """Return the cross-encoder's score of each reading, weighed; in [0, `WEIGHT`] for models that end in a sigmoid.

        Raises:
            ModelError: it cannot be loaded, or gives more than one score.
        """
        if not readings:
            return np.zeros(0, dtype=np.float32)
        document = index.by_id[readings[0].candidate.document]
        pairs = [(text, read_texts(document, reading.candidate)[0]) for reading in readings]
        return WEIGHT * np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float32)
