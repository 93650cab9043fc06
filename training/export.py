"""Model folder -> a model that the package carries: a lean ONNX graph with int8 weights, its tokenizer, its configuration; prints parity.

The graph is built from the weights, for BERT alone. torch's own export has ten times as many nodes and takes five times as long to load. It
takes the word pieces of one text and no mask, since texts run one by one and nothing is padded. Its tensors are named after the parameters
that they hold, so that `unpack.py` can read them back.

Matrices are multiplied as int8, block by block, each input row rounded by itself. Words stand as int8 rows and become float when looked up.

    python training/export.py MODEL_FOLDER assistant/data/reader
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from assistant.embedding import load
from assistant.inference import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder, Vectors

if TYPE_CHECKING:
    from transformers import BertConfig

BLOCK = 64
"""So many inputs share a scale."""
ZERO, AS_INT8 = 128, 4
"""What stands for zero in onnxruntime's MatMulNBits, and its accuracy level that multiplies int8 by int8."""
BLOCKS, ROWS, SCALES = "_blocks", "_rows", "_scales"
"""What the names of the parts of a weight end in."""
BESIDE = "+"
"""Joins the names of parameters that stand in one tensor, one after the other."""
MICROSOFT = "com.microsoft"

Array = NDArray[Any]
Weights = Mapping[str, NDArray[np.float32]]


class Graph:
    """Nodes and tensors in the making."""

    def __init__(self, weights: Weights) -> None:
        """Start with nothing."""
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}
        self._weights = weights

    def tensor(self, name: str, values: Array) -> str:
        """Add values and return their name."""
        self.tensors[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def parameters(self, *names: str) -> str:
        """Add parameters of the model, one after the other, and return the name of their tensor."""
        return self.tensor(BESIDE.join(names), np.concatenate([self._weights[name] for name in names]))

    def node(self, kind: str, inputs: Sequence[str], outputs: str, domain: str = MICROSOFT, **settings: float) -> str:
        """Add a node and return the name of what it gives, one or several names with spaces between."""
        self.nodes.append(helper.make_node(kind, inputs, outputs.split(), domain=domain, **settings))
        return outputs

    def words(self, name: str, ids: str) -> str:
        """Add the look-up of words in a table of int8 rows."""
        rows, scale = whole(self._weights[name], axis=1)
        found = self.node("Gather", [self.tensor(name + ROWS, rows.astype(np.int8)), ids], "word.rows", "")
        scales = self.node("Gather", [self.tensor(name + SCALES, scale), ids], "word.scales", "")
        return self.node("Mul", [self.node("Cast", [found], "word.whole", "", to=TensorProto.FLOAT), scales], "word", "")

    def product(self, given: str, output: str, *names: str) -> str:
        """Add the product with the weights of layers that have the same input, in one matrix."""
        joint, weights = BESIDE.join(names), np.concatenate([self._weights[name] for name in names])
        n, k = weights.shape
        blocks, scale = whole(weights.reshape(n, k // BLOCK, BLOCK), axis=2)
        parts = [self.tensor(joint + BLOCKS, (blocks + ZERO).astype(np.uint8)), self.tensor(joint + SCALES, scale.reshape(-1))]
        return self.node("MatMulNBits", [given, *parts], output, K=k, N=n, bits=8, block_size=BLOCK, accuracy_level=AS_INT8)

    def normed(self, given: str, before: str, at: str, output: str, least: float) -> str:
        """Add what ends each half of a layer: the sum with what came in and a bias, normalised."""
        parts = [self.parameters(at + part) for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
        return self.node("SkipLayerNormalization", [given, before, *parts], output, epsilon=least)


def whole(values: NDArray[np.float32], axis: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return whole numbers of up to 127, and the scales along an axis that turn them back."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-8).astype(np.float32) / 127
    return np.clip(np.round(values / scale), -127, 127), scale


def layer(graph: Graph, given: str, i: int, output: str, config: BertConfig) -> str:
    """Add one layer of BERT."""
    at = f"encoder.layer.{i}."
    own, after, inner, outer = (at + part for part in ("attention.self.", "attention.output.", "intermediate.", "output."))
    asked = [own + part for part in ("query", "key", "value")]
    joint = graph.product(given, at + "asked", *(name + ".weight" for name in asked))
    graph.node("Split", [joint], " ".join(asked), "", axis=-1, num_outputs=3)
    biases = graph.parameters(*(name + ".bias" for name in asked))
    heads = graph.node("MultiHeadAttention", [*asked, biases], at + "heads", num_heads=config.num_attention_heads)
    seen = graph.normed(graph.product(heads, at + "attended", after + "dense.weight"), given, after, at + "seen", config.layer_norm_eps)
    wide = graph.product(seen, at + "wide", inner + "dense.weight")
    active = graph.node("BiasGelu", [wide, graph.parameters(inner + "dense.bias")], at + "active")
    return graph.normed(graph.product(active, at + "narrow", outer + "dense.weight"), seen, outer, output, config.layer_norm_eps)


def build(weights: Weights, config: BertConfig) -> onnx.ModelProto:
    """Return BERT with these weights as a graph from word pieces to hidden states.

    Raises:
        ValueError: it is another kind of network.
    """
    if (config.model_type, config.hidden_act) != ("bert", "gelu"):
        raise ValueError(f"a {config.model_type} with {config.hidden_act} is not built here")
    graph, at = Graph(weights), "embeddings."
    first = graph.tensor("first", np.zeros(1, np.int64))
    length = graph.node("Shape", ["input_ids"], "length", "", start=1, end=2)
    place = graph.node("Slice", [graph.parameters(at + "position_embeddings.weight"), first, length, first], "place", "")
    kind = graph.node("Gather", [graph.parameters(at + "token_type_embeddings.weight"), first], "kind", "")
    placed = graph.node("Add", [place, kind], "placed", "")
    summed = graph.node("Add", [graph.words(at + "word_embeddings.weight", "input_ids"), placed], "summed", "")
    parts = [graph.parameters(at + part) for part in ("LayerNorm.weight", "LayerNorm.bias")]
    x = graph.node("LayerNormalization", [summed, *parts], "embedded", "", axis=-1, epsilon=config.layer_norm_eps)
    for i in range(config.num_hidden_layers):
        x = layer(graph, x, i, "hidden" if i == config.num_hidden_layers - 1 else f"layer.{i}", config)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "pieces"])
    hidden = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["texts", "pieces", config.hidden_size])
    made = helper.make_graph(graph.nodes, "encoder", [ids], [hidden], list(graph.tensors.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def parity(packaged: Path, exact: Callable[[list[str]], Vectors]) -> str:
    """Return how like those of the exact encoder a packaged encoder's vectors of some texts are, in a line to print."""
    probes = [line for line in Path(__file__).with_name("README.md").read_text(encoding="utf-8").splitlines() if len(line) > 20]
    own, wanted = OnnxEncoder(packaged).encode(probes), exact(probes)
    cosines, error = np.sum(own * wanted, axis=1), np.sqrt(np.mean((own @ own.T - wanted @ wanted.T) ** 2))
    found = f"mean cosine {cosines.mean():.5f}, smallest {cosines.min():.5f}, error of their similarities {error:.4f}"
    return f"parity over {len(probes)} texts: {found}"


def main() -> None:
    """Write the model and print how far its vectors are from the float model's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("target", type=Path)
    parser.add_argument("--name", default="reader-minilm-l6-{digest}", help="what an index records")
    arguments = parser.parse_args()
    model = load(arguments.model)
    arguments.target.mkdir(parents=True, exist_ok=True)
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.enable_padding()  # whatever it was told before, so that models whose files are alike share it
    tokenizer.save(str(arguments.target / TOKENIZER_FILE))
    network = model[0].auto_model
    weights = {name: values.numpy() for name, values in network.state_dict().items()}
    graph = build(weights, network.config).SerializeToString(deterministic=True)
    (arguments.target / MODEL_FILE).write_bytes(graph)
    name = arguments.name.format(digest=hashlib.sha256(graph).hexdigest()[:8])
    config = {"name": name, "dimension": model.get_embedding_dimension(), "max_tokens": model.max_seq_length}
    (arguments.target / CONFIG_FILE).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    print(parity(arguments.target, lambda texts: model.encode(texts, normalize_embeddings=True)))


if __name__ == "__main__":
    main()
