"""One api and one worker of little memory on the servers of config/test-servers, and small jobs that tell how they
are: for the benchmarks beside this file. MLP listens on ports 4989 to 4991; `mvn package -DskipTests` makes the jars
that it runs."""
import collections
import contextlib
import http.client
import os
import pathlib
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
API, API_MANAGEMENT, WORKER_MANAGEMENT = 4989, 4990, 4991
SMALL = b'{"model":"digits","inputs":{"image":[[' + b",".join([b"0.5"] * 64) + b"]]}}"


@contextlib.contextmanager
def started(heap, **settings):
    """Their environment, once both are ready; tells what memory they took when they are no longer needed."""
    require_free(API, API_MANAGEMENT, WORKER_MANAGEMENT)
    with tempfile.TemporaryDirectory() as folder, servers(folder) as environment, \
            service("api", heap, environment | settings) as api, service("worker", heap, environment) as worker:
        until(lambda: all(request("GET", f"/v1/models/{model}")[0] == 200 for model in ("digits", "iris")))
        yield environment
        for name, process in ("api", api), ("worker", worker):
            check(process.poll() is None, f"the {name} has ended")
            print(f"{name}: at most {peak(process)} MB of RSS with a heap of {heap}", flush=True)


def require_free(*ports):
    """Else another's api would answer in place of this one."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError as e:
                raise AssertionError(f"something listens on port {port} already") from e


def neighbours(when, done, alone=None):
    """A client of small jobs that waits for each, for ten seconds and until that is done; its p99 in ms."""
    took, began = [], time.monotonic()
    while time.monotonic() - began < 10 or not done():
        start = time.monotonic()
        persist("/v1/jobs", SMALL, collections.Counter(), {"Prefer": "wait=60"})
        took.append((time.monotonic() - start) * 1000)
    took.sort()
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    ratio = f", {p99 / alone:.1f} times that of alone" if alone else ""
    print(f"{when}: {len(took)} small jobs, p50 {p50:.0f}, p99 {p99:.0f}{ratio}, most {took[-1]:.0f} ms", flush=True)
    return p99


def persist(path, body, statuses, headers=None):
    """The answer, however often it takes to get another than 503."""
    while True:
        status, answer, retry_after = request("POST" if body else "GET", path, body, headers)
        statuses[status] += 1
        if status != 503:
            return answer
        time.sleep(float(retry_after))


def request(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", API, timeout=300)
    try:
        kind = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body, {**kind, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("Retry-After")
    finally:
        connection.close()


def check(held, otherwise):
    if not held:
        raise AssertionError(otherwise)


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        check(time.monotonic() < end, "api and worker do not get ready")
        time.sleep(0.5)


@contextlib.contextmanager
def servers(folder):
    """The environment that a service needs to use them."""
    script = [str(ROOT / "config/test-servers")]
    environment = {**os.environ, "TEST_SERVERS_DATA": str(pathlib.Path(folder, "servers"))}
    os.chmod(folder, 0o711)
    subprocess.run([*script, "start"], env=environment, check=True)
    try:
        lines = subprocess.run([*script, "env"], env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout
        ports = dict(line.removeprefix("export MLP_TEST_").split("=") for line in lines.splitlines())
        yield {**os.environ, "DATABASE_PORT": ports["POSTGRES_PORT"], "DATABASE_SCHEMA": "postgres",
               "DATABASE_USER": "postgres", "DATABASE_PASS": "postgres", "REDIS_PORT": ports["REDIS_PORT"],
               "RABBITMQ_PORT": ports["AMQP_PORT"], "API_PORT": str(API), "API_MANAGEMENT_PORT": str(API_MANAGEMENT),
               "WORKER_MANAGEMENT_PORT": str(WORKER_MANAGEMENT), "MODELS_DIRECTORY": str(ROOT / "models"),
               # Its clients are on this machine, and send no key.
               "API_LOOPBACK_OWNER": "benchmark"}
    finally:
        subprocess.run([*script, "remove"], env=environment, check=True)


@contextlib.contextmanager
def service(name, heap, environment, checkout=ROOT):
    jars = list((checkout / f"{name}-service/target").glob("*-exec.jar"))
    check(len(jars) == 1, "run `mvn package -DskipTests` first")
    log = ROOT / f"benchmarks/target/large-{name}-{environment['API_PORT']}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(
            [java(), f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError",
             "--enable-native-access=ALL-UNNAMED", "-jar", jars[0]],
            env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def java():
    homes = [os.environ.get("JAVA_HOME", "/usr"), *sorted(map(str, pathlib.Path("/usr/lib/jvm").glob("*")))]
    for program in (pathlib.Path(home, "bin/java") for home in homes):
        with contextlib.suppress(OSError):
            version = subprocess.run([program, "-version"], text=True, stderr=subprocess.PIPE).stderr
            if 'version "25' in version:
                return program
    raise AssertionError("a JDK 25 is needed: set JAVA_HOME to its folder")


def peak(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1000)
