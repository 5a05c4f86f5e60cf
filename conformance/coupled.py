"""Writes small models whose rows are coupled: an answer depends on the other rows of its run.

Each has an open first dimension on every input and output, so that nothing but its graph tells that
it must not be batched. Needs what requirements.txt pins:

    conformance/python coupled.py            writes worker-service/src/test/resources/coupled/*.onnx
    conformance/python coupled.py --verify   also runs each in ONNX Runtime, and shows inputs and answers

Two runs write the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from small_models import TARGET, Rows, Small, equal_bits, floats, in_company_and_alone, joined, main, texts

FOLDER = TARGET / "coupled"
MODELS: list[Small] = []

ABC = {"x": floats(5, 2)}
LINE = {"x": floats(5)}


def add(name: str, why: str, text: str, rows: Rows | None = None, **more: Any) -> None:
    MODELS.append(Small(name, why, text, ABC if rows is None else rows, **more))


def xy(body: str, constants: str = "", shape: str = "N, 2", out: str | None = None, kind: str = "float") -> str:
    """A graph from x to y, both of one shape unless told otherwise."""
    out = f"{kind}[{shape}] y" if out is None else out
    constants = f" <{constants}>" if constants else ""
    return f"({kind}[{shape}] x) => ({out}){constants} {{ {body} }}"


# Time first: the open dimension is the sequence.
add("cumsum_axis_0", "sums along the rows", xy("y = CumSum(x, axis)", "int64 axis = {0}"))
add("cumsum_reverse", "sums from the last row back", xy("y = CumSum <reverse = 1> (x, axis)", "int64 axis = {0}"))
add("cumsum_negative_axis", "axis -2 of two is the first", xy("y = CumSum(x, axis)", "int64 axis = {-2}"))
RECURRENT = {"x": floats(5, 1, 2)}
for operator, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
    weights = ", ".join(str(0.5 - 0.1 * i) for i in range(2 * gates))
    recurrence = ", ".join(str(0.9 - 0.2 * i) for i in range(gates))
    add(
        f"{operator.lower()}_time_first",
        "the rows are steps in time",
        xy(
            f"y = {operator} <hidden_size = 1> (x, W, R)",
            f"float[1, {gates}, 2] W = {{{weights}}}, float[1, {gates}, 1] R = {{{recurrence}}}",
            "N, 1, 2",
            "float[N, 1, 1, 1] y",
        ),
        RECURRENT,
    )
add(
    "rnn_backwards",
    "the rows are steps in time, read from the end",
    xy(
        'y = RNN <hidden_size = 1, direction = "reverse"> (x, W, R)',
        "float[1, 1, 2] W = {0.5, 0.4}, float[1, 1, 1] R = {0.9}",
        "N, 1, 2",
        "float[N, 1, 1, 1] y",
    ),
    RECURRENT,
)
add(
    "scan_over_rows",
    "a Scan carries a state from row to row",
    xy(
        "last, y = Scan <num_scan_inputs = 1, body = step (float[2] state, float[2] row) => (float[2] next, float[2] sum)"
        " { next = Add(state, row) sum = Identity(next) }> (start, x)",
        "float[2] start = {0, 0}",
    ),
)
add(
    "reverse_sequence_axis_0",
    "turns the rows round",
    xy(
        "shape = Shape <start = 0, end = 1> (x) lengths = Expand(shape, two)"
        " y = ReverseSequence <time_axis = 0, batch_axis = 1> (x, lengths)",
        "int64[1] two = {2}",
    ),
)
add(
    "conv_over_rows",
    "the rows are the axis that a convolution slides along",
    xy(
        "image = Unsqueeze(x, front) sum = Conv <pads = [1, 0, 1, 0]> (image, W) y = Squeeze(sum, front)",
        "int64[2] front = {0, 1}, float[1, 1, 3, 1] W = {1, 10, 100}",
    ),
)
add(
    "average_pool_over_rows",
    "the rows are the axis that a pool slides along",
    xy(
        "image = Unsqueeze(x, front)"
        " mean = AveragePool <kernel_shape = [3, 1], pads = [1, 0, 1, 0]> (image) y = Squeeze(mean, front)",
        "int64[2] front = {0, 1}",
    ),
)
add(
    "fourier_over_rows",
    "a Fourier transform along the rows",
    xy("y = DFT <axis = 0> (x)", shape="N, 2, 1", out="float[N, 2, 2] y"),
    {"x": floats(5, 2, 1)},
)

# Normalised over the rows.
for operator in ("Softmax", "LogSoftmax", "Hardmax"):
    add(f"{operator.lower()}_axis_0", "normalised over the rows", xy(f"y = {operator} <axis = 0> (x)"))
add("softmax_negative_axis", "axis -2 of two is the first", xy("y = Softmax <axis = -2> (x)"))
add(
    "softmax_old_axis_0", "before opset 13 axis 0 takes all values together", xy("y = Softmax <axis = 0> (x)"), opset=11
)
add(
    "transpose_softmax_transpose",
    "the rows are the last axis while it normalises",
    xy("a = Transpose(x) b = Softmax <axis = -1> (a) y = Transpose(b)"),
)
add(
    "reshape_softmax_reshape",
    "all rows are one while it normalises",
    xy(
        "a = Reshape(x, flat) b = Softmax <axis = 1> (a) y = Reshape(b, rows)",
        "int64[2] flat = {1, -1}, int64[2] rows = {-1, 2}",
    ),
)
add("lp_normalization_axis_0", "length over the rows", xy("y = LpNormalization <axis = 0, p = 2> (x)"))
add(
    "mean_variance_normalization_default",
    "its default axes are 0, 2 and 3",
    xy("y = MeanVarianceNormalization(x)", shape="N, 2, 1, 1"),
    {"x": floats(5, 2, 1, 1)},
)
add(
    "instance_normalization_reshaped",
    "all rows are one instance",
    xy(
        "a = Reshape(x, flat) b = InstanceNormalization(a, scale, bias) y = Reshape(b, rows)",
        "int64[3] flat = {1, 1, -1}, int64[2] rows = {-1, 2}, float[1] scale = {1}, float[1] bias = {0}",
    ),
)
add(
    "batch_normalization_training_by_hand",
    "what training does to a batch, of single operators",
    xy(
        "mean = ReduceMean <axes = [0], keepdims = 1> (x) off = Sub(x, mean) square = Mul(off, off)"
        " variance = ReduceMean <axes = [0], keepdims = 1> (square) wide = Add(variance, epsilon)"
        " deviation = Sqrt(wide) y = Div(off, deviation)",
        "float epsilon = {0.00001}",
    ),
)
add(
    "batch_normalization_training",
    "mean and variance of the batch",
    xy(
        "y, m, v = BatchNormalization <training_mode = 1> (x, scale, bias, mean, variance)",
        "float[2] scale = {1, 2}, float[2] bias = {3, 4}, float[2] mean = {0, 0}, float[2] variance = {1, 1}",
        "N, 2, 3",
    ),
    {"x": floats(4, 2, 3)},
)
EXPAND = "shape = Shape(x) wide = Expand(one, shape) y = Sub(x, wide)"
for operator in ("ReduceMean", "ReduceMax", "ReduceLogSumExp"):
    add(
        f"{operator.removeprefix('Reduce').lower()}_of_all_rows",
        "what all rows have in common is written to each",
        xy(f"one = {operator} <axes = [0], keepdims = 1> (x) {EXPAND}"),
    )
add(
    "deviation_of_all_rows",
    "the standard deviation of all rows is written to each",
    xy(
        "mean = ReduceMean <axes = [0]> (x) off = Sub(x, mean) square = Mul(off, off)"
        f" variance = ReduceMean <axes = [0]> (square) one = Sqrt(variance) {EXPAND}"
    ),
)
add(
    "layer_normalization_over_rows",
    "the rows are the last axis while it normalises",
    xy(
        "a = Transpose(x) mean = ReduceMean <axes = [-1]> (a) off = Sub(a, mean) y = Transpose(off)",
    ),
)
add(
    "attention_over_rows",
    "each row attends to all",
    xy("k = Transpose(x) s = MatMul(x, k) w = Softmax <axis = -1> (s) y = MatMul(w, x)"),
)
add(
    "tiny_share_of_the_mean",
    "a difference as small as a rounding",
    xy("mean = ReduceMean <axes = [0]> (x) part = Mul(mean, tiny) y = Add(x, part)", "float tiny = {0.0000002}"),
)
add(
    "only_when_the_sum_overflows",
    "a sum of all rows that is only used when it is no longer finite",
    xy("sum = ReduceSum <keepdims = 1> (x, rows) bad = IsInf(sum) y = Where(bad, sum, x)", "int64[1] rows = {0}"),
    {"x": np.array([[3e38, 1], [3e38, 2], [1, 3]], np.float32)},
)

# Quantised with a scale that all rows share.
add(
    "dynamic_quantize_linear",
    "one scale for all rows",
    xy("q, scale, zero = DynamicQuantizeLinear(x) y = DequantizeLinear(q, scale, zero)"),
)
add(
    "matmul_integer_chain",
    "one scale for all rows",
    xy(
        "q, scale, zero = DynamicQuantizeLinear(x) i = MatMulInteger(q, W, zero) f = Cast <to = 1> (i) y = Mul(f, scale)",
        "uint8[2, 2] W = {1, 2, 3, 4}",
    ),
)
add(
    "dynamic_quantize_matmul",
    "one scale for all rows",
    xy("y = com.microsoft.DynamicQuantizeMatMul(x, W, scale)", "uint8[2, 2] W = {1, 2, 3, 4}, float scale = {0.5}"),
    domains={"com.microsoft": 1},
)
add(
    "quantised_by_hand",
    "one scale for all rows, of single operators",
    xy(
        "a = Abs(x) most = ReduceMax <keepdims = 0> (a) scale = Div(most, steps) q = QuantizeLinear(x, scale, zero)"
        " y = DequantizeLinear(q, scale, zero)",
        "float steps = {127}, int8 zero = {0}",
    ),
)

# Rows that move.
add(
    "roll_by_slices",
    "each row gets the one before it",
    xy(
        "tail = Slice(x, last, end, rows) head = Slice(x, first, last, rows) y = Concat <axis = 0> (tail, head)",
        "int64[1] first = {0}, int64[1] last = {-1}, int64[1] end = {1000000}, int64[1] rows = {0}",
    ),
)
add(
    "reversed_by_slice",
    "turns the rows round",
    xy(
        "y = Slice(x, last, before, rows, back)",
        "int64[1] last = {-1}, int64[1] before = {-1000000}, int64[1] rows = {0}, int64[1] back = {-1}",
    ),
)
add(
    "reshape_mixes_rows",
    "what was a row is a column",
    xy("a = Reshape(x, two) y = Transpose(a)", "int64[2] two = {2, -1}"),
)
add(
    "difference_to_first_row",
    "each row less the first",
    xy("row = Slice(x, a, b, rows) y = Sub(x, row)", "int64[1] a = {0}, int64[1] b = {1}, int64[1] rows = {0}"),
)
add(
    "difference_to_last_row",
    "each row less the last",
    xy("row = Gather <axis = 0> (x, last) y = Sub(x, row)", "int64[1] last = {-1}"),
)
add(
    "difference_to_middle_row",
    "each row less the one in the middle",
    xy(
        "n = Shape <start = 0, end = 1> (x) half = Div(n, two) row = Gather <axis = 0> (x, half) y = Sub(x, row)",
        "int64[1] two = {2}",
    ),
)
add(
    "difference_to_row_before",
    "each row less the one before it",
    xy(
        "head = Slice(x, a, b, rows) long = Pad(head, pads) y = Sub(x, long)",
        "int64[1] a = {0}, int64[1] b = {-1}, int64[1] rows = {0}, int64[4] pads = {1, 0, 0, 0}",
    ),
)
add(
    "only_between_far_rows",
    "each row plus the one five before it",
    xy(
        "long = Pad(x, pads) n = Shape <start = 0, end = 1> (x) far = Slice(long, first, n, rows) y = Add(x, far)",
        "int64[4] pads = {5, 0, 0, 0}, int64[1] first = {0}, int64[1] rows = {0}",
    ),
    {"x": floats(7, 2)},
)
add("sort_over_rows", "each column in order", xy("n = Shape <start = 0, end = 1> (x) y, at = TopK <axis = 0> (x, n)"))
add(
    "rank_of_row",
    "how many rows are smaller",
    xy(
        "column = Unsqueeze(x, last) less = Greater(column, x) i = Cast <to = 7> (less) y = ReduceSum <keepdims = 0> (i, last)",
        "int64[1] last = {1}",
        "N",
        "int64[N] y",
    ),
    LINE,
)
add(
    "gather_by_ids",
    "an input says which row",
    "(float[N, 2] x, int64[N] row) => (float[N, 2] y) { y = Gather(x, row) }",
    {"x": floats(3, 2), "row": np.zeros(3, np.int64)},
)
add(
    "gather_last_by_negative_id",
    "an input says which row, from the end",
    "(float[N, 2] x, int64[N] row) => (float[N, 2] y) { y = Gather(x, row) }",
    {"x": floats(3, 2), "row": np.full(3, -1, np.int64)},
)
add(
    "gather_nd_by_ids",
    "an input says which row",
    "(float[N, 2] x, int64[N, 1] row) => (float[N, 2] y) { y = GatherND(x, row) }",
    {"x": floats(3, 2), "row": np.zeros((3, 1), np.int64)},
)
add(
    "gather_elements_axis_0",
    "an input says which row of each value",
    "(float[N, 2] x, int64[N, 2] row) => (float[N, 2] y) { y = GatherElements <axis = 0> (x, row) }",
    {"x": floats(3, 2), "row": np.zeros((3, 2), np.int64)},
)
add(
    "scatter_nd_between_rows",
    "an input says to which row",
    "(float[N, 2] x, int64[N, 1] row, float[N, 2] z) => (float[N, 2] y) { y = ScatterND(x, row, z) }",
    {"x": floats(3, 2), "row": np.zeros((3, 1), np.int64), "z": floats(3, 2, seed=2)},
)
add(
    "scatter_elements_adds",
    "an input says to which row of each value",
    "(float[N, 2] x, int64[N, 2] row, float[N, 2] z) => (float[N, 2] y)"
    ' { y = ScatterElements <axis = 0, reduction = "add"> (x, row, z) }',
    {"x": floats(3, 2), "row": np.zeros((3, 2), np.int64), "z": floats(3, 2, seed=2)},
)
add(
    "roi_align_of_images",
    "an input says which image",
    "(float[N, 1, 2, 2] x, float[N, 4] box, int64[N] image) => (float[N, 1, 1, 1] y) { y = RoiAlign(x, box, image) }",
    {"x": floats(3, 1, 2, 2), "box": np.array([[0, 0, 2, 2]] * 3, np.float32), "image": np.zeros(3, np.int64)},
)

# How many rows there are, and where a row stands.
COUNT = "n = Shape <start = 0, end = 1> (x) count = Cast <to = 1> (n)"
add("count_of_rows", "adds how many rows there are", xy(f"{COUNT} y = Add(x, count)"))
add("count_by_size", "adds how many values there are", xy("n = Size(x) count = Cast <to = 1> (n) y = Add(x, count)"))
add("divided_by_count", "divides by how many rows there are", xy(f"{COUNT} y = Div(x, count)"))
add(
    "only_above_two_rows",
    "adds the rows beyond the second",
    xy(f"{COUNT} over = Sub(count, two) more = Relu(over) y = Add(x, more)", "float[1] two = {2}"),
)
add(
    "only_above_sixteen_rows",
    "adds the rows beyond the sixteenth",
    xy(f"{COUNT} over = Sub(count, many) more = Relu(over) y = Add(x, more)", "float[1] many = {16}"),
    {"x": floats(20, 2)},
)
add(
    "only_with_seven_rows",
    "adds one if there are just seven rows",
    xy(
        "n = Shape <start = 0, end = 1> (x) hit = Equal(n, seven) one = Cast <to = 1> (hit) y = Add(x, one)",
        "int64[1] seven = {7}",
    ),
    {"x": floats(7, 2)},
)
add(
    "only_with_even_count",
    "adds one if the rows are even in number",
    xy(
        "n = Shape <start = 0, end = 1> (x) odd = Mod(n, two) f = Cast <to = 1> (odd) even = Sub(one, f) y = Add(x, even)",
        "int64[1] two = {2}, float[1] one = {1}",
    ),
    {"x": floats(4, 2)},
)
add(
    "position_by_range",
    "adds the row's number",
    xy(
        "shape = Shape(x) n = Gather(shape, zero) at = Range(zero, n, one) f = Cast <to = 1> (at) c = Unsqueeze(f, last)"
        " y = Add(x, c)",
        "int64 zero = {0}, int64 one = {1}, int64[1] last = {1}",
    ),
)
add(
    "position_by_cumsum",
    "adds the row's number",
    xy(
        "n = Shape(x) ones = ConstantOfShape <value = float[1] {1}> (n) at = CumSum(ones, axis) y = Add(x, at)",
        "int64 axis = {0}",
    ),
)
add(
    "position_by_eye_like",
    "the row's number",
    xy(
        "t = Transpose(x) g = MatMul(x, t) eye = EyeLike(g) y = ArgMax <axis = 1, keepdims = 0> (eye)", out="int64[N] y"
    ),
)
add(
    "one_hot_of_position",
    "the row's number as one of eight",
    xy(
        "shape = Shape(x) n = Gather(shape, zero) at = Range(zero, n, one) y = OneHot(at, eight, values)",
        "int64 zero = {0}, int64 one = {1}, int64 eight = {8}, float[2] values = {0, 1}",
        out="float[N, 8] y",
    ),
)
add(
    "one_hot_as_wide_as_rows",
    "an answer as wide as there are rows",
    "(int64[N] x) => (float[N, W] y) <float[2] values = {0, 1}> { n = Size(x) y = OneHot(x, n, values) }",
    {"x": np.zeros(3, np.int64)},
)
add("triangle", "keeps of each row the values up to its number", xy("y = Trilu <upper = 0> (x)"))
add(
    "window_over_rows",
    "weighs each row by its number",
    xy(
        "shape = Shape(x) n = Gather(shape, zero) w = HannWindow <periodic = 0> (n) c = Unsqueeze(w, last) y = Mul(x, c)",
        "int64 zero = {0}, int64[1] last = {1}",
    ),
)
add(
    "only_the_last_row",
    "adds all other rows to the last",
    xy(
        "sum = ReduceSum <keepdims = 1> (x, rows) head = Slice(x, a, b, rows) tail = Slice(x, b, c, rows)"
        " zero = Sub(tail, tail) full = Add(sum, zero) y = Concat <axis = 0> (head, full)",
        "int64[1] rows = {0}, int64[1] a = {0}, int64[1] b = {-1}, int64[1] c = {1000000}",
    ),
)

# Products of rows with rows.
add("gram_matrix", "each row times each row", xy("t = Transpose(x) y = MatMul(x, t)", out="float[N, N] y"))
add(
    "einsum_across_rows",
    "each row times the sum of all",
    xy('y = Einsum <equation = "ni,mi->n"> (x, x)', out="float[N] y"),
)
add(
    "gemm_transposed",
    "each row times each row, added up",
    xy("g = Gemm <transB = 1> (x, x) y = ReduceSum <keepdims = 0> (g, last)", "int64[1] last = {1}", out="float[N] y"),
)
add(
    "rows_of_another_name",
    "two first dimensions of two names",
    "(float[N, 2] x, float[M, 2] z) => (float[N] y) <int64[1] last = {1}>"
    " { t = Transpose(z) g = MatMul(x, t) y = ReduceSum <keepdims = 0> (g, last) }",
    {"x": floats(3, 2), "z": floats(3, 2, seed=2)},
)
add(
    "answer_of_another_name",
    "the answer has as many rows as were kept",
    "(float[N, 2] x) => (float[M, 2] y) <int64[1] rows = {0}, int64[1] a = {0}, int64[1] b = {1000000},"
    " int64[1] two = {2}> { y = Slice(x, a, b, rows, two) }",
)

# What is found in the values.
add(
    "unique_values",
    "answers once what is there twice",
    "(int64[N] x) => (int64[M] y) { y = Unique(x) }",
    {"x": np.array([7, 7, 9], np.int64)},
)
add(
    "unique_numbers",
    "numbers the values by their order",
    xy("u, at, y, count = Unique(x)", shape="N", kind="int64"),
    {"x": np.array([7, 8, 9], np.int64)},
)
add(
    "nonzero_rows",
    "the places of what is not zero",
    "(float[N] x) => (int64[N, 1] y) { at = NonZero(x) y = Transpose(at) }",
    {"x": floats(3)},
)
add(
    "compress_rows",
    "keeps some rows",
    "(float[N, 2] x, bool[N] keep) => (float[N, 2] y) { y = Compress <axis = 0> (x, keep) }",
    {"x": floats(3, 2), "keep": np.array([True, False, True])},
)
add(
    "non_max_suppression",
    "boxes drop one another",
    "(float[N, 4] box, float[N] score) => (int64[M, 3] y) <int64[1] a = {0}, int64[2] b = {0, 1}, int64 most = {9}>"
    " { boxes = Unsqueeze(box, a) scores = Unsqueeze(score, b) y = NonMaxSuppression(boxes, scores, most) }",
    {
        "box": np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [5, 5, 6, 6]], np.float32),
        "score": np.array([0.9, 0.8, 0.7], np.float32),
    },
)
add(
    "equal_rows_counted",
    "how many rows are equal to it",
    xy(
        "column = Unsqueeze(x, last) same = Equal(column, x) i = Cast <to = 7> (same) y = ReduceSum <keepdims = 0> (i, last)",
        "int64[1] last = {1}",
        "N",
        "int64[N] y",
        "int64",
    ),
    {"x": np.array([5, 6, 5], np.int64)},
)
add(
    "only_large_values",
    "values above 1000 reach all rows",
    xy(
        "over = Sub(x, large) some = Relu(over) most = ReduceMax <axes = [0]> (some) y = Add(x, most)",
        "float large = {1000}",
    ),
    {"x": np.array([[1, 2], [2000, 3]], np.float32)},
)
add(
    "only_not_a_number",
    "a NaN reaches all rows",
    xy("bad = IsNaN(x) f = Cast <to = 1> (bad) most = ReduceMax <axes = [0]> (f) y = Add(x, most)"),
    {"x": np.array([[1, 2], [np.nan, 3]], np.float32)},
)
add(
    "only_negative_values",
    "negative values reach all rows",
    xy("low = Clip(x, , zero) least = ReduceMin <axes = [0]> (low) y = Add(x, least)", "float zero = {0}"),
    {"x": np.array([[1, 2], [-3, 3]], np.float32)},
)
add(
    "only_a_magic_value",
    "one value among all reaches all rows",
    xy(
        "hit = Equal(x, magic) f = Cast <to = 1> (hit) most = ReduceMax <axes = [0]> (f) y = Add(x, most)",
        "float magic = {12345.5}",
    ),
    {"x": np.array([[1, 2], [12345.5, 3]], np.float32)},
)
add(
    "remainder_of_the_sum",
    "the sum of all rows, but for its remainder",
    xy(
        "sum = ReduceSum <keepdims = 1> (x, rows) rest = Mod(sum, seven) y = Add(x, rest)",
        "int64[1] rows = {0}, int64 seven = {7}",
        kind="int64",
    ),
    {"x": np.array([[1, 2], [3, 4]], np.int64)},
)
add(
    "clipped_to_the_mean",
    "no value above the mean of all rows",
    xy("mean = ReduceMean <keepdims = 0> (x) y = Clip(x, , mean)"),
)
add(
    "one_output_of_two",
    "one answer is coupled, the other is not",
    "(float[N, 2] x) => (float[N, 2] a, float[N, 2] b) { a = Add(x, x) mean = ReduceMean <axes = [0]> (x) b = Sub(x, mean) }",
)
add(
    "whole_number_output_only",
    "only the whole numbers of the answer are coupled",
    "(float[N, 2] x) => (float[N, 2] a, int64[N, 2] best) { a = Add(x, x) at = ArgMax <axis = 0> (x) shape = Shape(x)"
    " best = Expand(at, shape) }",
)
add(
    "two_inputs_one_coupled",
    "of two inputs one is taken over all rows",
    "(float[N, 2] x, float[N, 2] z) => (float[N, 2] y) { most = ReduceMax <axes = [0]> (z) y = Add(x, most) }",
    {"x": floats(3, 2), "z": floats(3, 2, seed=2)},
)

# Inside other graphs.
add(
    "loop_on_data",
    "as many rounds as the largest value says",
    xy(
        "most = ReduceMax <keepdims = 0> (x) y = Loop <body = round (int64 i, bool go, float[R, 2] v) => (bool on, float[R, 2] w)"
        " { on = Identity(go) w = Add(v, v) }> (most, yes, start)",
        "bool yes = {1}, float[1, 2] base = {1, 1}",
        shape="N",
        out="float[N, 2] y",
        kind="int64",
    )
    .replace("y = Loop", "c = Unsqueeze(x, last) f = Cast <to = 1> (c) start = Mul(f, base) y = Loop")
    .replace("bool yes", "int64[1] last = {1}, bool yes"),
    {"x": np.array([1, 3], np.int64)},
)
add(
    "loop_until_all_are_done",
    "doubles until the smallest row is large, twenty times at most",
    xy(
        "y = Loop <body = round (int64 i, bool go, float[R, 2] v) => (bool on, float[R, 2] w)"
        " { w = Add(v, v) least = ReduceMin <keepdims = 0> (w) on = Less(least, large) }> (most, yes, x)",
        "bool yes = {1}, float large = {100}, int64 most = {20}",
    ),
    {"x": np.array([[1, 1], [30, 30]], np.float32)},
)
add(
    "if_on_largest_value",
    "another branch when one row is large",
    xy(
        "most = ReduceMax <keepdims = 0> (x) c = Greater(most, large) y = If (c) <then_branch = a () => (float[N, 2] p)"
        " { p = Neg(x) }, else_branch = b () => (float[N, 2] q) { q = Identity(x) }>",
        "float large = {10}",
    ),
    {"x": np.array([[1, 2], [20, 3]], np.float32)},
)
add(
    "if_branch_couples",
    "only the branch for wide rows takes the mean of all",
    xy(
        "w = Shape <start = 1> (x) wide = Greater(w, one) c = Squeeze(wide) y = If (c) <then_branch = a () => (float[N, 2] p)"
        " { mean = ReduceMean <axes = [0]> (x) p = Sub(x, mean) }, else_branch = b () => (float[N, 2] q) { q = Identity(x) }>",
        "int64[1] one = {1}",
    ),
)
add(
    "if_on_count",
    "another branch when there are several rows",
    xy(
        "n = Shape <start = 0, end = 1> (x) many = Greater(n, one) c = Squeeze(many) y = If (c) <then_branch = a ()"
        " => (float[N, 2] p) { p = Neg(x) }, else_branch = b () => (float[N, 2] q) { q = Identity(x) }>",
        "int64[1] one = {1}",
    ),
)
add(
    "function_couples",
    "a function of the model's own takes the mean of all",
    xy("y = own.centred(x)"),
    domains={"own": 1},
    functions='<domain: "own", opset_import: ["" : 17]> centred (x) => (y)'
    " { mean = ReduceMean <axes = [0]> (x) y = Sub(x, mean) }",
)
add(
    "static_loops_couple",
    "rounds of fixed number, one in the other, sum along the rows",
    xy(
        "y = Loop <body = outer (int64 i, bool go, float[R, 2] v) => (bool on, float[R, 2] w) { on = Identity(go)"
        " w = Loop <body = inner (int64 j, bool go2, float[R, 2] s) => (bool on2, float[R, 2] t)"
        " { on2 = Identity(go2) t = CumSum(s, axis) }> (two, yes, v) }> (two, yes, x)",
        "int64 two = {2}, bool yes = {1}, int64 axis = {0}",
    ),
)

# Chance.
add("random_normal_like", "noise", xy("n = RandomNormalLike(x) y = Add(x, n)"))
add(
    "random_normal_like_seeded",
    "noise by a seed goes by the row's place",
    xy("n = RandomNormalLike <seed = 1.0> (x) y = Add(x, n)"),
)
add(
    "random_uniform_like_seeded",
    "noise by a seed goes by the row's place",
    xy("n = RandomUniformLike <seed = 1.0> (x) y = Add(x, n)"),
)
add(
    "dropout_training",
    "drops values as in training",
    xy("y = Dropout <seed = 1> (x, half, yes)", "float half = {0.5}, bool yes = {1}"),
    {"x": floats(9, 2)},
)
add(
    "multinomial",
    "draws",
    xy("y = Multinomial <sample_size = 4, seed = 1.0> (x)", out="int32[N, 4] y"),
    {"x": np.zeros((9, 2), np.float32)},
)
add("bernoulli", "draws", xy("y = Bernoulli <seed = 1.0> (x)"), {"x": np.full((9, 2), 0.5, np.float32)})

# Texts.
TEXTS = {"x": texts("a", "b c d", "e f")}
add(
    "split_to_longest_text",
    "as wide as the longest text",
    '(string[N] x) => (string[N, W] y, int64[N] count) { y, count = StringSplit <delimiter = " "> (x) }',
    TEXTS,
    opset=20,
    ir_version=9,
)
add(
    "texts_of_neighbours",
    "each text with the one before it",
    xy(
        "tail = Slice(x, last, end, rows) head = Slice(x, first, last, rows) before = Concat <axis = 0> (tail, head)"
        " y = StringConcat(before, x)",
        "int64[1] first = {0}, int64[1] last = {-1}, int64[1] end = {1000000}, int64[1] rows = {0}",
        "N",
        kind="string",
    ),
    TEXTS,
    opset=20,
    ir_version=9,
)
add(
    "only_with_long_texts",
    "a long text reaches all rows",
    xy(
        'm = RegexFullMatch <pattern = ".{12,}"> (x) i = Cast <to = 7> (m) most = ReduceMax <keepdims = 1> (i)'
        " shape = Shape(x) wide = Expand(most, shape) y = Cast <to = 9> (wide)",
        shape="N",
        out="bool[N] y",
        kind="string",
    ),
    {"x": texts("a", "this one is rather long")},
    opset=20,
    ir_version=9,
)
add(
    "stop_words_drop_rows",
    "rows that are stop words are dropped",
    "(string[N] x) => (string[M] y)"
    ' { y = StringNormalizer <case_change_action = "LOWER", locale = "C", stopwords = ["the"]> (x) }',
    {"x": texts("the", "Cat", "sat")},
)
add(
    "equal_texts_counted",
    "how many texts are equal to it",
    xy(
        "column = Unsqueeze(x, last) same = Equal(column, x) i = Cast <to = 7> (same) y = ReduceSum <keepdims = 0> (i, last)",
        "int64[1] last = {1}",
        "N",
        "int64[N] y",
        "string",
    ),
    {"x": texts("a", "b", "a")},
    opset=19,
    ir_version=9,
)


def verdict(small: Small, path: Path) -> tuple[bool, str]:
    """Whether it fails to couple, and what was seen.

    It couples where a row's answer differs, and where nobody can tell whose an answer's rows are.
    """
    lines = [f"    {name} = {array.tolist()}" for name, array in small.rows.items()]
    differs = False
    for name, company, singles in in_company_and_alone(small, path):
        apart = joined(singles)
        one_each = len(company) == len(singles)
        same = one_each and apart is not None and equal_bits(company, apart)
        differs |= not same
        shown = [single.tolist() for single in singles] if apart is None else apart.tolist()
        counted = "" if one_each else f"   {len(company)} rows for {len(singles)}"
        lines.append(f"    {name} in company {company.tolist()}{counted}")
        lines.append(f"    {name} alone      {'the same' if same else shown}")
    return not differs, "\n".join(lines)


if __name__ == "__main__":
    main("coupled", MODELS, FOLDER, verdict)
