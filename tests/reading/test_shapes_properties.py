"""What holds for every expression: shapes are worked out or refused, never half done; refused is what numbers for the
sizes refuse, too.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.errors import MatdiffError
from matdiff.formula import syntax
from matdiff.formula.occurrences import children
from matdiff.formula.question import By, Declaration, Operator, Reading
from matdiff.formula.syntax import Call, Sym
from matdiff.functions import TABLE
from matdiff.reading.shapes import infer

NAMES = [
    "x",
    "y",
    "A",
    "X",
    "a",
    "t",
    "beta",
    "x_n",
    "alpha_m",
    "K_nm",
    "x_i",
    "A_ij",
    "x_1",
    "e",
    "e_i",
    "n",
    "N",
    "k",
    "i",
    "Sigma",
    "u",
    "_",
]
SIZES = ["m", "n", "p"]


def nodes(inner):
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    two = st.tuples(inner, inner)
    functions = st.sampled_from([*TABLE, "times"])
    return st.one_of(
        st.builds(syntax.Neg, inner),
        st.builds(syntax.Transpose, inner),
        st.builds(syntax.Add, several),
        st.builds(syntax.Mul, several),
        st.builds(syntax.Had, several),
        two.map(lambda pair: syntax.Div(*pair)),
        two.map(lambda pair: syntax.Pow(*pair)),
        two.map(lambda pair: syntax.HadPow(*pair)),
        st.builds(syntax.Apply, st.sampled_from(["u", "v"]), several),
        functions.flatmap(
            lambda name: st.tuples(*[inner] * (TABLE[name].arity[1] if name in TABLE else 2)).map(
                lambda args: Call(name, args)
            )
        ),
        st.builds(
            lambda index, hi, body: syntax.IndexedSum(index, syntax.Num(Fraction(1)), hi, body),
            st.sampled_from(["n", "m", "i"]),
            inner,
            inner,
        ),
    )


leaves = st.one_of(
    st.sampled_from(NAMES).map(Sym),
    st.sampled_from([0, 1, 2, Fraction(1, 2)]).map(lambda value: syntax.Num(Fraction(value))),
)
sides = st.sampled_from([*SIZES, 1, 2, "2*n"])
declarations = st.one_of(
    st.builds(Declaration, st.sampled_from(NAMES), sides, sides),
    st.builds(Declaration, st.sampled_from(NAMES), kind=st.sampled_from(["scalar", "vector", "matrix", "integer"])),
    st.builds(Declaration, st.just("u"), sides, st.just(1), args=st.just(("x",))),
)


def below(root):
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += (node.lo, node.hi, node.body) if isinstance(node, syntax.IndexedSum) else children(node)


@settings(max_examples=400, deadline=None)
@given(st.recursive(leaves, nodes, max_leaves=12), st.lists(declarations, max_size=3), st.sampled_from(NAMES))
def test_every_node_gets_a_shape_or_the_question_is_refused(expression, declared, variable):
    reading = Reading(Operator((By(variable),), "d"), expression, tuple(declared), "")
    try:
        question = infer(reading)
    except MatdiffError as error:
        question = None
        code = error.code
    if question is None:
        assert code.startswith(("E2", "E125", "E11"))
        return
    for node in below(question.expression):
        assert node.shape is not None
        assert "?" not in str(node.shape)
        if isinstance(node, Sym) and node.index:
            assert node.variable in question.symbols
    assert {by.name for by in question.operator.by} <= question.symbols.keys()


@st.composite
def fitting(draw, rows, columns, depth):
    """An expression of a given shape; every variable carries its shape in its name (X_m_n)."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        name = "".join(["x" if columns == 1 else "X", *[str(side) for side in (rows, columns)]])
        return Sym(name)
    smaller = [*SIZES, 1]
    choice = draw(st.integers(0, 7))
    part = fitting(rows, columns, depth - 1)
    if choice == 0:
        return syntax.Add((draw(part), syntax.Neg(draw(part))))
    if choice == 1:
        return syntax.Transpose(draw(fitting(columns, rows, depth - 1)))
    if choice == 2:
        return syntax.Had((draw(part), draw(part)))
    if choice == 3:
        return Call("sigmoid", (draw(part),))
    if choice == 4:
        return syntax.Div(draw(part), draw(fitting(1, 1, depth - 1)))
    if (rows, columns) == (1, 1):
        side = draw(st.sampled_from(SIZES))
        return Call(draw(st.sampled_from(["tr", "det", "sum", "logdet"])), (draw(fitting(side, side, depth - 1)),))
    if rows == columns and choice == 5:
        return syntax.Pow(draw(part), syntax.Num(Fraction(-1)))
    inner = draw(st.sampled_from(smaller))
    return syntax.Mul((draw(fitting(rows, inner, depth - 1)), draw(fitting(inner, columns, depth - 1))))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_fits_by_construction_has_the_shape_it_was_built_with(data):
    rows, columns = data.draw(st.tuples(st.sampled_from([*SIZES, 1]), st.sampled_from([*SIZES, 1])))
    expression = data.draw(fitting(rows, columns, 4))
    declared = tuple(Declaration(f"{letter}{r}{c}", r, c) for letter in "xX" for r in (*SIZES, 1) for c in (*SIZES, 1))
    question = infer(Reading(None, expression, declared, ""))
    assert question.expression.shape == (rows, columns)
    assert all(
        symbol.shape == tuple([int(side) if side == "1" else side for side in name[1:]])
        for name, symbol in question.symbols.items()
    )


NUMBERS: dict[syntax.Size, int] = {"m": 7, "n": 11, "p": 13, 1: 1}


def concrete(node):
    """The shape of an expression over numbers, or None where it has none; one rule a line, no unification."""
    if isinstance(node, Sym):
        rows, columns = node.name[1:]
        return NUMBERS.get(rows, 1), NUMBERS.get(columns, 1)
    parts = [concrete(child) for child in children(node)]
    if None in parts:
        return None
    sides = {part for part in parts if part != (1, 1)}
    if isinstance(node, syntax.Add):
        return concrete_sum(node, parts, sides)
    if isinstance(node, syntax.Had):
        return None if len(sides) > 1 else max(sides, default=(1, 1))
    if isinstance(node, syntax.Transpose):
        return parts[0][::-1]
    if isinstance(node, syntax.Div):
        return parts[0] if parts[1] == (1, 1) else None
    if isinstance(node, Call) and is_matlabs(node):
        return None
    if isinstance(node, Call):
        square = parts[0][0] == parts[0][1]
        return parts[0] if node.function == "sigmoid" else (1, 1) if square or node.function == "sum" else None
    return concrete_product(parts)


def is_matlabs(node):
    """Whether sum(sum(X) ...) may be of columns, as MATLAB has it; sum(sum(X)) is the same either way."""
    inside = [part for part in syntax.subtrees(node.args[0]) if getattr(part, "function", "") == "sum"]
    direct = bool(inside) and inside[0] is node.args[0]
    return node.function == "sum" and not direct and any(1 not in concrete(part.args[0]) for part in inside)


def concrete_sum(node, parts, sides):
    """Terms of one shape; a scalar goes to every entry of a vector, of a transposed one too, and of what is worked out
    entry by entry; not to a row by itself.
    """
    if len(set(parts)) == 1:
        return parts[0]
    arrays = [term for term, part in zip(node.terms, parts, strict=True) if part != (1, 1)]
    each = all(isinstance(term, syntax.Had) or getattr(term, "function", "") == "sigmoid" for term in arrays)
    side = max(sides)
    if side[0] == 1 and not any(isinstance(term, syntax.Transpose) for term in arrays):
        return None
    return side if len(sides) == 1 and (1 in side or each) else None


def concrete_product(parts):
    total = (1, 1)
    for part in parts:
        if (1, 1) in (total, part):
            total = max(total, part, key=lambda shape: shape != (1, 1))
        elif total[1] == part[0]:
            total = (total[0], part[1])
        else:
            return None
    return total


variables = st.builds(lambda a, b: Sym(f"X{a}{b}"), st.sampled_from([*SIZES, 1]), st.sampled_from([*SIZES, 1]))
small = st.recursive(
    variables,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([syntax.Add(parts), syntax.Mul(parts), syntax.Had(parts)])),
        st.builds(syntax.Transpose, inner),
        st.builds(syntax.Div, inner, inner),
        st.builds(lambda name, arg: Call(name, (arg,)), st.sampled_from(["sigmoid", "tr", "sum"]), inner),
    ),
    max_leaves=5,
)


@settings(max_examples=600, deadline=None)
@given(small)
def test_refused_is_what_numbers_refuse(expression):
    declared = tuple(Declaration(f"X{r}{c}", r, c) for r in (*SIZES, 1) for c in (*SIZES, 1))
    expected = concrete(expression)
    try:
        found = infer(Reading(None, expression, declared, "")).expression.shape
    except MatdiffError:
        found = None
    assert (None if found is None else tuple(NUMBERS[side] for side in found)) == expected


def test_long_products_and_deep_nesting_are_no_trouble():
    product = syntax.Mul(tuple([Sym("X")] * 1000))
    assert infer(Reading(None, product, (), "")).expression.shape == ("n", "n")
    nested: syntax.Expr = Sym("x")
    for _ in range(200):
        nested = Call("sin", (nested,))
    assert infer(Reading(None, nested, (), "")).expression.shape == ("n", 1)
