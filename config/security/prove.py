"""Proves that each rule of config/security-check can go red: a stack is spoiled for it alone, by a second compose file,
by settings or in a container that runs, and exactly that rule must say so. The stack is one of its own."""

import base64
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import typing
import urllib.parse
import zipfile

from security import images
from security.stack import ROOT, Stack

# With characters that look different in a URL.
PASSWORD = "r/b:c@d?e%f&g=h+i'j k"
KEY = "mlp_5kTzQm2WvXb8RnLc7HsYp4GdJf9AeKu3NqViZoBxS6w"
OTHER_KEY = KEY[:4] + KEY[:3:-1]


class Spoil(typing.NamedTuple):
    rule: int  # 0: none may go red
    how: str
    override: str = ""  # a compose file on top, where {root}, {folder}, {url}, {base64} and {hash} are replaced
    said: tuple = ()  # what the findings hold
    settings: dict = {}
    files: dict = {}  # in {folder}: name: (mode, text)
    env_mode: int = 0o600
    inside: tuple = ()  # a service, what spoils it from within, and what mends it
    dockerfile: str = ""  # of the image that is the api's


def of(service, spoiled):
    return f"services: {{{service}: {{{spoiled}}}}}"


def extra(spoiled, entrypoint='["sleep", "infinity"]'):
    """One more service beside the others, so that none of them has to start anew: redis' without Redis."""
    return of("spoilt", 'extends: {file: "{root}/docker-compose.yml", service: redis}, init: true, '
              f'healthcheck: {{test: ["CMD", "true"], interval: 1s}}, command: !reset [], entrypoint: {entrypoint}, {spoiled}')


STATIC = (
    Spoil(1, "redis is on www", of("redis", "networks: [www]"), ("redis: networks: www",)),
    Spoil(1, "the worker is on www", of("worker", "networks: [www]"), ("worker: networks: www",)),
    Spoil(1, "a service names no network", extra("networks: !reset []"), ("spoilt: networks: default",)),
    Spoil(1, "mlpnet is not internal", "networks: {mlpnet: {internal: false}}", ("mlpnet: set internal",)),
    Spoil(2, "redis is published", of("redis", 'ports: ["6379:6379"]'), ("redis: ports: 6379",)),
    Spoil(2, "Grafana is published on every address",
          of("grafana", 'ports: !override ["[::]:3000:3000"]'), ("grafana: ports: 3000",)),
    Spoil(3, "a service has no user", of("redis", "user: !reset null"), ("redis: user: missing",)),
    Spoil(3, "a service is root's", of("traefik", 'user: "0:0"'), ("traefik: user: 0:0",)),
    Spoil(3, "a user has a name only", of("redis", "user: redis"), ("redis: user: redis",)),
    Spoil(4, "a root is writable", of("database", "read_only: false"), ("database: read_only",)),
    Spoil(4, "a folder of the machine is writable",
          of("worker", 'volumes: ["./config:/config"]'), ("worker: volumes: /config",)),
    Spoil(5, "no capability is dropped", of("api", "cap_drop: !reset []"), ("api: cap_drop",)),
    Spoil(5, "one is added", of("api", "cap_add: [NET_RAW]"), ("api: cap_add: NET_RAW",)),
    Spoil(0, "one is added, and explained", "services:\n  api:\n    cap_add: [NET_RAW] # pings\n"),
    Spoil(5, "a service is privileged", of("api", "privileged: true"), ("api: privileged",)),
    Spoil(5, "it sees the machine's processes", of("api", "pid: host"), ("api: pid: host",)),
    Spoil(5, "it is in the machine's network",
          of("worker", "networks: !reset [], network_mode: host"), ("worker: network_mode: host",)),
    Spoil(5, "it has a device", of("worker", 'devices: ["/dev/kvm:/dev/kvm"]'), ("worker: devices",)),
    Spoil(5, "it may win rights", of("worker", "security_opt: !reset []"), ("worker: security_opt",)),
    Spoil(5, "no filter of system calls", of("worker", 'security_opt: ["seccomp:unconfined"]'), ("worker: security_opt",)),
    Spoil(5, "it talks to Docker",
          of("grafana", 'volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]'), ("grafana: volumes",)),
    Spoil(6, "a password in the environment",
          of("worker", 'environment: {GREETING: "${REDIS_PASS}"}'), ("GREETING holds REDIS_PASS",)),
    Spoil(6, "a variable for a password", of("worker", "environment: {REDIS_PASS: elsewhere}"), ("environment: REDIS_PASS",)),
    Spoil(6, "a token among the build's arguments",
          of("worker", "build: {args: {MAVEN_TOKEN: abc}}"), ("environment: MAVEN_TOKEN",)),
    Spoil(6, "a password in the command",
          of("redis", 'command: [--requirepass, "${REDIS_PASS}"]'), ("command.1 holds REDIS_PASS",)),
    Spoil(6, "in the entrypoint",
          of("redis", 'entrypoint: [sh, -c, "redis-server --requirepass \'${REDIS_PASS}\'"]'), ("entrypoint.2 holds",)),
    Spoil(6, "in a label, as in a URL",
          of("worker", 'labels: {url: "redis://:{url}@redis"}'), ("labels.url holds REDIS_PASS",)),
    Spoil(6, "in a health check, with its user in base64", of("worker", 'healthcheck: {test: [CMD, curl, "{base64}"]}'),
          ("healthcheck.test.2 holds REDIS_PASS",)),
    Spoil(6, "a password's hash in a label (root's search)",
          of("worker", 'labels: {hash: "{hash}"}'), ("labels.hash holds what",)),
    Spoil(6, "others may read a secret", 'secrets: {redis-own-password: {file: "{folder}/password"}}',
          ("redis: secrets: redis-own-password",), files={"password": (0o644, "whatever-it-is")}),
    Spoil(6, "a secret is another user's", 'secrets: {prometheus-web: {file: "{folder}/web.yml"}}',
          ("prometheus: secrets: prometheus-web",), files={"web.yml": (0o400, "whatever: it-is")}),
    Spoil(6, "a secret comes from the environment", "secrets: {redis-own-password: !override {environment: REDIS_PASS}}",
          ("redis: secrets: redis-own-password",)),
    Spoil(6, "a key in the environment",
          of("worker", 'environment: {GREETING: "${MLP_BOOTSTRAP_ADMIN_KEY}"}'), ("GREETING holds MLP_BOOTSTRAP_ADMIN_KEY",)),
    Spoil(6, "a variable for a key",
          of("api", "environment: {MLP_BOOTSTRAP_ADMIN_KEY: elsewhere}"), ("environment: MLP_BOOTSTRAP_ADMIN_KEY",)),
    Spoil(6, "others may read a key", 'secrets: {bootstrap-admin-key: {file: "{folder}/key"}}',
          ("api: secrets: bootstrap-admin-key",), files={"key": (0o644, "whatever-it-is")}),
    Spoil(6, "others may read the settings", said=("others may read it",), env_mode=0o644),
    Spoil(7, "a usual password", said=("REDIS_PASS is one of those",), settings={"REDIS_PASS": "ChangeMe"}),
    Spoil(7, "an empty one", said=("REDIS_PASS is empty",), settings={"REDIS_PASS": ""}),
    Spoil(7, "a short one", said=("PROMETHEUS_PASS is shorter",), settings={"PROMETHEUS_PASS": "x7#kQ"}),
    Spoil(7, "a user's own name", said=("DATABASE_SERVICE_PASS is one of those",), settings={
        "DATABASE_SERVICE_PASS": "tipsyfox", "DATABASE_SERVICE_USER": "tipsyfox"}),
    Spoil(7, "two people's accounts share one", said=("GRAFANA_ADMIN_PASS is another", "GRAFANA_ANALYST_PASS is another"),
          settings={"GRAFANA_ADMIN_PASS": PASSWORD * 2, "GRAFANA_ANALYST_PASS": PASSWORD * 2}),
    Spoil(7, "what is no key", said=("MLP_BOOTSTRAP_ADMIN_KEY is no key",), settings={"MLP_BOOTSTRAP_ADMIN_KEY": KEY + "0"}),
    Spoil(7, "one key for both", said=("MLP_BOOTSTRAP_ADMIN_KEY is the other", "MLP_BOOTSTRAP_SUBMIT_KEY is the other"),
          settings={"MLP_BOOTSTRAP_ADMIN_KEY": KEY, "MLP_BOOTSTRAP_SUBMIT_KEY": KEY}),
    Spoil(0, "no key", settings={"MLP_BOOTSTRAP_ADMIN_KEY": "none", "MLP_BOOTSTRAP_SUBMIT_KEY": "none"}),
    Spoil(8, "Traefik routes to the management port",
          of("api", "labels: {traefik.http.services.x.loadbalancer.server.port: '4790'}"),
          ("api: labels: traefik.http.services.x",)),
    Spoil(8, "Traefik serves the worker", of("worker", "labels: {traefik.enable: 'true'}"), ("worker: labels",)),
    Spoil(8, "Traefik serves what does not refuse",
          of("traefik", "environment: {TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT: 'true'}"),
          ("EXPOSEDBYDEFAULT",)),
    Spoil(8, "the management port is published", of("api", 'ports: ["127.0.0.1:4790:4790"]'), ("api: ports: 4790",)),
    Spoil(8, "it listens on every address",
          of("api", "environment: {MANAGEMENT_SERVER_ADDRESS: !reset null}"), ("ADDRESS: None",)),
    Spoil(8, "www knows its address, too",
          of("api", "networks: {www: {aliases: [api-management]}}"), ("ADDRESS: api-management",)),
    Spoil(8, "it listens on the api's port",
          of("api", "environment: {MANAGEMENT_SERVER_PORT: 4789}"), ("MANAGEMENT_SERVER_PORT: 4789",)),
    *(Spoil(9, f"the image {image}", of("redis", f"image: {image}"), ("redis: image",)) for image in (
        "server", "server:latest", "server:8-trixie", "server:8.10-trixie", "registry:5000/server")),
    Spoil(0, "an image by its digest", of("redis", f"image: server@sha256:{'0' * 64}")),
    Spoil(9, "a build's argument",
          of("api", "build: {args: {JRE_IMAGE: 'runtime:25-jre'}}"), ("api: build: args: JRE_IMAGE",)),
    Spoil(9, "a Dockerfile's argument",
          of("api", 'build: {dockerfile: "{folder}/Dockerfile"}'), ("api: Dockerfile: builder:3",), files={
        "Dockerfile": (0o644, "ARG MAVEN_IMAGE=builder:3\nFROM ${MAVEN_IMAGE} AS build\nFROM build\nHEALTHCHECK CMD true\n")}),
    *(Spoil(10, f"no {key}", of("redis", f"{key}: !reset null"), (f"redis: {key}",)) for key in (
        "mem_limit", "cpus", "pids_limit", "stop_grace_period", "restart", "logging", "healthcheck")),
    Spoil(10, "a log that never ends", of("redis", "logging: {options: !override {max-file: '3'}}"), ("redis: logging",)),
    Spoil(10, "a health check disabled", of("redis", "healthcheck: {disable: true}"), ("redis: healthcheck",)),
    Spoil(10, "an image of ours without one", of("api", 'build: {dockerfile: "{folder}/Dockerfile"}'), ("api: healthcheck",),
          files={"Dockerfile": (0o644, "FROM runtime:25.0.4\n")}),
    Spoil(11, "the worker has a key, too",
          of("worker", "secrets: [{source: bootstrap-admin-key, target: key}]"), ("worker: secrets: bootstrap-admin-key",)),
    Spoil(11, "who is on loopback needs no key",
          of("api", "environment: {API_LOOPBACK_OWNER: nobody}"), ("api: environment: API_LOOPBACK_OWNER",)),
    Spoil(11, "so says a file",
          of("api", "secrets: [{source: service-password, target: API_LOOPBACK_OWNER}]"), ("api: secrets",)),
    Spoil(11, "the command line",
          of("api", "command: [java, -jar, app.jar, --api.keys.loopback-owner=nobody]"), ("api: command.3",)),
    Spoil(11, "a Dockerfile", of("api", 'build: {dockerfile: "{folder}/Dockerfile"}'), ("api: Dockerfile: remove",), files={
        "Dockerfile": (0o644, "FROM runtime:25.0.4\nENV API_LOOPBACK_OWNER=nobody\nHEALTHCHECK CMD true\n")}),
)

IMAGE = """FROM {image}
USER 0
COPY password /tmp/leaked
COPY harmless /app/.env
COPY leaked.jar /app/
RUN rm /tmp/leaked /app/.env
LABEL url="redis://:{url}@redis"
"""
PASSWORD_AS_ARGUMENT = """[sh, -c, 'exec sh -c "while :; do sleep 1; done" "$$(cat /run/secrets/password)"']"""
# Java's own server of files, beside the api.
OPEN_PORT = ("mkdir -p /tmp/open/v1; touch /tmp/open/v1/jobs; java -Xmx16m -m jdk.httpserver -b 0.0.0.0 -p 4800 -d /tmp/open & "
             "exec java -XX:AOTCache=app.aot -jar app.jar")
REDIS_WITH_ALL_RIGHTS = ("sed 's/ -@admin -@dangerous//' /run/secrets/users.acl >/data/users.acl; "
                         "exec redis-server --dir /data --protected-mode no --aclfile /data/users.acl")
TRUST = """cp "$PGDATA/pg_hba.conf" /tmp/ && { echo local all all trust; echo host all all all trust; } >"$PGDATA/pg_hba.conf" \
  && psql -U postgres -c 'select pg_reload_conf(), pg_sleep(1)'"""
TRUST_NO_MORE = """cat /tmp/pg_hba.conf >"$PGDATA/pg_hba.conf" && psql -U postgres -c 'select pg_reload_conf(), pg_sleep(1)'"""

OWNERS_PASSWORD = """psql -U postgres <<'SQL'
\\set password `cat /run/secrets/owner-password`
alter role postgres password :'password';
SQL
"""
OF_A_ROLE = """psql -v ON_ERROR_STOP=1 -U postgres -d "$POSTGRES_DB" -c '{}'"""

RUNNING = (
    # First, for it leaves the containers as they are.
    Spoil(6, "the image of the api: a layer, a file, the history", dockerfile=IMAGE, said=(
        "tmp/leaked holds REDIS_PASS", "app/leaked.jar holds REDIS_PASS", "app/.env is a file of secrets",
        "configuration or history holds REDIS_PASS")),
    Spoil(3, "a process is root's", extra('user: "0:0", secrets: !reset []'), ("spoilt: process",)),
    Spoil(4, "writable: a root, a mount", extra('read_only: false, volumes: ["./config:/config"]'), (
        "ReadonlyRootfs is false", "the mount /config is writable")),
    Spoil(5, "all of Docker's usual rights", extra("cap_drop: !reset [], security_opt: !reset []"), ("runs with more rights",)),
    Spoil(6, "a command line gets the password",
          extra("labels: {}", PASSWORD_AS_ARGUMENT), ("spoilt: a command line holds REDIS_PASS",)),
    Spoil(6, "a log gets it", extra("labels: {}", '[sh, -c, "cat /run/secrets/password; echo; exec sleep infinity"]'),
          ("spoilt: the log holds REDIS_PASS",)),
    Spoil(6, "docker inspect shows a key", extra('environment: {GREETING: "Bearer ${MLP_BOOTSTRAP_ADMIN_KEY}"}'),
          ("spoilt: docker inspect: Config.Env",)),
    Spoil(6, "a health check prints it", of("redis", 'healthcheck: {test: [CMD, cat, /run/secrets/password]}'),
          ("redis: docker inspect: State.Health.Log",)),
    Spoil(7, "PostgreSQL trusts the network", inside=("database", TRUST, TRUST_NO_MORE), said=(
        "refuses the owner without", "refuses a wrong", "refuses the superuser without", "wants scram-sha-256")),
    Spoil(7, "its superuser has the owner's password", said=("no superuser has a password", "refuses the superuser with"),
          inside=("database", OWNERS_PASSWORD, "psql -U postgres -c 'alter role postgres password null'")),
    *(Spoil(7, f"the reader's role may {may}", said=("lets the reader's role",), inside=(
        "database", OF_A_ROLE.format(f"grant {right} to mlp_reader"), OF_A_ROLE.format(f"revoke {right} from mlp_reader")))
      for may, right in (
            ("read a table", "select on public.job"), ("read a column of one", "select (inputs) on public.job"),
            ("write through a view", "delete on reporting.workers"), ("use a sequence", "usage on public.model_version_id_seq"),
            ("call a function", "execute on function public.job_options"))),
    Spoil(7, "the monitor's role may read a table", said=("lets the monitor's role see no table",), inside=(
        "database", OF_A_ROLE.format("grant select on public.worker to mlp_monitor"),
        OF_A_ROLE.format("revoke select on public.worker from mlp_monitor"))),
    Spoil(7, "it is a member of another role", said=("lets the monitor's role see no table",), inside=(
        "database", OF_A_ROLE.format("grant pg_read_all_data to mlp_monitor"),
        OF_A_ROLE.format("revoke pg_read_all_data from mlp_monitor"))),
    Spoil(7, "it does not see statistics", said=("lets the monitor's role see its statistics",), inside=(
        "database", OF_A_ROLE.format("revoke pg_monitor from mlp_monitor granted by mlp"),
        OF_A_ROLE.format("grant pg_monitor to mlp_monitor granted by mlp"))),
    Spoil(7, "RabbitMQ has its user guest", said=("RabbitMQ refuses guest",), inside=(
        "rabbitmq", "rabbitmqctl add_user guest guest", "rabbitmqctl delete_user guest")),
    Spoil(7, "Redis lets everybody in",
          of("redis", "command: !override [--protected-mode, 'no', --dir, /data]"), ("Redis refuses to answer",)),
    Spoil(7, "Redis lets the services do everything",
          of("redis", f"command: !reset [], entrypoint: [sh, -c, \"{REDIS_WITH_ALL_RIGHTS}\"]"),
          ("Redis refuses CONFIG", "Redis refuses KEYS", "Redis refuses FLUSHALL")),
    Spoil(7, "Prometheus lets everybody in",
          of("prometheus", "command: !override [--config.file=/etc/prometheus/prometheus.yml, --storage.tsdb.path=/prometheus]"),
          ("Prometheus wants a login", "Prometheus wants one")),
    Spoil(7, "Alertmanager lets everybody in", of("alertmanager", "command: !override "
          "[--config.file=/run/secrets/alertmanager.yml, --storage.path=/alertmanager, --cluster.listen-address=]"),
          ("Alertmanager wants a login",)),
    Spoil(7, "Grafana has its first password",
          of("grafana", "environment: {GF_PATHS_DATA: /tmp, GF_SECURITY_ADMIN_PASSWORD__FILE: !reset null}"),
          ("Grafana refuses admin/admin",)),
    Spoil(8, "the api's management listens on every address",
          of("api", "environment: {MANAGEMENT_SERVER_ADDRESS: !reset null}"),
          ("port 4790 of the api is closed",)),
    Spoil(8, "it listens on the api's port",
          of("api", "environment: {MANAGEMENT_SERVER_ADDRESS: !reset null, API_MANAGEMENT_PORT: 4789}"),
          ("the api's port knows no /actuator/health", "Traefik knows no /actuator/health")),
    Spoil(11, "who is on loopback needs no key",
          of("api", "environment: {API_LOOPBACK_OWNER: nobody}"), ("the api refuses who is in its container",)),
    Spoil(11, "a published port wants none", of("api", f'ports: ["127.0.0.1:0:4800"], command: [bash, -c, "{OPEN_PORT}"]'),
          ("the api's port 4800 refuses no key", "the api's port 4800 refuses a wrong key")),
    Spoil(11, "the settings have another key than the api", said=("the api does not take MLP_BOOTSTRAP_SUBMIT_KEY",),
          settings={"MLP_BOOTSTRAP_SUBMIT_KEY": OTHER_KEY}),
)


class Proof:
    """A stack of its own, spoiled in one way after another."""

    def __init__(self, findings, env_file, folder):
        self.findings, self.folder = findings, folder
        self.env_file, self.changed, self.failures, self.below = folder / ".env", set(), [], []
        self.project, settings = settings_of_its_own(env_file)
        # The shell's variables would win over the file.
        self.environment = {name: value for name, value in os.environ.items() if name not in settings
                            and not re.search(r"_(PASS|USER|KEY)$|^COMPOSE_|^SECRETS_DIRECTORY$|^DS_POSTGRES", name)}
        self.env_file.write_text("".join(f'{name}="{value}"\n' for name, value in settings.items()))
        self.env_file.chmod(0o600)
        self.plain = self.stack(Spoil(0, "not spoiled"))
        self.make_env()

    def make_env(self):
        done = self.plain.run([str(ROOT / "config/make-env"), str(self.env_file)])
        if done.returncode:
            sys.exit(f"config/make-env failed:\n{done.stdout}")

    def stack(self, spoil):
        """The stack so spoiled, nothing of it started."""
        for name, (mode, text) in spoil.files.items():
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(mode)
        override = self.folder / f"spoiled-{time.monotonic_ns()}.yml"
        override.write_text(self.filled(spoil.override or "{}"))
        self.env_file.chmod(spoil.env_mode)
        return Stack(self.env_file, [*self.below, override], {**self.environment, **spoil.settings})

    def filled(self, text):
        values = {
            "root": str(ROOT), "folder": str(self.folder), "url": urllib.parse.quote(PASSWORD, ""),
            "base64": base64.b64encode(f"default:{PASSWORD}".encode()).decode(),
            "hash": hashlib.sha256(PASSWORD.encode()).hexdigest()}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def check(self, spoil, running, stack=None):
        found = self.findings(stack or self.stack(spoil), running)
        texts = [text for of_rule in found.values() for text in of_rule]
        red = {number for (number, _, _), of_rule in found.items() if of_rule}
        missing = [said for said in spoil.said if not any(said in text for text in texts)]
        held = red == ({spoil.rule} if spoil.rule else set()) and not missing
        first = next((text for said in spoil.said for text in texts if said in text), "nothing")
        more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
        print(f"{'ok' if held else 'FAIL':4} {spoil.rule or '-':>2}  {spoil.how:50}  {first[:120]}{more}", flush=True)
        if not held:
            self.failures.append(f"{spoil.how}: rule {spoil.rule or 'none'} was to go red, {sorted(red) or 'none'} did, "
                                 f"and nothing said {missing}" + "".join(f"\n    {text}" for text in texts))

    def up_all(self):
        """The whole stack, with health checks so often that nobody waits for them."""
        often = {name: {"healthcheck": {"interval": "2s"}} for name, service in self.plain.services.items()
                 if not service.get("healthcheck", {"disable": True}).get("disable")}
        self.below = [self.folder / "often.yml"]
        self.below[0].write_text(json.dumps({"services": often}))
        self.plain = self.stack(Spoil(0, "not spoiled"))
        self.down(self.plain)  # what a run that was killed left behind
        with concurrent.futures.ThreadPoolExecutor() as meanwhile:  # while the stack makes us wait
            meanwhile.submit(list, images.findings(self.plain.own_images, self.plain.needles))
            self.up(self.plain)

    def up(self, stack, *services):
        done = self.compose(stack, "up", "--detach", "--wait", "--wait-timeout", "300", *services)
        if done.returncode:
            raise AssertionError(f"docker compose up {' '.join(services)} failed:\n{done.stdout[-3000:]}")

    def compose(self, stack, *arguments):
        return stack.run([*stack.command, "--profile", "edge", *arguments], stdin=subprocess.DEVNULL)

    def check_running(self, spoil):
        try:
            with self.spoiled(spoil) as stack:
                self.check(spoil, True, stack)
        except AssertionError as e:
            print(f"FAIL {spoil.rule:>2}  {spoil.how:50}  it cannot be spoiled so")
            self.failures.append(f"{spoil.how}: {e}".strip())

    @contextlib.contextmanager
    def spoiled(self, spoil):
        with contextlib.ExitStack() as later:
            if spoil.dockerfile:
                spoil = spoil._replace(settings={"API_IMAGE": self.build(spoil)})
                later.callback(self.plain.run, ["docker", "image", "rm", "--force", spoil.settings["API_IMAGE"]])
            stack = self.stack(spoil)
            if not spoil.dockerfile:
                self.start_what_changed(stack)
            if spoil.inside:
                service, spoiling, mending = spoil.inside
                later.callback(self.inside, stack, service, mending)
                self.inside(stack, service, spoiling)
            yield stack

    def start_what_changed(self, stack):
        """The services that differ from those not spoiled, and those that the last way had spoiled."""
        plain, now = self.plain.services, stack.services
        changed = {name for name in now if now[name] != plain.get(name)}
        if "spoilt" in self.changed - changed:
            self.compose(self.last, "rm", "--stop", "--force", "spoilt")
            self.changed.remove("spoilt")
        if changed | self.changed:
            self.up(stack, "--no-deps", *sorted(changed | self.changed))
        self.changed, self.last = changed, stack

    def inside(self, stack, service, script):
        done = self.compose(stack, "exec", "-T", service, "sh", "-c", script)
        if done.returncode:
            raise AssertionError(f"in {service}: {done.stdout}")

    def build(self, spoil):
        """A small image, with what the search of a large one would find."""
        context, tag = self.folder / "image", f"{self.project}-spoilt"
        context.mkdir()
        (context / "password").write_text(PASSWORD)
        with zipfile.ZipFile(context / "leaked.jar", "w", zipfile.ZIP_DEFLATED) as jar:
            jar.writestr("application.yml", f"{'a' * 1000} {PASSWORD}")
        (context / "harmless").write_text("DOMAIN=localhost")
        small = self.plain.services["traefik"]["image"]
        (context / "Dockerfile").write_text(self.filled(spoil.dockerfile.replace("{image}", small)))
        done = self.plain.run(["docker", "build", "--quiet", "--tag", tag, str(context)])
        if done.returncode:
            raise AssertionError(f"docker build failed:\n{done.stdout}")
        return tag

    def take_down(self):
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, signal.SIG_IGN)
        self.down(getattr(self, "last", self.plain))

    def down(self, stack):
        stack.run([*stack.command, "--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5"])


def settings_of_its_own(env_file):
    """The images of the given settings; a project, network, ports and secrets that nobody else has."""
    given = env_file.read_text() if env_file else ""
    named = re.findall(r"""^COMPOSE_PROJECT_NAME=["']?([\w-]+)""", given, re.MULTILINE)
    project = (os.environ.get("COMPOSE_PROJECT_NAME") or ["mlp", *named][-1]) + "-prove"
    settings = dict(re.findall(r"""^(\w+_IMAGE)=["']?([^"'\s]+)""", given, re.MULTILINE))
    return project, settings | {
        # Traefik takes its routes from every container of the machine, so the host names are its own, too.
        "COMPOSE_PROJECT_NAME": project, "DOMAIN": f"{project}.localhost",
        "EDGE_NETWORK": f"{project}-www", "EDGE_EXTERNAL": "false",
        # Any that are free.
        "API_PORT": "0", "GRAFANA_PORT": "0", "EDGE_PORT": "127.0.0.1:0", "RABBITMQ_UI_PORT": "0", "REDIS_PASS": PASSWORD,
        "MLP_BOOTSTRAP_ADMIN_KEY": KEY}


def prove(findings, env_file, running):
    """None, or what did not go as it should."""
    began = time.monotonic()
    for wanted in (signal.SIGINT, signal.SIGTERM):  # whatever is up is then taken down
        signal.signal(wanted, lambda *_: sys.exit("Ended by a signal."))
    with tempfile.TemporaryDirectory(prefix="security-check-") as folder:
        proof = Proof(findings, env_file, pathlib.Path(folder))
        print("     rule, how the stack is spoiled for it, what is said")
        proof.check(Spoil(0, "not spoiled"), False)
        for spoil in STATIC:
            if "{hash}" not in spoil.override or os.geteuid() == 0:
                proof.check(spoil, False)
        if running:
            prove_running(proof)
    took = f"({time.monotonic() - began:.0f} s)"
    if proof.failures:
        return "\n".join([*proof.failures, f"{len(proof.failures)} of the above did not hold. {took}"])
    print(f"Each rule goes red for what it is there for, alone. {took}")


def prove_running(proof):
    try:
        proof.up_all()
        proof.check(Spoil(0, "not spoiled, running"), True, proof.plain)
        for spoil in RUNNING:
            proof.check_running(spoil)
    except AssertionError as e:
        proof.failures.append(str(e))
    finally:
        proof.take_down()
