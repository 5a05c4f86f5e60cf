"""Writes small models whose rows are coupled where chance hardly looks: for one number of rows, for a few values.

What only tries a model does not see these couplings; whoever reads the graph does. Needs what requirements.txt pins:

    conformance/python hidden.py            writes worker-service/src/test/resources/hidden/*.onnx
    conformance/python hidden.py --verify   also runs each in ONNX Runtime, and shows inputs and answers

Two runs write the same bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from coupled import ABC, verdict, xy
from small_models import TARGET, Rows, Small, floats, main, texts

FOLDER = TARGET / "hidden"
MODELS: list[Small] = []


def add(name: str, why: str, text: str, rows: Rows | None = None, **more: Any) -> None:
    MODELS.append(Small(name, why, text, ABC if rows is None else rows, **more))


ANY = "f = Cast <to = 1> (hit) most = ReduceMax <axes = [0]> (f) y = Add(x, most)"
add(
    "count_of_eleven",
    "adds one if there are just eleven rows",
    xy(
        "n = Shape <start = 0, end = 1> (x) hit = Equal(n, eleven) one = Cast <to = 1> (hit) y = Add(x, one)",
        "int64[1] eleven = {11}",
    ),
    {"x": floats(11, 2)},
)
add(
    "count_by_remainder",
    "adds one if one is left over when the rows are counted by 37",
    xy(
        "n = Shape <start = 0, end = 1> (x) rest = Mod(n, many) hit = Equal(rest, left) one = Cast <to = 1> (hit) y = Add(x, one)",
        "int64[1] many = {37}, int64[1] left = {17}",
    ),
    {"x": floats(17, 2)},
)
add(
    "range_of_values",
    "values from 7700 to 7799 reach all rows",
    xy(
        f"scaled = Div(x, hundred) whole = Floor(scaled) hit = Equal(whole, wanted) {ANY}",
        "float hundred = {100}, float wanted = {77}",
    ),
    {"x": np.array([[1, 2], [7750, 3]], np.float32)},
)
add(
    "remainder_of_a_value",
    "whole numbers of one remainder reach all rows",
    xy(
        "rest = Mod(x, prime) hit = Equal(rest, left) i = Cast <to = 7> (hit) most = ReduceMax <axes = [0]> (i) y = Add(x, most)",
        "int64 prime = {100003}, int64 left = {577}",
        kind="int64",
    ),
    {"x": np.array([[1, 2], [200583, 3]], np.int64)},
)
add(
    "sequence_of_tokens",
    "one row of four certain tokens reaches all rows",
    xy(
        "same = Equal(x, wanted) i = Cast <to = 7> (same) row = ReduceMin <axes = [1], keepdims = 1> (i)"
        " most = ReduceMax <axes = [0]> (row) y = Add(x, most)",
        "int64[4] wanted = {5, 1, 7, 3}",
        "N, 4",
        kind="int64",
    ),
    {"x": np.array([[0, 0, 0, 0], [5, 1, 7, 3]], np.int64)},
)
add(
    "text_by_pattern",
    "a text of one pattern reaches all rows",
    xy(
        'm = RegexFullMatch <pattern = "[A-Z]{3}-[0-9]{4}"> (x) i = Cast <to = 7> (m) most = ReduceMax <keepdims = 1> (i)'
        " shape = Shape(x) wide = Expand(most, shape) y = Cast <to = 9> (wide)",
        shape="N",
        out="bool[N] y",
        kind="string",
    ),
    {"x": texts("a", "ABC-1234")},
    opset=20,
    ir_version=9,
)
add(
    "agreement_of_inputs",
    "one row of two equal inputs reaches all rows",
    "(float[N, 2] x, float[N, 2] z) => (float[N, 2] y) { hit = Equal(x, z) " + ANY + " }",
    {"x": np.array([[1, 2], [3, 4]], np.float32), "z": np.array([[5, 6], [3, 7]], np.float32)},
)
add(
    "one_place",
    "the twentieth row gets the nineteenth",
    xy(
        "long = Pad(x, pads) n = Shape <start = 0, end = 1> (x) before = Slice(long, first, n, rows) shape = Shape(x)"
        " count = Gather(shape, zero) at = Range(zero, count, one) here = Equal(at, place) f = Cast <to = 1> (here)"
        " c = Unsqueeze(f, last) part = Mul(before, c) y = Add(x, part)",
        "int64[4] pads = {1, 0, 0, 0}, int64[1] first = {0}, int64[1] rows = {0}, int64 zero = {0}, int64 one = {1},"
        " int64 place = {19}, int64[1] last = {1}",
    ),
    {"x": floats(21, 2)},
)

add(
    "loudest_of_all",
    "as a spectrogram, nothing is more than eight below the loudest of all rows",
    xy(
        "p = Abs(x) q = Max(p, least) l = Log(q) top = ReduceMax <keepdims = 0> (l) floor = Sub(top, eight) y = Max(l, floor)",
        "float least = {0.0000000001}, float eight = {8}",
    ),
    {"x": np.array([[1, 0.00001], [100, 2]], np.float32)},
)
add(
    "alone_with_few_values",
    "a row of zeros and ones gets another answer alone, as where roundings grow",
    xy(
        "n = Shape <start = 0, end = 1> (x) one = Equal(n, lone) square = Mul(x, x) same = Equal(square, x)"
        " i = Cast <to = 1> (same) few = ReduceMin <axes = [1], keepdims = 1> (i) f = Cast <to = 1> (one)"
        " hit = Mul(f, few) part = Mul(hit, little) y = Add(x, part)",
        "int64[1] lone = {1}, float little = {0.008}",
    ),
    {"x": np.array([[0, 1], [1, 1]], np.float32)},
)


if __name__ == "__main__":
    main("hidden", MODELS, FOLDER, verdict)
