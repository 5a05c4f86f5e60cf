"""Writes small models that look as if their rows were coupled, and are not.

Each row's answer is the same in any company, so each may be batched. Needs what requirements.txt pins:

    conformance/python independent.py            writes worker-service/src/test/resources/independent/*.onnx
    conformance/python independent.py --verify   also runs each in ONNX Runtime, together, alone and reordered

Two runs write the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from coupled import ABC, xy
from small_models import TARGET, Rows, Small, floats, in_company_and_alone, joined, main, session, texts

FOLDER = TARGET / "independent"
MODELS: list[Small] = []
ROUNDING = {"rtol": 1e-5, "atol": 1e-6}

CUBE = {"x": floats(5, 3, 2)}


def add(name: str, why: str, text: str, rows: Rows | None = None, **more: Any) -> None:
    MODELS.append(Small(name, why, text, ABC if rows is None else rows, **more))


# Along another axis.
for operator in ("Softmax", "LogSoftmax"):
    add(f"{operator.lower()}_axis_1", "normalised within the row", xy(f"y = {operator} <axis = 1> (x)"))
add(
    "softmax_old_axis_1",
    "before opset 13 axis 1 takes the rest of the row together",
    xy("y = Softmax <axis = 1> (x)", shape="N, 3, 2"),
    CUBE,
    opset=11,
)
add("cumsum_axis_1", "sums within the row", xy("y = CumSum(x, axis)", "int64 axis = {1}"))
add(
    "topk_axis_1",
    "sorts within the row",
    "(float[N, 2] x) => (float[N, 2] y, int64[N, 2] at) <int64[1] two = {2}> { y, at = TopK <axis = 1> (x, two) }",
)
add("argmax_axis_1", "the best of the row", xy("y = ArgMax <axis = 1, keepdims = 0> (x)", out="int64[N] y"))
add(
    "reversed_axis_1",
    "turns the row round",
    xy(
        "y = Slice(x, last, before, axis, back)",
        "int64[1] last = {-1}, int64[1] before = {-1000}, int64[1] axis = {1}, int64[1] back = {-1}",
    ),
)
add(
    "gather_elements_axis_1",
    "an input says which value of the row",
    "(float[N, 2] x, int64[N, 2] at) => (float[N, 2] y) { y = GatherElements <axis = 1> (x, at) }",
    {"x": floats(3, 2), "at": np.array([[0, 0], [1, 0], [1, 1]], np.int64)},
)
add(
    "reverse_sequence_of_rows",
    "an input says how much of the row is turned",
    "(float[N, 3] x, int64[N] length) => (float[N, 3] y)"
    " { y = ReverseSequence <batch_axis = 0, time_axis = 1> (x, length) }",
    {"x": floats(3, 3), "length": np.array([1, 2, 3], np.int64)},
)
add(
    "scan_axis_1",
    "a Scan carries a state along the row",
    "(float[N, 3] x) => (float[N, 3] y) <float zero = {0}, int64[1] one = {1}>"
    " { n = Shape <start = 0, end = 1> (x) start = Expand(zero, n)"
    " last, y = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [1],"
    " body = step (float[N] state, float[N] v) => (float[N] next, float[N] sum)"
    " { next = Add(state, v) sum = Identity(next) }> (start, x) }",
    {"x": floats(5, 3)},
)
add("trilu_of_each_row", "a triangle of each row's matrix", xy("y = Trilu(x)", shape="N, 3, 3"), {"x": floats(4, 3, 3)})

# Time within the row.
for operator, gates in (("LSTM", 4), ("GRU", 3)):
    weights = ", ".join(str(round(0.5 - 0.1 * i, 1)) for i in range(2 * gates))
    recurrence = ", ".join(str(round(0.9 - 0.2 * i, 1)) for i in range(gates))
    add(
        f"{operator.lower()}_batch_first",
        "turned so that time is first, and turned back",
        xy(
            f"t = Transpose <perm = [1, 0, 2]> (x) all = {operator} <hidden_size = 1> (t, W, R) one = Squeeze(all, d)"
            " y = Transpose <perm = [1, 0, 2]> (one)",
            f"float[1, {gates}, 2] W = {{{weights}}}, float[1, {gates}, 1] R = {{{recurrence}}}, int64[1] d = {{1}}",
            "N, 3, 2",
            "float[N, 3, 1] y",
        ),
        CUBE,
    )
add(
    "rnn_with_state_by_shape",
    "a first state for as many rows as there are",
    xy(
        "n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (one, n, one) h = ConstantOfShape(s)"
        " t = Transpose <perm = [1, 0, 2]> (x) all, y3 = RNN <hidden_size = 1> (t, W, R, , , h) y = Squeeze(y3, zero)",
        "float[1, 1, 2] W = {0.5, 0.4}, float[1, 1, 1] R = {0.9}, int64[1] one = {1}, int64[1] zero = {0}",
        "N, 3, 2",
        "float[N, 1] y",
    ),
    CUBE,
)
add(
    "position_embedding",
    "adds a table's rows by the place within the row",
    xy(
        "s = Shape(x) n = Gather(s, one) at = Range(zero, n, one) e = Gather(table, at) y = Add(x, e)",
        "int64 zero = {0}, int64 one = {1}, float[4, 2] table = {1, 2, 3, 4, 5, 6, 7, 8}",
        "N, 3, 2",
    ),
    CUBE,
)
add(
    "self_attention",
    "each place attends to the places of its own row",
    xy(
        "k = Transpose <perm = [0, 2, 1]> (x) s = MatMul(x, k) w = Softmax <axis = -1> (s) y = MatMul(w, x)",
        shape="N, 3, 2",
    ),
    CUBE,
)
add(
    "attention_mask",
    "an input says what counts in the row",
    "(float[N, 3] x, int64[N, 3] mask) => (float[N, 3] y) <float far = {-10000}, float one = {1}>"
    " { m = Cast <to = 1> (mask) off = Sub(one, m) low = Mul(off, far) s = Add(x, low) y = Softmax(s) }",
    {"x": floats(3, 3), "mask": np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], np.int64)},
)
add(
    "einsum_of_each_row",
    "a product within each row",
    xy('y = Einsum <equation = "nij,nkj->nik"> (x, x)', shape="N, 3, 2", out="float[N, 3, 3] y"),
    CUBE,
)

# Loops and branches that the values do not touch.
add(
    "loop_of_constant_trips",
    "as many rounds as a constant says",
    xy(
        "y = Loop <body = round (int64 i, bool go, float[R, 2] v) => (bool on, float[R, 2] w)"
        " { on = Identity(go) w = Add(v, v) }> (three, yes, x)",
        "int64 three = {3}, bool yes = {1}",
    ),
)
add(
    "loop_over_places",
    "as many rounds as a row is long",
    xy(
        "s = Shape(x) n = Gather(s, one) y = Loop <body = round (int64 i, bool go, float[R, 2] v) => (bool on, float[R, 2] w)"
        " { on = Identity(go) w = Add(v, v) }> (n, yes, x)",
        "int64 one = {1}, bool yes = {1}",
    ),
)
add(
    "if_on_constant",
    "a branch that is always the same",
    xy(
        "y = If (yes) <then_branch = a () => (float[N, 2] p) { p = Neg(x) }, else_branch = b () => (float[N, 2] q)"
        " { mean = ReduceMean <axes = [0]> (x) q = Sub(x, mean) }>",
        "bool yes = {1}",
    ),
)
add(
    "if_on_width",
    "a branch by how long a row is",
    xy(
        "w = Shape <start = 1> (x) wide = Greater(w, one) c = Squeeze(wide) y = If (c) <then_branch = a () => (float[N, 2] p)"
        " { p = Softmax <axis = 1> (x) }, else_branch = b () => (float[N, 2] q) { q = Identity(x) }>",
        "int64[1] one = {1}",
    ),
)
add(
    "function_within_the_row",
    "a function of the model's own, within the row",
    xy("y = own.centred(x)"),
    domains={"own": 1},
    functions='<domain: "own", opset_import: ["" : 17]> centred (x) => (y)'
    " { mean = ReduceMean <axes = [1], keepdims = 1> (x) y = Sub(x, mean) }",
)

# Shapes made of the number of rows, which change no value.
add(
    "reshape_by_count",
    "takes the row apart and puts it together by the number of rows",
    xy(
        "n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (n, rest) flat = Reshape(x, s) y = Softmax(flat)",
        "int64[1] rest = {-1}",
        "N, 3, 2",
        "float[N, 6] y",
    ),
    CUBE,
)
add(
    "fold_places_into_rows",
    "takes rows and places together, and apart again",
    xy(
        "flat = Reshape(x, two) p = MatMul(flat, W) shape = Shape(x) y = Reshape(p, shape)",
        "int64[2] two = {-1, 2}, float[2, 2] W = {1, 2, 3, 4}",
        "N, 3, 2",
    ),
    CUBE,
)
add(
    "class_token_expanded",
    "puts one learned place before those of each row",
    xy(
        "n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (n, one, two) c = Expand(token, s) y = Concat <axis = 1> (c, x)",
        "int64[1] one = {1}, int64[1] two = {2}, float[1, 1, 2] token = {7, 8}",
        "N, 3, 2",
        "float[N, 4, 2] y",
    ),
    CUBE,
)
add("zeros_of_shape_added", "adds zeros made by the shape", xy("s = Shape(x) z = ConstantOfShape(s) y = Add(x, z)"))
add(
    "mask_by_range_and_length",
    "an input says how long each row is",
    "(float[N, 3] x, int64[N] length) => (float[N, 3] y) <int64[1] last = {1}, int64 zero = {0}, int64 one = {1}>"
    " { s = Shape(x) w = Gather(s, one) at = Range(zero, w, one) l = Unsqueeze(length, last) in = Less(at, l)"
    " f = Cast <to = 1> (in) y = Mul(x, f) }",
    {"x": floats(3, 3), "length": np.array([1, 2, 3], np.int64)},
)
add(
    "split_and_stack_back",
    "takes the values of a row apart",
    xy("a, b = Split <axis = 1> (x) y = Concat <axis = 1> (b, a)"),
)

# Constants go through what would couple rows.
add(
    "nonzero_of_constant",
    "the places of what is not zero in a constant",
    xy(
        "at = NonZero(kept) i = Squeeze(at, first) y = Gather <axis = 1> (x, i)",
        "float[3] kept = {1, 0, 1}, int64[1] first = {0}",
        "N, 3",
        "float[N, 2] y",
    ),
    {"x": floats(4, 3)},
)
add(
    "compress_axis_1_by_constant",
    "keeps the same places of each row",
    xy("y = Compress <axis = 1> (x, kept)", "bool[3] kept = {1, 0, 1}", "N, 3", "float[N, 2] y"),
    {"x": floats(4, 3)},
)
add(
    "weight_normalised_axis_0",
    "a weight is normalised over its own first axis",
    xy("w = Softmax <axis = 0> (W) y = MatMul(x, w)", "float[2, 2] W = {1, 2, 3, 4}"),
)
add(
    "weight_quantised_when_run",
    "a weight is quantised by its own scale",
    xy(
        "q, scale, zero = DynamicQuantizeLinear(W) w = DequantizeLinear(q, scale, zero) y = MatMul(x, w)",
        "float[2, 2] W = {1, 2, 3, 4}",
    ),
)
add(
    "eye_like_of_constant",
    "a unit matrix of fixed size",
    xy("e = EyeLike(W) y = MatMul(x, e)", "float[2, 2] W = {1, 2, 3, 4}"),
)

# Normalised with what was learned, or within the row.
add(
    "batch_normalization_inference",
    "mean and variance were learned",
    xy(
        "y = BatchNormalization(x, scale, bias, mean, variance)",
        "float[2] scale = {1, 2}, float[2] bias = {3, 4}, float[2] mean = {0.5, 0.6}, float[2] variance = {2, 3}",
        "N, 2, 3",
    ),
    {"x": floats(4, 2, 3)},
)
add(
    "layer_normalization",
    "normalised within the row",
    xy("y = LayerNormalization(x, scale)", "float[2] scale = {1, 2}"),
)
add(
    "instance_normalization",
    "normalised within each channel of the row",
    xy("y = InstanceNormalization(x, scale, bias)", "float[2] scale = {1, 2}, float[2] bias = {3, 4}", "N, 2, 3"),
    {"x": floats(4, 2, 3)},
)
add(
    "mean_variance_normalization_axis_1",
    "normalised within the row",
    xy("y = MeanVarianceNormalization <axes = [1]> (x)"),
)
add("length_of_row", "the row by its own length", xy("l = ReduceL2 <axes = [1], keepdims = 1> (x) y = Div(x, l)"))
add(
    "global_average_pool",
    "the mean of each channel of the row",
    xy("y = GlobalAveragePool(x)", shape="N, 2, 3", out="float[N, 2, 1] y"),
    {"x": floats(4, 2, 3)},
)
add(
    "conv_within_the_row",
    "a convolution along the row",
    xy("y = Conv <pads = [1, 1]> (x, W)", "float[1, 2, 3] W = {1, 2, 3, 4, 5, 6}", "N, 2, 3", "float[N, 1, 3] y"),
    {"x": floats(4, 2, 3)},
)
add("dropout_inference", "drops nothing", xy("y = Dropout(x)"))

# Quantised with scales that were measured before.
QUANTISED = "float scale = {0.02}, uint8 zero = {128}, uint8[2, 2] W = {1, 2, 3, 4}, float one = {1}, uint8 none = {0}"
add(
    "quantised_matmul",
    "scales are constants",
    xy(
        "q = QuantizeLinear(x, scale, zero) p = QLinearMatMul(q, scale, zero, W, one, none, one, zero)"
        " y = DequantizeLinear(p, one, zero)",
        QUANTISED,
    ),
)
add(
    "quantised_and_back",
    "scales are constants",
    xy(
        "q = QuantizeLinear(x, scale, zero) f = DequantizeLinear(q, scale, zero) w = DequantizeLinear(W, one, none) y = MatMul(f, w)",
        QUANTISED,
    ),
)
add(
    "matmul_integer_of_whole_numbers",
    "whole numbers without a scale",
    xy("y = MatMulInteger(x, W)", "uint8[2, 2] W = {1, 2, 3, 4}", out="int32[N, 2] y", kind="uint8"),
    {"x": np.array([[1, 2], [3, 250]], np.uint8)},
)

# Ids and texts.
add(
    "embedding_of_tokens",
    "a table's rows by token",
    xy(
        "e = Gather(table, x) y = ReduceMean <axes = [1], keepdims = 0> (e)",
        "float[4, 2] table = {1, 2, 3, 4, 5, 6, 7, 8}",
        "N, 3",
        "float[N, 2] y",
        "int64",
    ),
    {"x": np.array([[0, 1, 2], [3, 3, 3], [2, 0, 1]], np.int64)},
)
add(
    "one_hot_of_class",
    "a class as one of four",
    xy("y = OneHot(x, four, values)", "int64 four = {4}, float[2] values = {0, 1}", "N", "float[N, 4] y", "int64"),
    {"x": np.array([0, 3, 1], np.int64)},
)
add(
    "scatter_elements_axis_1",
    "an input says to which place of the row",
    "(float[N, 3] x, int64[N, 1] at, float[N, 1] z) => (float[N, 3] y) { y = ScatterElements <axis = 1> (x, at, z) }",
    {"x": floats(3, 3), "at": np.array([[0], [2], [1]], np.int64), "z": floats(3, 1, seed=2)},
)
ML = {"ai.onnx.ml": 3}
add(
    "label_encoder_of_texts",
    "texts to numbers",
    xy(
        'y = ai.onnx.ml.LabelEncoder <keys_strings = ["cat", "dog"], values_int64s = [5, 7], default_int64 = -1> (x)',
        shape="N",
        out="int64[N] y",
        kind="string",
    ),
    {"x": texts("dog", "cat", "owl")},
    domains=ML,
)
add(
    "labels_to_texts",
    "numbers to texts",
    xy(
        'y = ai.onnx.ml.LabelEncoder <keys_int64s = [5, 7], values_strings = ["cat", "dog"], default_string = "?"> (x)',
        shape="N",
        out="string[N] y",
        kind="int64",
    ),
    {"x": np.array([5, 7, 9], np.int64)},
    domains=ML,
)
add(
    "scaler",
    "each column by what was learned",
    xy("y = ai.onnx.ml.Scaler <offset = [1.0, 2.0], scale = [0.5, 0.25]> (x)"),
    domains=ML,
)
add(
    "linear_classifier",
    "a class and its scores",
    "(float[N, 2] x) => (int64[N] label, float[N, 2] score) { label, score = ai.onnx.ml.LinearClassifier"
    " <classlabels_ints = [3, 4], coefficients = [1.0, 2.0, -1.0, -2.0], intercepts = [0.1, 0.2],"
    ' post_transform = "SOFTMAX"> (x) }',
    domains=ML,
)
add(
    "tree_ensemble",
    "a tree's class and its scores",
    "(float[N, 2] x) => (int64[N] label, float[N, 3] score) { label, score = ai.onnx.ml.TreeEnsembleClassifier"
    " <class_ids = [0, 1, 2], class_nodeids = [1, 3, 4], class_treeids = [0, 0, 0], class_weights = [1.0, 1.0, 1.0],"
    " classlabels_int64s = [3, 4, 5], nodes_falsenodeids = [2, 0, 4, 0, 0], nodes_featureids = [0, 0, 1, 0, 0],"
    ' nodes_modes = ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"], nodes_nodeids = [0, 1, 2, 3, 4],'
    " nodes_treeids = [0, 0, 0, 0, 0], nodes_truenodeids = [1, 0, 3, 0, 0], nodes_values = [0.3, 0.0, 0.5, 0.0, 0.0],"
    ' post_transform = "NONE"> (x) }',
    domains=ML,
)
add(
    "words_counted",
    "counts words within the row",
    xy(
        'y = TfIdfVectorizer <mode = "TF", min_gram_length = 1, max_gram_length = 1, max_skip_count = 0,'
        ' ngram_counts = [0], ngram_indexes = [0, 1], pool_strings = ["cat", "dog"]> (x)',
        shape="N, 3",
        out="float[N, 2] y",
        kind="string",
    ),
    {"x": np.array([["cat", "dog", "cat"], ["a", "b", "dog"]], object)},
)
add(
    "texts_matched",
    "tells of each text whether it fits",
    xy('y = RegexFullMatch <pattern = "[a-c]+"> (x)', shape="N", out="bool[N] y", kind="string"),
    {"x": texts("abc", "xyz")},
    opset=20,
    ir_version=9,
)


def verdict(small: Small, path: Path) -> tuple[bool, str]:
    """Whether rows are coupled after all, and what was seen."""
    fault, lines = False, [f"    {name} = {array.tolist()}" for name, array in small.rows.items()]
    count = len(next(iter(small.rows.values())))
    order = np.random.default_rng(7).permutation(count)
    mixed = session(path.read_bytes()).run(None, {name: array[order] for name, array in small.rows.items()})
    for i, (name, company, singles) in enumerate(in_company_and_alone(small, path)):
        apart = joined(singles)
        same = len(company) == count and apart is not None and close(company, apart) and close(company[order], mixed[i])
        fault |= not same
        lines.append(f"    {name} = {company.tolist()}{'' if same else f' differs from {singles} or {mixed[i]}'}")
    return fault, "\n".join(lines)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype.kind not in "fc":
        return a.shape == b.shape and a.tolist() == b.tolist()
    return bool(np.allclose(a, b, equal_nan=True, **ROUNDING))


if __name__ == "__main__":
    main("independent", MODELS, FOLDER, verdict)
