"""Models whose first dimension is made open, and whether ONNX Runtime itself keeps their rows apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from reference import inputs_of, ran, same, session
from wire import Feeds

OPEN = "N"
DRAWS = 4
COMPANY = 7  # rows
TOLERANCE = 1e-4  # of the largest value: what sums in another order may differ by


def opened(model: onnx.ModelProto, feeds: Feeds) -> Iterator[tuple[str, onnx.ModelProto, Feeds]]:
    """The model with the first dimension that its inputs share left open, and what is left to be given.

    First with all inputs of that size open and the others made constants; then with the first input
    open and all others made constants, for a weight may be of that size by chance.
    """
    sized = [value.name for value in inputs_of(model) if feeds[value.name].ndim]
    if not sized or not feeds[sized[0]].size:
        return
    rows = len(feeds[sized[0]])
    shared = [name for name in sized if len(feeds[name]) == rows]
    yield from rewritten("all", model, feeds, shared, rows)
    if len(shared) > 1:
        yield from rewritten("first", model, feeds, sized[:1], rows)


def rewritten(
    how: str, model: onnx.ModelProto, feeds: Feeds, names: list[str], rows: int
) -> Iterator[tuple[str, onnx.ModelProto, Feeds]]:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    graph = copy.graph
    del graph.value_info[:]
    for value in list(graph.input):
        if value.name in feeds and value.name not in names:
            graph.initializer.append(constant(value, feeds[value.name]))
            graph.input.remove(value)
    weights = {tensor.name for tensor in graph.initializer}
    for value in [*graph.input, *graph.output]:
        if value.name in weights:
            continue
        dims = value.type.tensor_type.shape.dim
        if not dims or (dims[0].HasField("dim_value") and dims[0].dim_value != rows):
            return
        dims[0].dim_param = OPEN
    yield how, copy, {name: feeds[name] for name in names}


def constant(value: onnx.ValueInfoProto, array: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(array, value.name)


def open_already(model: onnx.ModelProto) -> bool:
    values = [*inputs_of(model), *model.graph.output]
    firsts = [value.type.tensor_type.shape.dim[:1] for value in values]
    return all(first and first[0].dim_value <= 0 for first in firsts)


def drawn(feeds: Feeds, rows: int, chance: np.random.Generator) -> Feeds:
    """That many rows like those given."""
    return {name: drawn_rows(value, rows, chance) for name, value in feeds.items()}


def drawn_rows(value: np.ndarray, rows: int, chance: np.random.Generator) -> np.ndarray:
    picked = value[chance.integers(0, len(value), rows)]
    if value.dtype.kind == "f":
        return (picked * chance.uniform(0.5, 1.5, picked.shape)).astype(value.dtype)
    if picked.ndim == 1:
        return chance.choice(value, rows)
    return np.stack([chance.permutation(row.ravel()).reshape(row.shape) for row in picked])


def coupling(data: bytes, feeds: Feeds) -> str | None:
    """How ONNX Runtime's answers couple rows, or None where nothing shows that they do."""
    loaded = session(data)
    for draw in range(DRAWS):
        chance = np.random.default_rng(draw)
        company = drawn(feeds, COMPANY, chance)
        answers = ran(loaded, company)
        if any(answer.shape[:1] != (COMPANY,) for answer in answers):
            return "not one answer for each row"
        row = int(chance.integers(0, COMPANY))
        found = tainted(loaded, company, answers, row, drawn(feeds, COMPANY, chance))
        found = found or apart(loaded, company, answers)
        if found is not None:
            return found
    return None


def tainted(loaded: Any, company: Feeds, answers: list[np.ndarray], row: int, others: Feeds) -> str | None:
    """Only the other rows change: this one's answer may not, to the bit."""
    for name, value in company.items():
        others[name][row] = value[row]
    after = ran(loaded, others)
    if any(answer.shape[:1] != (COMPANY,) for answer in after):
        return "not one answer for each row"
    one = slice(row, row + 1)
    return None if same([a[one] for a in answers], [b[one] for b in after]) else "the other rows change it"


def apart(loaded: Any, company: Feeds, answers: list[np.ndarray]) -> str | None:
    """Cut in other places and alone: the same within a rounding."""
    for cut in (1, 2, COMPANY - 3):
        for begin in range(0, COMPANY, cut):
            part = {name: value[begin : begin + cut] for name, value in company.items()}
            for whole, found in zip(answers, ran(loaded, part)):
                if not near(whole[begin : begin + cut], found):
                    return f"cut into {cut} it is another answer"
    return None


def near(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype.kind != "f":
        return a.shape == b.shape and a.tolist() == b.tolist()
    finite = np.isfinite(a)
    scale = float(np.abs(a[finite].astype(np.float64)).max(initial=1e-6))
    tolerance = TOLERANCE if a.dtype != np.float16 else 5e-3
    return bool(np.allclose(a.astype(np.float64), b.astype(np.float64), tolerance, tolerance * scale, equal_nan=True))
