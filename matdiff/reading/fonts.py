r"""One letter in two fonts, x and \mathbf{x}, X and 𝒳: to their author they are two names."""

from __future__ import annotations

from matdiff.functions import SPELLINGS
from matdiff.reading.letters import plain
from matdiff.reading.lexing import Token

BOLD = "bold"
_LETTERS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_COMMANDS = {
    "\\mathcal": "cal",
    "\\mathscr": "cal",
    "\\mathfrak": "frak",
    "\\mathit": "",
}  # the others of the kind are bold
# where Unicode's mathematical alphabets begin; italic, sans-serif and typewriter are the plain letter
_ALPHABETS = (
    (0x1D400, BOLD), (0x1D434, ""), (0x1D468, BOLD), (0x1D49C, "cal"), (0x1D504, "frak"), (0x1D538, "bb"),
    (0x1D56C, "frak"), (0x1D5A0, ""), (0x1D5D4, BOLD), (0x1D608, ""), (0x1D63C, BOLD), (0x1D670, ""), (0x1D6A8, BOLD),
    (0x1D6E2, ""), (0x1D71C, BOLD), (0x1D7CC, ""),
)  # fmt: skip

_FIRST = chr(_ALPHABETS[0][0])


def font(token: Token) -> str:
    """The font of a letter: "bold" "cal" "frak" "bb", "" for the plain one."""
    if token.value:
        return _COMMANDS.get(str(token.value), BOLD)
    code = ord(token.text[0])
    return "" if code < _ALPHABETS[0][0] else [name for start, name in _ALPHABETS if start <= code][-1]


def _letter(token: Token) -> str:
    """The letter of a token that is one letter; "" for others."""
    if token.kind not in _LETTERS or (len(token.text) > 1 and token.text in SPELLINGS):
        return ""
    text = token.text if token.text.isascii() else plain(token.text)
    return text if token.kind == "LETTER" or len(token.text) == 1 else ""


def _separate(tokens: list[Token]) -> list[Token]:
    """The tokens with runs of letters of Unicode's mathematical alphabets, 𝐀𝐱, letter by letter."""
    if all(token.text.isascii() for token in tokens):
        return tokens
    found: list[Token] = []
    for token in tokens:
        if token.kind == "WORD" and len(token.text) > 1 and any(letter >= _FIRST for letter in token.text):
            starts = [at for at, letter in enumerate(token.text) if letter.isalpha()]
            for start, end in zip(starts, [*starts[1:], len(token.text)], strict=True):
                piece = Token("WORD", token.text[start:end], token.start + start, token.start + end, True)
                found.append(piece if start else token.become("WORD", piece.text, piece.end))
        else:
            found.append(token)
    return found


def in_several(tokens: list[Token]) -> frozenset[str]:
    """The letters that stand in several fonts with the same subscript: x_i may be an entry of a bold x."""
    found: dict[tuple[str, str], set[str]] = {}
    tokens = _separate(tokens)
    for place, token in enumerate(tokens):
        letter = _letter(token)
        if letter:
            behind = tokens[place + 1] if place + 1 < len(tokens) else token
            below = behind.text.strip("_{} ") if behind.kind == "SUBSCRIPT" else ""
            found.setdefault((letter, below), set()).add(font(token))
    return frozenset([letter for (letter, _), fonts in found.items() if len(fonts) > 1])


def told_apart(tokens: list[Token], letters: frozenset[str]) -> list[Token]:
    """The tokens with these letters named by their fonts: x_bold beside x."""
    if not letters:
        return tokens
    found = []
    for token in _separate(tokens):
        letter = _letter(token)
        dress = font(token) if letter in letters else ""
        found.append(token.become("LETTER", f"{letter}_{dress}") if dress else token)
    return found


def beside_bold(tokens: list[Token], letters: frozenset[str]) -> list[str]:
    """The small letters that stand for numbers, since the vectors of that name are bold."""
    bold = {token.text for token in tokens} if letters else set()
    return [letter for letter in letters if letter[0].islower() and f"{letter}_{BOLD}" in bold]
