"""A model that the package carries -> a model folder to train further: int8 weights expanded, under the names that torch knows.

    python training/unpack.py assistant/data/reader training/runs/reader

The exported graph names its tensors after itself. Which is which is told by exporting the base model the same way: a tensor there that
equals a parameter of the base stands, in the packaged graph, for the trained one.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from sentence_transformers import SentenceTransformer

from assistant.embedding import export, locate
from assistant.inference import MODEL_FILE
from export import BLOCKS, ZERO, parity


def tensors(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Return the float tensors of the graph in `folder` by name, those stored as int8 expanded."""
    graph = onnx.load(folder / MODEL_FILE).graph
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            rows, scale = found[node.input[0]], found[node.input[1]]
            found[node.output[0]] = rows.astype(np.float32) * scale[:, None]
        elif node.op_type == "MatMulNBits":
            blocks, scale = found[node.input[1]].astype(np.float32) - ZERO, found[node.input[2]]
            columns = blocks * scale.reshape(*blocks.shape[:2], 1)
            found[node.input[1].removesuffix(BLOCKS)] = columns.reshape(len(columns), -1).T
    return {name: values for name, values in found.items() if values.dtype == np.float32}


def unpack(packaged: Path) -> SentenceTransformer:
    """Return the packaged model as the base model with its weights.

    Raises:
        ValueError: a parameter has no tensor of its own, since the two were not exported alike.
    """
    base = locate("default")
    model = SentenceTransformer(base, device="cpu")
    with tempfile.TemporaryDirectory() as work:
        export(base, Path(work))
        known = tensors(Path(work))
    trained = tensors(packaged)
    with torch.no_grad():
        for name, parameter in model[0].auto_model.named_parameters():
            if name.startswith("pooler"):
                continue
            weights = parameter.numpy()
            alike = [key for key, values in known.items() if _equal(values, weights) or (weights.ndim == 2 and _equal(values.T, weights))]
            if len(alike) != 1 or alike[0] not in trained:
                raise ValueError(f"{name} is found {len(alike)} times in the exported graph")
            values = trained[alike[0]]
            parameter.copy_(torch.tensor(values if _equal(known[alike[0]], weights) else values.T))
    return model


def _equal(values: NDArray[np.float32], weights: NDArray[np.float32]) -> bool:
    return values.shape == weights.shape and bool(np.array_equal(values, weights))


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
