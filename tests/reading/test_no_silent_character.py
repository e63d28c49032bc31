"""No character is skipped: one more of them at any place is an error, or changes the answer, unless it is layout."""

from __future__ import annotations

import unicodedata

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError
from matdiff.reading.letters import ZERO_WIDTH
from matdiff.reading.lexing import TABLES

QUESTIONS = [("d/dx", "x^T A x + b^T x"), ("d/dX", "tr(X^T B X)"), ("d/dw", r"\|X w - y\|^2")]
LAYOUT = frozenset("\t\n\r ~\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | ZERO_WIDTH
LAYOUT |= {chr(code) for code in range(0x2000, 0x200B)}
AROUND = frozenset("&.,;=$，")  # at the edges of a formula, or in front of another sign
# signs and letters that mean something which changes nothing where they stand
NEUTRAL = frozenset("𝐈𝐼𝑰𝓘𝕀𝕴𝖨𝗜𝘐𝙄𝙸") | frozenset("+*@·×⋅∙∗•+-−'′’()[]{}|1I0¹²ᵀ\\⊤^.⁺")
CHARACTERS = [chr(code) for code in range(0x1FFFF) if unicodedata.category(chr(code)) not in {"Cs", "Co", "Cn"}]
COMMANDS = [spelling for spelling in TABLES.spellings if spelling.startswith("\\") and len(spelling) > 1]
OTHERS = (
    r"\foo \hbox \mbox \vspace \hspace \kern \ref \eqref \cite \footnote \phantom \not \cap \cup \oplus \otimes \star \dagger"
    r" \ldots \cdots \vdots \int \oint \forall \exists \neg \land \lor \infty \aleph \hbar \imath \label \tag \begin \end"
)


def same(wrt, expr, changed):
    try:
        return answer(Question(changed, wrt)).ascii == answer(Question(expr, wrt)).ascii
    except MatdiffError:
        return False


def silent(pieces, questions):
    """The pieces that leave an answer as it is, with the places where they do."""
    found = set()
    for wrt, expr in questions:
        for piece in pieces:
            for place in range(len(expr) + 1):
                if same(wrt, expr, expr[:place] + piece + expr[place:]):
                    found.add(piece)
                    break
    return found


def test_a_sample_of_characters_at_each_place():
    sample = CHARACTERS[7::2001] + [chr(code) for code in (*range(32), 0x5F, 0x85, 0x2063, 0x2064)]
    assert silent(sample, QUESTIONS[:1]) <= LAYOUT | AROUND | NEUTRAL


@pytest.mark.slow
@pytest.mark.parametrize("question", [("d/dx", "x^T A x")])
def test_every_character_at_each_place(question):
    assert silent(CHARACTERS, [question]) <= LAYOUT | AROUND | NEUTRAL


@pytest.mark.slow
def test_every_command_of_latex_at_each_place():
    """Commands of layout, fonts, brackets and signs may change nothing where they stand; others never do."""
    kinds = {"WIDE", "SPACING", "SIZING", "LEFT", "RIGHT", "BOLD", "ROMAN", "OLDFONT", "BLACKBOARD", "ARROW"}
    kinds |= {"DOT", "CROSS", "STAR", "NEWLINE", "TOP", "QUOTE", "OPEN", "CLOSE", "MATHMODE"}
    allowed = {f"{spelling} " for spelling, kind in TABLES.spellings.items() if kind in kinds}
    assert silent([f"{command} " for command in (*COMMANDS, *OTHERS.split())], QUESTIONS[:2]) <= allowed


@pytest.mark.parametrize(
    "expr",
    [
        r"x^T x \label + 5 y^T x",
        r"x^T x & + x",
        r"x \\ x",
        "x \u2064 y",
        "x_ + y",
        "0x10 x",
        r"x^T y \text{and} z",
        r"\begin{foo} x^T x \end{foo}",
    ],
)
def test_layout_inside_a_formula_is_an_error(expr):
    with pytest.raises(MatdiffError):
        answer(Question(expr, "d/dx"))
