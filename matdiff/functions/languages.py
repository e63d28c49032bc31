"""How Julia, MATLAB, R and C++ with Eigen call a function of every entry by one name: parts of the column `code`."""

from __future__ import annotations


def everywhere(name: str) -> dict[str, str]:
    """Templates of a function that all of them have by this name; Eigen's takes `.array()` and gives a matrix back."""
    return {**but_eigen(name), "eigen": f"{{0}}.array().{name}().matrix()"}


def but_eigen(name: str) -> dict[str, str]:
    """Templates of a function that all but Eigen have by this name."""
    return {"julia": f"{name}.({{0}})", "matlab": f"{name}({{0}})", "r": f"{name}({{0}})"}
