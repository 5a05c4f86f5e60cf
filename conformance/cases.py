"""The cases of ONNX's backend test suite that the package `onnx` holds."""

from __future__ import annotations

import glob
import os
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

from wire import array

KINDS = ("simple", "pytorch-converted", "pytorch-operator", "real")
LIGHT = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "light")


@dataclass(frozen=True)
class Case:
    """One model with inputs, by name, and the outputs that the suite expects of them, in order."""

    name: str
    kind: str
    model: onnx.ModelProto
    data: bytes
    feeds: dict[str, Any]  # arrays; or what is no tensor: a list, a TensorProto of a type that NumPy lacks, None
    expected: list[Any]
    rtol: float
    atol: float

    def unlike_expected(self, outputs: list[np.ndarray]) -> str | None:
        """How the outputs differ from the expected ones, by the suite's own rule."""
        expected = [array_of(value) for value in self.expected]
        try:
            Runner.assert_similar_outputs(expected, outputs, self.rtol, self.atol)
        except (AssertionError, TypeError, ValueError) as error:
            return " ".join(str(error).split())[:300]
        return None


def array_of(value: Any) -> Any:
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    return array(value) if not isinstance(value, (list, tuple)) and value is not None else value


def load() -> list[Case]:
    """All cases, in the order of their names; two calls give the same ones in different processes, too."""
    np.random.seed(0)  # some cases draw their inputs from NumPy's own generator as they are imported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [case for test in load_model_tests(kind="node") for case in node_cases(test)]
    for kind in KINDS:
        for test in sorted(load_model_tests(kind=kind), key=lambda test: test.name):
            found += light_cases(test) if kind == "real" else file_cases(test)
    return named_apart(sorted(found, key=lambda case: (case.name, case.kind)))


def named_apart(cases: list[Case]) -> list[Case]:
    """With names that MLP takes, no two alike."""
    taken: dict[str, int] = {}
    apart = []
    for case in cases:
        name = re.sub("[^a-z0-9]+", "-", case.name.removeprefix("test_").lower()).strip("-")[:55]
        taken[name] = taken.get(name, 0) + 1
        number = "" if taken[name] == 1 else f"-{taken[name]}"
        apart.append(Case(**{**case.__dict__, "name": name + number}))
    return apart


def node_cases(test: Any) -> list[Case]:
    return [case(test, "node", test.model, inputs, outputs) for inputs, outputs in test.data_sets]


def case(test: Any, kind: str, model: onnx.ModelProto, inputs: Any, outputs: Any, data: bytes | None = None) -> Case:
    initializers = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input]
    if len(inputs) < len(names):
        names = [name for name in names if name not in initializers]
    feeds = {name: array_of(value) for name, value in zip(names, inputs)}
    return Case(test.name, kind, model, data or model.SerializeToString(), feeds, list(outputs), test.rtol, test.atol)


def file_cases(test: Any) -> list[Case]:
    with open(os.path.join(test.model_dir, "model.onnx"), "rb") as file:
        data = file.read()
    model = onnx.load_model_from_string(data)
    found = []
    for folder in sorted(glob.glob(os.path.join(test.model_dir, "test_data_set*"))):
        inputs = protos(folder, "input", model.graph.input)
        outputs = protos(folder, "output", model.graph.output)
        found.append(case(test, test.kind, model, inputs, outputs, data))
    return found


def protos(folder: str, what: str, declared: Any) -> list[Any]:
    count = len(glob.glob(os.path.join(folder, f"{what}_*.pb")))
    values: list[Any] = []
    for i in range(count):
        Runner._load_proto(Runner, os.path.join(folder, f"{what}_{i}.pb"), values, declared[i].type)
    return values


def light_cases(test: Any) -> list[Case]:
    """Models of real architecture without their weights; the suite computes their input."""
    path = os.path.join(LIGHT, os.path.basename(test.url))
    with open(path, "rb") as file:
        data = file.read()
    model = onnx.load_model_from_string(data)
    initializers = {tensor.name for tensor in model.graph.initializer}
    inputs = [
        Runner.generate_dummy_data(value, seed=0, name=test.model_name, random=False)
        for value in model.graph.input
        if value.name not in initializers
    ]
    outputs = []
    for i in range(len(model.graph.output)):
        tensor = onnx.TensorProto()
        with open(f"{path.removesuffix('.onnx')}_output_{i}.pb", "rb") as file:
            tensor.ParseFromString(file.read())
        outputs.append(numpy_helper.to_array(tensor))
    return [case(test, "light", model, inputs, outputs, data)]
