"""What a name is taken for when nothing says so: by its letter, and what else it may turn out to be.

Uppercase letters (Σ and Λ too, as books use them) are matrices, lowercase Latin letters column vectors, lowercase Greek
letters scalars.  Where
that does not fit, the fewest and least surprising departures are looked for; the costs below say what surprises more.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Pow, Sym
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from matdiff.formula.syntax import Expr

_LOWER_GREEK = (
    "alpha beta gamma delta epsilon varepsilon eps zeta eta theta vartheta iota kappa varkappa lambda lam mu nu xi"
    " omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega"
)
GREEK = frozenset(_LOWER_GREEK.split())
SCALAR_KIND, VECTOR_KIND, MATRIX_KIND = "scalar", "vector", "matrix"
USUAL_SCALARS = frozenset("ctkrspqghmnlijN")
USUAL_VECTORS = frozenset("xyzwvu")
GREEK_VECTORS = frozenset(("alpha", "beta", "gamma", "delta", "theta", "mu", "nu", "xi", "eta", "phi", "psi", "omega"))
_SCALARS_IN_CAPITALS = frozenset("NMKTCDLP")
SIZES = frozenset("NTKMnmkdp")  # letters that count things where they are divided, or divide
VECTORS_BEHIND_MATRICES = USUAL_VECTORS | frozenset("ab")

TAKEN = "was taken to be"  # in the notes on what was guessed
NEVER_GUESSED = 100.0  # only where the use says so

Alternatives = tuple[tuple[str, float], ...]


def is_usual_scalar(letter: Sym) -> bool:
    """Whether a letter is as often a number as a vector: c, t, k."""
    return letter.base in USUAL_SCALARS


def is_power_of_e(node: Expr) -> bool:
    """Whether this is e^x, which is exp(x) where nobody declares an e."""
    return isinstance(node, Pow) and isinstance(node.base, Sym) and node.base.name == fn.EULER


def deciding(power: Pow) -> Expr:
    """The part of a power that decides its kind: the base, but x in e^x."""
    return power.exponent if is_power_of_e(power) else power.base


def by_letter(name: str) -> str:
    """The kind that a name has by its letter alone."""
    base = name.partition("_")[0]
    if base.rstrip("0123456789") in GREEK or base in {"t", "ell"}:
        return SCALAR_KIND
    if base[:1].isupper():
        return MATRIX_KIND
    if len(base) == 1 and "α" <= base <= "ω":
        return SCALAR_KIND
    return VECTOR_KIND


def preferences(name: str, is_variable: bool) -> Alternatives:
    """Every kind that an undeclared name may have with its cost, likeliest first.

    `is_variable`: the question differentiates by it, and it is then a little less likely to be anything out of the
    ordinary.
    """
    base = name.partition("_")[0]
    default = by_letter(name)
    extra = 0.15 if is_variable else 0.0
    if default == MATRIX_KIND:
        likely = ((MATRIX_KIND, 0.0), (VECTOR_KIND, 0.9 + extra))
        return (*likely, (SCALAR_KIND, 1.3 + extra)) if base in _SCALARS_IN_CAPITALS else likely
    if default == SCALAR_KIND:
        return ((SCALAR_KIND, 0.0), (VECTOR_KIND, 0.8), (MATRIX_KIND, 1.5))
    scalar = 0.85 if base in USUAL_SCALARS else 1.1 if base in USUAL_VECTORS else 1.0
    return ((VECTOR_KIND, 0.0), (SCALAR_KIND, scalar + extra), (MATRIX_KIND, NEVER_GUESSED))


ENTRY_PREFERENCES: Alternatives = ((SCALAR_KIND, 0.0), (VECTOR_KIND, 1.0), (MATRIX_KIND, 1.5))
SIZE_PREFERENCES: Alternatives = ((SCALAR_KIND, 0.0), (VECTOR_KIND, 1.5), (MATRIX_KIND, 2.0))
