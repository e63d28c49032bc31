"""The arguments of a call in a Python line: by position or by keyword, each taken once; what is left is refused."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.reading import mistakes
from matdiff.reading.python.refusals import unsupported
from matdiff.reading.python.values import Other, Path, Several, whole_number

if TYPE_CHECKING:
    from matdiff.errors import MatdiffError, Span
    from matdiff.reading.python.arrays import Array
    from matdiff.reading.python.evaluation import Evaluation
    from matdiff.reading.python.values import Value

_OF_NO_MATTER = frozenset(("dtype", "copy", "order_of_no_matter", "device", "requires_grad", "optimize"))
_UNGIVEN = object()


class Arguments:
    """One call.  function: what is called; library: "numpy", "torch" or "jax"."""

    def __init__(
        self,
        evaluation: Evaluation,
        function: Path,
        items: list[Value],
        named: dict[str, Value],
        *,
        span: Span,
        library: str,
    ) -> None:
        self.evaluation, self.function, self.span, self.library = evaluation, function, span, library
        self.items = list(items)
        self.named = {name: value for name, value in named.items() if name not in _OF_NO_MATTER}

    @property
    def path(self) -> str:
        """The function's full name: np.linalg.norm, .norm of a method."""
        return self.function.name

    @property
    def place(self) -> Span:
        return self.function.span

    @property
    def name(self) -> str:
        return self.function.last

    def renamed(self, name: str) -> Arguments:
        """The same arguments for another function."""
        path = Path(name, self.function.span)
        return Arguments(self.evaluation, path, self.items, self.named, span=self.span, library=self.library)

    def take(self, *names: str, default: Any = None) -> Any:
        """The next argument by position, or the one of these names; the default where there is none."""
        if self.items:
            return self.items.pop(0)
        return self.keyword(*names, default=default)

    def keyword(self, *names: str, default: Any = None) -> Any:
        for name in names:
            if name in self.named:
                return self.named.pop(name)
        return default

    def needed(self, *names: str) -> Any:
        """The next argument; raises E112 where it is missing."""
        value = self.take(*names, default=_UNGIVEN)
        if value is _UNGIVEN:
            raise mistakes.error("E112", f"'{self.name}' needs another argument", self.place)
        return value

    def array(self, *names: str) -> Array:
        """The next argument, an array."""
        return self.evaluation.array(self.needed(*names))

    def flag(self, *names: str, default: bool = False, positional: bool = False) -> bool:
        """Whether a keyword (or the next argument, where `positional`) says True."""
        value = self.take(*names) if positional else self.keyword(*names)
        if value is None:
            return default
        if not isinstance(value, Other) or not isinstance(value.value, bool):
            raise unsupported(f"'{names[0]}=' of anything but True or False is", self.span)
        return value.value

    def text(self, *names: str) -> str:
        """A keyword's text, or ""."""
        value = self.keyword(*names)
        return value.value if isinstance(value, Other) and isinstance(value.value, str) else ""

    def axis(self, order: int) -> tuple[int, ...] | None:
        """The axes that `axis=` or `dim=` names, the next argument by position, or None for all."""
        value = self.take("axis", "dim")
        if value is None or (isinstance(value, Other) and value.value is None):
            return None
        found = []
        for item in value.items if isinstance(value, Several) else [value]:
            axis = whole_number(item)
            if axis is None or not -order <= axis < order:
                raise mistakes.error("E112", f"'{self.name}' has no such axis: there are {order}", self.span)
            found.append(axis % order)
        return tuple(found)

    def number(self, *names: str, default: int, positional: bool = False) -> int:
        """A whole number by keyword, or the next argument where `positional`."""
        value = self.take(*names) if positional else self.keyword(*names)
        if value is None:
            return default
        found = whole_number(value)
        if found is None:
            raise unsupported(f"'{names[0]}=' of anything but a number is", self.span)
        return found

    def done(self) -> None:
        """Raise E115 for what no one took."""
        if self.named:
            name = next(iter(self.named))
            raise mistakes.not_supported(f"the argument '{name}=' of '{self.name}' is not supported", self.span)
        if self.items:
            raise mistakes.error("E112", f"'{self.name}' takes fewer arguments", self.span)


def refuse(arguments: Arguments, what: str, hint: str = "") -> MatdiffError:
    return unsupported(f"'{arguments.name}' {what} is", arguments.span, hint)
