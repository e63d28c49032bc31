"""What the names of a Python line are: declared, else by how they are used, else by their letter.

Under `@`, in a sum, a norm or an index a name is an array; a letter of sizes that divides is a number; the argument of
a determinant is a matrix.
"""

from __future__ import annotations

import ast
import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import SPELLINGS, TABLE
from matdiff.reading import kinds
from matdiff.reading.python.source import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matdiff.formula.question import Declaration
    from matdiff.reading.python.arrays import Axes

_SIZES = frozenset("nmNMdDkKpTB")  # letters that divide as numbers
_PRODUCTS = frozenset(("dot", "inner", "vdot", "matmul", "mv", "mm", "bmm", "outer", "multi_dot"))
_OVER_ENTRIES = frozenset(
    (
        "sum",
        "mean",
        "norm",
        "prod",
        "var",
        "std",
        "max",
        "min",
        "amax",
        "amin",
        "len",
        "logsumexp",
        "softmax",
        "log_softmax",
        "diag",
        "cumsum",
        "average",
        "flatten",
        "ravel",
        "reshape",
        "average",
        "dot",
        "inner",
        "outer",
        "mse_loss",
    )
)
_SHAPED = frozenset(("eye", "ones", "zeros", "full", "identity", "range", "arange", "reshape", "view", "full_like"))
_TORCH_METHODS = frozenset(("norm", "t", "mm", "mv", "pow", "logdet", "inverse", "matmul", "relu", "sigmoid", "tanh"))
AXES: dict[str, Axes] = {"scalar": (), "integer": (), "vector": (None,), "row": (1, None), "matrix": (None, None)}


def library_of(module: ast.Module) -> str:
    """The library that a module is written for: "torch" or "jax" by a name or by what only that has, else "numpy"."""
    roots = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    if roots & {"jax", "jnp"}:
        return "jax"
    methods = {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute) and not _is_path(node)}
    keywords = {node.arg for node in ast.walk(module) if isinstance(node, ast.keyword)}
    torch = roots & {"torch", "F", "nn"} or methods & _TORCH_METHODS or keywords & {"dim", "keepdim", "unbiased"}
    return "torch" if torch and not roots & {"np", "numpy"} else "numpy"


class Uses(ast.NodeVisitor):
    """How the names of a module are used: as arrays, as matrices, with so many indices, as sizes, as divisors."""

    def __init__(self) -> None:
        self.arrays: set[str] = set()
        self.matrices: set[str] = set()
        self.indexed: dict[str, int] = {}
        self.numbers: set[str] = set()
        self.names: dict[str, ast.Name] = {}

    def visit_Name(self, node: ast.Name) -> None:
        self.names.setdefault(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.MatMult):
            self.arrays |= {name for side in (node.left, node.right) for name in _terms(side)}
        elif isinstance(node.op, ast.Div):
            self.numbers |= {name for name in _factors(node.right) if name in _SIZES}
        elif isinstance(node.op, ast.Pow):
            self.numbers |= set(_terms(node.right))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = last_part(node.func)
        args = [*node.args, *[keyword.value for keyword in node.keywords]]
        if isinstance(node.func, ast.Attribute) and not _is_path(node.func):
            args.insert(0, node.func.value)
        if name in _PRODUCTS:
            self.arrays |= {part for arg in args for part in _terms(arg)}
        elif name in _OVER_ENTRIES and args:
            self.arrays |= set(_terms(args[0]))
        if name in _SHAPED:
            sizes = args[1:] if name in {"reshape", "view"} else args
            self.numbers |= {part.id for arg in sizes for part in ast.walk(arg) if isinstance(part, ast.Name)}
        elif _of_matrices(name):
            self.matrices |= {arg.id for arg in args[:1] if isinstance(arg, ast.Name)}
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.value, ast.Name):
            count = len(node.slice.elts) if isinstance(node.slice, ast.Tuple) else 1
            self.indexed[node.value.id] = max(count, self.indexed.get(node.value.id, 0))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in {"T", "shape", "size"}:
            self.arrays |= set(_terms(node.value))
        self.generic_visit(node)


def _of_matrices(name: str) -> bool:
    """Whether a function is of a square matrix, by its row or by its NumPy name."""
    row = TABLE.get(SPELLINGS.get(name, ""))
    return name in {"solve", "matrix_power"} or (row is not None and row.shape.startswith("square"))


def last_part(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_path(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULES


def _terms(node: ast.AST) -> Iterator[str]:
    """The names that stand as terms of a sum."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _terms(node.left)
        yield from _terms(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _terms(node.operand)


def _factors(node: ast.AST) -> Iterator[str]:
    """The names that stand as factors of a product."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        yield from _factors(node.left)
        yield from _factors(node.right)


class Kinds:
    """The axes of free names, and what they were taken for.

    guessed: kinds by letter or use, for the reading.  by_letter: those that nothing but the letter says.
    """

    def __init__(self, declarations: Iterable[Declaration], uses: Uses) -> None:
        self.declared: dict[str, Declaration] = {}
        for item in declarations:
            old = self.declared.get(item.name)
            if old is None or old.rows is None:
                self.declared[item.name] = item if old is None or item.kind or item.rows else old
        self.uses = uses
        uses.numbers |= {
            name
            for item in self.declared.values()
            for size in (item.rows, item.columns)
            if isinstance(size, str)
            for name in re.findall(r"[A-Za-z_]\w*", size)
        }
        self.guessed: dict[str, str] = {}
        self.by_letter: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.guessed) | frozenset(self.declared)

    def axes(self, name: str, given: str) -> Axes:
        """The axes of the name that is written `given`."""
        declared = self.declared.get(name)
        if declared is not None and (axes := declared_axes(declared)) is not None:
            return axes
        kind = self.guessed.get(name)
        if kind is None:
            kind = self.guessed[name] = self._kind(name, given)
        return AXES[kind]

    def _kind(self, name: str, given: str) -> str:
        uses = self.uses
        letter = kinds.by_letter(name)
        if given in uses.numbers:
            return "scalar"
        if given in uses.matrices:
            return "matrix"
        count = uses.indexed.get(given, 0)
        if count == 2 or (count == 1 and letter == kinds.MATRIX_KIND):
            return "matrix"
        if count == 1:
            return "vector"
        if given in uses.arrays and letter == kinds.SCALAR_KIND:
            return "vector"
        if given not in uses.arrays:
            self.by_letter.add(name)
        return letter


def declared_axes(declared: Declaration) -> Axes | None:
    """The axes of a declared array; None where no kind was declared.  R^{n x 1} has two axes, R^n one."""
    if declared.value is not None or declared.kind in {"scalar", "integer"}:
        return ()
    if declared.structure and declared.rows is None:
        return (None, None)
    if declared.rows is None:
        return AXES.get(declared.kind)
    if declared.kind == "matrix":
        return (declared.rows, 1 if declared.columns is None else declared.columns)
    return (declared.rows,)
