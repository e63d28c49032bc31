r"""The left division A \ b of MATLAB and Julia, told from the commands of LaTeX.

It stands between two operands, in a text that has no LaTeX in it: no known command, no braces.
"""

from __future__ import annotations

from matdiff.lean import re

from matdiff.functions import SPELLINGS
from matdiff.reading.letters import COMMANDS

SIGN = "\u2216"  # a character for a character, so that places stay
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DIVISION = re.compile(r"(?<=[\w)\]'])\s*\\(?=\s*[A-Za-z0-9(\[])")
_TEX = re.compile(r"[{}$]|\\[\\,;:!|\[\]]|\\\)")


def marked(text: str, commands: frozenset[str]) -> str:
    r"""The text with every left division as one character of its own; the very same where there is none.

    commands: the LaTeX commands that the language knows.  `\(` is left as it is where `\)` closes it.
    """
    places = [found.end() - 1 for found in _DIVISION.finditer(text)]
    if not places or len(places) != text.count("\\") or _TEX.search(text):
        return text
    for found in _COMMAND.finditer(text):
        if found[1] in COMMANDS or f"\\{found[1]}" in commands or (len(found[1]) > 1 and found[1] in SPELLINGS):
            return text
    letters = list(text)
    for place in places:
        letters[place] = SIGN
    return "".join(letters)
