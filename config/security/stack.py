"""A compose project: what its files say, what its containers are, and the secrets that may be seen in neither."""

import base64
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
USUAL = {"generated", "changeme", "change_me", "change-me", "changeit", "password", "passw0rd", "password1", "secret",
         "admin", "administrator", "admin123", "guest", "postgres", "postgresql", "rabbitmq", "redis", "grafana",
         "prometheus", "root", "analyst", "default", "example", "letmein", "qwerty", "qwertyui", "12345678", "123456789",
         "1234567890", "11111111", "00000000"}
# The api's first keys: the secret, and the setting that it is made of.
FIRST_KEYS = {"bootstrap-admin-key": "MLP_BOOTSTRAP_ADMIN_KEY", "bootstrap-submit-key": "MLP_BOOTSTRAP_SUBMIT_KEY"}

# Where alerts go to, and how to get in there: what others have made. Any may be empty.
OF_RECEIVERS = ("ALERT_WEBHOOK_URL", "ALERT_SLACK_URL", "ALERT_MAIL_PASS")


class Stack:
    """A compose project: what its files say, and its containers."""

    def __init__(self, env_file, overrides=(), environment=None):
        self.files = [ROOT / "docker-compose.yml", *overrides]
        self.env_file, self.environment = env_file, environment or dict(os.environ)
        self.docker_compose = ["docker", "compose", *(["--env-file", str(env_file)] if env_file else [])]
        self.command = [*self.docker_compose, "--project-directory", str(ROOT)]
        for file in self.files:
            self.command += ["--file", str(file)]

    def run(self, command, **options):
        return subprocess.run(command, cwd=ROOT, env=self.environment, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)

    def compose(self, *arguments):
        done = self.run([*self.command, "--profile", "*", *arguments], stdin=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"docker compose {' '.join(arguments)} failed:\n{done.stdout[-3000:]}")
        return done.stdout

    @functools.cached_property
    def config(self):
        return unescaped(json.loads(self.compose("config", "--format", "json")))

    @property
    def services(self):
        return self.config["services"]

    @property
    def own_images(self):
        return sorted({service["image"] for service in self.services.values() if "build" in service})

    @functools.cached_property
    def secrets(self):
        """The secrets of the settings, read as compose reads them, whatever their quotes."""
        names = set(OF_RECEIVERS) | set(re.findall(r"^(\w+)=generated$", (ROOT / ".env.example").read_text(), re.MULTILINE))
        if self.env_file:
            names |= set(re.findall(r"^\s*(?:export\s+)?(\w*PASS\w*)\s*=", self.env_file.read_text(), re.MULTILINE))
        stub = {"services": {"any": {"image": "none", "environment": {name: f"${{{name}-}}" for name in sorted(names)}}}}
        done = self.run([*self.docker_compose, "--project-name", "any", "--file", "-", "config", "--format", "json"],
                        input=json.dumps(stub))
        return unescaped(json.loads(done.stdout))["services"]["any"]["environment"]

    def secret_files(self):
        """Each secret's name and file, with the service that it is for."""
        for name, service in self.services.items():
            for secret in service.get("secrets") or []:
                file = self.config["secrets"][secret["source"]].get("file")
                yield name, secret["source"], file and pathlib.Path(file)

    @functools.cached_property
    def needles(self):
        """What may be found nowhere: each form of each secret, and its name. Words that are no secret are rule 7's."""
        values = {value: name for name, value in self.secrets.items()}
        for _, name, file in self.secret_files():
            if file and os.access(file, os.R_OK):
                text = file.read_text().strip()
                found = re.findall(r"[A-Za-z0-9+/=.$]{32,}", text)  # hashes of passwords
                for value in found if "\n" in text else [text, *found]:
                    values.setdefault(value, f"what the secret {name} holds")
        return {form: name for value, name in values.items() if not self.weakness(value) for form in forms(value)}

    def weakness(self, value):
        if len(value) < 8:
            return "is empty" if not value else "is shorter than 8 characters"
        return "is one of those that everybody tries first" if value.lower() in USUAL | self.users else None

    def first_keys(self):
        """Each of the api's first keys by its setting, but for those that are to be none."""
        return {name: self.secrets[name] for name in FIRST_KEYS.values() if self.secrets[name] != "none"}

    @functools.cached_property
    def users(self):
        return {text.lower() for path, text in strings(self.config) if re.search(r"environment\.(\w+_USER|OWNER)$", path)}

    def leaks(self, text):
        return sorted({name for form, name in self.needles.items() if form in text})

    def redacted(self, text):
        for form, name in self.needles.items():
            text = text.replace(form, f"<{name}>")
        return text

    @functools.cached_property
    def containers(self):
        ids = self.compose("ps", "--all", "--quiet").split()
        return json.loads(self.run(["docker", "inspect", *ids]).stdout) if ids else []

    @property
    def running(self):
        return [container for container in self.containers if container["State"]["Running"]]

    @functools.cached_property
    def processes(self):
        """Each running container's lines of pid, uid and command line."""
        return [(container, self.run(["docker", "top", container["Id"], "-eo", "pid,uid,args"]).stdout.splitlines()[1:])
                for container in self.running]

    def of(self, service):
        return [container for container in self.running if service_of(container) == service]

    def answers(self, service, scripts):
        """What each script says in a container of the service; one exec for all, as each takes its time."""
        script = "\n".join(f"echo '<>'; ({line}) 2>&1" for line in scripts)
        said = "".join(self.run(["docker", "exec", container["Id"], "sh", "-c", script], stdin=subprocess.DEVNULL).stdout
                       for container in self.of(service)[:1]) or "it does not run"
        answers = [answer.strip() for answer in said.split("<>\n")[1:]]
        return answers if len(answers) == len(scripts) else [said.strip()] * len(scripts)


def unescaped(node):
    """As a container gets it; compose prints each $ twice."""
    if isinstance(node, dict):
        return {key: unescaped(value) for key, value in node.items()}
    if isinstance(node, list):
        return [unescaped(value) for value in node]
    return node.replace("$$", "$") if isinstance(node, str) else node


def service_of(container):
    return container["Config"]["Labels"]["com.docker.compose.service"]


def strings(node, path=""):
    """Every text of a JSON document, with the way to it."""
    if isinstance(node, (dict, list)):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from strings(value, f"{path}.{key}" if path else str(key))
            yield f"{path}: a key", str(key)
    elif node is not None:
        yield path, str(node)


def forms(value):
    """A secret as it is, in a URL, in JSON, and in base64 wherever in a longer text it stands."""
    yield from {value, urllib.parse.quote(value), urllib.parse.quote(value, ""), urllib.parse.quote_plus(value),
                json.dumps(value)[1:-1]}
    data = value.encode()
    for before in range(3):
        begin, end = -(-before * 8 // 6), (before + len(data)) * 8 // 6  # what no neighbour has a bit in
        form = base64.b64encode(bytes(before) + data).decode()[begin:end]
        yield from {form, form.replace("+", "-").replace("/", "_")}
