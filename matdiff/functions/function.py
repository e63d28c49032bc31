"""What one row of the function table holds."""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    r"""One function, told once: shape, differential, spellings, code, where it may be sampled, and where the formula
    comes from.

    name          canonical name; `Call(name, args)` in the syntax tree
    kind          "elementwise"  acts on every entry; `differential` is f'(x) as a scalar formula in `x` and its own
                  output `Ω`
                  "operator"     an `Op` node of the graph; `differential` is linear in dX, in matrix notation with X,
                                 Ω, dX
                  "contraction"  an einsum of its argument, given by `einsum`
                  "definition"   stands for an expression of the language, given by `definition` in X (and Y)
                  "special"      lowered by a function of its own in `calculus/lower.py`
    shape         name of the rule in `reading/shapes.py`: "same" (elementwise), "square->scalar", "square->square",
                  "any->scalar", "vector->scalar",
                  "vector->vector", "transposed", "diag", "vec", "vech", "kron", "dot", "outer", "hadamard", "constant"
    arity         fewest and most arguments
    spellings     other names that people write (all cases as given; LaTeX commands and numpy paths are found by their
                  last part)
    latex, unicode, typst   how the name is written ("" = \\operatorname{name}, the name itself, the name itself)
    numpy         template of code over arrays, {0} {1} the arguments; `helper` is code that it needs before the
                  functions
    sample        where tests draw arguments: "real" "positive" "unit" (-1..1) "square" (well conditioned) "spd"
                  "symmetric" "vector"
    note          what a user must know (where the derivative does not exist)
    """

    name: str
    kind: str
    shape: str
    differential: str = ""
    arity: tuple[int, int] = (1, 1)
    einsum: str = ""
    definition: str = ""
    spellings: tuple[str, ...] = ()
    latex: str = ""
    unicode: str = ""
    typst: str = ""
    numpy: str = ""
    helper: str = ""
    sample: str = "real"
    note: str = ""
    source: str = ""
