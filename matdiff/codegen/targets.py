"""The libraries that code can be written for: one table of names each, beside NumPy's."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen import factors, factors_jax, factors_torch, snippets, snippets_torch
from matdiff.errors import OutputError
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping


_DEFINED = re.compile(r"def \w+\((\w+)(?:, \w+)*\):\n(?:    \"\"\".*?\"\"\"\n)?", re.DOTALL)


class Target(NamedTuple):
    """One library.

    imports: lines at the head of the module.  prefix: what stands for `np`.  calls: templates by operation where they
    differ from NumPy's
    ("" where there is none); carried: the code that they need (those of functions stand in the functions' rows).
    entry: what turns a Python number into a scalar of the library ("" if there is no need), over the number {0}
           and an array among the
    parameters {1}; `lone` where there is no array.  first: a function's first statement, over its arrays; `first_lone`
    likewise.  floating: the type of an array {0}, and one of floats where that is of whole numbers.  in_place: whether
    arrays are written into.  grams: whether half of a product of an array with itself is computed.  diagonals: whether
    an array is added to a diagonal of another.  row_blocks: whether sums over rows are computed block by block.
    fused: whether a compiler makes one loop of what is computed entry by entry.  factors: by which operations
    matrices are kept by their factors, as objects ("lu", "factored", "low_rank", "definite"), and the code for those.
    language: whether it is one beside Python (`codegen.languages`).
    """

    name: str
    imports: tuple[str, ...]
    prefix: str
    calls: Mapping[str, str] = {}
    carried: Mapping[str, tuple[str, ...]] = {}
    entry: str = ""
    lone: str = ""
    first: str = ""
    first_lone: str = ""
    floating: str = "np.result_type({0}, 1.0)"
    in_place: bool = False
    grams: bool = False
    diagonals: bool = False
    row_blocks: bool = False
    fused: bool = False
    factors: Mapping[str, tuple[str, ...]] = {}
    language: bool = False


CARRIED = {  # code that operations need in every library
    "chain": ("from functools import cache", snippets.CHAIN_STEPS, snippets.CHAIN),
    "gram": (snippets.GRAM,),
    "row_blocks": (snippets.ROW_BLOCKS,),
    "paired_outers": (snippets.PAIRED_OUTERS,),
}

NUMPY_CALLS: dict[str, str] = {
    "sum": "np.sum({0})",
    "sum_axes": "np.sum({0}, axis={1})",
    "max": "np.max({0})",
    "max_axis": "np.max({0}, axis={1})",
    "dots": "np.vdot({0}, {1})",
    "dots_axis": 'np.einsum("ij,ij->{2}", {0}, {1})',
    "sqrt": "np.sqrt({0})",
    "norm": "np.linalg.norm({0})",
    "outer": "np.outer({0}, {1})",
    "kron": "np.kron({0}, {1})",
    "inv": "np.linalg.inv({0})",
    "solve": "np.linalg.solve({0}, {1})",
    "matpow": "np.linalg.matrix_power({0}, {1})",
    "tensordot": "np.tensordot({0}, {1}, axes={2})",
    "einsum": 'np.einsum("{2}", {0}, {1})',
    "chain": "_chain({0})",
    "gram": "_gram({0}, {1})",
    "row_blocks": "_row_blocks({0})",
    "outer_product": "np.multiply.outer({0}, {1})",
    "outer_products": "np.tensordot({0}, {1}, axes=(0, 0))",
    "paired_outers": "_paired_outers({0}, {1}, {2}, {3})",
    "permute": "np.transpose({0}, {1})",
    "trace": "np.trace({0})",
    "diagonal": "np.diag({0})",
    "diag": "np.diag({0})",
    "diagonals": "np.diagonal({0}, axis1={1}, axis2={2})",
    "reshape": "np.reshape({0}, {1})",
    "flatten": "np.reshape({0}, -1)",
    "ones": "np.ones({0}, dtype={dtype})",
    "zeros": "np.zeros({0}, dtype={dtype})",
    "eye": "np.eye({0}, dtype={dtype})",
    "literal": "np.array({0}, dtype={1})",
    "unit": "(np.arange({1}) == {0} - 1).astype({dtype})",
    "pi": "np.pi",
    "e": "np.e",
}


TARGETS: dict[str, Target] = {
    "numpy": Target(
        "numpy",
        ("import numpy as np",),
        "np",
        in_place=True,
        grams=True,
        diagonals=True,
        row_blocks=True,
        factors=factors.CARRIED,
    ),
    "jax": Target(
        "jax",
        ("import jax", "import jax.numpy as jnp"),
        "jnp",
        calls={
            "dots": "jnp.sum({0} * {1})",
            "dots_axis": "jnp.sum({0} * {1}, axis={3})",
            "outer_products": "jnp.tensordot(jnp.stack({0}), jnp.stack({1}), axes=(0, 0))",
            "ones": "jnp.ones({0}, dtype={dtype})",
            "zeros": "jnp.zeros({0}, dtype={dtype})",
            "eye": "jnp.eye({0}, dtype={dtype})",
            "literal": "jnp.array({0}, dtype={1})",
            "unit": "(jnp.arange({1}) == {0} - 1).astype({dtype})",
        },
        fused=True,
        floating="jnp.result_type({0}, 1.0)",
        factors=factors_jax.CARRIED,
    ),
    "torch": Target(
        "torch",
        ("import torch",),
        "torch",
        calls={
            "sum_axes": "torch.sum({0}, dim={1})",
            "max_axis": "torch.amax({0}, dim={1})",
            "dots": "torch.sum({0} * {1})",
            "dots_axis": "torch.sum({0} * {1}, dim={3})",
            "tensordot": "torch.tensordot({0}, {1}, dims={2})",
            "permute": "torch.permute({0}, {1})",
            "outer_product": "torch.tensordot({0}, {1}, dims=0)",
            "outer_products": "torch.tensordot(torch.stack({0}), torch.stack({1}), dims=([0], [0]))",
            "norm": "torch.linalg.vector_norm({0})",
            "diagonals": "torch.diagonal({0}, dim1={1}, dim2={2})",
            "square": "_gram({0})",
            "product": "_product({0}, {1})",
            "plus_diagonal": "_plus_diagonal({0}, {1})",
            "reshape": "torch.reshape({0}, {1})",
            "flatten": "torch.reshape({0}, (-1,))",
            "ones": "torch.ones({0}, dtype={dtype})",
            "zeros": "torch.zeros({0}, dtype={dtype})",
            "eye": "torch.eye({0}, dtype={dtype})",
            "literal": "torch.tensor({0}, dtype={1})",
            "unit": "(torch.arange({1}) == {0} - 1).to({dtype})",
        },
        carried=snippets_torch.CARRIED,
        grams=True,
        diagonals=True,
        row_blocks=True,
        factors=factors_torch.CARRIED,
        floating="torch.result_type({0}, 1.0)",
        entry="torch.as_tensor({0}, dtype=torch.result_type({1}, 1.0))",
        lone="torch.as_tensor({0}, dtype=torch.float64)",
    ),
    "array-api": Target(
        "array-api",
        ("from array_api_compat import array_namespace",),
        "xp",
        calls={
            "dots": "xp.sum({0} * {1})",
            "dots_axis": "xp.sum({0} * {1}, axis={3})",
            "norm": "xp.linalg.vector_norm({0})",
            "outer": "xp.linalg.outer({0}, {1})",
            "kron": "_kron({0}, {1})",
            "einsum": '_einsum("{2}", {0}, {1})',
            "outer_product": "xp.tensordot({0}, {1}, axes=0)",
            "outer_products": "xp.tensordot(xp.stack({0}), xp.stack({1}), axes=([0], [0]))",
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
            "literal": "xp.asarray({0}, dtype={1})",
            "unit": "xp.astype(xp.arange({1}) == {0} - 1, {dtype})",
        },
        carried={
            "kron": (snippets.API_KRON,),
            "einsum": (snippets.API_EINSUM,),
            "matpow": (snippets.API_MATRIX_POWER,),
        },
        floating="xp.result_type({0}, xp.float32)",
        entry="xp.asarray({0}, dtype=xp.result_type({1}, xp.float32))",
        lone="xp.asarray({0}, dtype=xp.float64)",
        first="xp = array_namespace({0})",
        first_lone="import array_api_compat.numpy as xp",
    ),
    "dask": Target(
        "dask",
        ("import dask.array as da",),
        "da",
        calls={
            "dots": "da.sum({0} * {1})",
            "literal": "da.asarray({0})",
            "dots_axis": "da.sum({0} * {1}, axis={3})",
            "trace": "da.sum(da.diagonal({0}))",
            "diagonal": "da.diagonal({0})",
            "kron": "_kron({0}, {1})",
            "inv": "da.linalg.inv(_gathered({0}))",
            "solve": "da.linalg.solve(_gathered({0}), _gathered({1}))",
            "matpow": "_matrix_power({0}, {1})",
            "diag": "(da.eye({0}.shape[0]) * {0})",
            "flatten": "da.ravel({0})",
            "outer_product": "da.tensordot(da.stack([{0}]), da.stack([{1}]), axes=(0, 0))",
            "outer_products": "da.tensordot(da.stack({0}), da.stack({1}), axes=(0, 0))",
        },
        carried={
            "kron": (snippets.DASK_KRON,),
            "matpow": (snippets.DASK_MATRIX_POWER,),
            "inv": (snippets.DASK_GATHERED,),
            "solve": (snippets.DASK_GATHERED,),
        },
    ),
    **{name: Target(name, (), "", language=True) for name in ("julia", "matlab", "r", "eigen")},
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
    if row is None:
        return _refuse(where, function), ()
    own = row.code.get(where.name, "" if where.language else None)
    if own is None:
        own, carried = _renamed(row.numpy, where), row.helper
    elif not own and where.name == "dask" and row.arity == (1, 1) and row.numpy and not row.helper:
        return f"_whole(lambda M: {row.numpy.format('M')}, {{shape}}, {{0}})", snippets.DASK_WHOLE
    else:
        carried = row.carried.get(where.name, ())
    return own or _refuse(where, function), tuple([_carried(code, where) for code in carried])


def has_function(where: Target, function: str) -> bool:
    """Has the library a template of a function row?"""
    try:
        function_template(where, function)
    except OutputError:
        return False
    return True


def _carried(code: str, where: Target) -> str:
    """Code that a row names, or says itself, in this library's words; where its name is only known from an array, that
    is asked first.
    """
    text = _renamed(str(getattr(snippets, code)) if code.isidentifier() else code, where)
    return _DEFINED.sub(lambda m: f"{m[0]}    {where.first.format(m[1])}\n", text) if where.first else text


def _renamed(code: str, where: Target) -> str:
    return code if where.prefix == "np" else code.replace("np.", where.prefix + ".")


def _refuse(where: Target, operation: str) -> str:
    hint = (
        "--to numpy may have it"
        if where.prefix != "np"
        else "the formula is right all the same: try --to ascii or --to latex"
    )
    raise OutputError("E402", f"no {where.name} code for '{operation}' yet", hint=hint)
