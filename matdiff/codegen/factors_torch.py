"""Code that generated Torch modules carry for matrices by their factors; vmap and backward pass through: where numbers
cannot be asked, the way is taken that is always right.
"""

from __future__ import annotations

LU = '''class _LU:
    """A square matrix by its LU factors: what is solved with it, its inverse, log |det|."""

    def __init__(self, M):
        self.M, self.factors = M, torch.linalg.lu_factor(M)

    def solve(self, B, transposed=False):
        """M^-1 B, or M^-T B."""
        LU, pivots = self.factors
        if not transposed:
            return _columns(B, lambda C: torch.linalg.lu_solve(LU, pivots, C))
        return _columns(B, lambda C: torch.linalg.lu_solve(LU, pivots, C, adjoint=True))

    def inverse(self):
        return torch.linalg.inv(self.M)

    def diagonal(self):
        """The diagonal of the inverse."""
        return torch.diagonal(self.inverse())

    def logdet(self):
        return torch.sum(torch.log(torch.abs(torch.diagonal(self.factors[0]))))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B."""
        return torch.sum(self.inverse() * B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        return torch.sum(B * self.solve(B), dim=0)'''

COLUMNS = '''def _columns(B, solve):
    """A vector is a matrix of one column there."""
    return solve(B[:, None])[:, 0] if B.ndim == 1 else solve(B)'''

CHOLESKY = '''class _Cholesky(_LU):
    """A positive definite matrix by its Cholesky factor L."""

    def __init__(self, L):
        self.L = L

    def solve(self, B, transposed=False):
        return _columns(B, lambda C: torch.cholesky_solve(C, self.L))

    def inverse(self):
        return torch.cholesky_inverse(self.L)

    def logdet(self):
        return 2 * torch.sum(torch.log(torch.diagonal(self.L)))

    def congruence(self, B):
        Z = torch.linalg.solve_triangular(self.L, B, upper=False)
        return Z.T @ Z

    def forms(self, B):
        return torch.sum(torch.linalg.solve_triangular(self.L, B, upper=False) ** 2, dim=0)'''

DEFINITE = """def _definite(M):
    return _Cholesky(torch.linalg.cholesky(M))"""

HOLDS = '''def _holds(condition):
    """Whether a condition holds; no where that cannot be asked, under vmap."""
    try:
        return bool(condition)
    except RuntimeError:
        return False'''

FACTORED = '''def _factored(M):
    """A symmetric matrix by its Cholesky factor; by LU factors where it is not positive definite."""
    L, failed = torch.linalg.cholesky_ex(M)
    return _Cholesky(L) if _holds(failed == 0) else _LU(M)'''

LOW_RANK = '''class _LowRank(_LU):
    """diag(d) + U U^T by Woodbury's formula."""

    def __init__(self, d, U):
        self.d, self.U, self.Z = d, U, U / d[:, None]
        self.C = _factored(torch.eye(U.shape[1], dtype=U.dtype, device=U.device) + U.T @ self.Z)

    def solve(self, B, transposed=False):
        Y = (B.T / self.d).T if B.ndim == 2 else B / self.d
        return Y - self.Z @ self.C.solve(self.U.T @ Y)

    def inverse(self):
        return torch.diag(1 / self.d) - self.Z @ self.C.solve(self.Z.T)

    def logdet(self):
        return self.C.logdet() + torch.sum(torch.log(torch.abs(self.d)))

    def diagonal(self):
        return 1 / self.d - torch.sum(self.Z * self.C.solve(self.Z.T).T, dim=1)

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B; BMU is B M^-1 U."""
        rest = self.C.solve(self.Z.T) * (self.Z.T @ B) if BMU is None else self.Z * BMU
        return torch.sum(torch.diagonal(B) / self.d) - torch.sum(rest)'''

PICK_LOW_RANK = '''def _low_rank(d, U):
    """diag(d) + U U^T, by Woodbury's formula where U is narrow and d is not too small for it."""
    size = torch.abs(d)
    if 2 * U.shape[1] < U.shape[0] and _holds(1e6 * torch.min(size) > torch.max(size) + torch.sum(U * U)):
        return _LowRank(d, U)
    return _factored(torch.diag(d) + U @ U.T)'''

CARRIED = {
    "lu": (COLUMNS, LU),
    "definite": (COLUMNS, LU, CHOLESKY, DEFINITE),
    "factored": (COLUMNS, HOLDS, LU, CHOLESKY, FACTORED),
    "low_rank": (COLUMNS, HOLDS, LU, CHOLESKY, FACTORED, LOW_RANK, PICK_LOW_RANK),
}
