"""Makes clients of the api's OpenAPI description with OpenAPI Generator, in Python and in Java, as a user would; compiles
them, and runs client_job.py and ClientJob.java with them: a job from its submission to its deletion, and refusals, with
a key and without.

    conformance/clients

Needs Maven and a JDK 25, with which MLP is built, too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from stack import OWN_KEY, ROOT, with_keys

GENERATOR = "org.openapitools:openapi-generator-cli:7.25.0"
HERE = Path(__file__).resolve().parent
PACKAGES = "invokerPackage=io.mlp.client,apiPackage=io.mlp.client.api,modelPackage=io.mlp.client.model"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", metavar="URL", help="an MLP that runs, its key in MLP_KEY; else the local stack")
    parser.add_argument("--models", metavar="FOLDER", help="its model repository")
    options = parser.parse_args()
    with with_keys(options.api, options.models) as mlp, tempfile.TemporaryDirectory(prefix="mlp-clients-") as scratch:
        os.environ[OWN_KEY] = mlp.keys.get("submit") or mlp.keys["admin"]  # where the two programs look for it
        folder = Path(scratch)
        with urllib.request.urlopen(f"{mlp.url}/openapi.yaml") as answer:
            (folder / "openapi.yaml").write_bytes(answer.read())
        copy = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy"
        run("mvn", "-q", "-B", "-ntp", copy, f"-Dartifact={GENERATOR}", f"-DoutputDirectory={folder}", cwd=folder)
        python(folder, mlp.url)
        java(folder, mlp.url)


def python(folder: Path, url: str) -> None:
    generate(folder, "python", "--package-name", "mlp_client")
    run(sys.executable, "-m", "venv", folder / "venv")
    program = folder / "venv/bin/python"
    run(program, "-m", "pip", "install", "-q", "--disable-pip-version-check", folder / "python")
    run(program, HERE / "client_job.py", url)


def java(folder: Path, url: str) -> None:
    # The library `native` knows no keys.
    generate(folder, "java", "--library", "apache-httpclient", "--additional-properties", f"openApiNullable=false,{PACKAGES}")
    project = folder / "java"
    jars = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath"
    run("mvn", "-q", "-B", "-ntp", "compile", jars, "-Dmdep.outputFile=class-path", cwd=project)
    path = f"{project / 'target/classes'}:{(project / 'class-path').read_text()}"
    run(jdk(), "-cp", path, HERE / "ClientJob.java", url)


def generate(folder: Path, language: str, *options: str) -> None:
    jar = next(folder.glob("openapi-generator-cli-*.jar"))
    command = [jdk(), "-jar", jar, "generate", "-i", folder / "openapi.yaml", "-g", language, "-o", folder / language]
    done = subprocess.run([*map(str, command), *options], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(done.stdout)


def jdk() -> Path:
    for home in (os.environ.get("JAVA_HOME", "/none"), *sorted(map(str, Path("/usr/lib/jvm").glob("*")))):
        program = Path(home, "bin/java")
        if program.exists() and 'version "25' in subprocess.run([program, "-version"], text=True, capture_output=True).stderr:
            return program
    sys.exit("A JDK 25 is needed: set JAVA_HOME to its folder.")


def run(*command: object, cwd: Path = ROOT) -> None:
    if subprocess.run([str(part) for part in command], cwd=cwd).returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
