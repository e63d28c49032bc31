"""The libraries that code can be written for: one table of names each, beside NumPy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.snippets import (
    API_EINSUM,
    API_KRON,
    API_LOGSUMEXP,
    API_MATRIX_POWER,
    API_SOFTMAX,
    DASK_KRON,
    DASK_MATRIX_POWER,
    EXPM,
    FRECHET,
    JACOBIAN,
    LOGM,
    SQRTM,
)
from matdiff.errors import OutputError
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping


class Target(NamedTuple):
    """One library.

    imports: lines at the head of the module.  prefix: what stands for `np`.  calls: templates by operation where they
    differ from NumPy's
    ("" where there is none); carried: the code that they need.  functions: templates by function row, likewise;
    helpers: the code that they
    need.  entry: what turns a Python number into a scalar of the library ("" if there is no need), over the number {0}
           and an array among the
    parameters {1}; `lone` where there is no array.  first: a function's first statement, over its arrays; `first_lone`
    likewise.
    """

    name: str
    imports: tuple[str, ...]
    prefix: str
    calls: Mapping[str, str] = {}
    functions: Mapping[str, str] = {}
    helpers: Mapping[str, tuple[str, ...]] = {}
    carried: Mapping[str, tuple[str, ...]] = {}
    entry: str = ""
    lone: str = ""
    first: str = ""
    first_lone: str = ""


NUMPY_CALLS: dict[str, str] = {
    "sum": "np.sum({0})",
    "sum_axes": "np.sum({0}, axis={1})",
    "sqrt": "np.sqrt({0})",
    "norm": "np.linalg.norm({0})",
    "outer": "np.outer({0}, {1})",
    "kron": "np.kron({0}, {1})",
    "inv": "np.linalg.inv({0})",
    "solve": "np.linalg.solve({0}, {1})",
    "matpow": "np.linalg.matrix_power({0}, {1})",
    "tensordot": "np.tensordot({0}, {1}, axes={2})",
    "einsum": 'np.einsum("{2}", {0}, {1})',
    "permute": "np.transpose({0}, {1})",
    "trace": "np.trace({0})",
    "diagonal": "np.diag({0})",
    "diag": "np.diag({0})",
    "diagonals": "np.diagonal({0}, axis1={1}, axis2={2})",
    "reshape": "np.reshape({0}, {1})",
    "flatten": "np.reshape({0}, -1)",
    "ones": "np.ones({0})",
    "zeros": "np.zeros({0})",
    "eye": "np.eye({0})",
    "unit": "np.where(np.arange({1}) == {0} - 1, 1.0, 0.0)",
    "pi": "np.pi",
    "e": "np.e",
}


TARGETS: dict[str, Target] = {
    "numpy": Target(
        "numpy",
        ("import numpy as np",),
        "np",
        functions={
            "expm": "_expm({0})",
            "logm": "_logm({0})",
            "sqrtm": "_sqrtm({0})",
            "dexpm": "_frechet(_expm, {0}, {1})",
            "dlogm": "_frechet(_logm, {0}, {1})",
            "dsqrtm": "_frechet(_sqrtm, {0}, {1})",
            "jexpm": "_jacobian(_expm, {0})",
            "jlogm": "_jacobian(_logm, {0})",
            "jsqrtm": "_jacobian(_sqrtm, {0})",
            "lambda_max": "np.linalg.eigvalsh({0})[-1]",
        },
        helpers={
            "expm": ("import math", EXPM),
            "logm": (SQRTM, LOGM),
            "sqrtm": (SQRTM,),
            "dexpm": ("import math", EXPM, FRECHET),
            "dlogm": (SQRTM, LOGM, FRECHET),
            "dsqrtm": (SQRTM, FRECHET),
            "jexpm": ("import math", EXPM, FRECHET, JACOBIAN),
            "jlogm": (SQRTM, LOGM, FRECHET, JACOBIAN),
            "jsqrtm": (SQRTM, FRECHET, JACOBIAN),
        },
    ),
    "jax": Target(
        "jax",
        ("import jax", "import jax.numpy as jnp"),
        "jnp",
        functions={
            "sigmoid": "jax.nn.sigmoid({0})",
            "erf": "jax.scipy.special.erf({0})",
            "softmax": "jax.nn.softmax({0})",
            "logsumexp": "jax.nn.logsumexp({0})",
            "softplus": "jax.nn.softplus({0})",
        },
        helpers={"sigmoid": (), "erf": (), "softmax": (), "logsumexp": ()},
    ),
    "torch": Target(
        "torch",
        ("import torch",),
        "torch",
        calls={
            "sum_axes": "torch.sum({0}, dim={1})",
            "tensordot": "torch.tensordot({0}, {1}, dims={2})",
            "permute": "torch.permute({0}, {1})",
            "norm": "torch.linalg.vector_norm({0})",
            "diagonals": "torch.diagonal({0}, dim1={1}, dim2={2})",
            "reshape": "torch.reshape({0}, {1})",
            "flatten": "torch.reshape({0}, (-1,))",
            "ones": "torch.ones({0}, dtype={dtype})",
            "zeros": "torch.zeros({0}, dtype={dtype})",
            "eye": "torch.eye({0}, dtype={dtype})",
            "unit": "(torch.arange({1}) == {0} - 1).to({dtype})",
        },
        functions={
            "sigmoid": "torch.sigmoid({0})",
            "erf": "torch.erf({0})",
            "softmax": "torch.softmax({0}, dim=0)",
            "logsumexp": "torch.logsumexp({0}, dim=0)",
            "softplus": "torch.logaddexp(torch.zeros_like({0}), {0})",
            "relu": "torch.relu({0})",
            "step": "({0} > 0).to({0}.dtype)",
            "asin": "torch.asin({0})",
            "acos": "torch.acos({0})",
            "atan": "torch.atan({0})",
            "expm": "torch.linalg.matrix_exp({0})",
        },
        helpers={"sigmoid": (), "erf": (), "softmax": (), "logsumexp": (), "expm": ()},
        entry="torch.as_tensor({0}, dtype={1}.dtype)",
        lone="torch.as_tensor({0}, dtype=torch.float64)",
    ),
    "array-api": Target(
        "array-api",
        ("from array_api_compat import array_namespace",),
        "xp",
        calls={
            "norm": "xp.linalg.vector_norm({0})",
            "outer": "xp.linalg.outer({0}, {1})",
            "kron": "_kron({0}, {1})",
            "einsum": '_einsum("{2}", {0}, {1})',
            "permute": "xp.permute_dims({0}, {1})",
            "trace": "xp.linalg.trace({0})",
            "diagonal": "xp.linalg.diagonal({0})",
            "diag": "(xp.eye({0}.shape[0], dtype={dtype}) * {0})",
            "diagonals": "xp.linalg.diagonal(xp.moveaxis({0}, ({1}, {2}), (-2, -1)))",
            "flatten": "xp.reshape({0}, (-1,))",
            "matpow": "_matrix_power({0}, {1})",
            "ones": "xp.ones({0}, dtype={dtype})",
            "zeros": "xp.zeros({0}, dtype={dtype})",
            "eye": "xp.eye({0}, dtype={dtype})",
            "unit": "xp.astype(xp.arange({1}) == {0} - 1, {dtype})",
        },
        functions={
            "sigmoid": "xp.exp(-xp.logaddexp(xp.zeros_like({0}), -{0}))",
            "softplus": "xp.logaddexp(xp.zeros_like({0}), {0})",
            "relu": "xp.maximum({0}, xp.zeros_like({0}))",
            "step": "xp.astype({0} > 0, {0}.dtype)",
            "erf": "",
            "tril": "xp.tril({0})",
            "asin": "xp.asin({0})",
            "acos": "xp.acos({0})",
            "atan": "xp.atan({0})",
        },
        helpers={"sigmoid": (), "softmax": (API_SOFTMAX,), "logsumexp": (API_LOGSUMEXP,)},
        carried={"kron": (API_KRON,), "einsum": (API_EINSUM,), "matpow": (API_MATRIX_POWER,)},
        entry="xp.asarray({0}, dtype={1}.dtype)",
        lone="xp.asarray({0}, dtype=xp.float64)",
        first="xp = array_namespace({0})",
        first_lone="import array_api_compat.numpy as xp",
    ),
    "dask": Target(
        "dask",
        ("import dask.array as da",),
        "da",
        calls={
            "trace": "da.sum(da.diagonal({0}))",
            "diagonal": "da.diagonal({0})",
            "kron": "_kron({0}, {1})",
            "matpow": "_matrix_power({0}, {1})",
            "diag": "(da.eye({0}.shape[0]) * {0})",
            "flatten": "da.ravel({0})",
        },
        functions={"det": "", "logdet": "", "pinv": "", "erf": "", "lambda_max": ""},
        carried={"kron": (DASK_KRON,), "matpow": (DASK_MATRIX_POWER,)},
    ),
}


def target(name: str) -> Target:
    """The target of a name.  Raises OutputError (E401) with the nearest known name."""
    found = TARGETS.get(name)
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415 # only a mistake pays for it

        near = get_close_matches(name, TARGETS, 1, 0.5)
        raise OutputError(
            "E401",
            f"no code for '{ascii(name)[1:-1]}'",
            hint=f"did you mean '{near[0]}'?" if near else "there is " + ", ".join(TARGETS),
        )
    return found


def call_template(where: Target, operation: str) -> str:
    """The template of an operation; raises OutputError where the library has none."""
    template = where.calls.get(operation)
    if template is None:
        template = _renamed(NUMPY_CALLS[operation], where)
    return template or _refuse(where, operation)


def function_template(where: Target, function: str) -> tuple[str, tuple[str, ...]]:
    """The template of a function row and the helper code that it needs; raises OutputError where the library has
    none.
    """
    row = TABLE.get(function)
    template = where.functions.get(function)
    helpers = where.helpers.get(function)
    if template is None:
        template = _renamed(row.numpy, where) if row is not None else ""
    if helpers is None:
        helpers = (_renamed(row.helper, where),) if row is not None and row.helper else ()
    return template or _refuse(where, function), helpers


def _renamed(code: str, where: Target) -> str:
    return code if where.prefix == "np" else code.replace("np.", where.prefix + ".")


def _refuse(where: Target, operation: str) -> str:
    hint = (
        "--to numpy may have it"
        if where.prefix != "np"
        else "the formula is right all the same: try --to ascii or --to latex"
    )
    raise OutputError("E402", f"no {where.name} code for '{operation}' yet", hint=hint)
