"""Code that generated NumPy modules carry for matrices by their factors: LAPACK through SciPy where it is installed,
NumPy alone otherwise.
"""

from __future__ import annotations

LAPACK = """try:
    from scipy.linalg import blas, lapack
except ImportError:  # NumPy alone does, more slowly
    lapack = None"""

LU = '''class _LU:
    """A square matrix by its LU factors: what is solved with it, its inverse, log |det|."""

    def __init__(self, M):
        self.M = M
        if lapack:
            self.factors, self.pivots, info = lapack.dgetrf(M.T)  # of the transpose, which needs no copy
            if info > 0:
                raise np.linalg.LinAlgError("Singular matrix")

    def solve(self, B, transposed=False):
        """M^-1 B, or M^-T B."""
        if not lapack:
            return np.linalg.solve(self.M.T if transposed else self.M, B)
        return lapack.dgetrs(self.factors, self.pivots, B, trans=0 if transposed else 1)[0]

    def inverse(self):
        return np.linalg.inv(self.M)

    def logdet(self):
        if not lapack:
            return np.linalg.slogdet(self.M)[1]
        return np.sum(np.log(np.abs(np.diagonal(self.factors))))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B):
        """The sum of the entries of M^-1 times those of B."""
        return np.vdot(self.inverse(), B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        return np.einsum("ij,ij->j", B, self.solve(B))'''

CHOLESKY = '''class _Cholesky:
    """A positive definite matrix by its Cholesky factor L: what is solved with it, its inverse, log det."""

    def __init__(self, L):
        self.L = L

    def solve(self, B, transposed=False):
        return lapack.dpotrs(self.L, B, lower=1)[0]

    def inverse(self):
        P = lapack.dpotri(self.L, lower=1)[0]  # its lower triangle
        P = P + P.T
        P.flat[:: len(P) + 1] /= 2
        return P

    def logdet(self):
        return 2 * np.sum(np.log(np.diagonal(self.L)))

    def congruence(self, B):
        """B^T M^-1 B."""
        Z = blas.dtrsm(1.0, self.L, B, lower=1)
        return Z.T @ Z

    def inner(self, B):
        """The sum of the entries of M^-1 times those of B."""
        return np.vdot(self.inverse(), B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        Z = blas.dtrsm(1.0, self.L, B, lower=1)
        return np.einsum("ij,ij->j", Z, Z)'''

FACTORED = '''def _factored(M):
    """A symmetric matrix by its Cholesky factor; by LU factors where it is not positive definite."""
    if not lapack:
        return _LU(M)
    L, info = lapack.dpotrf(M.T, lower=1)
    return _LU(M) if info else _Cholesky(L)'''

LOW_RANK = '''class _LowRank:
    """diag(d) + U U^T by Woodbury's formula: what is solved with it, its inverse, log |det|."""

    def __init__(self, d, U):
        self.d, self.U, self.Z = d, U, U / d[:, None]
        self.C = _factored(np.eye(U.shape[1]) + U.T @ self.Z)

    def solve(self, B, transposed=False):
        Y = (B.T / self.d).T
        return Y - self.Z @ self.C.solve(self.U.T @ Y)

    def inverse(self):
        return np.diag(1 / self.d) - self.Z @ self.C.solve(self.Z.T)

    def logdet(self):
        return self.C.logdet() + np.sum(np.log(np.abs(self.d)))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B):
        """The sum of the entries of M^-1 times those of B."""
        return np.sum(np.diagonal(B) / self.d) - np.vdot(self.C.solve(self.Z.T), self.Z.T @ B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        return np.einsum("ij,ij->j", B, self.solve(B))'''

PICK_LOW_RANK = '''def _low_rank(d, U):
    """diag(d) + U U^T, by Woodbury's formula where U is narrow and d is not too small for it."""
    size = np.abs(d)
    if 2 * U.shape[1] < U.shape[0] and 1e6 * np.min(size) > np.max(size) + np.vdot(U, U):
        return _LowRank(d, U)
    return _factored(np.diag(d) + U @ U.T)'''

CARRIED = {
    "lu": (LAPACK, LU),
    "factored": (LAPACK, LU, CHOLESKY, FACTORED),
    "low_rank": (LAPACK, LU, CHOLESKY, FACTORED, LOW_RANK, PICK_LOW_RANK),
}
