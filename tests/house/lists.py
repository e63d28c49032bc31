"""Writes the allow-lists of the house anew: `python tests/house/lists.py`; a diff shows that they have only shrunk."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import test_house_rules as house

LISTS = {
    "long_files.txt": (
        f"# Files of more than {house.LONGEST_FILE} lines, which wait to be split: this list may only shrink.",
        sorted(module for module in house.MODULES if house.lines(module) > house.LONGEST_FILE),
    ),
    "many_ways.txt": (
        f"# Functions of more than {house.MOST_WAYS} ways, which wait to be taken apart: this list may only shrink.",
        sorted(
            {
                f"{module} {function.name}"
                for module in house.MODULES
                for function in house.functions(house.parsed(module))
                if house.ways(function) > house.MOST_WAYS
            }
        ),
    ),
}

if __name__ == "__main__":
    for name, (head, entries) in LISTS.items():
        (house.HOUSE / name).write_text("\n".join([head, *entries]) + "\n", encoding="utf-8")
