"""ONNX Runtime in Python, set up as MLP's worker sets it up, in a process of its own: some models never end, or end it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import onnx

from small_models import equal_bits
from wire import DATATYPES, DTYPES, Feeds

PATIENCE = 20  # seconds for one step
ZEROS_PATIENCE = 3
SLOW, LARGE = 0.05, 100_000  # seconds of a run, and elements of a job, from which on fewer jobs will do
JOBS, FEW_JOBS = 24, 6
RUNS = 4  # that tell whether chance is in it

Outputs = list[np.ndarray]


@dataclass
class Reference:
    """What ONNX Runtime itself makes of a model."""

    load: str | None = "not tried"  # why it does not load
    zeros: str | None = None  # why it does not run on zeros
    own: Outputs | str = "not tried"  # the outputs on the case's own inputs, or why there are none
    chance: bool = False  # whether two sessions or two runs differ
    jobs: list[Feeds] = field(default_factory=list)  # other inputs that it takes
    answers: list[Outputs] = field(default_factory=list)  # to these

    @property
    def runs(self) -> bool:
        return not isinstance(self.own, str)


def session(data: bytes) -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def inputs_of(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """The inputs that a client gives: weights are listed as inputs, too, in old files."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in weights]


def zeros(model: onnx.ModelProto) -> Feeds:
    """One row of zeros, as MLP warms a model up."""
    feeds = {}
    for value in inputs_of(model):
        tensor = value.type.tensor_type
        shape = [dim.dim_value if dim.HasField("dim_value") else 1 for dim in tensor.shape.dim]
        dtype = DTYPES[DATATYPES[tensor.elem_type]]
        feeds[value.name] = np.full(shape, "" if dtype == object else 0, dtype)
    return feeds


def same(a: Outputs, b: Outputs) -> bool:
    return len(a) == len(b) and all(equal_values(x, y) for x, y in zip(a, b))


def equal_values(a: np.ndarray, b: np.ndarray) -> bool:
    """To the bit, but for which NaN it is: JSON knows one."""
    if a.dtype.kind == "f" and a.dtype == b.dtype and a.shape == b.shape:
        return bool(((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)).all())
    return equal_bits(a, b)


class Child:
    """Does one step at a time for the parent; a new one takes its place when it hangs or dies."""

    def __init__(self) -> None:
        self.process: Any = None
        self.pipe: Any = None

    def step(self, what: str, *arguments: Any, patience: float = PATIENCE) -> Any:
        """The step's result, or a text that says why there is none."""
        if self.process is None:
            self.pipe, other = multiprocessing.Pipe()
            context = multiprocessing.get_context("spawn")
            self.process = context.Process(target=serve, args=(other,), daemon=True)
            self.process.start()
            other.close()
            self.pipe.poll(PATIENCE * 3) and self.pipe.recv()
        try:
            self.pipe.send((what, arguments))
            if self.pipe.poll(patience):
                return self.pipe.recv()
            problem = f"does not end within {patience} s"
        except (EOFError, OSError):
            problem = "ends the process"
        self.close()
        return problem

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def serve(pipe: Connection) -> None:
    import onnxruntime  # noqa: F401 so that the first step need not wait for it

    state: dict[str, Any] = {}
    pipe.send("ready")
    while True:
        try:
            what, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(STEPS[what](state, *arguments))
        except Exception as error:  # whatever it is, it is the model's
            pipe.send(" ".join(str(error).split())[:1000] or repr(error))


def load(state: dict[str, Any], data: bytes) -> None:
    state["data"] = data
    state["session"] = session(data)


def run(state: dict[str, Any], feeds: Feeds) -> tuple[Outputs]:
    return (ran(state["session"], feeds),)


def ran(loaded: Any, feeds: Feeds) -> Outputs:
    outputs = loaded.run(None, feeds)
    if not all(isinstance(output, np.ndarray) for output in outputs):
        raise TypeError("an output is no tensor")
    return outputs


def again(state: dict[str, Any], feeds: Feeds) -> tuple[Outputs, bool, float]:
    """The outputs, whether they are so each time, and the seconds of a run."""
    first = ran(state["session"], feeds)
    began = time.monotonic()
    others = [ran(state["session"], feeds)]
    seconds = time.monotonic() - began
    others.append(ran(session(state["data"]), feeds))
    if seconds < SLOW:  # of random operators two runs in a row were seen to be alike
        others += [ran(state["session"], feeds) for _ in range(RUNS)]
    return first, not all(same(first, other) for other in others), seconds


def company(state: dict[str, Any], candidates: list[list[Feeds]]) -> tuple[list[Feeds], list[Outputs]]:
    """Of each job's candidates the first that runs, and its outputs."""
    jobs, answers = [], []
    for choices in candidates:
        for feeds in choices:
            try:
                answers.append(ran(state["session"], feeds))
            except Exception:  # these values do not suit it; the last choice are the case's own
                continue
            jobs.append(feeds)
            break
    return jobs, answers


def coupling(state: dict[str, Any], data: bytes, feeds: Feeds) -> tuple[str | None]:
    import opened

    return (opened.coupling(data, feeds),)


STEPS: dict[str, Callable[..., Any]] = {
    "load": load,
    "run": run,
    "again": again,
    "company": company,
    "coupling": coupling,
}


def examine(child: Child, model: onnx.ModelProto, data: bytes, feeds: Feeds) -> Reference:
    """Loads the model and runs it: on zeros, on the inputs given, and on others like these."""
    found = Reference(load=child.step("load", data))
    if found.load is not None:
        return found
    outcome = child.step("run", zeros(model), patience=ZEROS_PATIENCE)
    found.zeros = outcome if isinstance(outcome, str) else None
    if child.process is None:
        child.step("load", data)
    outcome = child.step("again", feeds)
    if isinstance(outcome, str):
        found.own = outcome
        return found
    found.own, found.chance, seconds = outcome
    elements = sum(value.size for value in [*feeds.values(), *found.own])
    count = JOBS if seconds < SLOW and elements < LARGE else FEW_JOBS
    outcome = child.step("company", [choices(feeds, i) for i in range(count)], patience=PATIENCE * 3)
    if not isinstance(outcome, str):
        found.jobs, found.answers = outcome
    return found


def choices(feeds: Feeds, job: int) -> list[Feeds]:
    """Inputs like those given, for one job: all of them changed, only the fractions changed, as they are."""
    if job == 0:
        return [feeds]
    chance = np.random.default_rng(job)
    changed = {name: like(value, chance) for name, value in feeds.items()}
    fractions = {name: changed[name] if value.dtype.kind == "f" else value for name, value in feeds.items()}
    return [changed, fractions, feeds]


def like(value: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Fractions a tenth larger or smaller; all else in another order, for it may be a size, an index or a mask."""
    if value.dtype.kind == "f":
        return (value * chance.uniform(0.9, 1.1, value.shape)).astype(value.dtype)
    return chance.permutation(value.ravel()).reshape(value.shape)
