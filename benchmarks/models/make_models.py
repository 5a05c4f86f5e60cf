"""Writes the models that only benchmarks run.

Needs onnx==1.23.2 and numpy==2.4.6, as dataset/requirements.txt pins them. Run it without
arguments:

    python benchmarks/models/make_models.py

Two runs write the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

TARGET = Path(__file__).resolve().parent
OPSET = 17
IR_VERSION = 8
FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64

CHANNELS = 64
LAYERS = 40
CLASSES = 10
STEPS = 1_000_000


def value(name: str, element_type: int, *shape: str | int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, element_type, shape)


def node(operator: str, inputs: str, output: str, **attributes: Any) -> NodeProto:
    return helper.make_node(operator, inputs.split(), [output], **attributes)


def save(
    name: str,
    nodes: list[NodeProto],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    constants: dict[str, np.ndarray],
) -> None:
    initializers = [numpy_helper.from_array(a, n) for n, a in constants.items()]
    proto = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name=Path(__file__).name,
    )
    onnx.checker.check_model(proto, full_check=True)
    folder = TARGET / name / "1"
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(proto, folder / "model.onnx")


def write_convolution() -> None:
    """Takes an image of 8x8 numbers, enlarged, through many equal layers, whose weights stand in
    the file once: little to read, much to compute."""
    random = np.random.default_rng(7)

    def weights(*shape: int) -> np.ndarray:
        fan_in = int(np.prod(shape[1:]))
        return (random.standard_normal(shape) * np.sqrt(2 / fan_in)).astype(np.float32)

    layers = []
    for i in range(LAYERS):
        layers += [
            node("Conv", f"h{i} layer", f"c{i}", pads=[1, 1, 1, 1]),
            node("Relu", f"c{i}", f"h{i + 1}"),
        ]
    save(
        "convolution",
        [
            node("Reshape", "image square", "pixels"),
            node("Div", "pixels brightest", "scaled"),
            helper.make_node("Resize", ["scaled", "", "enlarge"], ["large"], mode="nearest"),
            node("Conv", "large first", "h0", pads=[1, 1, 1, 1]),
            *layers,
            node("GlobalAveragePool", f"h{LAYERS}", "pooled"),
            node("Flatten", "pooled", "features"),
            node("Gemm", "features last", "logits", transB=1),
            node("Softmax", "logits", "probabilities", axis=1),
        ],
        [value("image", FLOAT, "rows", 64)],
        [value("probabilities", FLOAT, "rows", CLASSES)],
        {
            "square": np.array([-1, 1, 8, 8], np.int64),
            "brightest": np.array(16, np.float32),
            "enlarge": np.array([1, 1, 2, 2], np.float32),
            "first": weights(CHANNELS, 1, 3, 3),
            "layer": weights(CHANNELS, CHANNELS, 3, 3),
            "last": weights(CLASSES, CHANNELS),
        },
    )


def write_slow() -> None:
    """Answers with its input after as many small steps as take half a second or so."""
    body = helper.make_graph(
        [node("Identity", "go", "go_on"), node("Sin", "v", "v_next")],
        "step",
        [value("i", INT64), value("go", TensorProto.BOOL), value("v", FLOAT)],
        [value("go_on", TensorProto.BOOL), value("v_next", FLOAT)],
    )
    save(
        "slow",
        [
            helper.make_node("Loop", ["steps", "", "one"], ["v"], body=body),
            node("Mul", "v nothing", "zero"),
            node("Add", "x zero", "y"),
        ],
        [value("x", FLOAT, "rows", 1)],
        [value("y", FLOAT, "rows", 1)],
        {
            "steps": np.array(STEPS, np.int64),
            "one": np.array(1, np.float32),
            "nothing": np.array(0, np.float32),
        },
    )


if __name__ == "__main__":
    write_convolution()
    write_slow()
