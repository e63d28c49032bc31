"""Names in generated code: every symbol gets one Python identifier, and no text from a question gets there
unchecked.
"""

from __future__ import annotations

import keyword
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matdiff.graph.nodes import Size

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(\d+)|(\*\*|[-+*/^()]))")
_TAKEN = frozenset(
    ["np", "jnp", "jax", "torch", "xp", "da", "math", "linalg", "range", "float", "array_namespace", "higher"]
)
_OPERATORS = {"/": "//", "^": "**"}


class Identifiers:
    """The identifiers of one generated function."""

    def __init__(self, symbols: Iterable[str], reserved: frozenset[str] = frozenset()) -> None:
        self.reserved = reserved
        self._of: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self._counted = 1  # temporaries before this one are taken
        self.sizes: dict[str, str] = {}
        self.callables: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {}
        for name in symbols:
            self.parameter(name)

    def _new(self, kind: str, name: str) -> str:
        found = self._of.get((kind, name))
        if found is None:
            found = identifier(name)
            while found in self._taken or found in self.reserved:
                found += "_"
            self._taken.add(found)
            self._of[kind, name] = found
        return found

    def parameter(self, name: str) -> str:
        """The parameter that holds a symbol."""
        return self._new("symbol", name)

    def loop_variable(self, name: str) -> str:
        return self._new("loop", name)

    def size(self, name: str) -> str:
        """The variable that holds a size; it is noted as needed."""
        found = self._of.get(("symbol", name)) or self._new("size", name)
        self.sizes.setdefault(name, found)
        return found

    def callable(self, name: str, arguments: tuple[str, ...], derivative: tuple[int, ...]) -> str:
        """The callable parameter for an unknown function (u) or a derivative of it (Du, D2u, Du_x)."""
        whole = callable_name(name, arguments, derivative)
        found = self._new("derivative", whole) if derivative else self.parameter(name)
        self.callables[found] = (name, arguments, derivative)
        return found

    def temporary(self, *wishes: str) -> str:
        """A fresh name for an intermediate result: the first wish that is free, else t1, t2, …"""
        for wish in wishes:
            if wish not in self._taken and wish not in self.reserved and identifier(wish) == wish:
                self._taken.add(wish)
                return wish
        while f"t{self._counted}" in self._taken:
            self._counted += 1
        self._taken.add(f"t{self._counted}")
        return f"t{self._counted}"

    def size_text(self, size: Size) -> str:
        """A size as Python code over ints; its names are noted as needed."""
        if isinstance(size, int):
            return str(size)
        written: dict[str, Callable[[str], str]] = {"name": self.size, "number": str, "operator": _spaced}
        return "".join([written[kind](text) for kind, text in size_tokens(size)])


def _spaced(operator: str) -> str:
    return operator if operator in {"(", ")", "**"} else f" {operator} "


def identifier(name: str) -> str:
    """`name` as a Python identifier; names that Python or the module itself uses get an underscore.  Raises
    OutputError for anything else.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise OutputError(
            "E404",
            f"'{ascii(name)[1:-1]}' cannot be a name in code",
            hint="rename it: letters, digits and _ make a name",
        )
    return name + "_" if keyword.iskeyword(name) or name in _TAKEN or name.startswith("_") else name


def callable_name(name: str, arguments: tuple[str, ...], derivative: tuple[int, ...]) -> str:
    """u, Du, D2u; with several arguments Du_x, D2u_x_y."""
    if not derivative:
        return name
    order = "D" if len(derivative) == 1 else f"D{len(derivative)}"
    if len(arguments) == 1:
        return order + name
    return "_".join([order + name, *[arguments[k] for k in derivative]])


def size_tokens(size: str) -> list[tuple[str, str]]:
    """A size expression as ("name" | "number" | "operator", text) pairs; division is whole.  Raises OutputError for
    anything else.
    """
    if size.isidentifier() and size.isascii() and not keyword.iskeyword(size):
        return [("name", size)]
    tokens: list[tuple[str, str]] = []
    position = 0
    text = size.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise OutputError("E404", f"the size '{ascii(size)[1:-1]}' cannot be written as code")
        name, digits, operator = match.groups()
        if name:
            tokens.append(("name", name))
        elif digits:
            tokens.append(("number", digits))
        else:
            tokens.append(("operator", _OPERATORS.get(operator, operator)))
        position = match.end()
    try:
        compile(" ".join([text for _, text in tokens]), "size", "eval")
    except SyntaxError:
        raise OutputError("E404", f"the size '{ascii(size)[1:-1]}' cannot be written as code") from None
    return tokens
