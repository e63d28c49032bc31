"""Tensors as numbers: compiled by the code generator, tried at points of the declared structure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib.util import find_spec
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.checking.sampling import GENERIC, SIMPLE, Array, Domain, Sampler, Smooth, callables
from matdiff.checking.sizes import Pair, assignments, constraints, size_names, sizes_of
from matdiff.codegen.module import Module
from matdiff.codegen.names import Identifiers, identifier
from matdiff.codegen.parameters import Parameter, parameter
from matdiff.codegen.targets import target
from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install
from matdiff.formula.question import By, Operator
from matdiff.graph.fingerprint import size_value
from matdiff.graph.members import MEMBERS
from matdiff.graph.nodes import Op, Var, walk
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from matdiff.calculator import Answer
    from matdiff.graph.nodes import Node, Size

LARGEST = 2_000_000  # entries of one array
ENOUGH = 2_500_000  # entries of the points that are tried
_SIZES = ((2, 3, 4, 5), (3, 2, 4, 2), (6, 5, 7, 3))
_EQUAL, _DIFFERENT = 1e-8, 1e-4  # relative differences: what rounding leaves, and what it never makes
_TINY = 1e-6


class Point(NamedTuple):
    """Arrays by the name of the symbol, sizes, and callables by their name in code."""

    arrays: dict[str, Array]
    sizes: dict[str, int]
    callables: dict[str, Callable[..., Array]]


@dataclass
class Laboratory:
    """Runs tensors of one question on numbers.  Raises OutputError: E403 where NumPy is missing, else where there is
    no code for a tensor.
    """

    answer: Answer
    known: dict[str, Parameter] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    indices: set[str] = field(default_factory=set)
    equal: list[Pair] = field(default_factory=list)
    within: list[tuple[Size, Size]] = field(default_factory=list)  # how far sums run, in families of how many members

    def __post_init__(self) -> None:
        if find_spec("numpy") is None:
            raise OutputError(
                "E403", "a check by numbers needs NumPy, which is not installed", hint=how_to_install("numpy")
            )

    def compiled(self, node: Node) -> Callable[[Point], Array]:
        """A tensor as a function of a point; its symbols are from now on part of every point that is drawn."""
        operator = Operator(
            (By("_"),), "d"
        )  # the tensor is handed over as a first derivative, which has a name in code
        stand_in = replace(self.answer, operator=operator, value=node, derivative=node, laid_out=node)
        module = Module(stand_in, target("numpy"))
        names = Identifiers(module.symbols)
        for var in module.symbols.values():
            symbol = self.answer.symbols.get(var.name)
            found = parameter(var, names, symbol.kind if symbol is not None else "")
            if var.name not in self.known or _has_more_members(found, self.known[var.name]):
                self.known[var.name] = found
        self._note(node)
        return _caller(_loaded(module.text(("value",))), names, list(module.symbols))

    def _note(self, node: Node) -> None:
        self.equal += constraints(node)
        for inner in walk(node):
            self.sizes.update(dict.fromkeys(size_names(sizes_of(inner))))
            if isinstance(inner, Op) and inner.name == "pick":
                self.indices.update([arg.name for arg in inner.args if isinstance(arg, Var)])
            if isinstance(inner, Op) and inner.name == MEMBERS:
                axis, _, last, *_ = inner.attributes
                self.within.append((last, inner.args[0].shape[axis]))

    def points(self, seed: int, *, simple: bool = False, definite: bool = False) -> Iterator[Point]:
        """Points in several domains; simple ones for people to read, others for a verdict; of positive definite
        matrices alone where that is asked for.
        """
        import numpy as np  # noqa: PLC0415 # loaded only where numbers are drawn

        rng = np.random.default_rng(seed)
        entries = 0
        domains = [domain for domain in (SIMPLE if simple else GENERIC) if domain.definite or not definite]
        for domain in domains:
            for sizes in assignments(list(self.sizes), self.equal, ((2, 2, 2, 2), *_SIZES) if simple else _SIZES):
                point = self._point(rng, self._far_enough(sizes), domain)
                yield point
                entries += sum([np.size(array) for array in point.arrays.values()])
                if entries > ENOUGH:
                    return

    def _far_enough(self, sizes: dict[str, int]) -> dict[str, int]:
        """Sizes for which every family has the members that are summed over."""
        found = dict(sizes)
        for last, whole in self.within:
            if whole in found:
                found[str(whole)] = max(found[str(whole)], size_value(last, found))
        return found

    def _point(self, rng: Any, sizes: dict[str, int], domain: Domain) -> Point:
        sampler = Sampler(rng, sizes, domain)
        arrays = {}
        for name, known in self.known.items():
            if known.var.role == "integer":
                arrays[name] = sampler.integer(index=name in self.indices)
            else:
                arrays[name] = sampler.array(known, _concrete(known.passed, sizes))
        made: dict[str, Callable[..., Array]] = {}
        for symbol in self.answer.symbols.values():
            if symbol.kind == "function":
                arguments = [_concrete(_sides(self.answer.symbols[name].shape), sizes) for name in symbol.args]
                made.update(
                    callables(symbol, Smooth(sampler, _concrete(_sides(symbol.shape), sizes), tuple(arguments)))
                )
        return Point(arrays, sizes, made)


def _has_more_members(found: Parameter, known: Parameter) -> bool:
    """Does a family have more members here than elsewhere, as those that a claim asks for?"""
    pairs = zip(found.passed[: found.var.family], known.passed[: known.var.family], strict=False)
    return any(isinstance(a, int) and isinstance(b, int) and a > b for a, b in pairs)


def _sides(shape: tuple[Size, ...]) -> tuple[Size, ...]:
    return tuple([size for size in shape if size != 1])


def _concrete(shape: tuple[Size, ...], sizes: Mapping[str, int]) -> tuple[int, ...]:
    found = tuple([size_value(size, sizes) for size in shape])
    if math.prod(found) > LARGEST:
        raise OutputError("E405", "the sizes are too large to try numbers", hint="leave the sizes symbolic")
    return found


def _loaded(source: str) -> ModuleType:
    from matdiff.codegen.loading import load  # noqa: PLC0415 # loaded only where code is run

    return load(source)


def _caller(module: ModuleType, names: Identifiers, symbols: list[str]) -> Callable[[Point], Array]:
    """The module's function over points: each parameter is a symbol, a callable or a size."""
    import numpy as np  # noqa: PLC0415 # as above

    function = module.value
    code = function.__code__
    wanted = code.co_varnames[: code.co_argcount]
    of = {names.parameter(name): name for name in symbols}

    def call(point: Point) -> Array:
        sizes = {identifier(name): size for name, size in point.sizes.items()}
        known = {**{name.rstrip("_"): size for name, size in sizes.items()}, **sizes, **point.callables}
        known.update({name: point.arrays[symbol] for name, symbol in of.items()})
        given = [known[name] if name in known else known[name.rstrip("_")] for name in wanted]
        try:
            with np.errstate(all="ignore"):
                return np.asarray(function(*given), float)
        except (
            ValueError,
            ArithmeticError,
            IndexError,
        ):  # a singular matrix (LinAlgError), an overflow, no member
            return np.array(np.nan)

    return call


def compare(left: Array, right: Array) -> str:
    """Whether they are "equal" or "different"; "" where rounding, or a point outside the domain, leaves it open."""
    import numpy as np  # noqa: PLC0415 # as above

    if not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        return ""
    if left.shape != right.shape:
        return "different"
    size = max(float(np.max(np.abs(left), initial=0.0)), float(np.max(np.abs(right), initial=0.0)))
    gap = float(np.max(np.abs(left - right), initial=0.0))
    if gap <= _EQUAL * max(size, _TINY):
        return "equal"
    return "different" if gap > max(_DIFFERENT * size, _TINY) else ""
