"""Objectives with gradients, Hessians and products written by hand, to measure generated code against: one entry each.

An entry: id; expr, where, wrt as matdiff reads them; data(rng, *size) gives the arrays by name; sizes by operation (""
for the others); ops asked (all four if left out); objective(xp, **data); reference: the candidates by operation, of
which the fastest counts; structure of the variable, where it has one.  Candidates name the arrays that they need, and a
Hessian-vector product its `direction`.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

PROBLEMS = []


def problem(name, expr, wrt, data, sizes, objective, where="", structure=None, **reference):
    """One entry of the list; a reference is a function or a list of them."""
    listed = {op: functions if isinstance(functions, list) else [functions] for op, functions in reference.items()}
    entry = {"id": name, "expr": expr, "where": where, "wrt": wrt, "data": data, "sizes": sizes, "objective": objective}
    entry |= {"reference": listed, "ops": tuple(listed)}
    PROBLEMS.append(entry if structure is None else entry | {"structure": structure})


# ---- what references share


def spd(rng, n):
    Q = rng.standard_normal((n, n))
    return Q @ Q.T / n + np.eye(n)


def chol(S):
    return lapack.dpotrf(S.T, lower=1, clean=0)[0]


def logdet(c):
    return 2 * np.log(np.diagonal(c)).sum()


def solve(c, b):
    return lapack.dpotrs(c, b, lower=1)[0]


def inverse(c):
    P = np.tril(lapack.dpotri(c, lower=1)[0])
    whole = P + P.T
    whole.flat[:: len(P) + 1] /= 2
    return whole


def plus(A, d):
    A.flat[:: len(A) + 1] += d
    return A


def dots(A, B):
    return np.einsum("ij,ij->i", A, B)


def row_softmax(Z):
    Z = np.exp(Z - Z.max(1)[:, None])
    Z *= (1 / Z.sum(1))[:, None]
    return Z


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def log_sum(xp, Z):
    return (lambda top: top + xp.log(xp.sum(xp.exp(Z - top[:, None]), 1)))(xp.amax(Z, 1))


# ---- classes with an offset


def _multinomial(rng, N, d, k):
    data = {
        "X": rng.standard_normal((N, d)) / np.sqrt(d),
        "W": rng.standard_normal((d, k)),
        "b": rng.standard_normal(k),
    }
    return {**data, "Y": np.eye(k)[rng.integers(0, k, N)], "l": 0.3}


def _multinomial_vg(X, W, b, Y, l):
    Z = X @ W
    v = -np.vdot(Y, Z) + l * np.vdot(W, W)
    Z += b
    top = Z.max(1)
    Z -= top[:, None]
    np.exp(Z, out=Z)
    s = Z.sum(1)
    v += np.log(s).sum() + top.sum()
    Z *= (1 / s)[:, None]
    Z -= Y
    return v, X.T @ Z + 2 * l * W


def _multinomial_hvp(X, W, b, l, direction):
    P = row_softmax(X @ W + b)
    U = X @ direction
    U -= dots(P, U)[:, None]
    P *= U
    return X.T @ P + 2 * l * direction


problem(
    "multinomial", "sum(log(exp(X W + ones(N) b^T) ones(k))) - tr(Y^T X W) + l ||W||_F^2", "W", _multinomial,
    {"": (6000, 80, 12)},
    lambda xp, X, W, b, Y, l: xp.sum(log_sum(xp, X @ W + b)) - xp.sum(Y * (X @ W)) + l * xp.sum(W * W),
    "X in R^{N x d}, W in R^{d x k}, Y in R^{N x k}, b in R^k, l scalar",
    gradient=lambda X, W, b, Y, l: X.T @ (row_softmax(X @ W + b) - Y) + 2 * l * W,
    hvp=_multinomial_hvp, value_and_gradient=_multinomial_vg,
)  # fmt: skip

# ---- Gaussian process by its noise, Matern kernel by its length


def _process(rng, n):
    P = rng.standard_normal((n, 3))
    D = np.sqrt(((P[:, None] - P[None]) ** 2).sum(2))
    return {"y": rng.standard_normal(n), "t": 0.7, "c": 0.4, "D": D}


def _noise(y, t, c, D):
    f = chol(plus(np.exp(D * -t), c))
    p = solve(f, y)
    return f, p


def _noise_vg(y, t, c, D):
    f, p = _noise(y, t, c, D)
    tr = np.einsum("ii->", lapack.dpotri(f, lower=1)[0])
    return y @ p + logdet(f), tr - p @ p


def _noise_hessian(y, t, c, D):
    f, p = _noise(y, t, c, D)
    P = np.tril(lapack.dpotri(f, lower=1)[0])
    return 2 * (p @ solve(f, p)) - (2 * np.vdot(P, P) - np.diagonal(P) @ np.diagonal(P))


problem(
    "gp_noise", "y^T (exp(-t D) + c I)^-1 y + logdet(exp(-t D) + c I)", "c", _process, {"": (500,)},
    lambda xp, y, t, c, D: (lambda K: y @ xp.linalg.solve(K, y) + xp.linalg.slogdet(K)[1])(
        xp.exp(-t * D) + c * xp.eye(len(y))),
    "D in R^{n x n} symmetric, t scalar, c scalar, y in R^n",
    gradient=lambda y, t, c, D: _noise_vg(y, t, c, D)[1], hessian=_noise_hessian, value_and_gradient=_noise_vg,
)  # fmt: skip


def _matern_vg(y, t, c, D):
    E = D * -t
    np.exp(E, out=E)
    K = D * t
    K += 1
    K *= E
    f = chol(plus(K, c))
    p = solve(f, y)
    v = y @ p + logdet(f)
    P = np.tril(lapack.dpotri(f, lower=1)[0])
    E *= D
    E *= D
    E *= -t
    tr = 2 * np.vdot(P, E) - np.diagonal(P) @ np.diagonal(E)
    return v, tr - p @ (E @ p)


problem(
    "matern", "y^T ((ones(n, n) + t D) .* exp.(-t D) + c I)^-1 y + logdet((ones(n, n) + t D) .* exp.(-t D) + c I)", "t",
    _process, {"": (500,)},
    lambda xp, y, t, c, D: (lambda K: y @ xp.linalg.solve(K, y) + xp.linalg.slogdet(K)[1])(
        (1 + t * D) * xp.exp(-t * D) + c * xp.eye(len(y))),
    "D in R^{n x n} symmetric, t scalar, c scalar, y in R^n",
    gradient=lambda y, t, c, D: _matern_vg(y, t, c, D)[1], value_and_gradient=_matern_vg,
)  # fmt: skip

# ---- mixture of Gaussians by its means


def _mixture(rng, N, d, k):
    p = rng.random(k) + 0.2
    return {"X": rng.standard_normal((N, d)), "M": rng.standard_normal((k, d)), "p": p / p.sum()}


def _mixture_parts(X, M, p):
    Z = X @ M.T
    Z -= 0.5 * dots(M, M)
    top = Z.max(1)
    Z -= top[:, None]
    np.exp(Z, out=Z)
    s = Z @ p
    Z *= p
    Z *= (1 / s)[:, None]
    return Z, np.log(s).sum() + top.sum()


def _mixture_vg(X, M, p):
    R, v = _mixture_parts(X, M, p)
    return v, R.T @ X - R.sum(0)[:, None] * M


def _mixture_hvp(X, M, p, direction):
    R, _ = _mixture_parts(X, M, p)
    T = X @ direction.T
    T -= dots(M, direction)
    T -= dots(R, T)[:, None]
    T *= R
    return T.T @ X - T.sum(0)[:, None] * M - R.sum(0)[:, None] * direction


problem(
    "mixture", "sum(log(exp(X M^T - 1/2 ones(N) diag(M M^T)^T) p))", "M", _mixture, {"": (8000, 20, 10)},
    lambda xp, X, M, p: xp.sum(log_sum(xp, X @ M.T - 0.5 * xp.sum(M * M, 1) + xp.log(p))),
    "X in R^{N x d}, M in R^{k x d}, p in R^k",
    gradient=lambda X, M, p: _mixture_vg(X, M, p)[1], hvp=_mixture_hvp, value_and_gradient=_mixture_vg,
)  # fmt: skip

# ---- probabilistic PCA


def _ppca(rng, d, k):
    return {"W": rng.standard_normal((d, k)) / np.sqrt(d), "s": 0.8, "S": spd(rng, d)}


def _ppca_parts(W, s):
    return W / s, chol(plus(W.T @ W / s, 1))


def _ppca_vg(W, s, S):
    Z, c = _ppca_parts(W, s)
    A = solve(c, Z.T).T
    SA = S @ A
    v = logdet(c) + len(W) * np.log(s) + np.trace(S) / s - np.vdot(Z, SA)
    return v, 2 * (A - (SA - Z @ solve(c, W.T @ SA)) / s)


def _ppca_hvp(W, s, S, direction):
    Z, c = _ppca_parts(W, s)

    def inv(b):
        b = b / s
        return b - Z @ solve(c, W.T @ b)

    A = solve(c, Z.T).T
    SA = S @ A
    B = inv(SA)

    def dK(b):
        return direction @ (W.T @ b) + W @ (direction.T @ b)

    dA = inv(direction - dK(A))
    return 2 * (dA - inv(S @ dA - dK(B)))


problem(
    "ppca", "logdet(W W^T + s I) + tr((W W^T + s I)^-1 S)", "W", _ppca, {"": (600, 10)},
    lambda xp, W, s, S: (lambda K: xp.linalg.slogdet(K)[1] + xp.trace(xp.linalg.solve(K, S)))(
        W @ W.T + s * xp.eye(len(W))),
    "W in R^{d x k}, S in R^{d x d} symmetric, s scalar",
    gradient=lambda W, s, S: _ppca_vg(W, s, S)[1], hvp=_ppca_hvp, value_and_gradient=_ppca_vg,
)  # fmt: skip

# ---- metric learning


def _metric(rng, N, d, k):
    return {"L": rng.standard_normal((k, d)) / np.sqrt(d), "D": rng.standard_normal((N, d)), "y": rng.random(N)}


def _metric_vg(L, D, y):
    T = D @ L.T
    r = dots(T, T) - y
    T *= (4 * r)[:, None]
    return r @ r, T.T @ D


def _metric_hvp(L, D, y, direction):
    T, U = D @ L.T, D @ direction.T
    r, dr = dots(T, T) - y, dots(T, U)
    U *= (4 * r)[:, None]
    T *= (8 * dr)[:, None]
    U += T
    return U.T @ D


problem(
    "metric", "sum((diag(D L^T L D^T) - y).^2)", "L", _metric, {"": (6000, 60, 10)},
    lambda xp, L, D, y: xp.sum((xp.sum((D @ L.T) ** 2, 1) - y) ** 2), "D in R^{N x d}, L in R^{k x d}, y in R^N",
    gradient=lambda L, D, y: _metric_vg(L, D, y)[1], hvp=_metric_hvp, value_and_gradient=_metric_vg,
)  # fmt: skip

# ---- canonical correlation


def _correlation(rng, m, n):
    return {"a": rng.standard_normal(m), "C": rng.standard_normal((m, n)), "b": rng.standard_normal(n),
            "A": spd(rng, m), "B": spd(rng, n)}  # fmt: skip


def _correlation_vg(a, C, b, A, B):
    Cb, Aa = C @ b, A @ a
    q, n = a @ Aa, b @ (B @ b)
    v = (a @ Cb) / np.sqrt(q * n)
    return v, Cb / np.sqrt(q * n) - (v / q) * Aa


def _correlation_hvp(a, C, b, A, B, direction):
    Cb, Aa, Ad = C @ b, A @ a, A @ direction
    q, n, c, cd, ad = a @ Aa, b @ (B @ b), a @ Cb, direction @ Cb, direction @ Aa
    r = 1 / np.sqrt(q * n)
    return r * (-(ad / q) * Cb - (cd / q) * Aa - (c / q) * Ad + (3 * c * ad / q**2) * Aa)


def _correlation_hessian(a, C, b, A, B):
    Cb, Aa = C @ b, A @ a
    q, n, c = a @ Aa, b @ (B @ b), a @ Cb
    r = 1 / np.sqrt(q * n)
    H = A * (-r * c / q)
    H += np.multiply.outer(Aa * (3 * c * r / q**2) - Cb * (r / q), Aa)
    H -= np.multiply.outer(Aa * (r / q), Cb)
    return H


problem(
    "correlation", "a^T C b / sqrt((a^T A a) (b^T B b))", "a", _correlation, {"": (1000, 1200)},
    lambda xp, a, C, b, A, B: a @ (C @ b) / xp.sqrt((a @ (A @ a)) * (b @ (B @ b))), "A symmetric, B symmetric",
    gradient=lambda a, C, b, A, B: _correlation_vg(a, C, b, A, B)[1], hessian=_correlation_hessian,
    hvp=_correlation_hvp, value_and_gradient=_correlation_vg,
)  # fmt: skip

# ---- non-negative factorisations


def _nmf(rng, m, n, k):
    return {"X": rng.random((m, n)), "W": rng.random((m, k)) + 0.1, "H": rng.random((k, n)) + 0.1}


def _nmf_vg(X, W, H):
    R = W @ H
    R -= X
    G = W.T @ R
    G *= 2
    return np.vdot(R, R), G


problem(
    "nmf", "||X - W H||_F^2", "H", _nmf, {"": (1500, 1200, 20)}, lambda xp, X, W, H: xp.sum((X - W @ H) ** 2),
    gradient=lambda X, W, H: 2 * ((W.T @ W) @ H - W.T @ X), hvp=lambda W, direction: (2 * (W.T @ W)) @ direction,
    value_and_gradient=_nmf_vg,
)  # fmt: skip


def _kl_vg(X, W, H):
    P = W @ H
    v = P.sum() - np.vdot(X, np.log(P))
    np.divide(X, P, out=P)
    return v, H.sum(1) - P @ H.T


def _kl_gradient(X, W, H):
    P = W @ H
    np.divide(X, P, out=P)
    return H.sum(1) - P @ H.T


def _kl_hvp(X, W, H, direction):
    P = W @ H
    np.multiply(P, P, out=P)
    np.divide(X, P, out=P)
    P *= direction @ H
    return P @ H.T


problem(
    "nmf_kl", "sum(W H - X .* log(W H))", "W", _nmf, {"": (800, 700, 15)},
    lambda xp, X, W, H: (lambda P: xp.sum(P - X * xp.log(P)))(W @ H),
    gradient=_kl_gradient, hvp=_kl_hvp, value_and_gradient=_kl_vg,
)  # fmt: skip

# ---- robust regression


def _regression(rng, m, n):
    return {"X": rng.standard_normal((m, n)) / np.sqrt(n), "w": rng.standard_normal(n), "y": rng.standard_normal(m)}


def _huber_vg(X, w, y):
    r = X @ w - y
    q = np.sqrt(1 + r * r)
    return q.sum() - len(r), (r / q) @ X


def _huber_hessian(X, w, y):
    r = X @ w - y
    Z = X * ((1 + r * r) ** -0.75)[:, None]
    return Z.T @ Z


def _huber_hvp(X, w, y, direction):
    r = X @ w - y
    q = 1 + r * r
    return ((X @ direction) / (q * np.sqrt(q))) @ X


problem(
    "huber", "sum(sqrt(1 + (X w - y).^2) - 1)", "w", _regression, {"": (8000, 300), "hessian": (4000, 200)},
    lambda xp, X, w, y: xp.sum(xp.sqrt(1 + (X @ w - y) ** 2) - 1), "X in R^{m x n}, w in R^n, y in R^m",
    gradient=lambda X, w, y: (lambda r: (r / np.sqrt(1 + r * r)) @ X)(X @ w - y), hessian=_huber_hessian,
    hvp=_huber_hvp, value_and_gradient=_huber_vg,
)  # fmt: skip


def _cauchy_vg(X, w, y):
    r = X @ w - y
    q = 1 + r * r
    return np.log(q).sum(), (2 * r / q) @ X


problem(
    "cauchy", "sum(log(1 + (X w - y).^2))", "w", _regression, {"": (8000, 300), "hessian": (4000, 200)},
    lambda xp, X, w, y: xp.sum(xp.log(1 + (X @ w - y) ** 2)), "X in R^{m x n}, w in R^n, y in R^m",
    gradient=lambda X, w, y: (lambda r: (2 * r / (1 + r * r)) @ X)(X @ w - y),
    hessian=lambda X, w, y: (lambda r: X.T @ ((2 * (1 - r * r) / (1 + r * r) ** 2)[:, None] * X))(X @ w - y),
    hvp=lambda X, w, y, direction: (lambda r: (2 * (1 - r * r) / (1 + r * r) ** 2 * (X @ direction)) @ X)(X @ w - y),
    value_and_gradient=_cauchy_vg,
)  # fmt: skip

# ---- counts


def _poisson_vg(X, w, y):
    z = X @ w
    e = np.exp(z)
    return e.sum() - y @ z, (e - y) @ X


problem(
    "poisson", "sum(exp(X w)) - y^T X w", "w", _regression, {"": (8000, 300), "hessian": (4000, 200)},
    lambda xp, X, w, y: xp.sum(xp.exp(X @ w)) - y @ (X @ w),
    gradient=lambda X, w, y: (np.exp(X @ w) - y) @ X,
    hessian=lambda X, w: (lambda Z: Z.T @ Z)(np.exp(0.5 * (X @ w))[:, None] * X),
    hvp=lambda X, w, direction: (np.exp(X @ w) * (X @ direction)) @ X, value_and_gradient=_poisson_vg,
)  # fmt: skip

# ---- proportional hazards


def _cox(rng, m, n):
    return {**_regression(rng, m, n), "R": np.triu(np.ones((m, m))), "d": (rng.random(m) < 0.6) * 1.0}


def _cox_vg(X, w, R, d):
    z = X @ w
    top = z.max()
    e = np.exp(z - top)
    s = R @ e
    return d @ (np.log(s) + top - z), (e * ((d / s) @ R) - d) @ X


def _cox_hvp(X, w, R, d, direction):
    z = X @ w
    e = np.exp(z - z.max())
    t = e * (X @ direction)
    s = R @ e
    q = d / s
    return (t * (q @ R) - e * ((q / s * (R @ t)) @ R)) @ X


def _cox_hessian(X, w, R, d):
    z = X @ w
    e = np.exp(z - z.max())
    s = R @ e
    q = d / s
    Y = R @ (e[:, None] * X)
    Z = np.sqrt(e * (q @ R))[:, None] * X
    return Z.T @ Z - (lambda T: T.T @ T)((np.sqrt(q / s))[:, None] * Y)


problem(
    "cox", "d^T (log(R exp(X w)) - X w)", "w", _cox, {"": (1500, 100), "hessian": (600, 60)},
    lambda xp, X, w, R, d, y: d @ (xp.log(R @ xp.exp(X @ w)) - X @ w),
    "X in R^{m x n}, w in R^n, R in R^{m x m}, d in R^m",
    gradient=lambda X, w, R, d: _cox_vg(X, w, R, d)[1], hessian=_cox_hessian, hvp=_cox_hvp,
    value_and_gradient=_cox_vg,
)  # fmt: skip

# ---- gated cell


def _gated(rng, N, d, h):
    return {"X": rng.standard_normal((N, d)) / np.sqrt(d), "W": rng.standard_normal((d, h)),
            "V": rng.standard_normal((d, h)), "c": rng.standard_normal(h), "y": rng.standard_normal(N)}  # fmt: skip


def _gated_vg(X, W, V, c, y):
    S = sigmoid(X @ W)
    T = np.tanh(X @ V)
    T *= S
    r = T @ c - y
    np.subtract(1, S, out=S)
    T *= S
    T *= c
    T *= (2 * r)[:, None]
    return r @ r, X.T @ T


def _gated_hvp(X, W, V, c, y, direction):
    S = sigmoid(X @ W)
    T = np.tanh(X @ V)
    T *= S
    U = X @ direction
    r = T @ c - y
    T *= 1 - S
    T *= c
    dr = dots(T, U)
    U *= 1 - 2 * S
    U *= r[:, None]
    U += dr[:, None]
    T *= U
    T *= 2
    return X.T @ T


problem(
    "gated", "||(sigmoid(X W) .* tanh(X V)) c - y||^2", "W", _gated, {"": (5000, 60, 30)},
    lambda xp, X, W, V, c, y: xp.sum(((1 / (1 + xp.exp(-X @ W))) * xp.tanh(X @ V) @ c - y) ** 2),
    "X in R^{N x d}, W in R^{d x h}, V in R^{d x h}, c in R^h, y in R^N",
    gradient=lambda X, W, V, c, y: _gated_vg(X, W, V, c, y)[1], hvp=_gated_hvp, value_and_gradient=_gated_vg,
)  # fmt: skip

# ---- two layers, by the first


def _deep(rng, N, d, h, k):
    return {"X": rng.standard_normal((N, d)) / np.sqrt(d), "W": rng.standard_normal((d, h)),
            "V": rng.standard_normal((h, k)) / np.sqrt(h), "Y": rng.standard_normal((N, k))}  # fmt: skip


def _deep_vg(X, W, V, Y):
    A = np.tanh(X @ W)
    B = np.tanh(A @ V)
    R = B - Y
    v = np.vdot(R, R)
    R *= 2
    np.multiply(B, B, out=B)
    np.subtract(1, B, out=B)
    R *= B
    G = R @ V.T
    np.multiply(A, A, out=A)
    np.subtract(1, A, out=A)
    G *= A
    return v, X.T @ G


def _deep_hvp(X, W, V, Y, direction):
    A = np.tanh(X @ W)
    B = np.tanh(A @ V)
    R, S, Q = B - Y, 1 - A * A, 1 - B * B
    dA = X @ direction
    dA *= S
    dB = dA @ V
    dB *= Q
    G = (2 * R * Q) @ V.T
    dR = dB * Q
    R *= B
    R *= dB
    dR -= 2 * R
    dG = (2 * dR) @ V.T
    dG *= S
    A *= dA
    A *= G
    dG -= 2 * A
    return X.T @ dG


problem(
    "deep", "||tanh(tanh(X W) V) - Y||_F^2", "W", _deep, {"": (4000, 60, 40, 10)},
    lambda xp, X, W, V, Y: xp.sum((xp.tanh(xp.tanh(X @ W) @ V) - Y) ** 2),
    "X in R^{N x d}, W in R^{d x h}, V in R^{h x k}, Y in R^{N x k}",
    gradient=lambda X, W, V, Y: _deep_vg(X, W, V, Y)[1], hvp=_deep_hvp, value_and_gradient=_deep_vg,
)  # fmt: skip


def _offset(rng, N, d, h):
    return {"X": rng.standard_normal((N, d)) / np.sqrt(d), "W": rng.standard_normal((d, h)),
            "b": rng.standard_normal(h), "w": rng.standard_normal(h), "y": rng.standard_normal(N)}  # fmt: skip


def _offset_vg(X, W, b, w, y):
    Z = X @ W
    Z += b
    on = Z > 0
    Z *= on
    r = Z @ w - y
    return r @ r, 2 * w * (r @ on)


problem(
    "offset", "||relu(X W + ones(N) b^T) w - y||^2", "b", _offset, {"": (5000, 60, 30)},
    lambda xp, X, W, b, w, y: xp.sum((xp.maximum(X @ W + b, 0 * (X @ W)) @ w - y) ** 2),
    "X in R^{N x d}, W in R^{d x h}, b in R^h, w in R^h, y in R^N",
    gradient=lambda X, W, b, w, y: _offset_vg(X, W, b, w, y)[1], value_and_gradient=_offset_vg,
)  # fmt: skip

# ---- normalisation of a layer


def _normal(rng, n):
    return {"x": rng.standard_normal(n), "g": rng.standard_normal(n), "c": 1e-3}


def _normal_vg(g, x, c):
    z = x - x.mean()
    s = np.sqrt(z @ z / len(z) + c)
    z /= s
    v = g @ z
    return v, (g - g.mean() - z * (v / len(z))) / s


problem(
    "layer_norm", "g^T (x - mean(x) ones(n)) / sqrt(1/n ||x - mean(x) ones(n)||^2 + c)", "x", _normal, {"": (200000,)},
    lambda xp, x, g, c: (lambda z: g @ z / xp.sqrt(xp.sum(z * z) / len(z) + c))(x - xp.mean(x)), "x in R^n, g in R^n",
    gradient=lambda g, x, c: _normal_vg(g, x, c)[1], value_and_gradient=_normal_vg,
)  # fmt: skip

# ---- attention of all rows


def _attention(rng, n, d):
    return {name: rng.standard_normal((n, d)) / d**0.25 for name in ("G", "Q", "K", "V")}


def _attention_vg(G, Q, K, V):
    P = row_softmax(Q @ K.T)
    T = G @ V.T
    T *= P
    r = T.sum(1)
    P *= r[:, None]
    T -= P
    return r.sum(), T @ K


def _attention_second(G, Q, K, V, direction):
    """The differential d (p * (t - p.t)) = dp (t - p.t) - p (dp . t), dp = p (u - p.u)."""
    P = row_softmax(Q @ K.T)
    T = G @ V.T
    T -= dots(P, T)[:, None]
    U = direction @ K.T
    U -= dots(P, U)[:, None]
    U *= T
    U -= dots(P, U)[:, None]
    U *= P
    return U @ K


problem(
    "attention_rows", "tr(G^T diag(1 ./ (exp(Q K^T) ones(n))) exp(Q K^T) V)", "Q", _attention, {"": (700, 40)},
    lambda xp, G, Q, K, V: (lambda Z: xp.sum(G * (xp.exp(Z - log_sum(xp, Z)[:, None]) @ V)))(Q @ K.T),
    "G in R^{n x d}, Q in R^{n x d}, K in R^{n x d}, V in R^{n x d}",
    gradient=lambda G, Q, K, V: _attention_vg(G, Q, K, V)[1], hvp=_attention_second, value_and_gradient=_attention_vg,
)  # fmt: skip

# ---- likelihood of a Kalman filter's innovation


def _innovation(rng, m, n):
    return {"H": rng.standard_normal((m, n)) / np.sqrt(n), "P": spd(rng, n), "R": spd(rng, m),
            "y": rng.standard_normal(m), "x": rng.standard_normal(n)}  # fmt: skip


def _innovation_vg(H, P, R, y, x):
    HP = H @ P
    c = chol(HP @ H.T + R)
    r = y - H @ x
    p = solve(c, r)
    G = solve(c, HP)
    G -= np.multiply.outer(p, p @ HP + x)
    G *= 2
    return logdet(c) + r @ p, G


problem(
    "innovation", "logdet(H P H^T + R) + (y - H x)^T (H P H^T + R)^-1 (y - H x)", "H", _innovation, {"": (300, 200)},
    lambda xp, H, P, R, y, x: (lambda S, r: xp.linalg.slogdet(S)[1] + r @ xp.linalg.solve(S, r))(
        H @ P @ H.T + R, y - H @ x),
    "P spd, R spd", gradient=lambda H, P, R, y, x: _innovation_vg(H, P, R, y, x)[1],
    value_and_gradient=_innovation_vg,
)  # fmt: skip

# ---- diagonal plus low rank, by the diagonal


def _low_rank(rng, n, k):
    return {"d": rng.random(n) + 0.5, "U": rng.standard_normal((n, k)) / np.sqrt(n), "y": rng.standard_normal(n)}


def _low_rank_vg(d, U, y):
    Z = U / d[:, None]
    c = chol(plus(U.T @ Z, 1))
    A = solve(c, Z.T)
    p = y / d
    p -= Z @ solve(c, U.T @ p)
    return logdet(c) + np.log(d).sum() + y @ p, 1 / d - np.einsum("ij,ji->i", Z, A) - p * p


problem(
    "low_rank_diagonal", "logdet(diag(d) + U U^T) + y^T (diag(d) + U U^T)^-1 y", "d", _low_rank, {"": (800, 20)},
    lambda xp, d, U, y: (lambda K: xp.linalg.slogdet(K)[1] + y @ xp.linalg.solve(K, y))(xp.diag(d) + U @ U.T),
    "d in R^n, U in R^{n x k}", gradient=lambda d, U, y: _low_rank_vg(d, U, y)[1], value_and_gradient=_low_rank_vg,
)  # fmt: skip

# ---- designs and traces of inverses


def _design(rng, m, n):
    return {"A": rng.standard_normal((m, n)) / np.sqrt(n), "x": rng.random(m) + 0.5}


def _a_optimal_vg(A, x):
    c = chol(A.T @ (x[:, None] * A))
    P = inverse(c)
    AP = A @ P
    return np.trace(P), -dots(AP, AP)


def _a_optimal_hessian(A, x):
    P = inverse(chol(A.T @ (x[:, None] * A)))
    AP = A @ P
    H = AP @ A.T
    H *= AP @ AP.T
    H *= 2
    return H


def _a_optimal_hvp(A, x, direction):
    P = inverse(chol(A.T @ (x[:, None] * A)))
    AP = A @ P
    return 2 * dots(AP @ (A.T @ (direction[:, None] * AP)), AP)


problem(
    "a_optimal", "tr((A^T diag(x) A)^-1)", "x", _design, {"": (3000, 150), "hessian": (400, 50)},
    lambda xp, A, x: xp.trace(xp.linalg.inv(A.T @ (x[:, None] * A))),
    gradient=lambda A, x: _a_optimal_vg(A, x)[1], hessian=_a_optimal_hessian, hvp=_a_optimal_hvp,
    value_and_gradient=_a_optimal_vg,
)  # fmt: skip


def _trace_inverse_vg(X, c):
    P = inverse(chol(plus(X.T @ X, c)))
    G = X @ (P @ P)
    G *= -2
    return np.trace(P), G


def _trace_inverse_hvp(X, c, direction):
    P = inverse(chol(plus(X.T @ X, c)))
    E = X.T @ direction
    E += E.T.copy()
    M = P @ P
    N = P @ E @ M
    N += N.T.copy()
    return 2 * (X @ N - direction @ M)


problem(
    "trace_inverse", "tr((X^T X + c I)^-1)", "X",
    lambda rng, m, n: {"X": rng.standard_normal((m, n)) / np.sqrt(n), "c": 0.7}, {"": (800, 200)},
    lambda xp, X, c: xp.trace(xp.linalg.inv(X.T @ X + c * xp.eye(X.shape[1]))), "X in R^{m x n}",
    gradient=lambda X, c: _trace_inverse_vg(X, c)[1], hvp=_trace_inverse_hvp, value_and_gradient=_trace_inverse_vg,
)  # fmt: skip


def _gram_vg(X):
    c = chol(X.T @ X)
    return logdet(c), 2 * solve(c, X.T).T


def _gram_hvp(X, direction):
    c = chol(X.T @ X)
    A = solve(c, X.T).T
    E = X.T @ direction
    return 2 * solve(c, (direction - A @ (E + E.T)).T).T


problem(
    "gram", "logdet(X^T X)", "X", lambda rng, m, n: {"X": rng.standard_normal((m, n))}, {"": (1500, 150)},
    lambda xp, X: xp.linalg.slogdet(X.T @ X)[1], "X in R^{m x n}",
    gradient=lambda X: _gram_vg(X)[1], hvp=_gram_hvp, value_and_gradient=_gram_vg,
)  # fmt: skip

# ---- quotients


def _quotient(rng, m, n):
    return {"A": rng.standard_normal((m, n)), "x": rng.random(n), "b": rng.standard_normal(m), "c": rng.random(n),
            "d": 1.3}  # fmt: skip


def _quotient_vg(A, x, b, c, d):
    r = A @ x - b
    q, v = c @ x + d, r @ r
    return v / q, (2 / q) * (r @ A) - (v / q**2) * c


def _quotient_hvp(A, x, b, c, d, direction):
    r, Av = A @ x - b, A @ direction
    q, cv = c @ x + d, c @ direction
    return ((2 / q) * Av - (2 * cv / q**2) * r) @ A + (2 * cv * (r @ r) / q**3 - 2 * (r @ Av) / q**2) * c


def _quotient_hessian(A, x, b, c, d):
    r, q = A @ x - b, c @ x + d
    H = A.T @ A
    H *= 2 / q
    g = (-2 / q**2) * (r @ A)
    H += np.multiply.outer(g + (2 * (r @ r) / q**3) * c, c)
    H += np.multiply.outer(c, g)
    return H


problem(
    "quotient", "||A x - b||^2 / (c^T x + d)", "x", _quotient, {"": (4000, 400), "hessian": (2000, 300)},
    lambda xp, A, x, b, c, d: xp.sum((A @ x - b) ** 2) / (c @ x + d), "d scalar",
    gradient=lambda A, x, b, c, d: _quotient_vg(A, x, b, c, d)[1], hessian=_quotient_hessian, hvp=_quotient_hvp,
    value_and_gradient=_quotient_vg,
)  # fmt: skip


def _rayleigh_vg(x, A):
    Ax, n = A @ x, x @ x
    v = (x @ Ax) / n
    return v, (2 / n) * (Ax - v * x)


def _rayleigh_hvp(x, A, direction):
    Ax, Ad, n = A @ x, A @ direction, x @ x
    v = (x @ Ax) / n
    g = (2 / n) * (Ax - v * x)
    return (2 / n) * (Ad - v * direction - (x @ direction) * g - (g @ direction) * x)


def _rayleigh_hessian(x, A):
    Ax, n = A @ x, x @ x
    v = (x @ Ax) / n
    g = (2 / n) * (Ax - v * x)
    H = plus(A * (2 / n), -2 * v / n)
    x2 = x * (2 / n)
    H -= np.multiply.outer(g, x2)
    H -= np.multiply.outer(x2, g)
    return H


problem(
    "rayleigh", "x^T A x / (x^T x)", "x", lambda rng, n: {"x": rng.standard_normal(n), "A": spd(rng, n)}, {"": (1500,)},
    lambda xp, x, A: x @ (A @ x) / (x @ x), "A symmetric",
    gradient=lambda x, A: _rayleigh_vg(x, A)[1], hessian=_rayleigh_hessian, hvp=_rayleigh_hvp,
    value_and_gradient=_rayleigh_vg,
)  # fmt: skip

# ---- kernel ridge by the kernel's length


def _kernel_vg(t, D, a, y, l):
    E = D * -t
    np.exp(E, out=E)
    Ea = E @ a
    r = Ea - y
    E *= D
    return r @ r + l * (a @ Ea), -((2 * r + l * a) @ (E @ a))


def _kernel_hessian(t, D, a, y, l):
    E = D * -t
    np.exp(E, out=E)
    r = E @ a - y
    E *= D
    g = E @ a
    E *= D
    return 2 * (g @ g) + (2 * r + l * a) @ (E @ a)


problem(
    "kernel_length", "||exp.(-t D) a - y||^2 + l a^T exp.(-t D) a", "t",
    lambda rng, n: {"t": 0.7, "D": _process(rng, n)["D"], "a": rng.standard_normal(n), "y": rng.standard_normal(n),
                    "l": 0.3},
    {"": (1000,)}, lambda xp, t, D, a, y, l: (lambda E: xp.sum((E @ a - y) ** 2) + l * (a @ (E @ a)))(xp.exp(-t * D)),
    "D in R^{n x n} symmetric, t scalar, l scalar, a in R^n, y in R^n",
    gradient=lambda t, D, a, y, l: _kernel_vg(t, D, a, y, l)[1], hessian=_kernel_hessian,
    value_and_gradient=_kernel_vg,
)  # fmt: skip

# ---- sums over members


def _bilinear(rng, N, m, n):
    return {"A": rng.standard_normal((m, n)) / np.sqrt(n), "x_i": rng.standard_normal((N, m)),
            "y_i": rng.standard_normal((N, n)), "z_i": rng.standard_normal(N)}  # fmt: skip


def _bilinear_vg(A, x_i, y_i, z_i):
    r = dots(x_i @ A, y_i) - z_i
    return r @ r, x_i.T @ ((2 * r)[:, None] * y_i)


problem(
    "members", "sum(i, 1, N, (x_i^T A y_i - z_i)^2)", "A", _bilinear, {"": (5000, 40, 50)},
    lambda xp, A, x_i, y_i, z_i: xp.sum((xp.sum((x_i @ A) * y_i, 1) - z_i) ** 2),
    gradient=lambda A, x_i, y_i, z_i: _bilinear_vg(A, x_i, y_i, z_i)[1],
    hvp=lambda x_i, y_i, direction: x_i.T @ ((2 * dots(x_i @ direction, y_i))[:, None] * y_i),
    value_and_gradient=_bilinear_vg,
)  # fmt: skip


def _student_vg(S, x_i):
    c = chol(S)
    Y = solve(c, x_i.T)
    q = 1 + np.einsum("ji,ij->i", Y, x_i)
    P = lapack.dpotri(c, lower=1)[0]
    P = np.tril(P) + np.tril(P, -1).T
    return np.log(q).sum() + logdet(c), P - (Y / q) @ Y.T


problem(
    "student", "sum(i, 1, N, log(1 + x_i^T S^-1 x_i)) + logdet(S)", "S",
    lambda rng, N, n: {"x_i": rng.standard_normal((N, n)), "S": spd(rng, n)}, {"": (4000, 60)},
    lambda xp, S, x_i: xp.sum(xp.log(1 + xp.sum(xp.linalg.solve(S, x_i.T).T * x_i, 1))) + xp.linalg.slogdet(S)[1],
    "S spd", "spd", gradient=lambda S, x_i: _student_vg(S, x_i)[1], value_and_gradient=_student_vg,
)  # fmt: skip

# ---- negative sampling


def _sampling(rng, N, m, d):
    return {"U": rng.standard_normal((N, d)), "V": rng.standard_normal((N, d)), "M": rng.standard_normal((m, d))}


def _sampling_vg(U, V, M):
    z, Z = dots(U, V), U @ M.T
    v = np.logaddexp(0, -z).sum() + np.logaddexp(0, Z).sum()
    return v, sigmoid(Z) @ M - sigmoid(-z)[:, None] * V


def _sampling_hvp(U, V, M, direction):
    s, S = sigmoid(dots(U, V)), sigmoid(U @ M.T)
    S *= 1 - S
    S *= direction @ M.T
    return S @ M + (s * (1 - s) * dots(direction, V))[:, None] * V


problem(
    "sampling", "-sum(log(sigmoid(diag(U V^T)))) - sum(log(sigmoid(-U M^T)))", "U", _sampling, {"": (3000, 50, 40)},
    lambda xp, U, V, M: xp.sum(xp.log(1 + xp.exp(-xp.sum(U * V, 1)))) + xp.sum(xp.log(1 + xp.exp(U @ M.T))),
    "U in R^{N x d}, V in R^{N x d}, M in R^{m x d}",
    gradient=lambda U, V, M: sigmoid(U @ M.T) @ M - sigmoid(-dots(U, V))[:, None] * V, hvp=_sampling_hvp,
    value_and_gradient=_sampling_vg,
)  # fmt: skip

# ---- independent components


def _components(rng, N, n):
    return {"X": rng.standard_normal((N, n)), "W": spd(rng, n), "c": float(N)}


def _components_vg(X, W, c):
    Z = X @ W
    f = lapack.dgetrf(W.T)[0]
    a = np.abs(Z)
    v = (a + np.log1p(np.exp(-2 * a))).sum() - np.log(2) * Z.size - c * np.log(np.abs(np.diagonal(f))).sum()
    np.tanh(Z, out=Z)
    return v, X.T @ Z - c * np.linalg.inv(W).T


problem(
    "components", "sum(log(cosh(X W))) - c logdet(W)", "W", _components, {"": (5000, 40)},
    lambda xp, X, W, c: xp.sum(xp.log(xp.cosh(X @ W))) - c * xp.linalg.slogdet(W)[1], "X in R^{N x n}, W in R^{n x n}",
    gradient=lambda X, W, c: X.T @ np.tanh(X @ W) - c * np.linalg.inv(W).T, value_and_gradient=_components_vg,
)  # fmt: skip

# ---- traces of quotients of forms


def _forms(rng, n, k):
    return {"X": rng.standard_normal((n, k)), "A": spd(rng, n), "B": spd(rng, n)}


def _forms_vg(X, A, B):
    AX, BX = A @ X, B @ X
    c = chol(X.T @ BX)
    M = solve(c, X.T @ AX)
    G = AX - BX @ M
    return np.trace(M), 2 * solve(c, G.T).T


problem(
    "discriminant", "tr(X^T A X (X^T B X)^-1)", "X", _forms, {"": (800, 15)},
    lambda xp, X, A, B: xp.trace(xp.linalg.solve(X.T @ (B @ X), X.T @ (A @ X))), "A spd, B spd, X in R^{n x k}",
    gradient=lambda X, A, B: _forms_vg(X, A, B)[1], value_and_gradient=_forms_vg,
)  # fmt: skip


def _square_root_vg(X, A):
    XX = X.T @ X
    AX = A @ X
    v = np.vdot(XX, XX) - 2 * np.vdot(X, AX) + np.vdot(A, A)
    return v, 4 * (X @ XX - AX)


problem(
    "low_rank_fit", "||X X^T - A||_F^2", "X", lambda rng, n, k: {"X": rng.standard_normal((n, k)), "A": spd(rng, n)},
    {"": (1000, 15)}, lambda xp, X, A: xp.sum((X @ X.T - A) ** 2), "A symmetric, X in R^{n x k}",
    gradient=lambda X, A: 4 * (X @ (X.T @ X) - A @ X),
    hvp=lambda X, A, direction: (lambda E: 4 * (direction @ (X.T @ X) + X @ (E + E.T) - A @ direction))(X.T @ direction),
    value_and_gradient=_square_root_vg,
)  # fmt: skip


def _two_sided_vg(A, X, B, C):
    R = A @ X @ B
    R -= C
    G = A.T @ (R @ B.T)
    G *= 2
    return np.vdot(R, R), G


problem(
    "two_sided", "||A X B - C||_F^2", "X",
    lambda rng, m, n: {"A": rng.standard_normal((m, n)), "X": rng.standard_normal((n, n)),
                       "B": rng.standard_normal((n, m)), "C": rng.standard_normal((m, m))},
    {"": (600, 150)}, lambda xp, A, X, B, C: xp.sum((A @ X @ B - C) ** 2),
    "A in R^{m x n}, X in R^{n x n}, B in R^{n x m}, C in R^{m x m}",
    gradient=[lambda A, X, B, C: _two_sided_vg(A, X, B, C)[1],
              lambda A, X, B, C: 2 * ((A.T @ A) @ X @ (B @ B.T) - A.T @ C @ B.T)],
    hvp=lambda A, B, direction: 2 * ((A.T @ A) @ direction @ (B @ B.T)), value_and_gradient=_two_sided_vg,
)  # fmt: skip
