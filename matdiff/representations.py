"""An answer as Python shows it: in a session, in a notebook, as a function, as a SymPy expression."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import OutputError
from matdiff.formula.syntax import Sym, subtrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr

_WHERE = {"latex": (r" \quad\text{where } ", r",\; ")}
# whatever a question calls its symbols, no name of it begins so
_SYMBOL, _MATRIX = "__symbol", "__matrix"
_IMPORTS = ("from sympy import *", f"from sympy import MatrixSymbol as {_MATRIX}, Symbol as {_SYMBOL}")
_ARRAYS = {"numpy": ("numpy", "asarray"), "jax": ("jax.numpy", "asarray"), "torch": ("torch", "as_tensor")}
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")


class Representations:
    """What every answer can be turned into, given how it is written and the code for it."""

    if TYPE_CHECKING:
        shape: tuple[int | str, ...]
        layout: str
        symbols: dict[str, Symbol]
        lets: Mapping[str, Expr]

        @property
        def notes(self) -> tuple[str, ...]: ...
        @property
        def tree(self) -> Expr: ...
        def write(self, notation: str) -> str: ...
        def code(self, target: str = "numpy", of: tuple[str, ...] = ()) -> str: ...

    @property
    def ascii(self) -> str:
        return self.write("ascii")

    @property
    def unicode(self) -> str:
        return self.write("unicode")

    @property
    def latex(self) -> str:
        return self.write("latex")

    def __str__(self) -> str:
        return self.whole("unicode")

    def __repr__(self) -> str:
        return f"<Answer {self}, {self.layout} layout>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.whole('latex')}$"

    def _repr_html_(self) -> str:
        return page_part(self.whole("latex"), self.notes)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 # IPython's signature
        printer.text("\n".join([repr(self), *[f"note: {note}" for note in self.notes]]))

    def whole(self, notation: str) -> str:
        """The answer on one line, and behind it what the names of its subexpressions stand for."""
        line = self.write(notation)
        if not self.lets:
            return line
        from matdiff.writing import Style, write  # noqa: PLC0415 # loaded when it is asked for

        where, between = _WHERE.get(notation, (" where ", "; "))
        return (
            line
            + where
            + between.join(
                [f"{name} = {write(tree, notation, Style(symbols=self.symbols))}" for name, tree in self.lets.items()]
            )
        )

    def function(self, of: str = "", target: str = "numpy") -> Callable[..., Any]:
        """The generated code as a function of the symbols, by position or keyword: the derivative, or what `of` names
        (value, hessian, hvp, …).  It takes lists as well as arrays, has the code's docstring, and is made once.

        Raises OutputError E403 where the target's package is not installed, and what `code` raises.

        >>> import matdiff
        >>> gradient = matdiff.derivative("x^T x", wrt="x").function()
        >>> gradient([1.0, 2.0]).tolist()
        [2.0, 4.0]
        """
        made = self.__dict__.setdefault("_functions", {})
        if (of, target) not in made:
            from matdiff.codegen.loading import load  # noqa: PLC0415 # loaded where code is run

            module = load(self.code(target, (of,) if of else ()), target)
            names = (of, "jacobian", "gradient") if of else ("derivative",)
            found = next(getattr(module, name) for name in names if hasattr(module, name))
            made[of, target] = of_arrays(found, target)
        function: Callable[..., Any] = made[of, target]
        return function

    def jax(self, of: str = "") -> Callable[..., Any]:
        """The generated code as a function of JAX's arrays, as `function` gives NumPy's; `jax.jit` may take it."""
        return self.function(of, "jax")

    def torch(self, of: str = "") -> Callable[..., Any]:
        """The generated code as a function of PyTorch's tensors, as `function` gives NumPy's."""
        return self.function(of, "torch")

    def srepr(self) -> str:
        """The answer as the text that builds SymPy's own object for it, after `from sympy import *`.

        Raises as `to_sympy` does.
        """
        from sympy.printing.repr import ReprPrinter  # noqa: PLC0415 # SymPy is loaded where it is asked for

        class Printer(ReprPrinter):  # type: ignore[misc] # SymPy has no types
            def _print_Str(self, name: Any) -> str:  # a name that `import *` does not bring
                return repr(name.name)

        return str(Printer({"order": None}).doprint(self.to_sympy()))

    def to_sympy(self) -> Any:
        """The answer as a SymPy expression over MatrixSymbol and Symbol objects of the same names.

        Raises OutputError E402 for what SymPy's matrix expressions cannot say.

        >>> import matdiff
        >>> matdiff.derivative("tr(X^T B X)", wrt="X").to_sympy()
        (B + B.T)*X
        """
        from matdiff.codegen.loading import load  # noqa: PLC0415 # loaded where code is run

        if self.lets:
            raise OutputError(
                "E402",
                "a long answer that names subexpressions is not turned into a SymPy expression",
                hint="use function()",
            )
        text = re.sub(r"\bS\(", "sympify(", self.write("sympy"))  # S is a usual name of a matrix
        clash = {*_CALLED.findall(text)} & {*self.symbols}
        if clash:
            raise OutputError(
                "E402", f"'{min(clash)}' is a function of SymPy that the answer needs", hint="rename the symbol"
            )
        return load(
            "\n".join([*_IMPORTS, *_sympy_symbols(self.symbols), *self._entries(), f"expression = {text}"]), "sympy"
        ).expression

    def _entries(self) -> list[str]:
        """Statements that make numbers of the entries that an answer entry by entry names (A_ik)."""
        from matdiff.writing.sympy_code import python_name  # noqa: PLC0415 # loaded where code is run

        known = self.symbols.keys()
        named = {node.name for node in subtrees(self.tree) if isinstance(node, Sym)} - known
        entries = [name for name in sorted(named) if name.partition("_")[0] in known and name.isidentifier()]
        return [f'{python_name(name)} = {_SYMBOL}("{name}")' for name in entries]


def page_part(latex: str, notes: Iterable[str]) -> str:
    """A formula for a notebook, in HTML, and below it the notes."""
    from html import escape  # noqa: PLC0415 # loaded in notebooks

    told = [f"<div><small>note: {escape(note, quote=False)}</small></div>" for note in notes]
    return "\n".join([f"$$ {escape(latex, quote=False)} $$", *told])


def of_arrays(function: Callable[..., Any], target: str) -> Callable[..., Any]:
    """`function` for lists too, and for arrays of whole numbers, which have no reciprocals: they become arrays of
    floats.
    """
    if target not in _ARRAYS:
        return function
    from functools import wraps  # noqa: PLC0415 # loaded where code is run
    from importlib import import_module  # noqa: PLC0415 # as above

    library, maker = _ARRAYS[target]
    array = getattr(import_module(library), maker)

    def entry(value: Any) -> Any:
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        whole = isinstance(value, (list, tuple)) or (kind in {"i", "u", "b"} and value.ndim > 0)
        return array(value, dtype=float) if whole else value

    @wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        return function(*map(entry, given), **{name: entry(value) for name, value in named.items()})

    return called


def _sympy_symbols(symbols: Mapping[str, Symbol]) -> list[str]:
    """Statements that make SymPy's symbols; only names that are identifiers get into them."""
    from matdiff.codegen.names import size_tokens  # noqa: PLC0415 # loaded where code is run
    from matdiff.writing.sympy_code import python_name  # noqa: PLC0415 # as above

    shapes = [size for symbol in symbols.values() for size in symbol.shape if isinstance(size, str)]
    sizes = {text for size in shapes for kind, text in size_tokens(size) if kind == "name"} | {
        s.name for s in symbols.values() if s.kind == "size"
    }
    lines = [f'{python_name(name)} = {_SYMBOL}("{name}", integer=True, positive=True)' for name in sorted(sizes)]
    for symbol in symbols.values():
        name = python_name(symbol.name)
        if not name.isidentifier() or symbol.kind in {"size", "function"} or symbol.family:
            continue
        if symbol.shape == (1, 1):
            lines.append(f'{name} = {_SYMBOL}("{symbol.name}"{", integer=True" if symbol.kind == "integer" else ""})')
        else:
            lines.append(f'{name} = {_MATRIX}("{symbol.name}", {symbol.shape[0]}, {symbol.shape[1]})')
    return lines
