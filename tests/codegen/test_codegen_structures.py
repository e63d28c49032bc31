"""Derivatives in code by variables of every structure, under both conventions and of both orders, against differences
of the value and of the gradient.
"""

import numpy as np
import pytest
from dense_evaluation import call, load

from matdiff.calculator import Question, answer

N = 4
EXPRESSIONS = {  # and the declarations beside X's
    "logdet(X) + u^T X^-1 w": "u in R^n, w in R^n",
    "tr(A X B X)": "A in R^{n x n}, B in R^{n x n}",
    "sum(exp(A X B))": "A in R^{n x n}, B in R^{n x n}",
    "u^T X^3 w + ||X||_F^2": "u in R^n, w in R^n",
    "sum(log(X .* X + ones(n, n)))": "",
}
STRUCTURES = ("", "symmetric", "spd", "skew", "lower", "upper", "diagonal")
CASES = [
    (expression, structure, convention)
    for expression in EXPRESSIONS
    for structure in STRUCTURES
    for convention in ("project", "entries")
    if convention == "project" or structure in {"symmetric", "spd"}
    if structure != "skew" or "logdet" not in expression
]


def of_structure(matrix, structure):
    """The part of a matrix that has the structure."""
    if structure in {"symmetric", "spd"}:
        return (matrix + matrix.T) / 2
    part = {"skew": lambda: (matrix - matrix.T) / 2, "lower": lambda: np.tril(matrix), "upper": lambda: np.triu(matrix)}
    if structure == "diagonal":
        return np.diag(np.diag(matrix))
    return part.get(structure, lambda: matrix)()


def point(structure, generator):
    matrix = generator.normal(size=(N, N)) / 2
    return of_structure(matrix if structure == "skew" else matrix @ matrix.T + 2 * np.eye(N) + matrix / 4, structure)


def module_of(wrt, expression, structure, convention, of):
    where = tuple(
        part for part in (f"X {structure}" if structure else "X in R^{n x n}", EXPRESSIONS[expression]) if part
    )
    return load(answer(Question(expression, wrt, where, symmetric=convention)).code("numpy", of))


def difference(function, values, direction, step=1e-5):
    ahead, behind = [call(function, {**values, "X": values["X"] + sign * step * direction}) for sign in (1, -1)]
    return (np.asarray(ahead) - np.asarray(behind)) / (2 * step)


@pytest.mark.parametrize(("expression", "structure", "convention"), CASES)
def test_structured_derivatives_agree_with_differences(expression, structure, convention):
    generator = np.random.default_rng(0)
    space = module_of("d/dX", expression, structure, convention, ("value", "gradient", "hessian", "hvp"))
    again = module_of("d^2/dX^2", expression, structure, convention, ("gradient", "hessian"))
    values = {name: generator.normal(size=(N, N)) / 2 for name in "AB"} | {n: generator.normal(size=N) for n in "uw"}
    values["X"] = point(structure, generator)
    gradient, hessian = call(space["gradient"], values), call(space["hessian"], values)
    np.testing.assert_allclose(call(again["gradient"], values), gradient, rtol=1e-12)
    np.testing.assert_allclose(call(again["hessian"], values), hessian, rtol=1e-10, atol=1e-12)
    for _ in range(3):
        direction = of_structure(generator.normal(size=(N, N)), structure)
        free = np.tril(direction) if convention == "entries" else direction
        moved = difference(space["gradient"], values, direction)
        given = np.diag(direction) if structure == "diagonal" else direction
        slope = difference(space["value"], values, direction)
        np.testing.assert_allclose(np.sum(gradient * free), slope, rtol=1e-5, atol=1e-6)
        if structure == "diagonal":
            moved, free = np.diag(moved), given
        tolerance = {"rtol": 1e-5, "atol": 1e-6 * max(1, float(np.max(np.abs(moved))))}
        np.testing.assert_allclose(call(space["hvp"], {**values, "v": given}), moved, **tolerance)
        np.testing.assert_allclose(np.tensordot(hessian, free, free.ndim), moved, **tolerance)


LAYOUTS = [
    pytest.param(
        expression,
        structure,
        convention,
        layout,
        marks=() if layout == "numerator" and "X^3" in expression and convention == "project" else pytest.mark.slow,
    )
    for expression, structure, convention in CASES
    for layout in ("numerator", "mixed")
]


@pytest.mark.parametrize(("expression", "structure", "convention", "layout"), LAYOUTS)
def test_layouts_turn_the_gradient_alone(expression, structure, convention, layout):
    """Under the numerator layout the gradient is transposed; products and Hessians are in the variable's own axes."""
    generator = np.random.default_rng(0)
    values = {name: generator.normal(size=(N, N)) / 2 for name in "AB"} | {n: generator.normal(size=N) for n in "uw"}
    values["X"] = point(structure, generator)
    direction = of_structure(generator.normal(size=(N, N)), structure)
    values["v"] = np.diag(direction) if structure == "diagonal" else direction
    parts = ("gradient", "hvp", "hessian")
    where = (f"X {structure}" if structure else "X in R^{n x n}", *filter(None, [EXPRESSIONS[expression]]))
    question = Question(expression, "d/dX", where, symmetric=convention, layout=layout)
    found, plain = (
        load(answer(question).code("numpy", parts)),
        module_of("d/dX", expression, structure, convention, parts),
    )
    for part in parts:
        want = call(plain[part], values)
        want = want.T if part == "gradient" and layout == "numerator" else want
        np.testing.assert_allclose(call(found[part], values), want, rtol=1e-9, atol=1e-11)


def test_a_direction_has_a_name_of_its_own():
    """The unknown function v is a parameter, so the direction is v_."""
    code = answer(Question("v(x)^2", "d/dx", ("x in R^n",))).code("numpy", ("hvp",))
    product = load(code)["hvp"]
    x, direction = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    got = product(v=lambda x: x @ x, Dv=lambda x: 2 * x, D2v=lambda x: 2 * np.eye(len(x)), x=x, v_=direction)
    np.testing.assert_allclose(got, 8 * (x @ direction) * x + 4 * (x @ x) * direction)
