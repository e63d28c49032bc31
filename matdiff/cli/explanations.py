"""What each error code means: a title, an explanation with the cure, and where possible a question that meets it."""

from __future__ import annotations

from typing import NamedTuple

from matdiff.calculator import Question


class Explanation(NamedTuple):
    """title, text; expr, wrt and where: a question that ends in this error ("" where no question can show it)."""

    title: str
    text: str
    expr: str = ""
    wrt: str = "d/dX"
    where: str = ""

    @property
    def question(self) -> Question:
        return Question(self.expr, self.wrt, (self.where,) if self.where else ())


CODES: dict[str, Explanation] = {
    "E190": Explanation("not valid UTF-8", "Text comes in as UTF-8. Convert a file of another encoding first, with iconv for example."),
    "E191": Explanation(
        "not a JSON question",
        'A line of a stream that begins with {" is read as a JSON object with the fields wrt, expr, where, layout, to, of and id.\n'
        "wrt, expr, layout and to are strings, where is a string or a list of strings; id may be anything and comes back in the answer.",
    ),
    "E192": Explanation("the line is too long", "A line of a stream may have a million bytes. Split the expression into parts."),
    "E900": Explanation(
        "internal error",
        "This is a bug of matdiff, not a mistake in the question. Please report it with the question.\n"
        "MATDIFF_DEBUG=1 in the environment shows where it happened.",
    ),
    "E901": Explanation("out of time", "One question may take 10 seconds. --timeout SECONDS gives it longer; 0 takes the limit away."),
    "E902": Explanation("nested too deeply", "The expression is nested more deeply than the program can follow. Split it into parts."),
    "E903": Explanation("out of memory", "The answer needs more memory than there is. Split the expression into parts."),
}
