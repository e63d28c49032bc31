"""Code that generated NumPy modules carry with them where they need it."""

from __future__ import annotations

# Higham, The scaling and squaring method for the matrix exponential revisited, SIAM J. Matrix Anal. Appl. 26 (2005),
# algorithm 2.3.
EXPM = '''def _expm(A):
    """Matrix exponential: [13/13] Pade approximant with scaling and squaring (Higham 2005)."""
    norm = np.linalg.norm(A, 1)
    squarings = max(0, math.ceil(math.log2(norm / 5.37))) if norm > 0 else 0
    A = A / 2.0**squarings
    b = (64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
         10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0)
    eye, A2 = np.eye(A.shape[0], dtype=A.dtype), A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    U = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye)
    V = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * eye
    E = np.linalg.solve(V - U, V + U)
    for _ in range(squarings):
        E = E @ E
    return E'''

# Higham, Functions of Matrices (2008), (6.29); converges quadratically where no eigenvalue is real and not positive.
SQRTM = '''def _sqrtm(A):
    """Principal square root of a matrix: product form of the Denman-Beavers iteration (Higham 2008, 6.29)."""
    eye = np.eye(A.shape[0], dtype=A.dtype)
    M, X = A, A
    for _ in range(60):
        inverse = np.linalg.inv(M)
        X = X @ (eye + inverse) / 2
        M = (eye + (M + inverse) / 2) / 2
        if np.linalg.norm(M - eye, 1) < 5 * np.finfo(M.dtype).eps * A.shape[0]:
            break
    return X'''

# Higham, Functions of Matrices (2008), sections 11.4 and 11.5: the partial fractions of the Pade approximant are a
# Gauss-Legendre rule.
LOGM = '''def _logm(A):
    """Principal logarithm of a matrix: inverse scaling and squaring with a Pade approximant (Higham 2008, 11.5)."""
    eye, factor = np.eye(A.shape[0], dtype=A.dtype), 1.0
    while np.linalg.norm(A - eye, 1) > 0.25 and factor < 2.0**60:
        A, factor = _sqrtm(A), 2 * factor
    E = A - eye
    nodes, weights = np.polynomial.legendre.leggauss(8)
    rule = zip(nodes.tolist(), weights.tolist())
    return factor * sum(w / 2 * np.linalg.solve(eye + (x + 1) / 2 * E, E) for x, w in rule)'''

# Higham, Functions of Matrices (2008), theorem 3.6.
FRECHET = '''def _frechet(function, M, E):
    """Derivative of a matrix function at M in the direction E: a block of its value at [[M, E], [0, M]] (Higham
    2008, 3.6).
    """
    n = M.shape[0]
    return function(np.block([[M, E], [np.zeros_like(M), M]]))[:n, n:]'''

JACOBIAN = '''def _jacobian(function, M):
    """The derivative of a matrix function at M by every entry of M: axes of the value first, then those of M."""
    n = M.shape[0]
    units = np.eye(n * n, dtype=M.dtype).reshape(n * n, n, n)
    columns = [_frechet(function, M, unit) for unit in units]
    return np.moveaxis(np.reshape(columns, (n, n, n, n)), (0, 1), (2, 3))'''

DIFFERENCE = '''def _difference(function, k, step=1e-3):
    """The derivative of a callable by its k-th argument, by central differences of fourth order."""

    def derivative(*arguments):
        point = np.asarray(arguments[k], dtype=float)

        def at(place, shift):
            moved = point.copy()
            moved[place] += shift
            return np.asarray(function(*arguments[:k], moved, *arguments[k + 1 :]))

        columns = [
            (8 * (at(place, step) - at(place, -step)) - at(place, 2 * step) + at(place, -2 * step)) / (12 * step)
            for place in np.ndindex(*point.shape)
        ]
        return np.stack(columns, axis=-1).reshape(columns[0].shape + point.shape)

    return derivative'''

API_KRON = '''def _kron(a, b):
    """Kronecker product of two vectors or two matrices."""
    xp = array_namespace(a, b)
    if a.ndim == 1:
        return xp.reshape(a[:, None] * b[None, :], (-1,))
    return xp.reshape(a[:, None, :, None] * b[None, :, None, :], (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))'''

API_EINSUM = '''def _einsum(subscripts, a, b):
    """Contraction of two arrays: axes aligned, multiplied entry by entry, summed."""
    xp = array_namespace(a, b)
    inputs, out = subscripts.split("->")
    letters = out + "".join(sorted(set(inputs) - set(out) - {","}))

    def aligned(array, own):
        array = xp.permute_dims(array, tuple(own.index(letter) for letter in letters if letter in own))
        return array[tuple(slice(None) if letter in own else None for letter in letters)]

    left, right = inputs.split(",")
    return xp.sum(aligned(a, left) * aligned(b, right), axis=tuple(range(len(out), len(letters))))'''

API_LOGDET = '''def _logdet(M):
    """log |det M|; by M = Q R in libraries without slogdet, of one chunk where there are such."""
    if hasattr(xp.linalg, "slogdet"):
        return xp.linalg.slogdet(M)[1]
    whole = M.rechunk(-1) if hasattr(M, "rechunk") else M
    return xp.sum(xp.log(xp.abs(xp.linalg.diagonal(xp.linalg.qr(whole)[1]))))'''

MATRIX_POWER = '''def _matrix_power(X, k):
    """X to an integer power, by repeated squaring."""
    if k < 0:
        return _matrix_power(xp.linalg.inv(X), -k)
    power = xp.eye(X.shape[0], dtype=X.dtype)
    while k:
        if k % 2:
            power = power @ X
        X, k = X @ X, k // 2
    return power'''

API_MATRIX_POWER = MATRIX_POWER.replace("    if k < 0", "    xp = array_namespace(X)\n    if k < 0")
DASK_MATRIX_POWER = MATRIX_POWER.replace("xp.", "da.")

DASK_GATHERED = '''def _gathered(array):
    """An array in one chunk, as matrices are that are factored."""
    return da.asarray(array).rechunk(-1)'''

DASK_WHOLE = (
    "import numpy as np",
    "from dask import delayed",
    '''def _whole(function, shape, M):
    """NumPy's function of a matrix whose chunks are brought together for it."""
    return da.from_delayed(delayed(function)(M), shape, dtype=float)''',
)

DASK_KRON = '''def _kron(a, b):
    """Kronecker product of two vectors or two matrices."""
    if a.ndim == 1:
        return da.reshape(a[:, None] * b[None, :], (-1,))
    return da.reshape(a[:, None, :, None] * b[None, :, None, :], (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))'''

# DLMF 7.6.2: all terms of the series have one sign, so that nothing cancels; beyond 6 it is 1 to the last digit.
ERF = '''def _erf(z):
    """Error function, by its series of positive terms (DLMF 7.6.2)."""
    x = np.clip(z, -6.0, 6.0)
    term = total = x * np.exp(-x * x) * (2 / math.sqrt(math.pi))
    for n in range(1, 120):
        term = term * (x * x * (2 / (2 * n + 1)))
        total = total + term
    return total'''

# DLMF 7.9.2, from its tail; 120 levels are enough from 1 on, below it 1 - erf loses nothing.
ERFC = '''def _erfc(z):
    """Complementary error function: 1 - erf, and a continued fraction where that would cancel (DLMF 7.9.2)."""
    x = np.clip(z, 1.0, 30.0)
    tail = x
    for n in range(120, 0, -1):
        tail = x + (n / 2) / tail
    return np.where(z > 1.0, np.exp(-x * x) / (tail * math.sqrt(math.pi)), 1.0 - _erf(z))'''

_BERNOULLI = "(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)"
# DLMF 5.11.1 and 5.5.1: Stirling's series at z + 15, and the recurrence back.
LGAMMA = f'''def _lgamma(z):
    """log Gamma(z) for z > 0: Stirling's series at z + 15, and the recurrence (DLMF 5.11.1)."""
    w = z + 15.0
    total = (w - 0.5) * np.log(w) - w + 0.5 * math.log(2 * math.pi)
    for k, b in enumerate({_BERNOULLI}, 1):
        total = total + b / (2 * k * (2 * k - 1)) * w ** (1 - 2 * k)
    for k in range(15):
        total = total - np.log(z + k)
    return total'''

POLYGAMMA = f'''def _polygamma(z, m):
    """The m-th derivative of digamma for z > 0: its asymptotic series at z + 15, and the recurrence (DLMF 5.15.9)."""
    w, f = z + 15.0, math.factorial(m)
    total = np.log(w) - 0.5 / w if m == 0 else -(f // m) * w**-m - (0.5 * f) * w ** (-m - 1)
    for k, b in enumerate({_BERNOULLI}, 1):
        total = total - b * math.factorial(2 * k + m - 1) / math.factorial(2 * k) * w ** (-2 * k - m)
    for k in range(15):
        total = total - f * (z + k) ** (-m - 1)
    return np.where(z > 0, total if m % 2 == 0 else -total, math.nan)'''

ELIMINATION = """def _elimination(n):
    places = [i + j * n for j in range(n) for i in range(j, n)]
    return np.array([np.arange(n * n) == place for place in places], dtype=float)"""

SIGMOID = """def _sigmoid(z):
    with np.errstate(over="ignore"):  # exp(-z) may be infinite: then this is 0
        return 1 / (1 + np.exp(-z))"""

SOFTPLUS = """def _softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))"""

STEP = """def _step(z):
    z = np.asarray(z)
    return (z > 0).astype(z.dtype)"""


def _by_scipy(name: str, scipy: str, python: str) -> str:
    """A function of one number by SciPy's, or slowly by Python's."""
    return f"""try:
    from scipy.special import {scipy} as {name}
except ImportError:
    import math

    {name} = np.vectorize(math.{python}, otypes=[float])"""


NUMPY_ERF = _by_scipy("_erf", "erf", "erf")
NUMPY_ERFC = _by_scipy("_erfc", "erfc", "erfc")
NUMPY_LGAMMA = _by_scipy("_lgamma", "gammaln", "lgamma")

# Hu and Shing, Computation of matrix chain products, SIAM J. Comput. 11 (1982); dynamic programming.
CHAIN_STEPS = '''@cache
def _steps(sizes, first, last):
    """The cheapest way to multiply matrices of sizes[0] x sizes[1], sizes[1] x sizes[2], …: pairs of numbers, of the
    matrices and then of the products made before.  A product that is the transpose of one made before has no second.
    """
    known, steps, made = {}, [], {}

    def cost(i, k, j):
        return sizes[i] * sizes[k] * sizes[j]

    def best(i, j):
        """What a product costs, where it is split, and where the right part of an R^T M R is."""
        if (i, j) not in known:
            own = first <= i and i + j == first + last
            ways = [
                (best(i, k)[0] + best(k, j)[0] + cost(i, k, j) / (2 if own and j == i + 2 else 1), k, 0)
                for k in range(i + 1, j)
            ]
            for k in range((i + j) // 2 + 1, j if own else 0):
                h = i + j - k
                ways.append((best(h, k)[0] + best(k, j)[0] + cost(h, k, j) + cost(i, h, j), h, k))
            known[i, j] = min(ways, default=(0, 0, 0))
        return known[i, j]

    def product(i, j, split=0):
        if j == i + 1:
            return i
        other = made.get((first + last - j, first + last - i)) if first <= i and j <= last else None
        if other is None:
            _, k, inner = (0, split, 0) if split else best(i, j)
            right = product(k, j, inner)
            steps.append((product(i, k), right))
        else:
            steps.append((other, None))
        made[i, j] = len(sizes) - 2 + len(steps)
        return made[i, j]

    product(0, len(sizes) - 1)
    return steps'''
CHAIN = '''def _chain(*matrices, mirrored=(0, 0)):
    """The product of matrices, in the order that costs least for their sizes; those from mirrored[0] to mirrored[1] are
    the same read backwards and transposed.
    """
    parts = list(matrices)
    for a, b in _steps((matrices[0].shape[0], *[matrix.shape[1] for matrix in matrices]), *mirrored):
        parts.append(parts[a].T if b is None else parts[a] @ parts[b])
    return parts[-1]'''

GRAM = '''def _gram(A, x):
    """A^T diag(x) A; where all weights have one sign, an array times itself, which costs half."""
    negative = np.any(x < 0)
    if negative and np.any(x > 0):
        return A.T @ (x[:, None] * A)
    Z = np.sqrt(np.abs(x))[:, None] * A
    return -(Z.T @ Z) if negative else Z.T @ Z'''

PAIRED_OUTERS = '''def _paired_outers(A, B, C, D):
    """The sum of all A[i, k] B[j, l] and all C[i, l] D[j, k], axes i, j, k, l: products of narrow matrices."""
    A, B, C, D = [np.stack(matrices, 1) for matrices in (A, B, C, D)]
    many, dtype = A.shape[1], np.result_type(A, B, C, D)
    left = np.concatenate([np.empty((len(D), many, D.shape[2]), dtype), D], 1)
    right = np.concatenate([B, np.empty((len(B), C.shape[1], B.shape[2]), dtype)], 1)
    H = np.empty((len(A), len(B), A.shape[2], B.shape[2]), dtype)
    for i in range(len(A)):
        left[:, :many], right[:, many:] = A[i], C[i]
        np.matmul(left.transpose(0, 2, 1), right, out=H[i])
    return H'''

ROW_BLOCKS = '''def _row_blocks(X):
    """Slices of the rows of X, half a megabyte each, which the cache holds."""
    step = max(64, 2**16 // max(X.shape[1], 1))
    return [slice(start, start + step) for start in range(0, max(X.shape[0], 1), step)]'''
