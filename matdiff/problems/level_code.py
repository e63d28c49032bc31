"""The code of a conditional solution: its number by bisection over the kinks of the sum, then the point."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError
from matdiff.problems.code import Part

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.code import Emitter
    from matdiff.problems.levels import Level

_LEVEL = '''def _level(start, slope, weight, total, low, high):
    """The t with sum(weight * clip(start + t * slope, low, high)) = total."""
    start, slope, weight, low, high = np.broadcast_arrays(start, slope, weight, low, high)

    def mass(t):
        return np.sum(weight * np.clip(start + t * slope, low, high))
{at_most}
    moving = slope != 0
    ends = [(end[moving] - start[moving]) / slope[moving] for end in (low, high)]
    kinks = np.unique(np.concatenate([end[np.isfinite(end)] for end in ends]))
    turn = np.sign(np.sum(weight * slope))
    first, last = 0, len(kinks)
    while first < last:
        middle = (first + last) // 2
        if turn * (mass(kinks[middle]) - total) < 0:
            first = middle + 1
        else:
            last = middle
    left = kinks[first - 1] if first > 0 else kinks[0] - 1.0
    right = kinks[first] if first < len(kinks) else kinks[-1] + 1.0
    rise = mass(right) - mass(left)
    t = left + (total - mass(left)) * (right - left) / rise if rise else left
    size = 1 + abs(total) + np.sum(np.abs(weight * np.clip(start + t * slope, low, high)))
    if not abs(mass(t) - total) <= 1e-9 * size:
        raise ValueError("no point meets the constraints")
    return t'''
_AT_MOST = """    if mass(0.0) <= total:
        return 0.0
"""


def solution_code(emitter: Emitter, title: str, point: Node, level: Level, says: str) -> str:
    """The module with solution(...).  Raises OutputError E401 for another target than NumPy."""
    if emitter.where.prefix != "np":
        raise OutputError("E401", "a solution with a condition has code for NumPy only", hint="--to numpy")
    parts = [level.start, level.slope, level.weight, level.total]
    ends = [one for one in (level.low, level.high) if one is not None]
    terms = Part("_terms", [*parts, *ends], says="What the sum is made of: start, slope, weight, total, bounds.")
    at = Part("_point", [point], [level.var], says=f"The solution for a number {level.var.name}.")
    first, second = emitter.function(terms), emitter.function(at)
    given, passed = _parameters(first), _parameters(second)
    low = "bounds[0]" if level.low is not None else "-np.inf"
    high = "bounds[-1]" if level.high is not None else "np.inf"
    lines = [
        f"def solution({', '.join([*given, *[one for one in passed[1:] if one not in given]])}):",
        f'    """{says}"""',
        f"    start, slope, weight, total, *bounds = _terms({', '.join(given)})",
        f"    {passed[0]} = _level(start, slope, weight, total, {low}, {high})",
        f"    return _point({', '.join(passed)})",
    ]
    helper = _LEVEL.replace("{at_most}", _AT_MOST if level.at_most else "")
    return emitter.assembled(title, [helper, first, second, "\n".join(lines)])


def _parameters(function: str) -> list[str]:
    """The names in the signature of a function's text."""
    return [
        name.strip() for name in function[function.index("(") + 1 : function.index("):")].split(",") if name.strip()
    ]
