"""Edits that once left the tests green, each as text: the module, what stands there, what it is broken to.

One line of the source each, and once in its module, so that whoever changes that line changes it here, too.
"""

from __future__ import annotations

EDITS = {
    "det(cX) = c det X": (
        "graph/matrices.py",
        "power = powers.power(factor, build.size_node(matrix.shape[0]))",
        "power = factor",
    ),
    "det X^-1 = det X": (
        "graph/matrices.py",
        "return build.reciprocal(scalar_of_matrix(fn.DETERMINANT, matrix.args[0]))",
        "return scalar_of_matrix(fn.DETERMINANT, matrix.args[0])",
    ),
    "logdet X^-1 = logdet X": (
        "graph/matrices.py",
        "return build.scale(-1, scalar_of_matrix(fn.LOGDET, matrix.args[0]))",
        "return scalar_of_matrix(fn.LOGDET, matrix.args[0])",
    ),
    "a sum of equal terms has one term less": (
        "graph/sums.py",
        "build.lin([(1, hi), (-1, lo), (1, ONE)], ())",
        "build.lin([(1, hi), (-1, lo)], ())",
    ),
    "a short sum ends before its last term": (
        "graph/sums.py",
        "range(int(first), int(last) + 1)",
        "range(int(first), int(last))",
    ),
    "(A B)^-1 is A^-1 B^-1": (
        "graph/matrices.py",
        "factors.extend([(inv(node), indices[::-1]) for node, indices in tensors])",
        "factors.extend([(inv(node), indices) for node, indices in tensors])",
    ),
    "B^-1 A^-1 is printed as (B A)^-1": (
        "notation/chains.py",
        "joined = Pow(Mul(tuple(reversed(inside))), MINUS_ONE)",
        "joined = Pow(Mul(tuple(inside)), MINUS_ONE)",
    ),
    "sqrt(t^2) = t": (
        "graph/powers.py",
        "if even and not whole and not nonnegative(inside):",
        "if even and whole and not nonnegative(inside):",
    ),
    "sqrt((a^T x)^2 b) = (a^T x) sqrt(b)": (
        "graph/powers.py",
        "outside.append((power(elementwise.apply(fn.ABSOLUTE, node), build.scale(even, e)), indices))",
        "outside.append((power(node, build.scale(even, e)), indices))",
    ),
    "an odd function loses a sign": (
        "graph/elementwise.py",
        "return build.scale(-1, apply(function, build.scale(-1, arg)))",
        "return apply(function, build.scale(-1, arg))",
    ),
    "an even function has a sign": (
        "graph/elementwise.py",
        "            return apply(function, build.scale(-1, arg))",
        "            return build.scale(-1, apply(function, build.scale(-1, arg)))",
    ),
    "cos 0 = 0": (
        "functions/elementwise.py",
        'Traits("1", "cos(1)", "even", undoes="acos")',
        'Traits("0", "cos(1)", "even", undoes="acos")',
    ),
    "the determinant's sign is lost in the fingerprint": (
        "formula/rings.py",
        "determinant = -determinant",
        "determinant = +determinant",
    ),
    "mixed derivatives of unknown functions are swapped": (
        "calculus/differential.py",
        "new = after.index(position) + after.count(position) - 1",
        "new = 0",
    ),
    "derivatives of unknown functions stand in the order they were taken": (
        "calculus/differential.py",
        "after = tuple(sorted((*before, position)))",
        "after = (position, *before)",
    ),
}
