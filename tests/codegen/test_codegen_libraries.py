"""Whole questions in JAX under jit, in Torch with vmap and backward, in Dask over chunks of rows and in JAX over eight
devices: the numbers that NumPy gives, from the code as it is printed.
"""

import inspect
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from dense_evaluation import load

from matdiff import derivative

PROBLEMS = {
    "least squares": ("w", "||X w - y||^2", "X in R^{m x n}"),
    "logistic": ("w", "sum(softplus(-y .* (X w)))", "X in R^{m x n}, y in R^m"),
    "softmax": ("W", "sum(log(exp(X W) ones(k))) - tr(Y^T X W)", "X in R^{m x n}, W in R^{n x k}, Y in R^{m x k}"),
    "gaussian": ("P", "-logdet(P) - u^T P^-1 u", "P spd, u in R^n"),
    "symmetric": ("S", "logdet(S) + u^T S^-1 u", "S symmetric, u in R^n"),
    "inverse": ("A", "u^T A^-1 v + logdet(A)", "A in R^{n x n}, u in R^n, v in R^n"),
    "design": ("x", "logdet(X^T diag(x) X)", "X in R^{m x n}, x in R^m"),
    "low rank": ("U", "logdet(diag(x) + U U^T) + y^T (diag(x) + U U^T)^-1 y", "x in R^m, U in R^{m x k}, y in R^m"),
    "chain": ("X", "||B C X - Y||_F^2", "B in R^{m x n}, C in R^{n x m}, X in R^{m x n}, Y in R^{m x n}"),
    "network": ("W", "||tanh(X W) z - y||^2", "X in R^{m x n}, W in R^{n x k}, z in R^k, y in R^m"),
}
PARTS = ("gradient", "hvp", "hessian", "value_and_gradient")
SIZES = {"X": (9, 3), "w": (3,), "y": (9,), "W": (3, 2), "Y": (9, 2), "u": (3,), "v": (3,), "U": (9, 2), "z": (2,)}


def arrays(name):
    generator = np.random.default_rng(1)
    found = {letter: generator.normal(size=shape) for letter, shape in SIZES.items()}
    R = generator.normal(size=(3, 3))
    found |= {
        "P": R @ R.T + np.eye(3),
        "S": np.diag([1.0, -2.0, 3.0]),
        "A": R + 3 * np.eye(3),
        "x": generator.random(9) + 1,
    }
    found |= {"B": generator.normal(size=(9, 3)), "C": generator.normal(size=(3, 9))}
    if name == "chain":
        found |= {"X": generator.normal(size=(9, 3)), "Y": generator.normal(size=(9, 3))}
    return found


def functions(name, target):
    wrt, expression, where = PROBLEMS[name]
    return load(derivative(expression, wrt, where=where).code(target, PARTS))


def arguments(function, name):
    """Its arguments; what the question does not name is the direction."""
    wrt, expression, _ = PROBLEMS[name]
    values, found = arrays(name), []
    for parameter in inspect.signature(function).parameters:
        known = parameter in values and (parameter in expression or parameter == wrt)
        direction = values[wrt] + 1.0 if values[wrt].ndim < 2 else values[wrt] + np.ones_like(values[wrt])
        found.append(values[parameter] if known else direction)
    return found


def flat(result):
    parts = result if isinstance(result, tuple) else (result,)
    return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])


@pytest.mark.targets
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_questions_in_jax_under_jit(name, part):
    jax = pytest.importorskip("jax")
    given = arguments(functions(name, "numpy")[part], name)
    want = flat(functions(name, "numpy")[part](*given))
    with jax.enable_x64(True):
        function = jax.jit(functions(name, "jax")[part])
        got = flat(function(*[jax.numpy.asarray(value) for value in given]))
        single = function(*[jax.numpy.asarray(value, dtype="float32") for value in given])
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9 * np.abs(want).max())
    assert {str(np.asarray(one).dtype) for one in (single if isinstance(single, tuple) else (single,))} == {"float32"}


@pytest.mark.targets
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_questions_in_torch_alone_and_in_batches(name, part):
    torch = pytest.importorskip("torch")
    given = arguments(functions(name, "numpy")[part], name)
    want = flat(functions(name, "numpy")[part](*given))
    function = functions(name, "torch")[part]
    tensors = [torch.from_numpy(np.array(value)) for value in given]
    np.testing.assert_allclose(flat(function(*tensors)), want, rtol=1e-9, atol=1e-9 * np.abs(want).max())
    batch = torch.func.vmap(function)(*[torch.stack([tensor, tensor]) for tensor in tensors])
    second = tuple(one[1] for one in batch) if isinstance(batch, tuple) else batch[1]
    np.testing.assert_allclose(flat(second), want, rtol=1e-8, atol=1e-8 * np.abs(want).max())


@pytest.mark.targets
@pytest.mark.parametrize("name", PROBLEMS)
def test_backward_passes_through_the_gradient_in_torch(name):
    """The gradient of ⟨gradient, v⟩ is the product with the Hessian."""
    torch = pytest.importorskip("torch")
    module, wrt = functions(name, "torch"), PROBLEMS[name][0]
    given = dict(
        zip(inspect.signature(module["gradient"]).parameters, arguments(module["gradient"], name), strict=True)
    )
    tensors = {letter: torch.from_numpy(np.array(value)) for letter, value in given.items()}
    tensors[wrt].requires_grad_(requires_grad=True)
    direction = torch.ones_like(tensors[wrt])
    product = torch.sum(module["gradient"](**tensors) * direction)
    (got,) = torch.autograd.grad(product, tensors[wrt])
    if PROBLEMS[name][2].split()[1].startswith(("spd", "symmetric")):
        got = (got + got.T) / 2
    names = inspect.signature(module["hvp"]).parameters
    want = module["hvp"](*[tensors.get(letter, direction) for letter in names])
    np.testing.assert_allclose(got.detach(), want.detach(), rtol=1e-8, atol=1e-8)


SHARDED = """
    import os
    os.environ.update(XLA_FLAGS="--xla_force_host_platform_device_count=8", JAX_PLATFORMS="cpu")
    import jax, numpy as np, sys
    jax.config.update("jax_enable_x64", True)
    from jax.sharding import AxisType, NamedSharding, PartitionSpec
    mesh = jax.make_mesh((8,), ("rows",), axis_types=(AxisType.Auto,))
    arrays = dict(np.load(sys.argv[1]))
    names = {}
    exec(open(sys.argv[2]).read(), names)
    rows = max(array.shape[0] for array in arrays.values() if array.ndim)
    def placed(array):
        split = array.ndim and array.shape[0] == rows
        return jax.device_put(array, NamedSharding(mesh, PartitionSpec("rows") if split else PartitionSpec()))
    result = jax.jit(names["gradient"])(**{name: placed(array) for name, array in arrays.items()})
    np.save(sys.argv[3], np.asarray(result))
    assert jax.device_count() == 8
"""
LARGE = {
    "least squares": {"X": (64, 5), "w": (5,), "y": (64,)},
    "logistic": {"y": (64,), "X": (64, 5), "w": (5,)},
    "softmax": {"X": (64, 5), "W": (5, 3), "Y": (64, 3)},
    "process": {"y": (16,), "s": (), "t": (), "D": (16, 16)},
    "logdet": {"X": (64, 5)},
}
QUESTIONS = {
    **PROBLEMS,
    "process": (
        "t",
        "y^T (s exp(-t D) + I)^-1 y + logdet(s exp(-t D) + I)",
        "D in R^{m x m} symmetric, s scalar, t scalar, y in R^m",
    ),
    "logdet": ("X", "logdet(X^T X + I)", "X in R^{m x n}"),
}


def large(name):
    generator = np.random.default_rng(2)
    found = {letter: generator.normal(size=shape) for letter, shape in LARGE[name].items()}
    if name == "process":
        found |= {"D": np.abs(found["D"] + found["D"].T), "s": np.float64(0.3), "t": np.float64(2.0)}
        found["D"][np.diag_indices(16)] = 0
    return found


def gradient(name, target):
    wrt, expression, where = QUESTIONS[name]
    return derivative(expression, wrt, where=where).code(target, ("gradient",))


@pytest.mark.targets
@pytest.mark.parametrize("name", LARGE)
def test_gradients_over_eight_devices(name, tmp_path):
    pytest.importorskip("jax")
    values = large(name)
    np.savez(tmp_path / "arrays.npz", **values)
    (tmp_path / "code.py").write_text(gradient(name, "jax"), encoding="utf-8")
    (tmp_path / "run.py").write_text(textwrap.dedent(SHARDED), encoding="utf-8")
    subprocess.run([sys.executable, "run.py", "arrays.npz", "code.py", "result.npy"], cwd=tmp_path, check=True)
    want = load(gradient(name, "numpy"))["gradient"](**values)
    np.testing.assert_allclose(np.load(tmp_path / "result.npy"), want, rtol=1e-8, atol=1e-8)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as local, distributed.Client(local):
        yield local


@pytest.mark.targets
@pytest.mark.parametrize("name", LARGE)
def test_gradients_over_chunks_of_rows(name, cluster):  # noqa: ARG001 # it computes there
    dask = pytest.importorskip("dask.array")
    values = large(name)
    given = {
        letter: dask.from_array(value, chunks=(8, *value.shape[1:])) if np.ndim(value) and len(value) > 8 else value
        for letter, value in values.items()
    }
    found = load(gradient(name, "dask"))["gradient"](
        **{k: float(v) if np.ndim(v) == 0 else v for k, v in given.items()}
    )
    want = load(gradient(name, "numpy"))["gradient"](**values)
    np.testing.assert_allclose(np.asarray(found.compute()), want, rtol=1e-8, atol=1e-8)


@pytest.mark.targets
@pytest.mark.parametrize("function", ["det", "logdet", "pinv", "lambda_max", "lambda_min", "inv"])
def test_functions_of_matrices_in_chunks_of_rows(function):
    dask = pytest.importorskip("dask.array")
    expression = f"{function}(X)" if function in {"pinv", "inv"} else f"{function}(X) y"
    found = derivative(expression, "y" if "y" in expression else "X", where="X spd, y in R^n")
    R = np.random.default_rng(0).normal(size=(6, 6))
    given = {"X": R @ R.T + np.eye(6), "y": R[0]}
    values = {name: given[name] for name in given if name in expression.split("(", 1)[1]}
    chunked = {name: dask.from_array(value, chunks=(4, *value.shape[1:])) for name, value in values.items()}
    got = load(found.code("dask", ("value",)))["value"](**chunked).compute()
    np.testing.assert_allclose(got, load(found.code("numpy", ("value",)))["value"](**values), rtol=1e-9)


@pytest.mark.targets
def test_log_determinants_in_libraries_without_them():
    """The array API's own functions on Dask, which has no slogdet."""
    dask = pytest.importorskip("dask.array")
    pytest.importorskip("array_api_compat")
    R = np.random.default_rng(0).normal(size=(6, 6))
    module = load(derivative("logdet(X)", "X").code("array-api", ("value",)))
    got = module["value"](dask.from_array(R, chunks=(4, 4))).compute()
    np.testing.assert_allclose(got, np.linalg.slogdet(R)[1], rtol=1e-12)
    np.testing.assert_allclose(module["value"](R), np.linalg.slogdet(R)[1], rtol=1e-12)
