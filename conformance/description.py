"""Holds the api against its OpenAPI description: Schemathesis generates requests, right ones and wrong ones, with a key of
each role, and each answer must be one that the description has, with no member besides, and no failure of the service.

    conformance/openapi                  2,000 requests per operation and role
    conformance/openapi --sample         100 with the role submit, 15 with each other
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import FROM_AFAR, OWN_KEY, ROLES, with_keys

HELD_OUT = [
    # What a model takes is not in the description, so a right body may be a 422.
    "positive_data_acceptance",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="fewer requests")
    parser.add_argument("--api", metavar="URL", help="an MLP that runs, its key in MLP_KEY; else the local stack")
    parser.add_argument("--models", metavar="FOLDER", help="its model repository")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with")
    options = parser.parse_args()
    with with_keys(options.api, options.models) as mlp:
        # The admin's last, which may revoke the others.
        held = [holds(mlp.url, role, mlp.keys[role], options) for role in ROLES if role in mlp.keys]
    sys.exit(not all(held))


def holds(url: str, role: str, key: str, options: argparse.Namespace) -> bool:
    print(f"With a key of the role {role}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:  # where it leaves what it remembers
        headers = FROM_AFAR | {"Authorization": f"Bearer ${{{OWN_KEY}}}"}
        table = ", ".join(f'{name} = "{value}"' for name, value in headers.items())
        Path(scratch, "schemathesis.toml").write_text(f"headers = {{ {table} }}\n")
        return not subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.yaml",
                "--url", url,
                "--max-examples", str(2000 if not options.sample else 100 if role == "submit" else 15),
                "--exclude-checks", ",".join(HELD_OUT),
                "--seed", str(options.seed),
                "--request-timeout", "70",
                "--continue-on-failure",
            ],
            check=False,
            cwd=scratch,
            env=os.environ | {OWN_KEY: key},
        ).returncode


if __name__ == "__main__":
    main()
