"""Writes the tiny ONNX files that the worker's tests load, and those the worker itself is made of.

Needs onnx==1.23.2 and numpy==2.4.6, as dataset/requirements.txt pins them. Run it without
arguments:

    python worker-service/src/test/models/make_models.py

Two runs write the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

TARGET = Path(__file__).resolve().parent.parent / "resources" / "models"
WORKER = TARGET.parents[2] / "main" / "resources" / "io" / "mlp" / "worker" / "inference"
OPSET = 17
IR_VERSION = 8
FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64

# By the Open Inference Protocol's names; ONNX Runtime's Java API can pass these in.
INPUT_TYPES = {
    "BOOL": TensorProto.BOOL,
    "UINT8": TensorProto.UINT8,
    "INT8": TensorProto.INT8,
    "INT16": TensorProto.INT16,
    "INT32": TensorProto.INT32,
    "INT64": TensorProto.INT64,
    "FP16": TensorProto.FLOAT16,
    "FP32": TensorProto.FLOAT,
    "FP64": TensorProto.DOUBLE,
    "BYTES": TensorProto.STRING,
}
# It can pass in the signed types of the same widths, which a cast makes these of.
UNSIGNED_TYPES = {
    "UINT16": TensorProto.UINT16,
    "UINT32": TensorProto.UINT32,
    "UINT64": TensorProto.UINT64,
}
TABLE = np.array([[0, 1], [2, 3], [4, 5], [6, 7]], np.float32)


def value(name: str, element_type: int, *shape: str | int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, element_type, shape)


def unranked(name: str, element_type: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, element_type, None)


def node(operator: str, inputs: str, output: str, **attributes: Any) -> NodeProto:
    return helper.make_node(operator, inputs.split(), [output], **attributes)


def model(
    name: str,
    nodes: list[NodeProto],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    constants: dict[str, np.ndarray] | None = None,
    opset: int = OPSET,
    ir_version: int = IR_VERSION,
) -> onnx.ModelProto:
    initializers = [numpy_helper.from_array(a, n) for n, a in (constants or {}).items()]
    return helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initializers),
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=ir_version,
        producer_name=Path(__file__).name,
    )


def save(
    name: str,
    nodes: list[NodeProto],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    constants: dict[str, np.ndarray] | None = None,
    opset: int = OPSET,
    ir_version: int = IR_VERSION,
) -> None:
    proto = model(name, nodes, inputs, outputs, constants, opset, ir_version)
    onnx.save(proto, TARGET / f"{name}.onnx")


def write_models_of_each_type() -> None:
    types = INPUT_TYPES | UNSIGNED_TYPES
    save(
        "identity_of_each_type",
        [node("Identity", f"in_{name}", f"out_{name}") for name in types],
        [value(f"in_{name}", code, "rows", 2) for name, code in types.items()],
        [value(f"out_{name}", code, "rows", 2) for name, code in types.items()],
    )
    for rank in (0, 1, 2, 3, 8):
        shapes = {name: [f"{name}_{axis}" for axis in range(rank)] for name in types}
        save(
            f"identity_of_rank_{rank}",
            [node("Identity", f"in_{name}", f"out_{name}") for name in types],
            [value(f"in_{name}", code, *shapes[name]) for name, code in types.items()],
            [value(f"out_{name}", code, *shapes[name]) for name, code in types.items()],
        )
    save(
        "cast_to_each_type",
        [node("Cast", "x", name, to=code) for name, code in types.items()],
        [value("x", INT64, "rows")],
        [value(name, code, "rows") for name, code in types.items()],
    )


def write_models_of_many_shapes() -> None:
    save("scalar", [node("Neg", "x", "y")], [value("x", FLOAT)], [value("y", FLOAT)])
    save("any_rank", [node("Neg", "x", "y")], [unranked("x", FLOAT)], [unranked("y", FLOAT)])
    save(
        "adds_its_default",
        [node("Add", "x d", "y")],
        [value("x", FLOAT, "rows"), value("d", FLOAT, 1)],
        [value("y", FLOAT, "rows")],
        {"d": np.array([5], np.float32)},
    )
    save(
        "constant",
        [node("Identity", "c", "y")],
        [],
        [value("y", FLOAT, 3)],
        {"c": np.array([1, 2, 3], np.float32)},
    )
    save(
        "two_by_two",
        [node("Add", "a b", "sum"), node("Sub", "a b", "difference")],
        [value("a", FLOAT, "rows", 2), value("b", FLOAT, "rows", 2)],
        [value("sum", FLOAT, "rows", 2), value("difference", FLOAT, "rows", 2)],
    )
    save(
        "any_width",
        [node("Neg", "x", "y")],
        [value("x", FLOAT, "rows", "width")],
        [value("y", FLOAT, "rows", "width")],
    )
    save(
        "one_row_only",
        [node("Neg", "x", "y")],
        [value("x", FLOAT, 1, 3)],
        [value("y", FLOAT, 1, 3)],
    )


def write_models_that_fail() -> None:
    """Fail for an index outside -4 to 3, and outside 6 to 13: the second one for zero, too."""
    save(
        "table",
        [node("Gather", "t x", "y")],
        [value("x", INT64, "rows")],
        [value("y", FLOAT, "rows", 2)],
        {"t": TABLE},
    )
    save(
        "table_from_ten",
        [node("Sub", "x ten", "i"), node("Gather", "t i", "y")],
        [value("x", INT64, "rows")],
        [value("y", FLOAT, "rows", 2)],
        {"t": TABLE, "ten": np.array(10, np.int64)},
    )


def write_models_that_break_their_word() -> None:
    """Declare their first dimension the batch, but do not treat it as one."""
    save(
        "drops_rows_below_zero",
        [
            node("Gather", "x zeroth", "first_column", axis=1),
            node("GreaterOrEqual", "first_column zero", "keep"),
            node("Compress", "x keep", "y", axis=0),
        ],
        [value("x", FLOAT, "rows", 2)],
        [value("y", FLOAT, "rows", 2)],
        {"zeroth": np.array(0, np.int64), "zero": np.array(0, np.float32)},
    )
    save(
        "doubles_the_batch",
        [node("Concat", "x x", "y", axis=0)],
        [value("x", FLOAT, "rows", 2)],
        [value("y", FLOAT, "twice_the_rows", 2)],
    )
    save(
        "as_wide_as_the_batch",
        [node("Transpose", "x", "t"), node("MatMul", "x t", "y")],
        [value("x", FLOAT, "rows", 1)],
        [value("y", FLOAT, "rows", "rows_again")],
    )


def write_models_to_refuse() -> None:
    save(
        "input_of_BF16",
        [node("Identity", "x", "y")],
        [value("x", TensorProto.BFLOAT16, "rows")],
        [value("y", TensorProto.BFLOAT16, "rows")],
    )
    x, y = value("x", FLOAT, "rows"), value("y", FLOAT, "rows")
    sequence = helper.make_tensor_sequence_value_info("y", FLOAT, ["rows"])
    save("sequence_output", [node("SequenceConstruct", "x", "y")], [x], [sequence])
    save("opset_99", [node("Identity", "x", "y")], [x], [y], opset=99)
    save("ir_99", [node("Identity", "x", "y")], [x], [y], ir_version=99)
    save("unknown_operator", [node("Frobnicate", "x", "y")], [x], [y])


def write_models_with_external_data() -> None:
    """Keep their weights in a file beside them, and in one above them."""
    weights = np.array([1, 2, 3, 4], np.float32)
    for name, location in {
        "external": "external.data",
        "external_outside": "../external.data",
    }.items():
        proto = model(
            name,
            [node("Add", "x w", "y")],
            [value("x", FLOAT, "rows", 4)],
            [value("y", FLOAT, "rows", 4)],
            {"w": weights},
        )
        tensor = proto.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        (TARGET / f"{name}.onnx").write_bytes(proto.SerializeToString())
    (TARGET / "external.data").write_bytes(weights.tobytes())


def write_models_that_take_as_long_as_they_are_told() -> None:
    """Answer with their input; how long that takes grows with its largest element.

    ONNX Runtime looks between two nodes whether it is to stop. `loops` runs some for as many steps
    of half a microsecond; `deaf` compares so many boxes, each with each, in one node.
    """
    body = helper.make_graph(
        [node("Identity", "go", "go_on"), node("Sin", "v", "v_next")],
        "step",
        [value("i", INT64), value("go", TensorProto.BOOL), value("v", FLOAT)],
        [value("go_on", TensorProto.BOOL), value("v_next", FLOAT)],
    )
    save(
        "loops",
        [
            node("ReduceMax", "x", "steps", keepdims=0),
            helper.make_node("Loop", ["steps", "", "one"], ["v"], body=body),
            node("IsNaN", "v", "never"),
            node("Cast", "never", "zero", to=INT64),
            node("Add", "x zero", "y"),
        ],
        [value("x", INT64, "rows")],
        [value("y", INT64, "rows")],
        {"one": np.array(1, np.float32)},
    )
    save(
        "deaf",
        [
            node("ReduceMax", "x", "most", keepdims=0),
            node("Max", "most one", "boxes"),
            node("Range", "zero boxes one", "numbers"),
            node("Cast", "numbers", "lefts", to=FLOAT),
            node("Reshape", "lefts column", "left"),
            node("Add", "left half", "right"),
            node("Mul", "left nothing", "bottom"),
            node("Add", "bottom half", "top"),
            node("Concat", "bottom left top right", "corners", axis=2),
            node("Reshape", "lefts row", "scores"),
            node("NonMaxSuppression", "corners scores boxes", "kept"),
            node("ReduceMin", "kept", "nought", keepdims=0),
            node("Add", "x nought", "y"),
        ],
        [value("x", INT64, "rows")],
        [value("y", INT64, "rows")],
        {
            "zero": np.array(0, np.int64),
            "one": np.array(1, np.int64),
            "column": np.array([1, -1, 1], np.int64),
            "row": np.array([1, 1, -1], np.int64),
            "half": np.array(0.5, np.float32),
            "nothing": np.array(0, np.float32),
        },
    )


def write_model_that_kills() -> None:
    """Divides the least INT64 by its input. By -1 that overflows, for which x86 processors raise
    SIGFPE, and nothing in ONNX Runtime 1.28 keeps it from ending the process."""
    save(
        "kills_at_minus_one",
        [node("Div", "least x", "y")],
        [value("x", INT64, "rows")],
        [value("y", INT64, "rows")],
        {"least": np.array(-(2**63), np.int64)},
    )


def write_models_that_harm_who_loads_them() -> None:
    """`kills_at_load` is the division above, with constants that ONNX Runtime folds when it opens
    the file; `long_at_load` compares its boxes there, for half a minute. The first run of
    `endless_at_zero` never ends with zeros, that of `endless` with nothing. `input_of_2_gb` has
    such an input."""
    x, y = value("x", INT64, "rows"), value("y", INT64, "rows")
    save(
        "kills_at_load",
        [node("Div", "least minus", "d"), node("Add", "x d", "y")],
        [x],
        [y],
        {"least": np.array(-(2**63), np.int64), "minus": np.array(-1, np.int64)},
    )
    save(
        "long_at_load",
        [
            node("Range", "zero boxes one", "numbers"),
            node("Cast", "numbers", "lefts", to=FLOAT),
            node("Reshape", "lefts column", "left"),
            node("Add", "left half", "right"),
            node("Mul", "left nothing", "bottom"),
            node("Add", "bottom half", "top"),
            node("Concat", "bottom left top right", "corners", axis=2),
            node("Reshape", "lefts row", "scores"),
            node("NonMaxSuppression", "corners scores boxes", "kept"),
            node("ReduceMin", "kept", "nought", keepdims=0),
            node("Add", "x nought", "y"),
        ],
        [x],
        [y],
        {
            "zero": np.array(0, np.int64),
            "one": np.array(1, np.int64),
            "boxes": np.array(280_000, np.int64),
            "column": np.array([1, -1, 1], np.int64),
            "row": np.array([1, 1, -1], np.int64),
            "half": np.array(0.5, np.float32),
            "nothing": np.array(0, np.float32),
        },
    )
    for name, operator, inputs in [
        ("endless_at_zero", "Equal", "most zero"),
        ("endless", "Identity", "go"),
    ]:
        body = helper.make_graph(
            [node("Identity", "v", "v_next"), node(operator, inputs, "go_on")],
            "step",
            [value("i", INT64), value("go", TensorProto.BOOL), value("v", INT64)],
            [value("go_on", TensorProto.BOOL), value("v_next", INT64)],
        )
        save(
            name,
            [
                node("ReduceMax", "x", "most", keepdims=0),
                helper.make_node("Loop", ["", "yes", "one"], ["v"], body=body),
                node("Mul", "x v", "y"),
            ],
            [x],
            [y],
            {
                "zero": np.array(0, np.int64),
                "one": np.array(1, np.int64),
                "yes": np.array(True),
            },
        )
    save(
        "input_of_2_gb",
        [node("Shape", "x", "y")],
        [value("x", FLOAT, 500_000_000)],
        [value("y", INT64, 1)],
    )


def write_models_whose_names_cannot_be_stored() -> None:
    """One is longer than 16 bits count, one holds U+0000 as Java's modified UTF-8 writes it."""
    x = value("x", FLOAT, "rows")
    long = "y" * 70_000
    save("name_longer_than_64k", [node("Neg", "x", long)], [x], [value(long, FLOAT, "rows")])
    save("nul_in_name", [node("Neg", "x", "y__z")], [x], [value("y__z", FLOAT, "rows")])
    file = TARGET / "nul_in_name.onnx"
    file.write_bytes(file.read_bytes().replace(b"y__z", b"y\xc0\x80z"))


def write_models_that_zeros_of_size_one_do_not_suit() -> None:
    """`reflects` pads four elements by reflection, `even_only` halves and doubles what it gets."""
    save(
        "reflects",
        [node("Pad", "x pads", "y", mode="reflect")],
        [value("x", FLOAT, "rows", "samples")],
        [value("y", FLOAT, "rows", "padded")],
        {"pads": np.array([0, 4, 0, 4], np.int64)},
    )
    save(
        "even_only",
        [
            node("MaxPool", "x", "half", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
            helper.make_node("Resize", ["half", "", "scales"], ["whole"], mode="nearest"),
            node("Concat", "x whole", "y", axis=1),
        ],
        [value("x", FLOAT, "rows", 3, "height", "width")],
        [value("y", FLOAT, "rows", 6, "h", "w")],
        {"scales": np.array([1, 1, 2, 2], np.float32)},
    )


def write_casts_of_the_worker() -> None:
    """Take tensors of any rank; the bits stay as they are."""
    for name, code in UNSIGNED_TYPES.items():
        signed = INPUT_TYPES[name.removeprefix("U")]
        cast = model(
            f"to_{name}",
            [node("Cast", "signed", "unsigned", to=code)],
            [unranked("signed", signed)],
            [unranked("unsigned", code)],
        )
        onnx.save(cast, WORKER / f"to_{name}.onnx")


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    WORKER.mkdir(parents=True, exist_ok=True)
    write_models_of_each_type()
    write_models_of_many_shapes()
    write_models_that_fail()
    write_models_that_break_their_word()
    write_models_to_refuse()
    write_models_with_external_data()
    write_models_that_take_as_long_as_they_are_told()
    write_model_that_kills()
    write_models_that_harm_who_loads_them()
    write_models_whose_names_cannot_be_stored()
    write_models_that_zeros_of_size_one_do_not_suit()
    write_casts_of_the_worker()
