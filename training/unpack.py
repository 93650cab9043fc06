"""A model that the package carries -> a model folder to train further: int8 weights expanded.

    python training/unpack.py assistant/data/reader training/runs/reader

The tensors of a packaged graph are named after the parameters that they hold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from sentence_transformers import SentenceTransformer

from assistant.embedding import locate
from assistant.inference import MODEL_FILE
from export import BESIDE, BLOCKS, ROWS, SCALES, ZERO, parity


def weights(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """Return the parameters that a graph of `export.build` holds, by name."""
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    found = {}
    for name, values in held.items():
        if name.endswith(SCALES):
            continue
        if name.endswith(ROWS):
            name = name.removesuffix(ROWS)
            values = values * held[name + SCALES]
        elif name.endswith(BLOCKS):
            name = name.removesuffix(BLOCKS)
            blocks = (values.astype(np.float32) - ZERO) * held[name + SCALES].reshape(*values.shape[:2], 1)
            values = blocks.reshape(len(blocks), -1)
        names = name.split(BESIDE)
        found.update(zip(names, np.split(values, len(names)), strict=True))
    return found


def unpack(packaged: Path) -> SentenceTransformer:
    """Return the packaged model as the base model with its weights."""
    model = SentenceTransformer(locate("default"), device="cpu")
    held = weights(onnx.load(packaged / MODEL_FILE))
    with torch.no_grad():
        for name, parameter in model[0].auto_model.named_parameters():
            if not name.startswith("pooler"):
                parameter.copy_(torch.tensor(held[name]))
    return model


def main() -> None:
    """Write the folder and print how alike the vectors of both are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packaged", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    model = unpack(arguments.packaged)
    model.save(str(arguments.target))
    print(parity(arguments.packaged, lambda texts: model.encode(texts, normalize_embeddings=True)))


if __name__ == "__main__":
    main()
