"""The ONNX graph of a BERT encoder with mean pooling, built straight from its weights.

Attention, normalisation and activation are ONNX Runtime's fused operators
(https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md), so that nothing is
left for an optimiser to find and no training framework is needed to export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

GRAPH_VERSION = 1
"""Part of the name of the file that the graph is kept in: raise it with any change below."""
_FUSED = "com.microsoft"
_EPSILON = 1e-12

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The encoder's measures."""

    layers: int
    heads: int


@dataclass(slots=True)
class _Graph:
    """Nodes and weights as they are added; each step returns the name of its output."""

    weights: Weights
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def matrix(self, name: str) -> str:
        """A dense layer's weights, turned to what MatMul multiplies by."""
        return self.constant(name, self.weights[name].T)

    def add(
        self, kind: str, inputs: list[str], output: str, fused: str = "", **attributes: Any
    ) -> str:
        self.nodes.append(
            helper.make_node(kind, inputs, [output], output, domain=fused, **attributes)
        )
        return output


def build(weights: Weights, shape: Shape) -> onnx.ModelProto:
    """A model from `ids` and `mask`, both int32 [batch, length], to `vectors` [batch, width].

    Args:
        weights: by the names of a BertModel's state.
        shape: how many layers and heads they form.
    """
    graph = _Graph(weights)
    hidden = _embed(graph)
    for number in range(shape.layers):
        hidden = _layer(graph, f"encoder.layer.{number}", hidden, shape.heads)
    _pool(graph, hidden)
    size = ["batch", "length"]
    width = weights["embeddings.LayerNorm.weight"].shape[0]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [
                helper.make_tensor_value_info("ids", TensorProto.INT32, size),
                helper.make_tensor_value_info("mask", TensorProto.INT32, size),
            ],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", width])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)],
    )
    model.ir_version = 10
    return model


def _embed(graph: _Graph) -> str:
    """Word, position and (always the first) segment, summed and normalised."""
    segment = graph.weights["embeddings.token_type_embeddings.weight"][0]
    position = graph.weights["embeddings.position_embeddings.weight"] + segment
    inputs = [
        "ids",
        "",
        graph.weight("embeddings.word_embeddings.weight"),
        graph.constant("embeddings.position_embeddings.weight", position),
        "",
        graph.weight("embeddings.LayerNorm.weight"),
        graph.weight("embeddings.LayerNorm.bias"),
    ]
    outputs = ["embedded", "lengths"]
    graph.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization", inputs, outputs, "embed", domain=_FUSED, epsilon=_EPSILON
        )
    )
    return outputs[0]


def _layer(graph: _Graph, at: str, hidden: str, heads: int) -> str:
    """Attention, then the two dense steps, each added to what came in and normalised."""
    parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
    packed = np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([graph.weights[f"{part}.bias"] for part in parts])
    attended = graph.add(
        "Attention",
        [
            hidden,
            graph.constant(f"{at}.attention.weight", packed),
            graph.constant(f"{at}.attention.bias", bias),
            "mask",
        ],
        f"{at}.attended",
        _FUSED,
        num_heads=heads,
    )
    hidden = _join(graph, f"{at}.attention.output", attended, hidden)
    wide = graph.add(
        "MatMul", [hidden, graph.matrix(f"{at}.intermediate.dense.weight")], f"{at}.wide"
    )
    active = graph.add(
        "BiasGelu", [wide, graph.weight(f"{at}.intermediate.dense.bias")], f"{at}.active", _FUSED
    )
    return _join(graph, f"{at}.output", active, hidden)


def _join(graph: _Graph, at: str, step: str, before: str) -> str:
    narrow = graph.add("MatMul", [step, graph.matrix(f"{at}.dense.weight")], f"{at}.narrow")
    inputs = [
        narrow,
        before,
        graph.weight(f"{at}.LayerNorm.weight"),
        graph.weight(f"{at}.LayerNorm.bias"),
        graph.weight(f"{at}.dense.bias"),
    ]
    return graph.add("SkipLayerNormalization", inputs, f"{at}.joined", _FUSED, epsilon=_EPSILON)


def _pool(graph: _Graph, hidden: str) -> None:
    """Mean over the tokens that the mask keeps, at length 1."""
    kept = graph.add("Cast", ["mask"], "kept", to=TensorProto.FLOAT)
    row = graph.add("Unsqueeze", [kept, graph.constant("axis1", np.array([1]))], "row")
    summed = graph.add("MatMul", [row, hidden], "summed")
    pooled = graph.add("Squeeze", [summed, "axis1"], "pooled")
    # dividing by the number of tokens first would change nothing: the length becomes 1 anyway
    graph.add("LpNormalization", [pooled], "vectors", axis=-1, p=2)
