"""Letters: Greek, accents, sub- and superscripts, mathematical alphabets, and characters that only look like others."""

from __future__ import annotations

_GREEK_LOWER = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon"
    " phi chi psi omega"
)
_GREEK_UPPER = (
    "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho _ Sigma Tau Upsilon Phi"
    " Chi Psi Omega"
)

GREEK_LETTERS: dict[str, str] = {
    **{chr(0x3B1 + offset): name for offset, name in enumerate(_GREEK_LOWER.split())},
    **{chr(0x391 + offset): name for offset, name in enumerate(_GREEK_UPPER.split()) if name != "_"},
    "ϑ": "vartheta",
    "ϕ": "varphi",
    "ϖ": "varpi",
    "ϰ": "varkappa",
    "ϱ": "varrho",
    "ϵ": "varepsilon",
    "\u00b5": "mu",
    "ℓ": "ell",
}
GREEK_NAMES = frozenset(GREEK_LETTERS.values()) | {"varphi", "varepsilon", "lam", "ell"}
COMMANDS = {**{name: name for name in GREEK_NAMES}}
ASIDE = {"lambda": "lam", "epsilon": "eps"}  # shorter names of the same letters

ACCENTS = {
    "\u0302": "hat",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0303": "tilde",
    "\u0307": "dot",
    "\u030c": "check",
    "\u20d7": "",
}
FONTS = frozenset(("bold", "cal", "frak", "bb"))  # of a letter that stands in two of them
DECORATIONS = frozenset(("hat", "bar", "tilde", "dot", "check")) | FONTS

SUBSCRIPTS = dict(
    zip(
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        [*"0123456789+-=()aehijklmnoprstuvx", "beta", "gamma", "rho", "phi", "chi"],
        strict=True,
    )
)
SUPERSCRIPTS = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴺᴹᴰᴷᴸᴵ", "0123456789+-()TabcdefghijklmnoprstuvwxyzNMDKLI", strict=True)
)
VULGAR_FRACTIONS = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
    "⅚": "5/6",
    "⅛": "1/8",
    "⅜": "3/8",
}
ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\ufeff\u00ad\ufe0e\ufe0f")

_LATIN_LIKE = {"АВЕКМНОРСТХУІЈЅ": "ABEKMHOPCTXYIJS", "аеорсухіјѕ": "aeopcyxijs"}
LOOK_ALIKES = {odd: plain for odds, plains in _LATIN_LIKE.items() for odd, plain in zip(odds, plains, strict=True)}
# Greek capitals without a shape of their own are almost always Latin letters that came from another keyboard or font
GREEK_TWINS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))


def plain(text: str) -> str:
    """Letters beyond ASCII and Greek in plain spelling: 𝐗 is X, x̂ and ŷ are x_hat and y_hat; unknown letters stay."""
    found = []
    for letter in text:
        for part in _parts(letter):
            if part in ACCENTS:
                found.append("_" + ACCENTS[part] if ACCENTS[part] else "")
            else:
                found.append(GREEK_LETTERS.get(part, part))
    return "".join(found)


def _parts(letter: str) -> str:
    """A letter without its font, an accent behind it; but ϖ, ϑ and ϕ are letters of their own, no other's font."""
    from unicodedata import decomposition  # noqa: PLC0415 # rare: most texts are ASCII and Greek

    if letter.isascii() or letter in GREEK_LETTERS:
        return letter
    parts = decomposition(letter).split()
    if not parts:
        return letter
    return "".join([_parts(chr(int(part, 16))) for part in parts if part[0] != "<"])


def within_one_edit(one: str, other: str) -> bool:
    """Whether one letter put in, left out or changed, or two neighbours swapped, turns one word into the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0] and one[2:] == other[2:])
    )
