"""Code that generated JAX modules carry for matrices by their factors.  Under jit nothing can be tried: which of two
ways is right is decided by `lax.cond`, which runs one of them.
"""

from __future__ import annotations

LU = '''class _LU:
    """A square matrix by its LU factors: what is solved with it, its inverse, log |det|."""

    def __init__(self, M):
        self.factors = jax.scipy.linalg.lu_factor(M)

    def solve(self, B, transposed=False):
        """M^-1 B, or M^-T B."""
        return jax.scipy.linalg.lu_solve(self.factors, B, trans=int(transposed))

    def inverse(self):
        return self.solve(jnp.eye(*self.factors[0].shape, dtype=self.factors[0].dtype))

    def diagonal(self):
        """The diagonal of the inverse."""
        return jnp.diagonal(self.inverse())

    def logdet(self):
        return jnp.sum(jnp.log(jnp.abs(jnp.diagonal(self.factors[0]))))

    def congruence(self, B):
        """B^T M^-1 B."""
        return B.T @ self.solve(B)

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B."""
        return jnp.sum(self.inverse() * B)

    def forms(self, B):
        """The diagonal of B^T M^-1 B."""
        return jnp.sum(B * self.solve(B), axis=0)'''

CHOLESKY = '''class _Cholesky(_LU):
    """A positive definite matrix by its Cholesky factor L."""

    def __init__(self, L):
        self.L = self.factors = L, True

    def solve(self, B, transposed=False):
        return jax.scipy.linalg.cho_solve(self.L, B)

    def logdet(self):
        return 2 * jnp.sum(jnp.log(jnp.diagonal(self.L[0])))

    def _whitened(self, B):
        return jax.scipy.linalg.solve_triangular(self.L[0], B, lower=True)

    def congruence(self, B):
        Z = self._whitened(B)
        return Z.T @ Z

    def forms(self, B):
        return jnp.sum(self._whitened(B) ** 2, axis=0)'''

EITHER = '''class _Either:
    """A matrix by factors that are right where `condition` holds, and else by others, which `other` makes then."""

    def __init__(self, condition, first, other):
        self.condition, self.first, self.other = condition, first, other

    def __getattr__(self, name):
        def ask(*given, **how):
            first, other = [lambda part=part: getattr(part(), name)(*given, **how) for part in (self._one, self.other)]
            return jax.lax.cond(self.condition, first, other)

        return ask

    def _one(self):
        return self.first'''

FACTORED = '''def _factored(M):
    """A symmetric matrix by its Cholesky factor; by LU factors where it is not positive definite."""
    L = jnp.linalg.cholesky(M)
    return _Either(jnp.all(jnp.isfinite(L)), _Cholesky(L), lambda: _LU(M))'''

LOW_RANK = '''class _LowRank(_LU):
    """diag(d) + U U^T by Woodbury's formula."""

    def __init__(self, d, U):
        self.d, self.U, self.Z = d, U, U / d[:, None]
        self.C = _LU(jnp.eye(U.shape[1], dtype=U.dtype) + U.T @ self.Z)

    def solve(self, B, transposed=False):
        Y = (B.T / self.d).T
        return Y - self.Z @ self.C.solve(self.U.T @ Y)

    def inverse(self):
        return jnp.diag(1 / self.d) - self.Z @ self.C.solve(self.Z.T)

    def logdet(self):
        return self.C.logdet() + jnp.sum(jnp.log(jnp.abs(self.d)))

    def diagonal(self):
        return 1 / self.d - jnp.sum(self.Z * self.C.solve(self.Z.T).T, axis=1)

    def inner(self, B, BMU=None):
        """The sum of the entries of M^-1 times those of B; BMU is B M^-1 U."""
        rest = self.C.solve(self.Z.T) * (self.Z.T @ B) if BMU is None else self.Z * BMU
        return jnp.sum(jnp.diagonal(B) / self.d) - jnp.sum(rest)'''

PICK_LOW_RANK = '''def _low_rank(d, U):
    """diag(d) + U U^T, by Woodbury's formula where U is narrow and d is not too small for it."""
    if 2 * U.shape[1] >= U.shape[0]:
        return _factored(jnp.diag(d) + U @ U.T)
    size = jnp.abs(d)
    fits = 1e6 * jnp.min(size) > jnp.max(size) + jnp.sum(U * U)
    return _Either(fits, _LowRank(d, U), lambda: _LU(jnp.diag(d) + U @ U.T))'''

CARRIED = {
    "lu": (LU,),
    "factored": (LU, CHOLESKY, EITHER, FACTORED),
    "low_rank": (LU, CHOLESKY, EITHER, FACTORED, LOW_RANK, PICK_LOW_RANK),
}
