"""`minimize`: a problem on data, by SciPy with the generated value, gradient and Hessian-vector product, or by the
iteration of `update` itself; where `solve` has a closed form, that is taken.
"""

from __future__ import annotations

import warnings
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.codegen.loading import load as load_module
from matdiff.errors import DataError, MatdiffError, OutputError
from matdiff.errors.installing import how_to_install
from matdiff.problems import asking, data, large_data, restrictions
from matdiff.problems.result import Result
from matdiff.problems.update import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matdiff.problems.problem import Asked

SOLVERS = {"l-bfgs": "L-BFGS-B", "newton-cg": "Newton-CG", "trust-constr": "trust-constr"}


class Task:
    """A problem with its data: value and gradient as functions of one flat vector."""

    def __init__(self, asked: Asked, given: Iterable[str] | Mapping[str, Any]) -> None:
        self.asked = asked
        self.answer = asking.numeric(asked)
        problem = self.answer.problem
        self.names = [var.name for var in problem.unknowns]
        self.arrays = data.load(given, problem.typed.symbols, self.names)
        self.sizes = data.sizes(problem.typed.symbols, self.arrays)
        self.shapes = [tuple([self._size(side) for side in var.shape]) for var in problem.unknowns]
        self.lazy = any(large_data.is_lazy(array) for array in self.arrays.values())
        target = "dask" if self.lazy else "numpy"
        self.module = load_module(self.answer.code(target), target)
        self.turn = -1.0 if problem.sense == "max" else 1.0
        self.path: list[float] = []

    def _size(self, side: int | str) -> int:
        if isinstance(side, int):
            return side
        if side not in self.sizes:
            raise DataError("E511", f"no data tell the size {side} of the unknown", hint="declare it: -w 'w in R^3'")
        return self.sizes[side]

    def split(self, flat: Any) -> dict[str, Any]:
        """The unknowns of a flat vector."""
        import math  # noqa: PLC0415 # as all that computes

        found, at = {}, 0
        for name, shape in zip(self.names, self.shapes, strict=True):
            size = math.prod(shape)
            found[name] = flat[at : at + size].reshape(shape)
            at += size
        return found

    def start(self) -> Any:
        """Zero."""
        import math  # noqa: PLC0415 # as above

        import numpy as np  # noqa: PLC0415 # as above

        return np.zeros(sum(math.prod(shape) for shape in self.shapes))

    def call(self, name: str, flat: Any, **more: Any) -> Any:
        """A function of the module at a point."""
        from inspect import signature  # noqa: PLC0415 # as above

        function = getattr(self.module, name)
        given = {**self.sizes, **self.arrays, **self.split(flat), **more}
        found = function(
            **{p: given[p] if p in given else given[p.rstrip("_")] for p in signature(function).parameters}
        )
        return self.computed(found)

    def computed(self, found: Any) -> Any:
        """Numbers, also of what is lazy."""
        return large_data.module("dask").compute(found)[0] if self.lazy else found

    def moved(self, name: str, flat: Any, direction: Any) -> Any:
        """A function of the module at a point, along a direction."""
        along = {f"{name}_direction": part for name, part in self.split(direction).items()}
        return self.call(name, flat, **along)

    def value_and_gradient(self, flat: Any) -> tuple[float, Any]:
        """The objective, to be made small, and its gradient."""
        import numpy as np  # noqa: PLC0415 # as above

        value, *slopes = self.call("value_and_gradient", flat)
        return self.turn * float(value), self.turn * np.concatenate([np.reshape(slope, -1) for slope in slopes])

    def product(self, flat: Any, direction: Any) -> Any:
        """The Hessian times a direction."""
        import numpy as np  # noqa: PLC0415 # as above

        found = self.moved("hvp", flat, direction)
        parts = found if isinstance(found, tuple) else (found,)
        return self.turn * np.concatenate([np.reshape(part, -1) for part in parts])


def minimize(  # noqa: PLR0917 # a run has as many settings
    asked: Asked,
    given: Iterable[str] | Mapping[str, Any],
    method: str = "",
    steps: int = 1000,
    eta: float = 0.1,
    tell: Callable[[int, float], None] | None = None,
    scheduler: str = "",
) -> Result:
    """The optimum on data: files as the command line names them, or arrays by name.

    Raises DataError for what is wrong with the data, MatdiffError with the problem.
    """
    wanted = method.strip().lower()
    if wanted and wanted not in SOLVERS and wanted not in METHODS:
        known = ", ".join([*SOLVERS, *METHODS])
        raise OutputError("E401", f"unknown method '{method[:40]}'", hint=f"there are: {known}")
    if not 0 < eta < float("inf"):
        raise OutputError("E401", f"a step is a positive number, not {eta:g}", hint="--eta 0.1")
    cluster = large_data.client(scheduler)
    try:
        task = Task(asked, given)
        closed = None if wanted or task.lazy else _closed(task)
        if closed is not None:
            return closed
        if wanted in METHODS:
            return _iterated(task, wanted, steps, eta, tell)
        return _by_scipy(task, wanted or ("trust-constr" if task.answer.rules else "l-bfgs"), steps, tell)
    finally:
        if cluster is not None:
            cluster.close()


def _closed(task: Task) -> Result | None:
    """The closed form, where there is one."""
    import numpy as np  # noqa: PLC0415 # as above

    try:
        answer = asking.solution(task.asked)
        if answer.status != "solved" or not answer.outcome.everywhere:
            return None
        module = load_module(answer.code("numpy"), "numpy")
    except MatdiffError:
        return None
    from inspect import signature  # noqa: PLC0415 # as above

    given = {**task.sizes, **task.arrays}
    parameters = signature(module.solution).parameters
    try:
        found = module.solution(**{p: given[p] if p in given else given[p.rstrip("_")] for p in parameters})
    except (KeyError, np.linalg.LinAlgError):
        return None
    parts = found if isinstance(found, tuple) else (found,)
    flat = np.concatenate([np.reshape(part, -1) for part in parts]).astype(float)
    if not np.all(np.isfinite(flat)):
        return None
    value, slope = task.value_and_gradient(flat)
    texts = "; ".join(answer.write("unicode").splitlines())
    note = f"there is a closed form: {texts}"
    best = task.turn * value + 0.0  # no -0
    return Result(task.split(flat), best, [best], "closed form", 0, _size(slope), True, [note])


def _size(slope: Any) -> float:
    import numpy as np  # noqa: PLC0415 # as above

    return float(np.max(np.abs(slope))) if slope.size else 0.0


def _by_scipy(task: Task, method: str, steps: int, tell: Callable[[int, float], None] | None) -> Result:
    try:
        from scipy import optimize  # noqa: PLC0415 # an extra
    except ImportError:
        raise DataError(
            "E514", "minimize needs SciPy", hint=f"{how_to_install('scipy', extra='scipy')}, or --method gd"
        ) from None
    path: list[float] = []

    def goal(flat: Any) -> tuple[float, Any]:
        value, slope = task.value_and_gradient(flat)
        path.append(task.turn * value)
        if tell is not None:
            tell(len(path), path[-1])
        return value, slope

    more: dict[str, Any] = {} if method == "l-bfgs" else {"hessp": task.product}
    if task.answer.rules:
        if method != "trust-constr":
            raise OutputError("E401", f"{method} takes no constraints", hint="--method trust-constr, or leave it out")
        more["constraints"] = restrictions.for_scipy(task, task.answer.affine())
    settings = {"maxiter": steps, **({"gtol": 1e-10, "xtol": 1e-12} if task.answer.rules else {})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what SciPy does about redundant constraints is its own affair
        done = optimize.minimize(goal, task.start(), jac=True, method=SOLVERS[method], options=settings, **more)
    notes = [] if done.success else [f"it did not converge: {done.message}"]
    if task.answer.rules and float(done.constr_violation) > 1e-6:  # SciPy's own is finer
        notes = ["no point that meets the constraints was found"]
    steps_done = int(getattr(done, "nit", len(path)))
    steep = float(done.optimality) if task.answer.rules else _size(done.jac)
    best = task.turn * float(done.fun)
    return Result(task.split(done.x), best, path, SOLVERS[method], steps_done, steep, not notes, notes)


def _iterated(task: Task, method: str, steps: int, eta: float, tell: Callable[[int, float], None] | None) -> Result:
    """The iteration of `update` from zero, until it stands still."""
    from inspect import signature  # noqa: PLC0415 # as above

    import numpy as np  # noqa: PLC0415 # as above

    made = asking.iteration(task.asked, method)
    target = "dask" if task.lazy else "numpy"
    step = load_module(made.code(target), target).step
    names = [rule.unknown.name for rule in made.update.rules]
    here: dict[str, Any] = task.split(task.start())
    shapes = {rule.unknown.name: tuple([task._size(side) for side in rule.unknown.shape]) for rule in made.update.rules}  # noqa: SLF001 # the same room
    here |= {name: np.zeros(shapes[name]) for name in names if name not in here}
    rng = np.random.default_rng(0)
    named = made.update.parameters
    settings: dict[str, Any] = {named.get("step", ""): eta, named.get("momentum", ""): 0.9}
    samples = made.update.samples
    path: list[float] = []
    converged = False
    for k in range(1, steps + 1):
        if samples is not None:
            settings[made.update.member] = int(rng.integers(task._size(samples.size)))  # noqa: SLF001 # as above
        given = {**task.sizes, **task.arrays, **settings, **here}
        names_of = signature(step).parameters
        found = task.computed(step(**{p: given[p] if p in given else given[p.rstrip("_")] for p in names_of}))
        new = dict(zip(names, found if isinstance(found, tuple) else (found,), strict=True))
        moved = max(float(np.max(np.abs(new[name] - here[name]), initial=0.0)) for name in task.names)
        here = {name: np.asarray(value, float) for name, value in new.items()}
        flat = np.concatenate([np.reshape(here[name], -1) for name in task.names])
        value, slope = task.value_and_gradient(flat)
        path.append(task.turn * value)
        if tell is not None:
            tell(k, path[-1])
        if not np.isfinite(value):
            raise DataError("E515", f"the iteration left the numbers after {k} steps", hint="take a smaller --eta")
        if moved < 1e-10 and samples is None:
            converged = True
            break
    notes = [] if converged or samples is not None else [f"it still moves after {steps} steps"]
    values = {name: here[name] for name in task.names}
    return Result(values, path[-1], path, method, len(path), _size(slope), converged, notes)
