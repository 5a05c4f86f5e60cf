"""Holds the api against its OpenAPI description: Schemathesis generates requests, right ones and wrong ones, and each
answer must be one that the description has, with no member besides, and no failure of the service.

    conformance/openapi                  2,000 requests per operation
    conformance/openapi --sample         100
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import running

HELD_OUT = [
    # What a model takes is not in the description, so a right body may be a 422.
    "positive_data_acceptance",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="100 requests per operation")
    parser.add_argument("--api", metavar="URL", help="an MLP that runs, instead of a local stack; with --models")
    parser.add_argument("--models", metavar="FOLDER", help="its model repository")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with")
    options = parser.parse_args()
    with running(options.api, options.models) as mlp, tempfile.TemporaryDirectory() as scratch:
        url = f"http://{mlp.api.host}:{mlp.api.port}"
        sys.exit(
            subprocess.run(
                [
                    str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.yaml",
                    "--url", url,
                    "--max-examples", "100" if options.sample else "2000",
                    "--exclude-checks", ",".join(HELD_OUT),
                    "--seed", str(options.seed),
                    "--request-timeout", "70",
                    "--continue-on-failure",
                ],
                check=False,
                cwd=scratch,  # where it leaves what it remembers
            ).returncode
        )


if __name__ == "__main__":
    main()
