"""Code that generated Torch modules carry with them where they need it.

All of it makes new arrays, so that vmap and backward pass through.
"""

from __future__ import annotations

from matdiff.codegen.snippets import CHAIN, CHAIN_STEPS, ROW_BLOCKS

PAIRED_OUTERS = '''def _paired_outers(A, B, C, D):
    """The sum of all A[i, k] B[j, l] and all C[i, l] D[j, k], axes i, j, k, l."""
    H = torch.outer(A[0].flatten(), B[0].flatten())
    for a, b in zip(A[1:], B[1:]):
        H = torch.addcmul(H, a.reshape(-1, 1), b.flatten())
    H = H.reshape(*A[0].shape, *B[0].shape).permute(0, 2, 1, 3)
    for c, d in zip(C, D):
        H = torch.addcmul(H, c[:, None, None], d[:, :, None])
    return H'''

PRODUCT = '''def _product(A, B):
    """A B; one that is longer than wide as the transpose of B^T A^T, which MKL computes in half the time."""
    return (B.T @ A.T).T if A.shape[0] > 2 * B.shape[1] else A @ B'''

GRAM = '''def _gram(A, x=None):
    """A^T A, or A^T diag(x) A: of blocks that mirror each other one is computed."""
    B = A if x is None else x[:, None] * A
    n = A.shape[1]
    count = min(4, n // 100)
    if count < 2:
        return A.T @ B
    ends = [n * k // count for k in range(count + 1)]
    upper = [A[:, i:j].T @ B[:, i:] for i, j in zip(ends, ends[1:])]
    rows = []
    for k, (i, j) in enumerate(zip(ends, ends[1:])):
        before = [upper[h][:, i - ends[h] : j - ends[h]].T for h in range(k)]
        rows.append(torch.cat([*before, upper[k]], 1))
    return torch.cat(rows)'''

PLUS_DIAGONAL = '''def _plus_diagonal(M, d, first=0, second=1):
    """M with d added to the diagonal of two of its axes, which is the last axis of d."""
    sum = torch.diagonal(M, 0, first, second) + d
    return torch.diagonal_scatter(M, sum, 0, first, second)'''

CARRIED = {
    "chain": (
        *("from functools import cache", CHAIN_STEPS, PRODUCT),
        CHAIN.replace("parts[a] @ parts[b]", "_product(parts[a], parts[b])"),
    ),
    "gram": (GRAM,),
    "square": (GRAM,),
    "product": (PRODUCT,),
    "plus_diagonal": (PLUS_DIAGONAL,),
    "paired_outers": (PAIRED_OUTERS,),
    "row_blocks": (ROW_BLOCKS.replace("half a megabyte each", "a megabyte each").replace("2**16", "2**17"),),
}
