"""What starting costs, in instructions: bare Python, `--version` and one question in a pipe, of an installed package.

    python tests/benchmarks/startup.py [PYTHON]

PYTHON is the interpreter of an environment where matdiff is installed (default: this one).  Counted by valgrind, which
is as exact on a busy machine as on an idle one.  The first question, which builds the grammar's tables and the start-up
image, is not counted; `no image` is the price where the cache cannot be written.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

QUESTION = ["d/dX", "tr(X^T B X)"]
COUNTER = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]


def instructions(command: list[str], environment: dict[str, str]) -> int:
    done = subprocess.run([*COUNTER, *command], env=environment, capture_output=True, text=True, check=True)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


def main() -> None:
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    program = str(Path(python).parent / "matdiff")
    start = [python, "-c", "from matdiff.cli import process; import sys; sys.exit(process())"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"XDG_CACHE_HOME": folder, "PYTHONHASHSEED": "0"}
        subprocess.run([program, *QUESTION], env=environment, check=True, capture_output=True)
        bare = instructions([python, "-c", "pass"], environment)
        rows = {
            "bare Python": [python, "-c", "pass"],
            "--version": [program, "--version"],
            "one question": [program, *QUESTION],
            "one question, start script without re": [*start, *QUESTION],
        }
        for name, command in rows.items():
            count = instructions(command, environment)
            print(f"{name:40} {count / 1e6:8.1f} M   {count / bare:5.2f} x")
        environment["XDG_CACHE_HOME"] = "/dev/null"
        environment["HOME"] = "/dev/null"
        count = instructions([program, *QUESTION], environment)
        print(f"{'one question, no cache at all':40} {count / 1e6:8.1f} M   {count / bare:5.2f} x")


if __name__ == "__main__":
    main()
