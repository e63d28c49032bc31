"""Higher transcendental functions of one number: the error function."""

from __future__ import annotations

from matdiff.functions.elementwise import row
from matdiff.functions.function import Traits

_DLMF = "NIST Digital Library of Mathematical Functions, "

ROWS = (
    row(
        "erf",
        "2 pi^(-1/2) exp(-x^2)",
        "np.vectorize(math.erf)({0})",
        _DLMF + "7.9.1",
        Traits("0", "erf(1)", "odd", monotone=("increasing",)),
        dialects={"mathematica": ("Erf",)},
        helper=("import math",),
        code={
            "jax": "jax.scipy.special.erf({0})",
            "torch": "torch.erf({0})",
            "array-api": "_erf({0})",
            "dask": "da.asarray({0}).map_blocks(np.vectorize(math.erf))",
        },
        carried={"array-api": ("import math", "API_ERF"), "dask": ("import math", "import numpy as np")},
    ),
)
