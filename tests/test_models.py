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


def test_a_packaged_model_is_unpacked_to_one_that_gives_the_same_vectors(documents, root, monkeypatch):
    monkeypatch.syspath_prepend(root / "training")
    from unpack import unpack

    texts = [unit.span.of(document.text) for document in documents.values() for unit in document.units[::16]]
    unpacked = unpack(PACKAGED_READER).encode(texts, normalize_embeddings=True, show_progress_bar=False)
    assert np.sum(OnnxEncoder(PACKAGED_READER).encode(texts) * unpacked, axis=1).min() > 0.998


def cosines(encoder, pairs):
    return np.array([np.dot(*encoder.encode(list(pair))) for pair in pairs])


def test_sentences_of_documents_stay_where_the_base_model_has_them(documents):
    texts = [unit.span.of(document.text) for document in documents.values() for unit in document.units[::8]]
    before = load("default").encode(texts, normalize_embeddings=True, show_progress_bar=False)
    kept = np.sum(OnnxEncoder(PACKAGED_ENCODER).encode(texts) * before, axis=1)
    assert len(texts) > 20
    assert kept.mean() > 0.9


def test_the_packaged_encoder_knows_what_names_mean_better_than_the_base_model():
    alike = [
        ("Lantus", "long-acting insulin"),
        ("metoprolol", "beta blocker"),
        ("Eliquis", "blood thinner"),
        ("Humira", "arthritis biologic"),
    ]
    unlike = [(one, other) for (one, _), (_, other) in zip(alike, alike[1:] + alike[:1], strict=True)]
    ours, base = OnnxEncoder(PACKAGED_ENCODER), load("default")

    def told_apart(encoder):
        return (cosines(encoder, alike) - cosines(encoder, unlike)).mean()

    assert told_apart(ours) > told_apart(base) + 0.02
