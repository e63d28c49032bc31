"""Points to try a claim at: arrays of the declared structure, in several domains, and smooth functions in place of
unknown ones.
"""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.codegen.names import callable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.codegen.parameters import Parameter
    from matdiff.formula.question import Symbol

Array = Any  # numpy's, which is not imported before it is needed
Draw = "Callable[[Any, tuple[int, ...]], Array]"


class Domain(NamedTuple):
    """Where entries are drawn from; matrices: whether square ones are made positive definite.  decimals: what they are
    rounded to.
    """

    low: float
    high: float
    decimals: int = 12
    definite: bool = False


SMALL = Domain(-3, 3, 0)  # numbers that a reader can check by hand
GENERIC = (
    Domain(-2, 2),
    Domain(0.3, 2),
    Domain(0.1, 0.9),
    Domain(0.3, 2, definite=True),
    Domain(-2, 2),
    Domain(1.1, 3),
)
SIMPLE = (
    SMALL,
    Domain(1, 3, 0),
    Domain(1, 3, 0, definite=True),
    Domain(0.1, 0.9, 1),
    Domain(-2, 2, 1),
    Domain(0.3, 2, 2, definite=True),
)


class Sampler:
    """Draws points by name with numpy's generator `rng`."""

    def __init__(self, rng: Any, sizes: Mapping[str, int], domain: Domain) -> None:
        self.rng, self.sizes, self.domain = rng, sizes, domain

    def numbers(self, shape: tuple[int, ...]) -> Array:
        """Entries of the domain, none of them zero, where functions often have a kink."""
        low, high, decimals, _ = self.domain
        found = (
            self.rng.uniform(low - 0.49, high + 0.49, shape).round(0)
            if decimals == 0
            else self.rng.uniform(low, high, shape).round(decimals)
        )
        smallest = 10.0**-decimals if decimals < 3 else 0.1
        return (found == 0) * max(smallest, low) + found

    def integer(self, *, index: bool) -> int:
        """A whole number, or the place of an entry."""
        return int(self.rng.integers(1, 3)) if index else int(self.rng.integers(2, 5))

    def array(self, parameter: Parameter, shape: tuple[int, ...]) -> Array:
        """An array for a parameter, of its structure."""
        import numpy as np  # noqa: PLC0415 # loaded only where numbers are drawn

        family, structure = parameter.var.family, parameter.var.structure
        found = self.numbers(shape)
        square = len(shape) - family == 2 and shape[-1] == shape[-2]
        if square and (structure or self.domain.definite):
            return _STRUCTURES.get(structure, _general)(self, found)
        return (
            found if shape else np.float64(found)
        )  # whose powers and quotients are never complex numbers or exceptions


def _turned(array: Array) -> Array:
    return array.swapaxes(-1, -2)


def _lower(array: Array) -> Array:
    import numpy as np  # noqa: PLC0415 # as above

    return np.tril(array)


def _diagonal(_: Sampler, array: Array) -> Array:
    import numpy as np  # noqa: PLC0415 # as above

    return array * np.eye(array.shape[-1])


def _symmetric(sampler: Sampler, array: Array) -> Array:
    if sampler.domain.definite:
        return _definite(sampler, array)
    return _lower(array) + _turned(_lower(array)) - _diagonal(sampler, array)


def _skew(_: Sampler, array: Array) -> Array:
    return _lower(array) - _turned(_lower(array))


def _definite(sampler: Sampler, array: Array) -> Array:
    import numpy as np  # noqa: PLC0415 # as above

    half = _lower(array)
    made = half @ _turned(half) + np.eye(array.shape[-1])
    return made.round(2 * sampler.domain.decimals) if sampler.domain.decimals < 3 else made


def _orthogonal(sampler: Sampler, array: Array) -> Array:
    """Exact where entries are whole numbers: a permutation with signs; else of a QR decomposition."""
    import numpy as np  # noqa: PLC0415 # as above

    rows = array.shape[-1]
    if sampler.domain.decimals == 0:
        return np.eye(rows)[sampler.rng.permutation(rows)] * np.sign(array[..., :1, :])
    return np.linalg.qr(array)[0]


def _general(sampler: Sampler, array: Array) -> Array:
    """A square matrix without structure, in the domain of log det and of roots: positive definite, but not
    symmetric.
    """
    return _definite(sampler, array) + _skew(sampler, array) * 0.5


_STRUCTURES: Mapping[str, Callable[[Sampler, Array], Array]] = {
    "symmetric": _symmetric,
    "skew": _skew,
    "diagonal": _diagonal,
    "lower": lambda _, array: _lower(array),
    "upper": lambda _, array: _turned(_lower(array)),
    "spd": _definite,
    "orthogonal": _orthogonal,
}


class Smooth:
    """A smooth function sin(W x + b) with all its derivatives, standing for an unknown one."""

    def __init__(self, sampler: Sampler, value: tuple[int, ...], arguments: tuple[tuple[int, ...], ...]) -> None:
        self.value, self.arguments = value, arguments
        size = math.prod(value)
        self.weights = [sampler.rng.uniform(-1, 1, (size, math.prod(shape))) for shape in arguments]
        self.offset = sampler.rng.uniform(-1, 1, size)

    def derivative(self, positions: tuple[int, ...]) -> Callable[..., Array]:
        """The function, or its derivative by the arguments at `positions`: axes of the value, then of each argument."""
        import numpy as np  # noqa: PLC0415 # as above

        def evaluate(*given: Array) -> Array:
            inner = self.offset + sum(
                weights @ np.ravel(array) for weights, array in zip(self.weights, given, strict=True)
            )
            result = np.sin(inner + len(positions) * np.pi / 2)
            shape = self.value
            for position in positions:
                weights = self.weights[position]
                result = result[..., None] * weights.reshape(
                    (weights.shape[0], *[1] * (result.ndim - 1), weights.shape[1])
                )
                shape = (*shape, *self.arguments[position])
            result = result.reshape(shape)
            return result if shape else float(result)

        return evaluate


def callables(symbol: Symbol, smooth: Smooth, deepest: int = 4) -> dict[str, Callable[..., Array]]:
    """u, Du, D2u, … as generated code names them."""
    made: dict[str, Callable[..., Array]] = {}
    orders: list[tuple[int, ...]] = [()]
    for _ in range(deepest + 1):
        for positions in orders:
            made[callable_name(symbol.name, symbol.args, positions)] = smooth.derivative(positions)
        orders = [(*positions, k) for positions in orders for k in range(len(symbol.args))]
    return made
