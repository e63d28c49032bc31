"""`python -m matdiff`: the command line of a checkout that is not installed."""

from __future__ import annotations

import sys

from matdiff.cli import process

if __name__ == "__main__":
    sys.exit(process())
