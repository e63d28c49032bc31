"""An answer in the format that was asked for: a notation, a code module, or a JSON object."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import OutputError
from matdiff.notation.notes import lettered, told_functions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.calculator import Answer
    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr
    from matdiff.several import Answers


def notations() -> tuple[str, ...]:
    """The notations that an answer can be written in."""
    from matdiff.writing import NOTATIONS  # noqa: PLC0415 # writers are loaded when one is asked for

    return tuple(NOTATIONS)


def targets() -> tuple[str, ...]:
    """The libraries and languages that code can be generated for."""
    from matdiff.codegen.targets import TARGETS  # noqa: PLC0415 # generators are loaded when one is asked for

    return tuple(TARGETS)


DRAWN = ("svg", "html", "png", "picture")  # made from LaTeX


class View(NamedTuple):
    """How a formula is to be seen: with repeated subexpressions named; entry by entry for sizes of `explicit` (0: as a
    whole), on several lines.
    """

    lets: bool = False
    explicit: int = 0
    tall: bool = False


WHOLE = View()


def text(answer: Answer, to: str, of: tuple[str, ...] = (), view: View = WHOLE) -> str:
    """The answer in format `to`: one line in a notation, a module in a target.  Raises OutputError where the format
    cannot hold it.
    """
    if to == "srepr":
        return answer.srepr()
    if to in DRAWN:
        return picture(text(answer, "latex", of, view), to, answer.read, answer.notes)
    if to not in notations():
        if view.explicit:
            raise OutputError(
                "E409",
                f"--explicit writes entries out, and {to} is code",
                hint="unicode, ascii, latex and typst are there",
            )
        return answer.code(to, of)
    if of:
        raise OutputError("E409", f"--of says what code computes, and {to} is a notation", hint="add --to numpy")
    if view.explicit:
        from matdiff.explicit import explicit  # noqa: PLC0415 # it loads SymPy

        return explicit(answer, view.explicit, to, tall=view.tall)
    if view.lets or (view.tall and answer.formula is None):
        tree, lets = answer.short
        return with_lets(
            _written(tree, to),
            {_name(name, to): _written(value, to) for name, value in {**answer.lets, **lets}.items()},
            to,
        )
    return with_lets(answer.write(to), {_name(name, to): _written(tree, to) for name, tree in answer.lets.items()}, to)


def picture(text: str, to: str, title: str, notes: Sequence[str] = ()) -> str:
    """The picture of a formula of LaTeX, or of lines with formulas between dollars, as text: SVG, a page of HTML, or
    what makes the terminal show it.  Raises OutputError where there is none.
    """
    if to == "html":
        from matdiff.writing.html import page  # noqa: PLC0415 # as in notations()

        return page(text, title, notes)
    if to == "svg":
        from matdiff.writing.svg import drawn  # noqa: PLC0415 # as in notations()

        return drawn(text)
    if to == "png":
        raise OutputError("E409", "a PNG is no text, and stands in a file", hint="-o x.png; --to svg is text")
    from matdiff.cli.pictures import shown  # noqa: PLC0415 # as in notations()

    return shown(text)


def steps_text(answer: Answer, to: str) -> str:
    """The way to the answer in a notation.  Raises OutputError (E402) where steps cannot be written in format `to`."""
    if to in DRAWN:
        return picture(answer.steps().write("markdown"), to, answer.read, answer.notes)
    if to not in notations():
        raise OutputError("E402", f"{to} is code, and steps are formulas", hint="leave out --steps, or --to")
    return answer.steps().write(to)


def with_lets(line: str, lets: dict[str, str], to: str) -> str:
    """An answer that names subexpressions, and what they stand for, on one line."""
    if not lets:
        return line
    where, between = (r" \quad\text{where } ", r",\; ") if to == "latex" else (" where ", "; ")
    return line + where + between.join(f"{name} = {value}" for name, value in lets.items())


def _name(name: str, to: str) -> str:
    from matdiff.formula.syntax import Sym  # noqa: PLC0415 # as in notations()

    return _written(Sym(name), to)


def _written(tree: Expr, to: str) -> str:
    from matdiff.writing import write  # noqa: PLC0415 # as in notations()

    return write(tree, to)


def answer_object(answer: Answer, to: str = "", of: tuple[str, ...] = (), explicit: int = 0) -> dict[str, object]:
    """The answer for JSON; `output` holds it in format `to` where one was asked for, `short` a long one with the names
    of `lets`, `entries` its entries.
    """
    short = answer.short
    lets = {**answer.lets, **short.lets}
    wrt, expr = asked(answer)
    made: dict[str, object] = {
        "ok": True,
        "wrt": wrt,
        "expr": expr,
        "read": answer.read,
        "result": answer.ascii,
        "layout": answer.layout,
        "shape": list(answer.shape),
        "latex": answer.latex,
        "unicode": answer.unicode,
        "symbols": {name: symbol_object(symbol) for name, symbol in answer.symbols.items()},
        "lets": {**_constants(answer), **{name: _written(tree, "ascii") for name, tree in lets.items()}},
        "notes": list(answer.notes),
    }
    if answer.certificate is not None:
        made["certified"] = answer.certificate.status
        if answer.certificate.why:
            made["why_not_certified"] = answer.certificate.why
    if short.lets:
        made["short"] = _written(short.tree, "ascii")
    if explicit:
        from matdiff.explicit import explicit_rows  # noqa: PLC0415 # it loads SymPy

        made["entries"] = [[_written(entry, "ascii") for entry in row] for row in explicit_rows(answer, explicit)]
    if to not in {"", "json"}:
        made["output"] = _output(answer, to, of)
    return made


def asked(answer: Answer) -> tuple[str, str]:
    """The operator and the expression of the question, also where they came in one string."""
    wrt, expr = answer.question.wrt, answer.question.expr
    if not wrt and answer.operator:
        wrt = answer.operator.text
        if expr.lstrip().startswith(wrt):
            expr = expr.lstrip()[len(wrt) :].lstrip()
    return wrt, expr


def _output(answer: Answer, to: str, of: tuple[str, ...]) -> str:
    """The answer in format `to`, for JSON.  Raises OutputError (E409) for pictures that are no text."""
    if to == "picture":
        raise OutputError("E409", "a picture in the terminal is no text for JSON", hint="--to svg is")
    return text(answer, to, of)


_EACH = frozenset(
    [*("read", "result", "shape", "latex", "unicode", "lets", "certified", "why_not_certified", "short", "entries")]
)  # what JSON says of each variable


def answers_object(answers: Answers, to: str = "", of: tuple[str, ...] = (), explicit: int = 0) -> dict[str, object]:
    """Answers by several variables for JSON: lists, in the operator's order, of what is said of each."""
    each = [answer_object(part, explicit=explicit) for part in answers]
    made = dict(each[0])
    made |= {name: [one.get(name) for one in each] for name in _EACH if any(name in one for one in each)}
    made |= {"wrt": ", ".join([str(one["wrt"]) for one in each]), "notes": list(answers.notes)}
    made["symbols"] = {name: symbol_object(symbol) for name, symbol in answers.symbols.items()}
    if to not in {"", "json"}:
        made["output"] = answers.code(to, of) if to in targets() else [_output(part, to, of) for part in answers]
    return made


def _constants(answer: Answer) -> dict[str, str]:
    """What the constants that are written by a letter stand for: K_{m,n} is commutation(m, n)."""
    from matdiff.writing import Style, write  # noqa: PLC0415 # as in notations()

    found = {
        write(call, "ascii", Style(symbols=answer.symbols)): f"{call.function}({', '.join(map(_size, call.args))})"
        for call in lettered(answer.formula)
    }
    constants = {name: meaning for name, meaning in found.items() if name != meaning}
    return constants | dict(told_functions(answer.formula))


def _size(tree: Expr) -> str:
    return _written(tree, "ascii")


def symbol_object(symbol: Symbol) -> dict[str, object]:
    """What a name was taken for; `shape` is empty for a scalar, else rows and columns."""
    made: dict[str, object] = {"kind": symbol.kind, "shape": [] if is_scalar(symbol) else list(symbol.shape)}
    if symbol.structure:
        made["structure"] = symbol.structure
    if symbol.family:
        made["family"] = dict(zip(symbol.family, symbol.family_sizes, strict=False))
    if symbol.args:
        made["args"] = list(symbol.args)
    return made


def is_scalar(symbol: Symbol) -> bool:
    """Whether a symbol has no size to speak of."""
    return symbol.kind in {"scalar", "integer", "size"} or symbol.shape == (1, 1)


def reading_line(answer: Answer) -> str:
    """How the question was read: what every symbol was taken for, the answer's shape and layout."""
    said = [f"{name}: {_told(symbol)}" for name, symbol in answer.symbols.items() if symbol.kind != "size"]
    shape = _sides(answer.shape) or "a scalar"
    parts = [", ".join(said), f"result {shape}", f"{answer.layout} layout", _certified(answer)]
    return "; ".join([part for part in parts if part])


def _sides(shape: Sequence[int | str]) -> str:
    """A shape as people read it: m×n; n·m × p where a side is a product."""
    sides = [str(side).replace("*", "·") for side in shape]
    return (" × " if any("·" in side for side in sides) else "×").join(sides)


def _certified(answer: Answer) -> str:
    """What the certificate says, in a word."""
    found = answer.certificate
    if found is None:
        return ""
    return {"exact": "certified", "numeric": "certified by numbers"}.get(found.status, f"not certified: {found.why}")


def _told(symbol: Symbol) -> str:
    size = symbol.kind if is_scalar(symbol) else _sides(symbol.shape[:1] if symbol.kind == "vector" else symbol.shape)
    structure = f" {symbol.structure}" if symbol.structure else ""
    family = f" for each {', '.join(symbol.family)}" if symbol.family else ""
    return f"{size}{structure}{family}" if not symbol.args else f"{size} function of {', '.join(symbol.args)}"
