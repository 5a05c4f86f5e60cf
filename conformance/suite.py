"""Runs ONNX's backend test suite over HTTP against MLP.

Every case that the pinned package `onnx` holds is put into MLP's model repository and sent as a job: alone, and in the
company of others with other values, 24 at a time and the same once more one after another. Each answer is held against
what the suite expects, by the suite's own tolerance, and against ONNX Runtime in Python, to the bit.

What MLP cannot take is excused only by a fact that is found out here: the types that the model's file declares, what
ONNX Runtime itself says to the model, the values of the case. There is no list of names.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx

import cases
import stack
from cases import Case
from reference import Child, Outputs, Reference, equal_values, examine, same
from wire import DATATYPES, Answer, finite

RIGHT, AS_RUNTIME, REFUSED, GAP, WRONG = "right", "right by ONNX Runtime", "refused, explained", "known gap", "WRONG"
CLASSES = (RIGHT, AS_RUNTIME, REFUSED, GAP, WRONG)
MODELS_AT_A_TIME = 180  # the local stack's broker has room for 256 channels
CASES_AT_A_TIME = 3
JOBS_AT_A_TIME = 24
SAMPLE = 8  # one case of so many


@dataclass
class Verdict:
    case: Case
    kind: str
    why: str = ""
    jobs: int = 0
    rounded: int = 0  # answers in company that differ from those alone, within the suite's tolerance
    batched: int = 0  # jobs that shared a run
    details: list[str] = field(default_factory=list)


def type_fact(model: onnx.ModelProto) -> str | None:
    """The first input or output that the Open Inference Protocol cannot carry."""
    for value in [*model.graph.input, *model.graph.output]:
        kind = value.type.WhichOneof("value")
        if kind != "tensor_type":
            return f"{kind.removesuffix('_type')}: the Open Inference Protocol has tensors only"
        number = value.type.tensor_type.elem_type
        if number not in DATATYPES:
            return f"{onnx.TensorProto.DataType.Name(number)}: the Open Inference Protocol has no such type"
    return None


def runtime_fact(reference: Reference) -> str | None:
    """Why ONNX Runtime itself does not load the model, without what differs from case to case."""
    if reference.load is None:
        return None
    for mark, fact in (
        ("Unsupported model IR version", "ONNX Runtime: newer IR version"),
        ("is under development", "ONNX Runtime: newer opset"),
        ("NOT_IMPLEMENTED", "ONNX Runtime: operator not implemented for these types"),
        ("is not a registered function/op", "ONNX Runtime: unknown operator"),
        ("Unrecognized attribute", "ONNX Runtime: unknown attribute"),
        ("construct locale", "ONNX Runtime: a locale that this machine lacks"),
    ):
        if mark in reference.load:
            return fact
    return "ONNX Runtime does not load it otherwise"


def value_gaps(case: Case) -> Iterator[str]:
    """What of the case's values MLP is known not to take yet."""
    for value in case.feeds.values():
        if not finite(value):
            yield "an input that is not finite"
        if value.ndim and value.shape[0] == 0:
            yield "an empty first dimension"
        if value.dtype == object and any(ord(c) == 0 or ord(c) > 0xFFFF for text in value.flat for c in str(text)):
            yield "a text beyond U+FFFF"
    for value in case.model.graph.input:
        if not value.type.tensor_type.HasField("shape"):
            yield "an input of undeclared rank"
    firsts = [value.type.tensor_type.shape.dim[:1] for value in [*case.model.graph.input, *case.model.graph.output]]
    open_first = all(first and first[0].dim_value <= 0 for first in firsts)
    if open_first and len({value.shape[:1] for value in case.feeds.values()}) > 1:
        yield "inputs of different rows, all first dimensions open"


class Suite:
    def __init__(self, chosen: list[Case], references: dict[str, Reference]):
        self.cases = {case.name: case for case in chosen}
        self.references = references
        self.excused = {case.name: type_fact(case.model) or runtime_fact(references[case.name]) for case in chosen}
        self.verdicts: list[Verdict] = []
        self.jobs = ThreadPoolExecutor(CASES_AT_A_TIME * JOBS_AT_A_TIME)

    def run(self, mlp: stack.Mlp) -> list[Verdict]:
        served = {name for name, excuse in self.excused.items() if excuse is None}
        examples = {name: self.example(name) for name in served}
        for names in stack.in_steps(list(self.cases), served, MODELS_AT_A_TIME):
            models = {name: self.cases[name].data for name in names}
            given = {name: example for name in names if (example := examples.get(name)) is not None}
            with mlp.serving(models, given) as versions, ThreadPoolExecutor(CASES_AT_A_TIME) as pool:
                told = [(name, versions[name], name in given) for name in names]
                self.verdicts += pool.map(lambda each: self.judge(mlp, *each), told)
            print(f"{len(self.verdicts)} cases done, {sum(v.jobs for v in self.verdicts)} jobs", flush=True)
        return self.verdicts

    def example(self, name: str) -> dict | None:
        """The case's inputs for models that zeros do not suit, as docs/models.md advises."""
        return stack.example_of(self.cases[name].feeds) if self.references[name].zeros else None

    def judge(self, mlp: stack.Mlp, name: str, version: dict, has_example: bool) -> Verdict:
        case, reference, excuse = self.cases[name], self.references[name], self.excused[name]
        if version["state"] == "failed":
            reason = version.get("reason", "")
            if excuse is not None:
                return Verdict(case, REFUSED, excuse)
            if reference.zeros and not has_example:
                return Verdict(case, GAP, "zeros do not suit it, and no example can be written", details=[reason])
            if has_example and not reference.runs:
                return Verdict(case, REFUSED, "ONNX Runtime fails on the case's inputs", details=[reason])
            return Verdict(case, WRONG, f"not loaded: {reason}")
        if excuse is not None:
            return Verdict(case, WRONG, f"served, but {excuse}")
        return self.judge_jobs(mlp, case, reference)

    def judge_jobs(self, mlp: stack.Mlp, case: Case, reference: Reference) -> Verdict:
        own = mlp.api.submit(case.name, case.feeds)
        if own.outputs is None:
            return self.without_answer(case, reference, own)
        if not reference.runs:
            return Verdict(case, WRONG, f"answered, where ONNX Runtime says: {reference.own}")
        verdict = Verdict(case, RIGHT, jobs=1)
        alone = in_order(case, own)
        unlike = case.unlike_expected(alone)
        if reference.chance:
            verdict.kind, verdict.why = AS_RUNTIME, "random: ONNX Runtime itself answers otherwise each time"
            return verdict
        if not same(alone, reference.own):
            verdict.kind, verdict.why = WRONG, f"not ONNX Runtime's answer: {shown(alone, reference.own)}"
            return verdict
        if unlike is not None:
            verdict.kind, verdict.why = AS_RUNTIME, "the suite expects other values than ONNX Runtime computes"
            verdict.details.append(unlike)
        self.judge_company(mlp, case, reference, verdict)
        return verdict

    @staticmethod
    def without_answer(case: Case, reference: Reference, answer: Answer) -> Verdict:
        what = f"refused at the door: {answer.refused}" if answer.refused else f"failed: {answer.failed}"
        gap = "a body larger than this MLP takes" if answer.too_large else next(value_gaps(case), None)
        if gap is not None:
            return Verdict(case, GAP, gap, details=[what])
        if not reference.runs and answer.failed:
            return Verdict(case, REFUSED, "ONNX Runtime fails on the case's inputs", details=[what])
        return Verdict(case, WRONG, what)

    def judge_company(self, mlp: stack.Mlp, case: Case, reference: Reference, verdict: Verdict) -> None:
        def submit(feeds: dict) -> Answer:
            return mlp.api.submit(case.name, feeds)

        suited = [(feeds, answer) for feeds, answer in zip(reference.jobs, reference.answers) if sendable(feeds)]
        together = list(self.jobs.map(submit, [feeds for feeds, _ in suited]))
        apart = [submit(feeds) for feeds, _ in suited]
        verdict.jobs += 2 * len(suited)
        for i, (feeds, wanted) in enumerate(suited):
            self.judge_answer(case, f"job {i} in company", feeds, together[i], wanted, verdict)
            self.judge_answer(case, f"job {i} after another", feeds, apart[i], wanted, verdict)

    @staticmethod
    def judge_answer(case: Case, job: str, feeds: dict, answer: Answer, wanted: Outputs, verdict: Verdict) -> None:
        shared = answer.batch_rows > stack.rows_of(feeds)
        verdict.batched += shared
        if answer.outputs is None:
            verdict.kind, verdict.why = WRONG, f"{job}: {answer.refused or answer.failed}"
            return
        found = in_order(case, answer)
        if same(found, wanted):
            return
        if shared and close(found, wanted, case):
            verdict.rounded += 1
            return
        verdict.kind, verdict.why = WRONG, f"{job} ({answer.batch_rows} rows in its run): {shown(found, wanted)}"


def sendable(feeds: dict) -> bool:
    """Whether these inputs are none of the known gaps."""
    return all(finite(value) and (not value.ndim or value.shape[0]) for value in feeds.values())


def in_order(case: Case, answer: Answer) -> Outputs:
    assert answer.outputs is not None
    return [answer.outputs[value.name] for value in case.model.graph.output]


def close(found: Outputs, wanted: Outputs, case: Case) -> bool:
    for a, b in zip(found, wanted):
        if a.shape != b.shape or a.dtype.kind != "f":
            if a.tolist() != b.tolist():
                return False
        elif not np.allclose(a, b, case.rtol, case.atol, equal_nan=True):
            return False
    return True


def shown(found: Outputs, wanted: Outputs) -> str:
    """The first difference."""
    for i, (a, b) in enumerate(zip(found, wanted)):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"output {i} is {a.dtype}{list(a.shape)}, not {b.dtype}{list(b.shape)}"
        if not same([a], [b]):
            differ = [n for n in range(a.size) if not equal_values(a.flat[n : n + 1], b.flat[n : n + 1])]
            at = differ[0]
            return f"output {i}: {len(differ)} of {a.size} elements, first {a.flat[at]!r}, not {b.flat[at]!r}"
    return f"{len(found)} outputs, not {len(wanted)}"


def report(verdicts: list[Verdict], seconds: dict[str, float]) -> None:
    counts = Counter(verdict.kind for verdict in verdicts)
    reasons = Counter((verdict.kind, verdict.why) for verdict in verdicts if verdict.kind in (AS_RUNTIME, REFUSED, GAP))
    print()
    for kind in CLASSES:
        print(f"{counts[kind]:6}  {kind}")
        for (_, why), count in sorted(((key, n) for key, n in reasons.items() if key[0] == kind), key=lambda x: -x[1]):
            print(f"          {count:6}  {why}")
    jobs, batched = sum(v.jobs for v in verdicts), sum(v.batched for v in verdicts)
    print(
        f"\n{jobs} jobs, {batched} of them shared a run, {sum(v.rounded for v in verdicts)} of these rounded otherwise"
    )
    print(", ".join(f"{what} {took:.0f} s" for what, took in seconds.items()))
    for verdict in verdicts:
        if verdict.kind in (GAP, WRONG):
            print(
                f"{verdict.kind}: {verdict.case.name} ({verdict.case.kind}): {verdict.why} {' '.join(verdict.details)[:300]}"
            )
    print(f"\n{len(verdicts) - counts[WRONG]} passed, {counts[WRONG]} failed")


def sampled(case: Case) -> bool:
    return zlib.crc32(case.name.encode()) % SAMPLE == 0


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="conformance/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", action="store_true", help=f"one case of {SAMPLE}, always the same")
    parser.add_argument("--only", metavar="TEXT", help="cases whose name holds the text")
    parser.add_argument("--api", metavar="URL", help="an MLP that runs, its key in MLP_KEY; else the local stack")
    parser.add_argument("--models", metavar="FOLDER", help="its model repository, which must be writable here")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where the local stack's output goes")
    parser.add_argument("--report", type=Path, metavar="FILE", help="every verdict, as JSON lines")
    options = parser.parse_args()
    if (options.api is None) != (options.models is None):
        parser.error("--api and --models go together")
    began = time.monotonic()
    chosen = [case for case in cases.load() if not options.sample or sampled(case)]
    chosen = [case for case in chosen if options.only is None or options.only in case.name]
    print(f"{len(chosen)} cases of onnx {onnx.__version__}", flush=True)
    references = examined(chosen)
    seconds = {"ONNX Runtime in Python": time.monotonic() - began}
    with stack.running(options.api, options.models, options.log) as mlp:
        seconds["start"] = time.monotonic() - began - sum(seconds.values())
        verdicts = Suite(chosen, references).run(mlp)
        seconds["cases"] = time.monotonic() - began - sum(seconds.values())
    seconds["all"] = time.monotonic() - began
    report(verdicts, seconds)
    if options.report:
        lines = [[v.case.name, v.case.kind, v.kind, v.why, v.jobs, v.batched, v.rounded, v.details] for v in verdicts]
        options.report.write_text("".join(json.dumps(line) + "\n" for line in lines))
    sys.exit(1 if not verdicts or any(verdict.kind == WRONG for verdict in verdicts) else 0)


def examined(chosen: list[Case]) -> dict[str, Reference]:
    child = Child()
    try:
        return {
            case.name: Reference() if type_fact(case.model) else examine(child, case.model, case.data, case.feeds)
            for case in chosen
        }
    finally:
        child.close()


if __name__ == "__main__":
    main()
