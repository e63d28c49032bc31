"""What the rings know of functions, of declared structure and of sizes, each by the law that it must obey."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from matdiff.calculator import Question, answer
from matdiff.formula.rings import NoValueError
from matdiff.functions import TABLE
from matdiff.graph import atoms, build, fingerprint, powers, sums
from matdiff.graph.atoms import PRIME
from matdiff.graph.chance import Chance
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import IndexSum, Var, number
from matdiff.graph.residues import RESIDUES, ROOTED
from matdiff.graph.shapes import product_size, size_number

ELEMENTWISE = sorted(row.name for row in TABLE.values() if row.kind == "elementwise")
Z, W = 123_456_789, PRIME - 987_654_321
STRUCTURES = ("symmetric", "spd", "skew", "lower", "upper", "diagonal", "orthogonal")


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("z", [Z, W, 1, 2])
def test_a_function_has_its_parity_and_no_other(name, z):
    value, mirrored = atoms.function(name, z), atoms.function(name, -z)
    parity = TABLE[name].traits.parity
    assert (mirrored == -value % PRIME) == (parity == "odd") or value == 0
    assert (mirrored == value) == (parity == "even") or value == 0
    assert 0 <= value < PRIME


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if TABLE[name].traits.at_zero.isdigit()])
def test_a_function_has_its_value_at_zero(name):
    assert atoms.function(name, 0) == int(TABLE[name].traits.at_zero)


@pytest.mark.parametrize("z", [Z, W, 5])
def test_functions_obey_their_laws(z):
    f = {name: atoms.function(name, z) for name in ELEMENTWISE}
    one_below = pow(z, -1, PRIME)
    laws = {
        "exp(z) exp(-z) = 1": f["exp"] * atoms.function("exp", -z) - 1,
        "log(1/z) = -log(z)": atoms.function("log", one_below) + f["log"],
        "sin^2 + cos^2 = 1": f["sin"] ** 2 + f["cos"] ** 2 - 1,
        "tan cos = sin": f["tan"] * f["cos"] - f["sin"],
        "cosh^2 - sinh^2 = 1": f["cosh"] ** 2 - f["sinh"] ** 2 - 1,
        "cosh + sinh = exp": f["cosh"] + f["sinh"] - f["exp"],
        "tanh cosh = sinh": f["tanh"] * f["cosh"] - f["sinh"],
        "sigmoid (1 + exp(-z)) = 1": f["sigmoid"] * (1 + atoms.function("exp", -z)) - 1,
        "softplus = log(1 + exp)": f["softplus"] - atoms.function("log", 1 + f["exp"]),
        "abs = z sign": f["abs"] - z * f["sign"],
        "relu = z step": f["relu"] - z * f["step"],
    }
    assert {law: value % PRIME for law, value in laws.items() if value % PRIME} == {}


@pytest.mark.parametrize("base", [2, Z, W])
def test_powers_modulo_the_prime(base):
    assert atoms.inverse(base) * base % PRIME == 1
    assert atoms.power(base, -3) * base**3 % PRIME == 1
    assert atoms.power(base, Fraction(1, 3)) != atoms.power(base, Fraction(1, 2))
    for e in (Fraction(1, 2), Fraction(2, 3), Fraction(-5, 3)):
        assert atoms.power(base, e + 1) == atoms.power(base, e) * base % PRIME
    assert RESIDUES.number(Fraction(3, 7)) * 7 % PRIME == 3
    with pytest.raises(NoValueError):
        atoms.inverse(PRIME)


def table(rows):
    return {(i, j): value for i, row in enumerate(rows) for j, value in enumerate(row)}


def times(left, right):
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)] for row in left
    ]


def plus(left, right, c=1):
    return [[(a + c * b) % PRIME for a, b in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


A = [[3, 1, 4], [1, -5, 9], [-2, 6, 5]]
B = [[2, 7], [-1, 8]]
GOAL = [[1, 2], [-3, 4], [5, -6]]
SQUARE = [[1, 2, 0], [-3, 4, 7], [5, -6, 1]]


def solution(name, *given):
    found = atoms.OPERATORS[name]([table(rows) for rows in given])
    rows = 1 + max(i for i, _ in found)
    return [[found[i, j] for j in range(len(found) // rows)] for i in range(rows)]


def test_solutions_of_matrix_equations_solve_them():
    reduced = [[[value % PRIME for value in row] for row in rows] for rows in (GOAL, SQUARE)]
    x = solution("sylvester", A, B, GOAL)
    assert plus(times(A, x), times(x, B)) == reduced[0]
    x = solution("lyapunov", A, SQUARE)
    assert plus(times(A, x), times(x, [list(column) for column in zip(*A, strict=True)])) == reduced[1]
    x = solution("stein", A, B, GOAL)
    assert plus(x, times(times(A, x), B), -1) == reduced[0]


def test_a_system_with_a_zero_in_front_is_solved_and_one_without_a_solution_refused():
    assert atoms.solved([[0, 2, 4], [3, 0, 9]]) == [3, 2]
    assert atoms.solved([[1, 1, 1, 6], [1, 2, 3, 14], [1, 4, 9, 36]]) == [1, 2, 3]
    with pytest.raises(NoValueError):
        atoms.solved([[1, 2, 3], [2, 4, 6]])


def has_structure(structure, rows):
    pairs = list(itertools.combinations(range(len(rows)), 2))
    if structure in {"symmetric", "spd"}:
        return all(rows[i][j] == rows[j][i] != 0 for i, j in pairs)
    if structure == "skew":
        return all((rows[i][j] + rows[j][i]) % PRIME == 0 != rows[i][j] for i, j in pairs) and not any(
            rows[i][i] for i in range(len(rows))
        )
    zeros = {"lower": (True, False), "upper": (False, True), "diagonal": (True, True)}
    if structure in zeros:
        above, below = zeros[structure]
        return all((rows[i][j] == 0) == above and (rows[j][i] == 0) == below for i, j in pairs)
    product = plus(times(rows, [list(column) for column in zip(*rows, strict=True)]), [[0] * len(rows)] * len(rows))
    return product == [[int(i == j) for j in range(len(rows))] for i in range(len(rows))] and rows[0][1] != 0


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("n", [2, 3, 4])
def test_random_matrices_have_their_structure(structure, n):
    found = answer(Question("a^T M b", "d/da", (f"M in R^{{n x n}} {structure}, a in R^n, b in R^n",)))
    chance = Chance(found.symbols, {"a"}, 3, ROOTED)
    chance.sizes = {"n": n}
    assert has_structure(structure, chance.matrix(chance.sizes)("M"))


@pytest.mark.parametrize("structure", ["symmetric", "spd", "skew"])
def test_random_entries_of_the_fingerprint_have_their_structure(structure):
    with Graph().in_force():
        matrix, entry = Var("M", ("n", "n"), structure=structure), fingerprint.entries(1)
        assert has_structure(structure, [[entry(matrix, (i, j)) for j in range(3)] for i in range(3)])


@pytest.mark.parametrize(
    ("size", "value"), [("(m+1)*n", 42), ("n*(m-(n-1))", -7), ("(m)", 5), ("2*(n+1)*(m-2)-1", 47), ("-(m)+n", 2)]
)
def test_sizes_with_parentheses_are_numbers(size, value):
    assert size_number(size, {"m": 5, "n": 7}.__getitem__) == value


def test_sizes_of_pairs():
    assert [product_size(*pair) for pair in [(2, 3), (1, "n"), ("m", 1), ("m", "n"), (2, "n")]] == [
        6,
        "n",
        "m",
        "m*n",
        "2*n",
    ]


def test_a_number_is_written_out_up_to_a_thousand_digits():
    with Graph().in_force():
        assert number(powers.power(build.num(2), build.num(1666))) == 2**1666
        assert number(powers.power(build.num(2), build.num(1667))) is None


def test_a_sum_moved_apart_has_an_index_of_its_own():
    """Σ_r r s, beside something with r and s: the new index is neither."""
    with Graph().in_force():
        for names in itertools.permutations("ijkrst", 3):
            r, *others = (Var(name, role="integer") for name in names)
            body = build.mul(*[r, others[0]])
            moved = sums.apart(IndexSum(r, build.num(1), build.num(4), body), [build.mul(r, others[1])])
            assert moved.index.name not in names
            for value in (1, 3):
                assert sums.substitute(moved.body, {moved.index: build.num(value)}) is build.scale(value, others[0])
            alone = IndexSum(r, build.num(1), build.num(4), body)
            assert sums.apart(alone, [others[1]]) is alone


def test_the_least_common_content_of_a_sum_keeps_its_sign():
    with Graph().in_force():
        x, y = Var("x"), Var("y")
        for c, d in itertools.product((-6, -4, 4, 6), repeat=2):
            content, rest = build.split(build.lin([(c, x), (d, y)], ()))
            assert abs(content) == math.gcd(c, d)
            assert build.scale(content, rest) is build.lin([(c, x), (d, y)], ())
