"""Code that generated NumPy modules carry for matrices by their factors: LAPACK through SciPy where it is installed,
NumPy alone otherwise.
"""

from __future__ import annotations

LAPACK = '''try:
    from scipy.linalg import blas, lapack
except ImportError:  # NumPy alone does, more slowly
    blas = lapack = None


def _routine(library, name, M):
    """LAPACK's or BLAS's routine for the precision of M."""
    return getattr(library, ("s" if M.dtype == np.float32 else "d") + name)'''

LU = '''class _LU:
    """A square matrix by its LU factors: what is solved with it, its inverse, log |det|."""

    def __init__(self, M):
        self.M = M
        if lapack:
            self.factors, self.pivots, info = _routine(lapack, "getrf", M)(M.T)  # of the transpose, which needs no copy
            if info > 0:
                raise np.linalg.LinAlgError("Singular matrix")

    def solve(self, B, transposed=False):
        """M^-1 B, or M^-T B."""
        if not lapack:
            return np.linalg.solve(self.M.T if transposed else self.M, B)
        return _routine(lapack, "getrs", self.factors)(self.factors, self.pivots, B, trans=0 if transposed else 1)[0]

    def inverse(self):
        return np.linalg.inv(self.M)

    def diagonal(self):
        """The diagonal of the inverse."""
        return np.diagonal(self.inverse())

    def logdet(self):
        if not lapack:
            return np.linalg.slogdet(self.M)[1]
        return np.sum(np.log(np.abs(np.diagonal(self.factors))))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B, BMU=None):
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
        return _routine(lapack, "potrs", self.L)(self.L, B, lower=1)[0]

    def inverse(self):
        P = _routine(lapack, "potri", self.L)(self.L, lower=1)[0]  # its lower triangle
        P = P + P.T
        P.flat[:: len(P) + 1] /= 2
        return P

    def diagonal(self):
        """The diagonal of the inverse."""
        return np.diagonal(_routine(lapack, "potri", self.L)(self.L, lower=1)[0])

    def logdet(self):
        return 2 * np.sum(np.log(np.diagonal(self.L)))

    def congruence(self, B):
        """B^T M^-1 B."""
        Z = _routine(blas, "trsm", self.L)(1.0, self.L, B, lower=1)
        return Z.T @ Z

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B."""
        return np.vdot(self.inverse(), B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        Z = _routine(blas, "trsm", self.L)(1.0, self.L, B, lower=1)
        return np.einsum("ij,ij->j", Z, Z)'''

FACTORED = '''def _factored(M):
    """A symmetric matrix by its Cholesky factor; by LU factors where it is not positive definite."""
    if not lapack:
        return _LU(M)
    L, info = _routine(lapack, "potrf", M)(M.T, lower=1)
    return _LU(M) if info else _Cholesky(L)'''

LOW_RANK = '''class _LowRank:
    """diag(d) + U U^T by Woodbury's formula: what is solved with it, its inverse, log |det|."""

    def __init__(self, d, U):
        self.d, self.U, self.Z = d, U, U / d[:, None]
        C = U.T @ self.Z
        C.flat[:: len(C) + 1] += 1
        self.C = _factored(C)

    def solve(self, B, transposed=False):
        Y = (B.T / self.d).T
        return Y - self.Z @ self.C.solve(self.U.T @ Y)

    def inverse(self):
        return np.diag(1 / self.d) - self.Z @ self.C.solve(self.Z.T)

    def diagonal(self):
        """The diagonal of the inverse."""
        return 1 / self.d - np.einsum("ij,ji->i", self.Z, self.C.solve(self.Z.T))

    def logdet(self):
        return self.C.logdet() + np.sum(np.log(np.abs(self.d)))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B; BMU is B M^-1 U."""
        rest = np.vdot(self.C.solve(self.Z.T), self.Z.T @ B) if BMU is None else np.vdot(self.Z, BMU)
        return np.sum(np.diagonal(B) / self.d) - rest

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
