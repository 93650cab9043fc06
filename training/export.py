"""Model folder -> a model that the package carries: ONNX with int8 weights, its tokenizer, its calibration, and a parity report.

Matrices are multiplied as int8: each row of what comes in is rounded by itself, block by block, so that no answer depends on what else is
in a batch, as it would with one scale for all. Embeddings are expanded to float when the model is loaded.

    python training/export.py MODEL_FOLDER assistant/data/reader
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from assistant.embedding import export
from assistant.inference import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder, Vectors

SMALLEST = 4096
"""Tensors with fewer values stay float."""
BLOCK = 64
"""So many inputs share a scale."""
ZERO, AS_INT8 = 128, 4
"""What stands for zero in onnxruntime's MatMulNBits, and its accuracy level that multiplies int8 by int8."""
BLOCKS, ROWS, SCALES = "_blocks", "_rows", "_scales"
"""What the names of the parts of a tensor end in."""


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with matrices as int8 blocks, which are multiplied as they are, and embeddings as int8 rows, which are expanded."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    kept, nodes = [], []
    for node in graph.node:
        weights = numpy_helper.to_array(tensors[node.input[1]]) if node.op_type == "MatMul" and node.input[1] in tensors else None
        if weights is None or weights.ndim != 2 or weights.shape[0] % BLOCK:
            nodes.append(node)
            continue
        name, (rows, columns) = node.input[1], weights.shape
        blocks = weights.T.reshape(columns, rows // BLOCK, BLOCK)
        scale = np.maximum(np.abs(blocks).max(axis=2), 1e-8).astype(np.float32) / 127
        whole = (np.clip(np.round(blocks / scale[:, :, None]), -127, 127) + ZERO).astype(np.uint8)
        kept += [numpy_helper.from_array(whole, name + BLOCKS), numpy_helper.from_array(scale.reshape(-1), name + SCALES)]
        shape = {"K": rows, "N": columns, "bits": 8, "block_size": BLOCK, "accuracy_level": AS_INT8}
        inputs = [node.input[0], name + BLOCKS, name + SCALES]
        nodes.append(helper.make_node("MatMulNBits", inputs, list(node.output), domain="com.microsoft", **shape))
        del tensors[name]
    expanded = []
    for tensor in tensors.values():
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        scale = np.maximum(np.abs(values).max(axis=1), 1e-8).astype(np.float32) / 127
        whole = np.clip(np.round(values / scale[:, None]), -127, 127).astype(np.int8)
        kept += [numpy_helper.from_array(whole, tensor.name + ROWS), numpy_helper.from_array(scale, tensor.name + SCALES)]
        expanded.append(helper.make_node("DequantizeLinear", [tensor.name + ROWS, tensor.name + SCALES], [tensor.name], axis=0))
    del graph.node[:], graph.initializer[:]
    graph.node.extend([*expanded, *nodes])
    graph.initializer.extend(kept)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.checker.check_model(model)
    return model


def parity(packaged: Path, exact: Callable[[list[str]], Vectors]) -> str:
    """Return how like those of the exact encoder a packaged encoder's vectors of some texts are, in a line to print."""
    probes = [line for line in Path(__file__).with_name("README.md").read_text(encoding="utf-8").splitlines() if len(line) > 20]
    cosines = np.sum(OnnxEncoder(packaged).encode(probes) * exact(probes), axis=1)
    return f"parity over {len(probes)} texts: mean cosine {cosines.mean():.5f}, smallest {cosines.min():.5f}"


def main() -> None:
    """Write the model and print how far its vectors are from the float model's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("target", type=Path)
    parser.add_argument("--name", default="reader-minilm-l6-{digest}", help="what an index records")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    with tempfile.TemporaryDirectory() as work:
        exact = export(arguments.model, Path(work))
        arguments.target.mkdir(parents=True, exist_ok=True)
        onnx.save(quantize_weights(onnx.load(Path(work) / MODEL_FILE)), arguments.target / MODEL_FILE)
        (arguments.target / TOKENIZER_FILE).write_bytes((Path(work) / TOKENIZER_FILE).read_bytes())
        config = json.loads((Path(work) / CONFIG_FILE).read_text(encoding="utf-8"))
        digest = hashlib.sha256((arguments.target / MODEL_FILE).read_bytes()).hexdigest()
        config["name"] = arguments.name.format(digest=digest[:8])
        (arguments.target / CONFIG_FILE).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        print(parity(arguments.target, exact.encode))


if __name__ == "__main__":
    main()
