"""Model folder -> a model that the package carries: ONNX with int8 weights, its tokenizer, its calibration, and a parity report.

Weights are stored as int8 with one scale a row and expanded to float when the model is loaded, so that answers do not depend on the
processor's integer units or on what else is in a batch.

    python training/export.py MODEL_FOLDER assistant/data/reader
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from assistant.embedding import export
from assistant.inference import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder

SMALLEST = 4096
"""Tensors with fewer values stay float."""


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with every large float tensor as int8 rows, scales, and a DequantizeLinear node that restores it."""
    graph = model.graph
    kept, nodes = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        axis = 0 if values.shape[0] > values.shape[1] * 8 else 1
        scale = np.maximum(np.abs(values).max(axis=1 - axis), 1e-8).astype(np.float32) / 127
        shaped = scale[:, None] if axis == 0 else scale[None, :]
        whole = np.clip(np.round(values / shaped), -127, 127).astype(np.int8)
        kept.append(numpy_helper.from_array(whole, tensor.name + "_int8"))
        kept.append(numpy_helper.from_array(scale, tensor.name + "_scale"))
        nodes.append(helper.make_node("DequantizeLinear", [tensor.name + "_int8", tensor.name + "_scale"], [tensor.name], axis=axis))
    rest = list(graph.node)
    del graph.node[:], graph.initializer[:]
    graph.node.extend([*nodes, *rest])
    graph.initializer.extend(kept)
    onnx.checker.check_model(model)
    return model


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
        probes = [line for line in Path(__file__).with_name("README.md").read_text(encoding="utf-8").splitlines() if len(line) > 20]
        cosines = np.sum(OnnxEncoder(arguments.target).encode(probes) * exact.encode(probes), axis=1)
    print(f"parity over {len(probes)} texts: mean cosine {cosines.mean():.5f}, smallest {cosines.min():.5f}")


if __name__ == "__main__":
    main()
