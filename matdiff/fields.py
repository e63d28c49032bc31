"""One table of a question's fields: options, JSON questions, settings, MATDIFF_* and `matdiff.derivative` read it.

A field is told once: what it is called in each of these places, what values it takes, and who takes it (the question,
the request for its answer, or the way out).  Nothing here is loaded that a plain question does not need.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COLOURS = ("auto", "always", "never")
LAYOUTS = ("denominator", "numerator", "mixed")
CONVENTIONS = ("project", "entries")
FORMS = ("kron", "directional", "index")
MOST_SECONDS = 1_000_000.0  # what a timer can hold everywhere


class Field(NamedTuple):
    """One field.

    name         of the attribute that holds it, and of the setting
    flags        options that give it
    home         "question", "request" or "output": who takes it
    kind         "flag"; "text"; "texts" (may be repeated); "name" (one of `names`); "names" (several, between commas);
                 "count" (a whole number from 1 to `most`); "seconds" (a number from 0)
    json         its name in a JSON question, "" where it has none
    setting      whether .matdiff.toml knows it; environment: whether MATDIFF_NAME gives it
    noun         what the value is called in help and errors
    aliases      other names of values
    """

    name: str
    flags: tuple[str, ...]
    home: str
    kind: str
    help: str
    default: object = None
    noun: str = ""
    names: Callable[[], tuple[str, ...]] | None = None
    json: str = ""
    setting: bool = False
    environment: bool = False
    most: int = 0
    aliases: tuple[tuple[str, str], ...] = ()


def formats() -> tuple[str, ...]:
    """All that `--to` takes: notations, code for libraries and languages, and JSON."""
    from matdiff.codegen.targets import TARGETS  # noqa: PLC0415 # loaded where a format is named
    from matdiff.writing import NOTATIONS  # noqa: PLC0415 # as above

    return (*NOTATIONS, "html", "png", "picture", "srepr", "json", *TARGETS)


def quantities() -> tuple[str, ...]:
    """What generated code can compute."""
    from matdiff.codegen.module import PARTS  # noqa: PLC0415 # as in formats()

    return tuple(PARTS)


FIELDS = (
    Field(
        "where",
        ("-w", "--where"),
        "question",
        "texts",
        "Declare symbols: 'A in R^{m x n}, S symmetric'. May be repeated.",
        (),
        "declaration",
        json="where",
        setting=True,
    ),
    Field(
        "layout",
        ("-l", "--layout"),
        "question",
        "name",
        "denominator (default), numerator or mixed.",
        noun="layout",
        names=lambda: LAYOUTS,
        json="layout",
        setting=True,
        environment=True,
    ),
    Field(
        "symmetric",
        ("--symmetric",),
        "question",
        "name",
        "Derivative by a symmetric matrix: project (default) or entries.",
        noun="convention",
        names=lambda: CONVENTIONS,
        json="symmetric",
        setting=True,
        environment=True,
    ),
    Field(
        "form",
        ("--as",),
        "question",
        "name",
        "kron, directional or index: how to print what has no matrix form.",
        noun="form",
        names=lambda: FORMS,
        json="as",
    ),
    Field(
        "rules",
        ("--rule",),
        "question",
        "texts",
        "Differential of a function of your own: 'd f(X) = tr(X^T dX)'. May be repeated.",
        (),
        "rule",
        json="rule",
    ),
    Field("expand", ("--expand",), "question", "flag", "Multiply products of sums out.", json="expand", setting=True),
    Field(
        "factor",
        ("--factor",),
        "question",
        "flag",
        "Take common factors out of sums also where nothing gets shorter.",
        json="factor",
    ),
    Field(
        "strict",
        ("--strict",),
        "question",
        "flag",
        "Refuse what rests on a guess of kind.",
        json="strict",
        setting=True,
    ),
    Field(
        "vectorize",
        ("--vectorize",),
        "question",
        "flag",
        "Write sums over families x_n as products of the matrix whose rows they are.",
        json="vectorize",
    ),
    Field(
        "to",
        ("-t", "--to"),
        "request",
        "name",
        "Format of the answer: unicode, ascii, latex, numpy, json and more.",
        noun="format",
        names=formats,
        json="to",
        setting=True,
        environment=True,
        aliases=(("tex", "latex"), ("md", "markdown"), ("py", "numpy"), ("jl", "julia"), ("m", "matlab")),
    ),
    Field("as_json", ("--json",), "request", "flag", "A JSON object a line, with all that is known about the answer."),
    Field(
        "of",
        ("--of",),
        "request",
        "names",
        "What code computes: value, gradient, value_and_gradient, hessian, hvp, hessian_operator; with commas.",
        noun="quantity",
        names=quantities,
        json="of",
    ),
    Field(
        "sizes",
        ("--sizes",),
        "question",
        "text",
        "Sizes that code is planned for, where none are declared: m=5000,n=300.",
        "",
        "sizes",
        json="sizes",
    ),
    Field(
        "bold",
        ("--bold",),
        "question",
        "flag",
        "Vectors and matrices in bold type (LaTeX, Typst and what is made from them).",
        json="bold",
    ),
    Field(
        "check", ("--check",), "request", "flag", "Compare the answer with numerical differences before printing it."
    ),
    Field(
        "no_certify",
        ("--no-certify",),
        "question",
        "flag",
        "Print the answer without evaluating its text against the derivative first.",
        json="no_certify",
        setting=True,
    ),
    Field("steps", ("--steps",), "request", "flag", "Show the way to the answer, rule by rule.", json="steps"),
    Field(
        "lets",
        ("--lets",),
        "request",
        "flag",
        "Name the repeated subexpressions of a long answer (a terminal shows them so anyway).",
        json="lets",
    ),
    Field(
        "explicit",
        ("--explicit",),
        "request",
        "count",
        "Write the entries out, with N for every size left open.",
        noun="N",
        json="explicit",
        most=12,
    ),
    Field("output", ("-o", "--output"), "output", "text", "Write to FILE instead of standard output.", "", "FILE"),
    Field(
        "quiet",
        ("-q", "--quiet"),
        "output",
        "flag",
        "No notes; in a stream, no reports on standard error either.",
        setting=True,
    ),
    Field(
        "color",
        ("--color",),
        "output",
        "name",
        "auto (default), always or never.",
        "auto",
        "choice",
        lambda: COLOURS,
        setting=True,
        environment=True,
    ),
    Field("copy", ("--copy",), "output", "flag", "Put the answer on the clipboard as well."),
    Field(
        "jobs",
        ("-j", "--jobs"),
        "output",
        "count",
        "Answer a stream with N processes, in order.",
        1,
        "N",
        setting=True,
        most=1024,
    ),
    Field(
        "timeout",
        ("--timeout",),
        "output",
        "seconds",
        "Limit for one question [10]; 0: none.",
        10.0,
        "SECONDS",
        setting=True,
        environment=True,
    ),
)
BY_NAME = {field.name: field for field in FIELDS}

# what problems (solve, dual, update) have besides
_CONSTRAINT = "A constraint. May be repeated."
_METHODS = "gd, sgd, momentum, newton, gauss-newton or proximal."
_SUBJECT = ("-s", "--subject-to")
SUBJECT_TO = Field("subject_to", _SUBJECT, "problem", "texts", _CONSTRAINT, (), "constraint", json="subject_to")
METHOD = Field("method", ("-m", "--method"), "problem", "text", _METHODS, "gd", "method", json="method")


# the format that a file's name asks for
SUFFIXES = {
    ".tex": "latex",
    ".md": "markdown",
    ".typ": "typst",
    ".mml": "mathml",
    ".svg": "svg",
    ".png": "png",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".py": "numpy",
    ".jl": "julia",
    ".m": "matlab",
    ".r": "r",
    ".cpp": "eigen",
    ".hpp": "eigen",
}


def format_of(path: str) -> str:
    """The format that a file's name asks for, "" where it asks for none."""
    return SUFFIXES.get(path[path.rfind(".") :].lower(), "") if "." in path else ""


class WrongValueError(Exception):
    """A value that a field does not take; the message says why."""


def value_of(field: Field, given: object) -> object:
    """`given` (a text of the command line or the environment, or a value of a settings file or of JSON) as the field
    holds it.  Raises WrongValueError.
    """
    return _KINDS[field.kind](field, given)


def _flag(field: Field, given: object) -> bool:
    if not isinstance(given, bool):
        raise WrongValueError(f"true or false is wanted{_named(field)}")
    return given


def _text(_: Field, given: object) -> str:
    if not isinstance(given, str):
        raise WrongValueError("a string is wanted")
    return given


def _texts(_: Field, given: object) -> tuple[str, ...]:
    parts = [given] if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise WrongValueError("a string or a list of strings is wanted")
    return tuple([part for part in parts if part.strip()])


def _name(field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise WrongValueError("a string is wanted")
    assert field.names is not None  # noqa: S101 # the table's own duty, which its test checks
    name = dict(field.aliases).get(given.lower(), given.lower())
    if name not in field.names():
        raise WrongValueError(complaint(field.noun, given, field.names()))
    return name


def _names(field: Field, given: object) -> tuple[str, ...]:
    parts = [part for text in _texts(field, given) for part in text.split(",")]
    return tuple([_name(field, part.strip()) for part in parts])


def _count(field: Field, given: object) -> int:
    wanted = f"a whole number from 1 to {field.most} is wanted"
    if isinstance(given, str) and given.strip().isdecimal() and len(given) < len(str(field.most)) + 9:
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= field.most:
        raise WrongValueError(wanted)
    return given


def _seconds(_: Field, given: object) -> float:
    wanted = f"a number from 0 to {MOST_SECONDS:,.0f} is wanted"
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise WrongValueError(wanted)
    try:
        found = float(given)
    except (ValueError, OverflowError):
        raise WrongValueError(wanted) from None
    if not 0 <= found <= MOST_SECONDS:  # NaN is neither
        raise WrongValueError(wanted)
    return found


_KINDS: dict[str, Callable[[Field, object], object]] = {
    "flag": _flag,
    "text": _text,
    "texts": _texts,
    "name": _name,
    "names": _names,
    "count": _count,
    "seconds": _seconds,
}


def _named(field: Field) -> str:
    return f" for {field.flags[-1]}" if field.flags else ""


def complaint(kind: str, value: str, names: tuple[str, ...]) -> str:
    """What is wrong with a name that is none of `names`, and what was probably meant."""
    meant = close_to(value, names)
    return f"unknown {kind} '{value}'; " + (f"did you mean '{meant}'?" if meant else f"there are: {', '.join(names)}")


def close_to(name: str, names: Iterable[str]) -> str:
    """The one of `names` that `name` was probably meant to be, or ""."""
    from difflib import get_close_matches  # noqa: PLC0415 # only wanted where something is misspelt

    return next(iter(get_close_matches(name.lower(), sorted(names), 1, 0.6)), "")
