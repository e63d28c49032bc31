"""Which texts are Python lines, told by their marks without Python's parser, which is loaded for those alone.

Strong marks (a module, a method of arrays, def, lambda) make a text NumPy throughout; `@` does so where the rest is
Python's, too; indices in brackets and methods that SymPy has as well are weak: such a line is read as Python only as
far as its stars mean the same in both.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import NamedTuple

MODULES = frozenset(
    (
        "np",
        "numpy",
        "jnp",
        "onp",
        "anp",
        "cp",
        "torch",
        "jax",
        "scipy",
        "math",
        "cmath",
        "F",
        "nn",
        "tf",
        "linalg",
        "LA",
        "la",
        "npl",
        "spla",
        "special",
        "stats",
    )
)
_ROOTS = ("np", "numpy", "jnp", "onp", "anp", "cp", "jax.numpy", "autograd.numpy", "torch", "tf", "scipy", "jax.scipy")
LIBRARIES = frozenset(  # modules whose functions mean what their last name says
    [
        *MODULES - {"jax", "stats"},
        *[f"{root}.{part}" for root in _ROOTS for part in ("linalg", "special", "math", "nn", "nn.functional")],
        *("nn.functional", "jax.nn", "jax.numpy", "jax.lax", "jax.scipy", "autograd.numpy"),
        *("scipy.spatial.distance", "spatial.distance", "distance", ""),
    ]
)
_MODULE = re.compile(
    r"(?<![\w.\\])(?:(?:np|numpy|jnp|onp|anp|cp|torch|jax|scipy|math|tf)\s*\.\s*[A-Za-z_]"
    r"|(?:F|nn|linalg|LA|la|npl|spla|special|stats)\s*\.\s*[a-z_][\w.]*\s*\()"
)
_METHOD = re.compile(r"(?:[A-Za-z_]\w*|[)\]])\s*\.\s*([a-z_]\w*)\s*\(")
_STATEMENT = re.compile(
    r"(?<![\w\\])(?:def\s+\w+\s*\(|lambda\s+\w+(?:\s*,\s*\w+)*\s*:|lambda\s*:|import\s+\w|return\s+\S)"
)
_INDEXED = re.compile(r"(?<![\w\\])[A-Za-z_]\w*\[\s*[-\d:,\s]*\]")
_FROM_NOUGHT = re.compile(  # x[0], x[-1], x[1:], x[:3]: a place or an end that only Python has
    r"\[\s*(?:[-\d:,\s]*[,:\s])?0\s*(?:[,:][-\d:,\s]*)?\]|[\[,:]\s*-\s*\d|\d\s*:\s*[,\]]|[\[,]\s*:\s*\d"
)
_ATTRIBUTE = re.compile(r"\.(?:shape|mT|ndim|size)(?!\w)")
_FOREIGN = re.compile(
    r"\^|\\|‖|\|\||\.\*|\./|(?<![\w)\].])'|[\w)\]]'(?!\w)|[·∘⊙⊗×⁻ᵀ²³⊤†√∑Σ∏⟨⟩‖∈]|\$|\.\+|(?<!\d)\.-|\w\{|\}\w"
)
_SYMBOLIC = frozenset(
    ("inv", "adjugate", "adjoint", "doit", "simplify", "subs", "diff")
)  # methods of SymPy's matrices alone
_SHARED = frozenset(
    ("det", "trace", "norm", "transpose", "cross", "conjugate", "exp", "log", "applyfunc")
)  # and NumPy's or Torch's


class Marks(NamedTuple):
    """What marks a text as Python: where the first mark stands, and how much it says.

    strong: its stars act entry by entry.  sure: nothing but Python is written so.
    """

    place: int
    strong: bool
    sure: bool = False


def marks(text: str) -> Marks | None:
    """The marks of Python in a text; None where there are none, or where the rest is plainly no Python."""
    if "." not in text and "@" not in text and "[" not in text and "lambda" not in text and "def " not in text:
        return None
    places = [found.start() for pattern in (_MODULE, _STATEMENT, _ATTRIBUTE) if (found := pattern.search(text))]
    methods = list(_METHOD.finditer(text))
    sure = bool(places) or "*" in text or "/" in text
    places += [found.start() for found in methods if found[1] not in _SYMBOLIC | _SHARED]
    if places:
        return Marks(min(places), strong=True, sure=sure)
    if _FOREIGN.search(text):
        return None
    if "@" in text:
        return Marks(text.index("@"), strong=True)
    weak = [found.start() for found in methods if found[1] in _SHARED]
    indexed = _INDEXED.search(text)
    if indexed and ("**" in text or _FROM_NOUGHT.search(text)):
        weak.append(indexed.start())
    return Marks(min(weak), strong=False) if weak else None


def foreign(text: str) -> re.Match[str] | None:
    """A sign that Python reads otherwise than mathematics, or not at all."""
    return re.search(r"\^|\\|‖|\|\||\.\*|\./|\.\^|[\w)\]]'(?=\s*(?:[-+*/@),]|$))|[·∘⊙⊗×ᵀ²³⊤†√∑∏⟨⟩]", text)
