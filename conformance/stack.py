"""A running MLP and its model repository: the local stack, started for this, or one that runs already."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from wire import Api, Feeds, finite

ROOT = Path(__file__).resolve().parent.parent
START = 600  # seconds; the first time Maven fetches what the stack is made of
SETTLE = 600  # seconds for the models of one step
LARGEST_EXAMPLE = 2000  # elements

SETTINGS = {
    "API_MAX_BODY": "40MB",
    "API_PORT": "0",
    "API_MANAGEMENT_PORT": "0",
    "WORKER_MANAGEMENT_PORT": "0",
    "LOCAL_STACK_POSTGRES_PORT": "0",
    "LOCAL_STACK_REDIS_PORT": "0",
    "LOCAL_STACK_AMQP_PORT": "0",
    "LOCAL_STACK_READY_SECONDS": "300",
    "WORKER_MODELS_LOOK": "500ms",
    "API_MODELS_REFRESH": "250ms",
}
OWN_KEY = "MLP_KEY"  # the variable with the key for an MLP that runs already
# The local stack lets in who is on loopback and has no key, but nobody whose request was passed on by a proxy.
FROM_AFAR = {"X-Forwarded-For": "192.0.2.1"}
ROLES = ("read", "submit", "admin")


class Mlp:
    """Puts models into the repository and takes them out again."""

    def __init__(self, api: Api, folder: Path, keys: dict[str, str] | None = None):
        self.api = api
        self.folder = folder
        self.keys = keys or {}  # by their roles

    @property
    def url(self) -> str:
        return f"http://{self.api.host}:{self.api.port}"

    @contextlib.contextmanager
    def serving(self, models: dict[str, bytes], examples: dict[str, Feeds] | None = None) -> Iterator[dict[str, dict]]:
        """What MLP says of each model's version once it has settled it; the models go when the block ends."""
        try:
            for name, data in models.items():
                self.add(name, data, (examples or {}).get(name))
            yield self.settled(models)
        finally:
            for name in models:
                shutil.rmtree(self.folder / name, ignore_errors=True)

    def add(self, name: str, data: bytes, example: Feeds | None) -> None:
        """Whole at once: what is half there would be looked at, too."""
        if (self.folder / name).exists():
            sys.exit(f"{self.folder / name} is there already")
        scratch = Path(tempfile.mkdtemp(prefix=".conformance-", dir=self.folder))
        (scratch / "1").mkdir()
        (scratch / "1" / "model.onnx").write_bytes(data)
        if example is not None:
            (scratch / "model.yaml").write_text(yaml(example))
        scratch.chmod(0o755)
        scratch.rename(self.folder / name)

    def settled(self, names: Iterable[str]) -> dict[str, dict]:
        end = time.monotonic() + SETTLE
        found: dict[str, dict] = {}
        waiting = list(names)
        while waiting:
            for name in waiting:
                status, model = self.api.get(f"/v1/models/{name}")
                for version in model.get("versions", []) if status == 200 else []:
                    if version["version"] == "1" and version["state"] in ("ready", "failed"):
                        found[name] = version
            waiting = [name for name in waiting if name not in found]
            if waiting and time.monotonic() > end:
                sys.exit(f"MLP does not settle {len(waiting)} models within {SETTLE} s: {' '.join(waiting[:9])}")
            time.sleep(0.3 if waiting else 0)
        return found


def example_of(feeds: Feeds) -> Feeds | None:
    """The inputs, if model.yaml can hold them."""
    small = sum(value.size for value in feeds.values()) <= LARGEST_EXAMPLE
    return feeds if small and all(value.size and finite(value) for value in feeds.values()) else None


def yaml(example: Feeds) -> str:
    """JSON, but for fractions: YAML takes 1e-05 for a text."""
    inputs = ", ".join(f"{json.dumps(name)}: {element(value.tolist())}" for name, value in example.items())
    return f"example: {{{inputs}}}\n"


def element(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(element(each) for each in value) + "]"
    return f"{value:.17e}" if isinstance(value, float) else json.dumps(value)


@contextlib.contextmanager
def running(url: str | None, models: str | None, log: Path | None = None) -> Iterator[Mlp]:
    """The MLP at that URL with that repository, or else a local stack that ends with the block and wants no key."""
    if url is not None and models is not None:
        yield Mlp(Api(url, os.environ.get(OWN_KEY)), Path(models))
        return
    with own_stack(log, {}) as mlp:
        yield mlp


@contextlib.contextmanager
def with_keys(url: str | None, models: str | None) -> Iterator[Mlp]:
    """The same with a key of each role, for clients from afar; of an MLP that runs there is one alone."""
    if url is not None and models is not None:
        api = Api(url, os.environ.get(OWN_KEY))
        status, self = api.get("/v1/keys/self")
        if status != 200:
            sys.exit(f"The MLP at {url} wants a key in {OWN_KEY}: {status}")
        yield Mlp(api, Path(models), {self["role"]: os.environ[OWN_KEY]})
        return
    submit, admin = new_key(), new_key()
    settings = {"MLP_BOOTSTRAP_SUBMIT_KEY": submit, "MLP_BOOTSTRAP_ADMIN_KEY": admin}
    with own_stack(None, settings) as mlp:
        body = json.dumps({"owner": "default", "role": "read"}).encode()
        kind = {"Content-Type": "application/json"}
        _, made = Api(mlp.url, admin).request("POST", "/v1/keys", body, kind)
        yield Mlp(Api(mlp.url, submit), mlp.folder, {"read": made["key"], "submit": submit, "admin": admin})


def new_key() -> str:
    return "mlp_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(43))


@contextlib.contextmanager
def own_stack(log: Path | None, settings: dict[str, str]) -> Iterator[Mlp]:
    with tempfile.TemporaryDirectory(prefix="mlp-conformance-") as scratch:
        folder = Path(scratch, "models")
        shutil.copytree(ROOT / "models" / "iris", folder / "iris")  # the local stack wants one to start with
        with local_stack(folder, Path(scratch, "data"), log or Path(scratch, "log"), settings) as found:
            yield Mlp(Api(found), folder)


@contextlib.contextmanager
def local_stack(models: Path, data: Path, log: Path, settings: dict[str, str]) -> Iterator[str]:
    """The URL of the api, started with the README's command."""
    command = re.search("^mvn .*spring-boot:run$", (ROOT / "README.md").read_text(), re.MULTILINE)
    if command is None:
        sys.exit("README.md no longer tells how the local stack is started")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the stack ends, too
    places = {"LOCAL_STACK_MODELS": str(models), "LOCAL_STACK_DATA": str(data)}
    with open(log, "wb") as file:
        process = subprocess.Popen(
            shlex.split(command[0]),
            cwd=ROOT,
            env=os.environ | SETTINGS | places | settings,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield ready(process, log)
    finally:
        end(process)


def ready(process: subprocess.Popen, log: Path) -> str:
    stop = time.monotonic() + START
    while process.poll() is None and time.monotonic() < stop:
        text = log.read_text(errors="replace")
        found = re.search(r"^  api +(http://\S+)$", text, re.MULTILINE)
        if found and "MLP is ready" in text:
            return found[1]
        time.sleep(0.2)
    sys.exit(f"{log.read_text(errors='replace')[-3000:]}\nThe local stack did not become ready.")


def end(process: subprocess.Popen) -> None:
    for sign, patience in ((signal.SIGINT, 40), (signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def in_steps(names: list[str], served: set[str], most: int) -> Iterator[list[str]]:
    """The names in their order, cut so that no step has more than so many that are served."""
    step: list[str] = []
    count = 0
    for name in names:
        if name in served and count == most:
            yield step
            step, count = [], 0
        step.append(name)
        count += name in served
    if step:
        yield step


def rows_of(feeds: Feeds) -> int:
    first = next(iter(feeds.values()), np.zeros(1))
    return len(first) if first.ndim else 1
