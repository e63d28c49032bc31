"""Random questions over families, and their derivatives by differences of the question's own text.

Members, entries, several ranges, sums in sums, softmax-like quotients; by vectors, matrices, scalars and members, to
the second order.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from oracle.text_numbers import Scope, value

SIZES = {"d": 3, "p": 2, "N": 4, "K": 3, "M": 5}
WHERE = (
    "x_n in R^d, y_n in R, a_n in R, z_n in R^p, t in R, c in R, w in R^d, v in R^d, b in R^p, q_j in R^d, u_j in R,"
    " W in R^{p x d}, A in R^{d x d}, S in R^{d x d} symmetric, B_n in R^{d x d}"
)
SHAPES = {"w": (3, 1), "v": (3, 1), "t": (1, 1), "c": (1, 1), "b": (2, 1), "W": (2, 3), "A": (3, 3), "S": (3, 3)}
MEMBERS = {"x": (5, 3), "y": (5,), "a": (5,), "z": (5, 2), "B": (5, 3, 3), "q": (5, 3), "u": (5,)}
FAMILIES = {"x": "x_n", "y": "y_n", "a": "a_n", "z": "z_n", "B": "B_n", "q": "q_j", "u": "u_j"}


class FamilyQuestion(NamedTuple):
    """A question, and the names that it differentiates by: ("w",), ("x", "k") for the member x_k."""

    expr: str
    wrt: str
    by: tuple[tuple[str, ...], ...]


def draw(rng):
    """A random question."""
    maker = _Maker(rng)
    expr = maker.whole()
    return FamilyQuestion(expr, *maker.operator(expr))


class _Maker:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, options):
        return options[self.rng.integers(len(options))]

    def chance(self, one_in):
        return self.rng.integers(one_in) == 0

    def whole(self):
        body = self.sum_over("n", 2)
        form = self.pick(("{}", "{}", "log({})", "sqrt(1 + ({})^2)", "t {}", "({})^2", "c - {}", "exp({}/10)"))
        if form == "log({})":
            body = self.positive_sum("n")
        whole = form.format(body)
        if self.chance(3):
            whole += " + " + self.pick(("||w||^2", self.sum_over("n", 1), self.sum_over("m", 1), "w^T A w", "t^2 c"))
        if self.chance(5):
            whole += self.pick(
                (" + w^T x_k", " - y_k w^T x_2", " + ||x_k - v||^2", " + x_1^T A x_k", " + log(1 + y_k^2)")
            )
        elif self.chance(12):
            whole = self.pick(("exp(w^T x_k)/{}", "log(exp(w^T x_k)/{})", "y_k exp(a_2 t)/{}")).format(
                f"sum(n, {self.range('n')}, exp({self.pick(('w^T x_n', 'a_n t', 'w^T x_n + y_n'))}))"
            )
        if self.chance(6):
            whole = f"({whole})/N"
        return whole

    def range(self, index):
        if index in {"j", "l"}:
            return self.pick(("1, K", "1, K", "2, K"))
        return self.pick(("1, N", "1, N", "1, N", "2, N", "1, N-1", "2, 4", "3, 5", "1, M"))

    def sum_over(self, index, depth):
        return f"sum({index}, {self.range(index)}, {self.term(index, depth)})"

    def positive_sum(self, index):
        return f"sum({index}, {self.range(index)}, exp({self.scalar(index, 1)}))"

    def term(self, index, depth):
        parts = [self.factor(index, depth) for _ in range(self.pick((1, 1, 2, 2, 3)))]
        return " ".join(parts)

    def factor(self, index, depth):
        inner = self.scalar(index, depth)
        forms = ("({})", "({})", "({})^2", "exp(({})/4)", "sin({})", "tanh({})", "log(1 + exp({}))", "sigmoid({})")
        return self.pick(forms).format(inner)

    def scalar(self, index, depth):
        i = index
        options = [
            f"w^T x_{i}", f"w^T x_{i} - y_{i}", f"y_{i} w^T x_{i}", f"a_{i} t", f"||x_{i} - v||^2", f"x_{i}^T A x_{i}",
            f"y_{i} - c", f"||z_{i} - W x_{i}||^2", f"b^T W x_{i}", f"a_{i}", f"x_{i}^T S w", f"b^T tanh(W x_{i})",
            f"w^T B_{i} w", f"w^T B_{i} x_{i} + c", f"sum(x_{i} .* w)", f"tr(B_{i} A)",
        ]  # fmt: skip
        if self.chance(4):
            return self.by_number(i)
        if depth > 0:
            other = self.pick([name for name in ("m", "j", "l") if name != index])
            options += [
                f"x_{i}^T {self.nested_vector(other)}",
                self.nested(i, other),
                self.nested(i, other),
                f"log({self.nested_positive(i, other)})",
            ]
        return self.pick(options)

    def by_number(self, i):
        """What asks for one member at a time: functions of matrices, the index beside its member, members by number."""
        return self.pick(
            (
                f"{i} w^T x_{i}",
                f"y_{i} {i}/10",
                f"w^T x_{i}/{i}",
                f"(1/2)^{i} a_{i} t",
                f"logdet(4 I_d + B_{i} B_{i}^T)",
                f"logdet(4 I_d + B_{i}^T B_{i} + w w^T)",
                f"x_{i}^T (4 I_d + B_{i})^-1 w",
                f"w^T (4 I_d + A A^T + x_{i} x_{i}^T)^-1 v",
                f"w^T expm(B_{i}/4) v",
                f"tr(expm(t B_{i}/4) A)",
                f"x_{i}^T x_3",
                f"||x_{i} - x_k||^2",
                f"y_2 w^T x_{i}",
                f"w^T softmax(W^T z_{i})",
            )
        )

    def nested_vector(self, j):
        return (
            f"sum({j}, {self.range(j)}, {self.factor(j, 0) if j == 'm' else f'u_{j}'} {'x' if j == 'm' else 'q'}_{j})"
        )

    def pair(self, i, j):
        x = "x" if j == "m" else "q"
        s = "a" if j == "m" else "u"
        return self.pick(
            (
                f"x_{i}^T {x}_{j}",
                f"y_{i} {s}_{j} x_{i}^T {x}_{j}",
                f"||x_{i} - {x}_{j}||^2",
                f"{s}_{j} (w^T {x}_{j}) (w^T x_{i})",
                f"x_{i}^T A {x}_{j}",
                f"{s}_{j} - y_{i}",
            )
        )

    def nested(self, i, j):
        body = self.pair(i, j)
        body = self.pick(("{}", "({})^2", "exp(({})/4)", "sin({})", "tanh({})")).format(body)
        return f"sum({j}, {self.range(j)}, {body})"

    def nested_positive(self, i, j):
        return f"sum({j}, {self.range(j)}, exp(({self.pair(i, j)})/4))"

    def operator(self, expr):
        """By what occurs: (wrt, by)."""
        plain = [
            name
            for name in SHAPES
            if name
            in expr.replace("sum", "")
            .replace("exp", "")
            .replace("tanh", "")
            .replace("log", "")
            .replace("sqrt", "")
            .replace("sigmoid", "")
            .replace("sin", "")
            .replace("tr(", "(")
        ]
        members = [base for base in MEMBERS if f"{base}_" in expr]
        small = [name for name in plain if SHAPES[name][1] == 1]
        kind = self.rng.integers(6)
        if kind <= 1 and small:
            name = self.pick(plain)
            return f"d/d{name}", ((name,),)
        if kind == 2 and members:
            base = self.pick(members)
            return f"d/d{base}_k", ((base, "k"),)
        if kind == 3 and small:
            name = self.pick(small)
            return f"d^2/d{name} d{name}{'^T' if SHAPES[name] != (1, 1) else ''}", ((name,), (name,))
        vectors = [base for base in members if len(MEMBERS[base]) < 3]
        if kind == 4 and vectors:
            first, second = self.pick(vectors), self.pick(vectors)
            turned = "^T" if len(MEMBERS[second]) == 2 and len(MEMBERS[first]) == 2 else ""
            return f"d^2/d{first}_k d{second}_l{turned}", ((first, "k"), (second, "l"))
        vectors = [name for name in small if SHAPES[name] != (1, 1)]
        if len(small) > 1 or not members:
            first, second = self.pick(small or ["w"]), self.pick(small or ["w"])
            turned = "^T" if SHAPES[first] != (1, 1) and SHAPES[second] != (1, 1) else ""
            return f"d^2/d{first} d{second}{turned}", ((first,), (second,))
        base = self.pick(members)
        return f"d/d{base}_k", ((base, "k"),)


def point(rng, indices):
    """Random numbers for everything that a question may name."""
    arrays = {name: rng.normal(size=shape) * 0.6 for name, shape in SHAPES.items()}
    arrays["S"] = (arrays["S"] + arrays["S"].T) / 2
    families = {base: rng.normal(size=shape) * 0.6 for base, shape in MEMBERS.items()}
    return Scope(arrays, families, dict(SIZES), dict(indices))


def differences(question, scope):
    """The derivative by central differences, one axis for each entry of each variable, in turn."""

    def moved(at, key, place, step):
        if len(key) == 1:
            array = at.arrays[key[0]].copy()
            array[place] += step
            return at._replace(arrays={**at.arrays, key[0]: array})
        array = at.families[key[0]].copy()
        array[(at.indices[key[1]] - 1, *place)] += step
        return at._replace(families={**at.families, key[0]: array})

    def entries(at, rest):
        if not rest:
            return value(question.expr, at)[0, 0]
        key, later = rest[0], rest[1:]
        shape = SHAPES[key[0]] if len(key) == 1 else MEMBERS[key[0]][1:]
        inner = [
            entry_slope(lambda step, place=place: entries(moved(at, key, place, step), later))
            for place in np.ndindex(*shape)
        ]
        return np.reshape(np.array(inner), (*[side for side in shape if side != 1], *np.shape(inner[0])))

    return np.asarray(entries(scope, question.by))


def entry_slope(function, step=4e-2):
    """f'(0) by central differences with three extrapolations."""
    table = [(function(h) - function(-h)) / (2 * h) for h in (step, step / 2, step / 4, step / 8)]
    for order in (4, 16, 64):
        table = [(order * finer - coarser) / (order - 1) for coarser, finer in itertools.pairwise(table)]
    return table[0]
