"""What one row of the function table holds."""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping


_NONE: Mapping[str, str] = MappingProxyType({})
_NO_TUPLES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Traits(Record):
    """What is true of a function wherever its row's `sample` says that it is defined; "" and () where nothing is known.

    at_zero, at_one   f(0) and f(1) in the input language; of a function of matrices f(I) stands at `at_one`
    parity            "odd" "even"
    sign              "positive" "nonnegative" "negative" "nonpositive"; of a matrix, of every entry
    convexity         "affine" "convex" "concave", as the DCP rules of Grant, Boyd and Ye read it: each entry of the
                      value, jointly in all arguments
    monotone          for each argument "increasing" "decreasing" (entry by entry), "magnitude" (increasing where the
                      argument is >= 0, decreasing where it is <= 0), "loewner increasing" "loewner decreasing" (in
                      the order of symmetric matrices), or ""; the last stands for all that follow
    linear            positions of the arguments that it is linear in, the others held fixed
    needs             what the first argument must be: "square" "symmetric" "positive" "positive definite" "full rank"
                      "matrix" "invertible" "vector" "unit" (between -1 and 1) "above one" "above -1" "probability"
                      (between 0 and 1)
    keeps             "transpose" (f of the transpose is the transpose of f, so that a symmetric matrix stays one),
                      "definite" (positive definite stays so), "diagonal", "triangular"; "symmetric to
                      definite" (a symmetric matrix becomes positive definite)
    commutes          f(X, Y) = f(Y, X)
    undoes            the function g with f(g(x)) = x wherever g is defined
    gives             what the value is whatever comes in: "symmetric" "skew" "lower" "upper" "orthogonal" "diagonal"
    """

    at_zero: str = ""
    at_one: str = ""
    parity: str = ""
    sign: str = ""
    convexity: str = ""
    monotone: tuple[str, ...] = ()
    linear: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    gives: str = ""
    commutes: bool = False
    undoes: str = ""


_NO_TRAITS = Traits()


class Function(Record):
    r"""One function, told once: shape, differential, what is true of it, names, code, and where the formula comes from.

    name          canonical name; `Call(name, args)` in the syntax tree
    kind          "elementwise"  acts on every entry; `differential` is f'(x) as a scalar formula in `x` and its own
                  output `Ω`
                  "operator"     an `Op` node of the graph; `differential` is linear in dX, in matrix notation with X,
                                 Ω, dX
                  "contraction"  an einsum of its arguments, given by `einsum`, an index for each side that is not one
                  "definition"   stands for an expression of the language, given by `definition` in X (and Y)
                  "special"      what `operation` names
    operation     an operation of the algebra that no einsum, map or differential says, or that has a law of its own;
                  `calculus/lower_calls.py` lowers by it, `formula/evaluate.py` and `formula/matrices.py` evaluate by it
    shape         name of the rule in `reading/function_shapes.py`: "same" (elementwise), "square->scalar", …
    arity         fewest and most arguments
    norm          what `norm(X, ...)` has as its second argument for it, of a matrix
    takes         what each argument is: "value", "size" (of ones(n)), "index" (of e_i), "norm" (which norm it is);
                  the last stands for all that follow
    traits        what is true of it: parity, sign, convexity, what it needs and keeps, …
    rewrites      identities (left, right) in the language, for all x (X) of `sample`: ("1 - sigmoid(x)", "sigmoid(-x)")
    each_row      the function that is meant where it is asked of a matrix
    parametric    its value with a second argument, an expression in X and Y
    of_scalar     what an operator is of numbers, in X (and Y): exp(X) for expm
    formula       an expression of the language in x (X, Y) of the same value, where it is no primitive; code where a
                  library has no template, too
    inverse       x with f(x) = y, in the language, in y; "" where there is none or there are several
    frechet       of a function of matrices: the operator that is its derivative in a direction; jacobian: its Jacobian
    said          what messages call it ("" = its name)
    conjugate     (sup of y x - f(x), where it is finite), in the language, in y (Y); of a concave function that of -f
    spellings     other names that people write (all cases as given; LaTeX commands and numpy paths are found by their
                  last part); `dialects` names that mean it in one language alone, by that language
    own           no library for Python has a function of this name
    latex, unicode, typst   how the name is written ("" = \operatorname{name}, the name itself, the name itself)
    written       how a call is written where it is no name before parentheses: "bars" "norm"
                  "weighted norm" "identity" "unit vector" "sign"
    raised        what stands for the function as an exponent: "+" in A^{+}
    letter        its letter, with its sizes below, where the question leaves that letter free: K_{m,n}
    numpy         template of code over arrays, {0} {1} the arguments; `helper` is code that it needs before the
                  functions (or names of such code in `codegen/snippets.py`); both are for every library whose functions
                  have NumPy's names, the library's name put in for np
    code          templates by target, where that is not so ("" = there is none); `carried` is the code that they need
    sympy         how SymPy says it: a name, or a formula in z (elementwise), in {0} {1} (otherwise)
    sample        where it is defined and tests draw arguments: "real" "positive" "unit" (-1..1) "above one"
                  "probability" (0..1) "square"
                  (well conditioned) "spd" "symmetric" "vector"
    kink          where it has no derivative, in the language ("0" of abs)
    note          what a user must know (where the derivative does not exist)
    example       a question that uses it: expression, operator, declarations; of its shape where there is none
    """

    name: str
    kind: str
    shape: str
    differential: str = ""
    arity: tuple[int, int] = (1, 1)
    norm: str = ""
    takes: tuple[str, ...] = ("value",)
    traits: Traits = _NO_TRAITS
    rewrites: tuple[tuple[str, str], ...] = ()
    each_row: str = ""
    parametric: str = ""
    of_scalar: str = ""
    formula: str = ""
    inverse: str = ""
    frechet: str = ""
    jacobian: str = ""
    said: str = ""
    conjugate: tuple[str, str] = ("", "")
    einsum: str = ""
    operation: str = ""
    definition: str = ""
    spellings: tuple[str, ...] = ()
    dialects: Mapping[str, tuple[str, ...]] = _NO_TUPLES
    own: bool = False
    latex: str = ""
    unicode: str = ""
    typst: str = ""
    written: str = ""
    raised: str = ""
    letter: str = ""
    numpy: str = ""
    helper: tuple[str, ...] = ()
    code: Mapping[str, str] = _NONE
    carried: Mapping[str, tuple[str, ...]] = _NO_TUPLES
    sympy: str = ""
    sample: str = "real"
    kink: str = ""
    note: str = ""
    source: str = ""
    example: tuple[str, str, str] = ("", "", "")
