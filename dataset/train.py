"""Train the sample models and write the rows that they have not seen.

Run it without arguments, with the packages of requirements.txt installed:

    python dataset/train.py

It reads only data that scikit-learn ships, downloads nothing, and writes, relative to the
repository root:

    models/<name>/<version>/model.onnx  the trained models
    models/<name>/model.yaml            what the service shows about each of them
    dataset/<name>.csv                  the held-out rows, none of which was trained on
    dataset/figures.json                how ONNX Runtime scores each model on those rows

Two runs on the same platform write the same bytes. The script stops with an error, and leaves
the file in question unwritten, if a model does not have exactly the inputs and outputs declared
here or if a held-out row would not survive being written as text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType
from sklearn.base import BaseEstimator
from sklearn.datasets import load_diabetes, load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils import Bunch
from threadpoolctl import threadpool_limits

SEED = 7
ROOT = Path(__file__).resolve().parent.parent
OPSETS = {"": 17, "ai.onnx.ml": 3}
ONNX_IR_VERSION = 8
BATCH_DIMENSION = "batch"

Signature = dict[str, tuple[str, list[str | int]]]
Figures = dict[str, int | float | str]


@dataclass(frozen=True)
class Task:
    """One sample model: where its rows come from and what its versions look like."""

    name: str
    description: str
    load: Callable[[], Bunch]
    held_out_share: float
    input_name: str
    columns: list[str]
    target: str
    versions: list[BaseEstimator]
    labels: Sequence[str] = ()
    example_label: int | None = None

    @property
    def is_classifier(self) -> bool:
        return bool(self.labels)

    def inputs(self) -> Signature:
        return {self.input_name: ("tensor(float)", [BATCH_DIMENSION, len(self.columns)])}

    def outputs(self) -> Signature:
        if not self.is_classifier:
            return {self.target: ("tensor(float)", [BATCH_DIMENSION, 1])}
        return {
            "label": ("tensor(int64)", [BATCH_DIMENSION]),
            "probabilities": ("tensor(float)", [BATCH_DIMENSION, len(self.labels)]),
        }


@dataclass(frozen=True)
class Split:
    """Rows to train on and rows held out, with no row in both."""

    train_rows: np.ndarray
    train_targets: np.ndarray
    held_out_rows: np.ndarray
    held_out_targets: np.ndarray


TASKS = [
    Task(
        name="digits",
        description=(
            "Recognises a handwritten digit in an 8x8 image of pixel values from 0 to 16, "
            "row by row."
        ),
        load=load_digits,
        held_out_share=0.25,
        input_name="image",
        columns=[f"pixel_{row}_{column}" for row in range(8) for column in range(8)],
        target="label",
        versions=[
            make_pipeline(
                MinMaxScaler(),
                MLPClassifier(hidden_layer_sizes=(128,), max_iter=600, random_state=SEED),
            ),
        ],
        labels=[str(digit) for digit in range(10)],
        example_label=5,
    ),
    Task(
        name="iris",
        description="Names the species of an iris from four measurements in centimetres.",
        load=load_iris,
        held_out_share=0.3,
        input_name="features",
        columns=["sepal_length", "sepal_width", "petal_length", "petal_width"],
        target="label",
        versions=[
            make_pipeline(StandardScaler(), LogisticRegression()),
            RandomForestClassifier(n_estimators=50, random_state=SEED),
        ],
        labels=["setosa", "versicolor", "virginica"],
        example_label=1,
    ),
    Task(
        name="diabetes",
        description=(
            "Predicts the progression of diabetes one year after baseline from ten standardised "
            "measurements."
        ),
        load=load_diabetes,
        held_out_share=0.25,
        input_name="features",
        columns=["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
        target="progression",
        versions=[RidgeCV()],
    ),
]


def split_rows(task: Task) -> Split:
    data = task.load()
    rows = data.data.astype(np.float32)
    # The iris data hold one flower twice; it must not land on both sides of the split.
    first_occurrences = np.sort(np.unique(rows, axis=0, return_index=True)[1])
    rows, targets = rows[first_occurrences], data.target[first_occurrences]
    train_rows, held_out_rows, train_targets, held_out_targets = train_test_split(
        rows,
        targets,
        test_size=task.held_out_share,
        random_state=SEED,
        stratify=targets if task.is_classifier else None,
    )
    return Split(train_rows, train_targets, held_out_rows, held_out_targets)


def to_onnx(task: Task, estimator: BaseEstimator, version: int) -> bytes:
    """Convert a fitted estimator; its only input and its outputs get the names of the task."""
    if task.is_classifier:
        options = {id(estimator): {"zipmap": False}}
        final_types = [
            ("label", Int64TensorType([None])),
            ("probabilities", FloatTensorType([None, len(task.labels)])),
        ]
    else:
        options = None
        final_types = [(task.target, FloatTensorType([None, 1]))]
    model = convert_sklearn(
        estimator,
        name=task.name,
        initial_types=[(task.input_name, FloatTensorType([None, len(task.columns)]))],
        final_types=final_types,
        options=options,
        target_opset=OPSETS,
    )
    # The converter lists the operator sets in the order of a Python set, so once this, once that.
    opsets = sorted({entry.domain: entry.version for entry in model.opset_import}.items())
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(*opset) for opset in opsets)
    model.ir_version = ONNX_IR_VERSION
    model.model_version = version
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = BATCH_DIMENSION
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def open_session(model: bytes) -> ort.InferenceSession:
    return ort.InferenceSession(model, providers=["CPUExecutionProvider"])


def check_signature(what: str, session: ort.InferenceSession, task: Task) -> None:
    """Stop unless ONNX Runtime sees exactly the declared names, types and shapes."""
    for side, declared, nodes in [
        ("inputs", task.inputs(), session.get_inputs()),
        ("outputs", task.outputs(), session.get_outputs()),
    ]:
        actual = {node.name: (node.type, node.shape) for node in nodes}
        if actual != declared:
            raise SystemExit(f"{what}: {side} are {actual}, but should be {declared}")


def measure(task: Task, answers: np.ndarray, truth: np.ndarray) -> Figures:
    # Six digits, because the last bits of a float may differ from one processor to the next.
    if task.is_classifier:
        return {
            "rows": len(truth),
            "correct": int(np.sum(answers == truth)),
            "accuracy": round(float(accuracy_score(truth, answers)), 6),
        }
    return {
        "rows": len(truth),
        "r2": round(float(r2_score(truth, answers)), 6),
        "mean_absolute_error": round(float(mean_absolute_error(truth, answers)), 6),
    }


def as_text(number: np.float32) -> str:
    """The shortest decimal that is this float32 again, read as a float or as a double."""
    text = np.format_float_positional(np.float32(number), unique=True, trim="-")
    if np.float32(float(text)) != number:
        raise SystemExit(f"{number!r} does not survive being written as {text}")
    return text


def to_csv(task: Task, split: Split) -> str:
    lines = [",".join([*task.columns, task.target])]
    for row, target in zip(split.held_out_rows, split.held_out_targets):
        lines.append(",".join(as_text(number) for number in [*row, target]))
    return "\n".join(lines) + "\n"


def example_index(task: Task, split: Split, probabilities: list[np.ndarray]) -> int:
    """The held-out row with the label to show that its least sure version is surest of."""
    if not task.is_classifier:
        return 0
    sureness = np.min([of_version[:, task.example_label] for of_version in probabilities], axis=0)
    sureness[split.held_out_targets != task.example_label] = 0
    # Rounded, so that the last bits of a float do not decide between rows that are equally clear.
    example = int(np.argmax(np.round(sureness, 2)))
    if sureness[example] <= 0.5:
        raise SystemExit(f"{task.name}: no held-out row is clearly label {task.example_label}")
    return example


def to_yaml(task: Task, split: Split, example: int) -> str:
    target = as_text(split.held_out_targets[example])
    if task.is_classifier:
        truth = f" ({task.labels[int(target)]}): every version answers label {target}"
    else:
        truth = f": its true {task.target} is {target}"
    row = ", ".join(as_text(number) for number in split.held_out_rows[example])
    lines = [
        "# Written by dataset/train.py; change it there.",
        f"description: {task.description}",
        *([f"labels: {json.dumps(task.labels)}"] if task.is_classifier else []),
        f"# Line {example + 2} of dataset/{task.name}.csv{truth}.",
        "example:",
        f"  {task.input_name}: [[{row}]]",
    ]
    return "\n".join(lines) + "\n"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def build(task: Task) -> dict[str, Figures]:
    """Write every file of one task and return the figures of each of its versions."""
    split = split_rows(task)
    directory = ROOT / "models" / task.name
    figures: dict[str, Figures] = {}
    probabilities: list[np.ndarray] = []
    for version, estimator in enumerate(task.versions, start=1):
        estimator.fit(split.train_rows, split.train_targets)
        model = to_onnx(task, estimator, version)
        session = open_session(model)
        check_signature(f"{task.name}/{version}", session, task)
        answers, *rest = session.run(list(task.outputs()), {task.input_name: split.held_out_rows})
        probabilities += rest
        figures[str(version)] = {
            **measure(task, answers.ravel(), split.held_out_targets),
            "sha256": hashlib.sha256(model).hexdigest(),
        }
        write(directory / str(version) / "model.onnx", model)
    example = example_index(task, split, probabilities)
    write(directory / "model.yaml", to_yaml(task, split, example).encode())
    write(ROOT / "dataset" / f"{task.name}.csv", to_csv(task, split).encode())
    return figures


def main() -> None:
    # The order of additions, and with it the last bits of a weight, depends on the thread count.
    with threadpool_limits(limits=1):
        figures = {"seed": SEED, "models": {task.name: build(task) for task in TASKS}}
    text = json.dumps(figures, indent=2) + "\n"
    write(ROOT / "dataset" / "figures.json", text.encode())
    print(text, end="")


if __name__ == "__main__":
    main()
