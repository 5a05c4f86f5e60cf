"""What coupled.py and independent.py share: small models told as text, and running them in company and alone.

A model is written in the textual form that `onnx.parser` reads. Its first dimension is called N
wherever it is open.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import parser

TARGET = Path(__file__).resolve().parent.parent / "worker-service" / "src" / "test" / "resources"
LARGEST = 1200  # bytes

Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Small:
    """One small model, why it is here, and rows that show it."""

    name: str
    why: str
    text: str
    rows: Rows
    opset: int = 17
    ir_version: int = 8
    domains: dict[str, int] = field(default_factory=dict)
    functions: str = ""

    def model(self) -> onnx.ModelProto:
        imports = {"": self.opset} | self.domains
        named = ", ".join(f'"{domain}" : {version}' for domain, version in imports.items())
        head = f'<ir_version: {self.ir_version}, opset_import: [{named}], producer_name: "conformance">\n'
        return parser.parse_model(f"{head}{self.name} {self.text}\n{self.functions}")

    def write(self, folder: Path) -> Path:
        model = self.model()
        onnx.checker.check_model(model)
        for value in [*model.graph.input, *model.graph.output]:
            first = value.type.tensor_type.shape.dim[0]
            if not first.dim_param:
                raise ValueError(f"{self.name}: {value.name} has no open first dimension")
        data = model.SerializeToString(deterministic=True)
        if len(data) > LARGEST:
            raise ValueError(f"{self.name}: {len(data)} bytes, at most {LARGEST} are wanted")
        path = folder / f"{self.name}.onnx"
        path.write_bytes(data)
        return path


def floats(*shape: int, seed: int = 1) -> np.ndarray:
    """Values that differ from one another, of both signs, none of them large."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def alone(rows: Rows) -> Iterator[Rows]:
    """The same rows, one at a time."""
    for row in range(len(next(iter(rows.values())))):
        yield {name: array[row : row + 1] for name, array in rows.items()}


def session(data: bytes) -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 4
    return onnxruntime.InferenceSession(data, settings, providers=["CPUExecutionProvider"])


def in_company_and_alone(small: Small, path: Path) -> list[tuple[str, np.ndarray, list[np.ndarray]]]:
    """For each output: its name, the answer of all rows together, and the answers of the rows alone.

    Each run has a session of its own, so that random operators start from the same state.
    """
    data = path.read_bytes()
    together = session(data)
    company = together.run(None, small.rows)
    singles = [session(data).run(None, row) for row in alone(small.rows)]
    names = [output.name for output in together.get_outputs()]
    return [(name, company[i], [single[i] for single in singles]) for i, name in enumerate(names)]


def equal_bits(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes()


def joined(parts: list[np.ndarray]) -> np.ndarray | None:
    """The parts as one array, or None where their shapes do not fit together."""
    try:
        return np.concatenate(parts)
    except ValueError:
        return None


def write_all(models: list[Small], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    names = [small.name for small in models]
    if len(set(names)) != len(names):
        raise ValueError("two models have one name")
    for name in names:
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise ValueError(f"{name}: lower case letters, digits and _ only")
    for old in folder.glob("*.onnx"):
        if old.stem not in names:
            old.unlink()
    return [small.write(folder) for small in models]


def main(what: str, models: list[Small], folder: Path, verdict: Any) -> None:
    """Writes the models; with --verify also runs each, and prints the rows and what came of them."""
    paths = write_all(models, folder)
    print(f"{len(paths)} {what} models in {folder}")
    if sys.argv[1:] != ["--verify"]:
        return
    wrong = 0
    for small, path in zip(models, paths):
        fault, found = verdict(small, path)
        wrong += fault
        print(f"{'WRONG' if fault else 'ok'}  {small.name}: {small.why}\n{found}")
    print(f"{len(paths) - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)
