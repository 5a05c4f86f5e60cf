"""A compose stack of its own for a test, beside whatever runs: with ports, networks and secrets of its own, these with
every character that breaks naive configurations, and with somebody whom Alertmanager tells of alerts."""
import base64
import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
API_PORT, GRAFANA_PORT, EDGE_PORT, DEV_PORT = 14789, 14300, 14780, 14672
PROJECT, NETWORK = "mlp-test", "mlp-test-www"
HOSTILE = "a@b:c/d?e%f&g=h+i'j k\"l#m$n\\o,p;q|r<s>tü✓ "
SECRETS = {
    name: HOSTILE + suffix
    for name, suffix in {
        "DATABASE_PASS": "owner ${HOME}",
        "DATABASE_SERVICE_PASS": "service ${HOME}",
        "DATABASE_READER_PASS": "reader ${HOME}",
        "DATABASE_MONITOR_PASS": "monitor ${HOME}",
        "RABBITMQ_PASS": "services ${HOME}",
        "RABBITMQ_ADMIN_PASS": "admin ${HOME}",
        "REDIS_PASS": "redis ${HOME}",
        "REDIS_MONITOR_PASS": "exporter ${HOME}",
        "PROMETHEUS_PASS": "prometheus ${HOME}",
        "ALERTMANAGER_PASS": "alertmanager ${HOME}",
        "GRAFANA_ADMIN_PASS": "admin",
        "GRAFANA_ANALYST_PASS": "analyst ${HOME}",
    }.items()
}
SETTINGS = {
    "COMPOSE_PROJECT_NAME": PROJECT,
    "DOMAIN": "test.localhost",
    **SECRETS,
    "EDGE_NETWORK": NETWORK,
    "EDGE_EXTERNAL": "true",
    "EDGE_PORT": f"127.0.0.1:{EDGE_PORT}",
    "API_PORT": str(API_PORT),
    "GRAFANA_PORT": str(GRAFANA_PORT),
    "RABBITMQ_UI_PORT": str(DEV_PORT),
    "TRACE_URL": 'https://traces.test/{trace_id}?a=b&c="d"\\e/f|g',
}
KEYS = {"MLP_BOOTSTRAP_ADMIN_KEY": "", "MLP_BOOTSTRAP_SUBMIT_KEY": ""}  # those that make-env makes
TOLD = []  # the alerts of which Alertmanager has told the webhook, each time


class Stack:
    """The compose project of this test."""

    def __init__(self, env_file):
        self.env_file, self.folder = env_file, env_file.parent
        self.command = ["docker", "compose", "--env-file", env_file, "--profile", "edge", "--profile", "dev"]

    def change(self, text):
        """Has a file of its own beside the compose file, which changes that."""
        file = self.folder / "changes.yml"
        file.write_text(text)
        self.command += ["--file", ROOT / "docker-compose.yml", "--file", file]

    def make_secrets(self):
        done = make_env(self.env_file)
        check(done.returncode == 0, done)
        KEYS.update(re.findall("^(MLP_BOOTSTRAP_.*)=(.*)$", self.env_file.read_text(), re.MULTILINE))

    def start(self):
        step("docker compose", "the images build", lambda: self.run("build"))
        step("docker compose", "everything comes up healthy",
             lambda: self.run("up", "--build", "-d", "--wait", "--wait-timeout", "300"))

    def remove(self):
        self.run("down", "--volumes", "--remove-orphans")

    def run(self, *arguments, timeout=900):
        done = subprocess.run(
            [*self.command, *arguments], cwd=ROOT, timeout=timeout, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment())
        check(not done.returncode, f"docker compose {' '.join(arguments)} failed:\n{done.stdout[-4000:]}")
        return done.stdout

    def exec(self, service, *command):
        return self.run("exec", "-T", service, *command).strip()

    def tell_what_happened(self):
        for arguments in (["ps", "-a"], ["logs", "--no-color", "--tail", "40"]):
            subprocess.run([*self.command, *arguments], cwd=ROOT, env=clean_environment())


def clean_environment():
    """The shell's variables without those that the test sets, which would win over its file."""
    return {name: value for name, value in os.environ.items()
            if name not in SETTINGS | KEYS and not name.startswith("ALERT_")}


def request(method, url, body=None, headers=None, timeout=30):
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(call, timeout=timeout) as answer:
        return json.load(answer)


def status(url, headers=None, method="GET", body=None):
    try:
        request(method, url, body, headers)
        return 200
    except urllib.error.HTTPError as e:
        return e.code


def login(user, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{SECRETS[secret]}".encode()).decode()}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def first_key(role):
    return bearer(KEYS[f"MLP_BOOTSTRAP_{role.upper()}_KEY"])


def api(method, path, body=None, headers=None):
    return request(method, api_url(path), body, {**first_key("submit"), **(headers or {})})


def api_url(path):
    return f"http://127.0.0.1:{API_PORT}{path}"


def edge(host, path, headers=None, ask=request):
    url, host = f"http://127.0.0.1:{EDGE_PORT}{path}", {"Host": f"{host}.{SETTINGS['DOMAIN']}", **(headers or {})}
    return ask("GET", url, None, host) if ask is request else ask(url, host)


def prometheus(path):
    return edge("mlprom", path, login("admin", "PROMETHEUS_PASS"))


def alertmanager(path, body=None):
    url, host = f"http://127.0.0.1:{EDGE_PORT}/api/v2{path}", {"Host": f"mlpalerts.{SETTINGS['DOMAIN']}"}
    call = urllib.request.Request(
        url, None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **host, **login("admin", "ALERTMANAGER_PASS")})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(call, timeout=30) as answer:
        return json.loads(answer.read() or "null")  # what it takes in it answers with nothing


def check(held, otherwise):
    if not held:
        raise AssertionError(otherwise)


def until(what, condition, seconds=60):
    """Waits for a condition that others bring about; the last failure tells why it did not come."""
    end, why = time.monotonic() + seconds, "not yet"
    while time.monotonic() < end:
        try:
            result = condition()
            if result:
                return result
        except (AssertionError, OSError, ValueError) as e:
            why = e
        time.sleep(0.5)
    raise AssertionError(f"{what}: {why}")


def ask_prometheus(expression):
    return prometheus("/api/v1/query?query=" + urllib.parse.quote(expression))["data"]["result"]


def make_env(file):
    return subprocess.run([ROOT / "config/make-env", file], text=True, capture_output=True, env=clean_environment())


@contextlib.contextmanager
def own_stack():
    """A stack without secrets yet, of which nothing is left afterwards. Where something does not hold, it tells what
    happened, and the program ends."""
    with network() as gateway, webhook(gateway) as SETTINGS["ALERT_WEBHOOK_URL"], settings_file() as env_file:
        stack = Stack(env_file)
        try:
            stack.remove()  # what a run that was killed left behind
            yield stack
        except (AssertionError, OSError, subprocess.SubprocessError) as e:
            stack.tell_what_happened()
            sys.exit(f"It failed: {e!r}")
        finally:
            stack.remove()
        step("docker compose", "down leaves nothing", nothing_is_left)


def nothing_is_left():
    label = f"label=com.docker.compose.project={PROJECT}"
    left = docker("ps", "-aq", "--filter", label) + docker("volume", "ls", "-q", "--filter", label) \
        + docker("network", "ls", "-q", "--filter", label)
    check(not left, left)


def quoted(value):
    return '"' + re.sub(r'([\\"$])', r"\\\1", value) + '"'


@contextlib.contextmanager
def settings_file():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "test.env")
        file.write_text("".join(f"{name}={quoted(value)}\n" for name, value in SETTINGS.items()))
        yield file


@contextlib.contextmanager
def network():
    """Made by hand, as that of an operator's own Traefik is; and the address that this machine has there."""
    if not docker("network", "ls", "-q", "--filter", f"name=^{NETWORK}$"):
        docker("network", "create", NETWORK)
    try:
        yield docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", NETWORK).strip()
    finally:
        docker("network", "rm", NETWORK)


@contextlib.contextmanager
def webhook(address):
    """Somebody's, whom Alertmanager tells of alerts; its path has what a URL may have."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            TOLD.extend(body["alerts"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((address, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{address}:{server.server_port}/alerts?a=b&c=%7Bd%7D;e='f'"
    finally:
        server.shutdown()


def docker(*arguments):
    return subprocess.run(["docker", *arguments], check=True, text=True, stdout=subprocess.PIPE).stdout


def step(system, proof, prove_it):
    began = time.monotonic()
    result = prove_it()
    print(f"  {system:18} {proof} ({time.monotonic() - began:.1f} s)", flush=True)
    return result
