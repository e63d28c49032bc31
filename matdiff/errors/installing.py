"""How a package that is missing gets beside matdiff, by the tool that installed it."""

from __future__ import annotations

import sys


def how_to_install(*packages: str, extra: str = "") -> str:
    """The command that adds `packages`, which matdiff calls `extra`, to the environment that it runs in."""
    place = sys.prefix.replace("\\", "/")
    if "/pipx/venvs/" in place:
        return f"pipx inject matdiff {' '.join(packages)}"
    if "/uv/tools/" in place:
        return f"uv tool install {' '.join([f'--with {package}' for package in packages])} matdiff"
    return f"pip install 'matdiff[{extra}]'" if extra else f"pip install {' '.join(packages)}"
