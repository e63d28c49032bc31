"""Functions of NumPy, SciPy, PyTorch and JAX that other functions say: each by a lambda, read as a user's own would be.

The text is never run: its tree is evaluated to arrays, as the question's own lines are.  Parameters and their defaults
are the library's.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.errors import Span


DEFINITIONS: dict[str, str] = {
    # NumPy
    "ptp": "lambda a, axis=None, keepdims=False: amax(a, axis, keepdims=keepdims) - amin(a, axis, keepdims=keepdims)",
    "logaddexp2": "lambda x1, x2: logaddexp(x1 * log(2), x2 * log(2)) / log(2)",
    "cond": "lambda x, p=2: linalg.norm(x, p) * linalg.norm(inv(x), p)",
    "deg2rad": "lambda x: x * np.pi / 180",
    "rad2deg": "lambda x: x * 180 / np.pi",
    # SciPy
    "ndtr": "lambda x: (1 + erf(x / sqrt(2))) / 2",
    "log_ndtr": "lambda x: log((1 + erf(x / sqrt(2))) / 2)",
    "xlog1py": "lambda x, y: x * log1p(y)",
    "gamma": "lambda x: exp(lgamma(x))",
    "betaln": "lambda a, b: lgamma(a) + lgamma(b) - lgamma(a + b)",
    "beta": "lambda a, b: exp(lgamma(a) + lgamma(b) - lgamma(a + b))",
    "pseudo_huber": "lambda delta, r: delta**2 * (sqrt(1 + (r / delta)**2) - 1)",
    "boxcox": "lambda x, lmbda: (x**lmbda - 1) / lmbda",
    "arctan2": "lambda x1, x2: 2 * arctan(x1 / (sqrt(x1**2 + x2**2) + x2))",
    # scipy.stats
    "norm.logpdf": "lambda x, loc=0, scale=1: -(((x - loc) / scale)**2) / 2 - log(scale) - log(2 * np.pi) / 2",
    "norm.pdf": "lambda x, loc=0, scale=1: exp(-(((x - loc) / scale)**2) / 2) / (scale * sqrt(2 * np.pi))",
    "norm.cdf": "lambda x, loc=0, scale=1: (1 + erf((x - loc) / scale / sqrt(2))) / 2",
    "norm.logcdf": "lambda x, loc=0, scale=1: log((1 + erf((x - loc) / scale / sqrt(2))) / 2)",
    "multivariate_normal.logpdf": (
        "lambda x, mean, cov: -((x - mean) @ inv(cov) @ (x - mean) + slogdet(cov)[1] + len(x) * log(2 * np.pi)) / 2"
    ),
    "multivariate_normal.pdf": (
        "lambda x, mean, cov:"
        " exp(-((x - mean) @ inv(cov) @ (x - mean) + slogdet(cov)[1] + len(x) * log(2 * np.pi)) / 2)"
    ),
    # activations
    "softsign": "lambda x: x / (1 + abs(x))",
    "tanhshrink": "lambda input: input - tanh(input)",
    "mish": "lambda x: x * tanh(softplus(x))",
    "selu": "lambda x: 1.0507009873554805 * elu(x, 1.6732632423543772)",
    "celu": "lambda input, alpha=1: relu(input) - relu(alpha - alpha * exp(input / alpha))",
    "hardtanh": "lambda input, min_val=-1, max_val=1: clip(input, min_val, max_val)",
    "relu6": "lambda x: clip(x, 0, 6)",
    "hardsigmoid": "lambda x: clip(x + 3, 0, 6) / 6",
    "hardswish": "lambda x: x * clip(x + 3, 0, 6) / 6",
    "softshrink": "lambda input, lambd=0.5: relu(input - lambd) - relu(-input - lambd)",
    "threshold": "lambda input, threshold, value: where(input > threshold, input, value)",
    "softmin": "lambda input, dim: softmax(-input, dim)",
    "squareplus": "lambda x, b=4: (x + sqrt(x**2 + b)) / 2",
    "standardize": (
        "lambda x, axis=-1, epsilon=1e-5:"
        " (x - mean(x, axis, keepdims=True)) / sqrt(var(x, axis, keepdims=True, ddof=0) + epsilon)"
    ),
    # PyTorch
    "addmm": "lambda input, mat1, mat2, *, beta=1, alpha=1: beta * input + alpha * (mat1 @ mat2)",
    "addmv": "lambda input, mat, vec, *, beta=1, alpha=1: beta * input + alpha * (mat @ vec)",
    "addr": "lambda input, vec1, vec2, *, beta=1, alpha=1: beta * input + alpha * outer(vec1, vec2)",
    "addcmul": "lambda input, tensor1, tensor2, *, value=1: input + value * tensor1 * tensor2",
    "addcdiv": "lambda input, tensor1, tensor2, *, value=1: input + value * tensor1 / tensor2",
    "lerp": "lambda input, end, weight: input + weight * (end - input)",
    "normalize": "lambda input, p=2, dim=1, eps=0: input / norm(input, p, dim, keepdim=True)",
    "pairwise_distance": "lambda x1, x2, p=2, eps=1e-6: norm(x1 - x2 + eps, p, -1)",
    "scaled_dot_product_attention": (
        "lambda query, key, value: softmax(query @ key.T / sqrt(query.shape[-1]), 1) @ value"
    ),
    "cdist": ("lambda x1, x2, p=2: sqrt(np.sum(x1**2, 1)[:, None] + np.sum(x2**2, 1)[None, :] - 2 * x1 @ x2.T)"),
    "cosine_similarity": ("lambda x1, x2, dim=1, eps=0: np.sum(x1 * x2, dim) / (norm(x1, 2, dim) * norm(x2, 2, dim))"),
}
DEFINITIONS |= {
    "atan2": DEFINITIONS["arctan2"],
    "soft_sign": DEFINITIONS["softsign"],
    "hard_tanh": DEFINITIONS["hardtanh"],
    "hard_sigmoid": DEFINITIONS["hardsigmoid"],
    "hard_swish": DEFINITIONS["hardswish"],
    "hard_silu": DEFINITIONS["hardswish"],
    "radians": DEFINITIONS["deg2rad"],
    "degrees": DEFINITIONS["rad2deg"],
}
NOTES = {
    "gamma": "gamma(x) is read as exp(lgamma(x)), which it is for x > 0",
    "beta": "beta(a, b) is read by lgamma, for a, b > 0",
}


class Elsewhere:
    """The places of a definition's tree: all of it stands where the function is called."""

    def __init__(self, source: str, whole: Span) -> None:
        self.source, self.whole = source, whole

    def span(self, _: object) -> Span:
        return self.whole


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Lambda:
    """The tree of a lambda that defines a function."""
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.Lambda)  # noqa: S101 # the table above holds nothing else
    return tree
