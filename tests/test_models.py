import numpy as np
import pytest

from assistant.config import PACKAGED_ENCODER, PACKAGED_READER
from assistant.embedding import load
from assistant.inference import OnnxEncoder

LARGEST = 30_000_000


@pytest.mark.parametrize("folder", [PACKAGED_ENCODER, PACKAGED_READER])
def test_a_packaged_model_is_small_and_gives_unit_vectors(folder):
    assert sum(path.stat().st_size for path in folder.iterdir()) < LARGEST
    vectors = OnnxEncoder(folder).encode(["one text", "another text that is longer"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_packaged_encoder_is_the_model_that_sentence_transformers_loads(documents):
    texts = [unit.span.of(document.text) for document in documents.values() for unit in document.units[::8]]
    wanted = load("default").encode(texts, normalize_embeddings=True, show_progress_bar=False)
    cosines = np.sum(OnnxEncoder(PACKAGED_ENCODER).encode(texts) * wanted, axis=1)
    assert len(texts) > 20
    assert cosines.min() > 0.998
    assert cosines.mean() > 0.999
