"""What Mathematica, SymPy, MATLAB and Julia write otherwise, turned into the language's own tokens.

Names in any case and those of one dialect (Det[X], opnorm(A), abs2.(x)), X.I, sum(abs2, r), Mathematica's dot.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import FOREIGN, SCALARS, SPELLINGS, TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from matdiff.reading.names import Scope

_NAMES: dict[str, str] = {name: function for name, function in FOREIGN.items() if len(name) > 1} | {
    # what is no function of the table: "" is refused by name
    "abs2": "square",
    "Plus": "",
    "MatrixPower": "",
    "MatMul": "matmul",
    "crossprod": "crossprod",
    "tcrossprod": "tcrossprod",
    "solve": "solve",
    "cross": "cross",
    "Cross": "cross",
    "sumsq": "sumsq",
    "vecnorm": "vecnorm",
}
_ENTRYWISE = frozenset(("crossprod", "tcrossprod", "solve"))  # of languages whose stars work entry by entry
_REDUCTIONS = frozenset((fn.SUM, fn.MEAN, fn.PROD, *TABLE[fn.MAX].spellings, *TABLE[fn.MIN].spellings))
_STATISTICS = frozenset(("Var", "VAR", "Std", "Cov", "Corr", "Median"))
_ENDS = frozenset(("WORD", "LETTER", "UPRIGHT", "CLOSE", "NUMBER", "SUBSCRIPT", "QUOTE", "ATTRIBUTE"))


def name_of(word: str) -> str:
    """The function that a word means in some dialect, or in another case; "" where it means none."""
    known = _NAMES.get(word)
    if known is not None:
        return known
    return SPELLINGS.get(word.lower(), "") if word[:1].isupper() and len(word) > 1 else ""


def translated(given: list[Token], scope: Scope) -> list[Token]:
    """The tokens in the language's own words; the very same list where nothing is foreign."""
    if not any(_is_foreign(token, given, place, scope) for place, token in enumerate(given)):
        return given
    lists = _is_mathematica(given, scope)
    if any(token.text in _ENTRYWISE and not scope.knows(token.text) for token in given):
        _check_entrywise(given)
    out: list[Token] = []
    place = 0
    while place < len(given):
        token = given[place]
        if token.text == "end" and place and given[place - 1].kind in {"OPEN", "COLON", "COMMA"}:
            place += _from_the_end(given, place, out)
            continue
        if token.text in _FILLED and not scope.knows(token.text) and (filled := _filled(given, place)):
            out += filled
            place += 4
            continue
        if token.kind == "WORD" and _calls(given, place, "([.") and not scope.knows(token.text):
            out.append(_renamed(token, scope))
        elif lists and token.kind in {"STAR", "CARET"}:
            _check_lists(given, place)
            out.append(token)
        elif token.kind == "ATTRIBUTE" and out and out[-1].kind in _ENDS:
            out += _attribute(given, place, lists=lists)
        elif token.kind == "." and lists:
            out.append(token.become("AT"))
        else:
            out.append(token)
        place += 1
    return _with_applied(out)


def _filled(given: list[Token], place: int) -> list[Token]:
    """vector(2) and matrix(0) of matrixcalculus.org, all entries of which are that number, as 2 1 and (0 0^T)."""
    if [token.kind for token in given[place + 1 : place + 4]] != ["OPEN", "NUMBER", "CLOSE"]:
        return []
    number, span = given[place + 2], (given[place].start, given[place + 3].end)
    kind = "ZEROS" if number.text == "0" else "ONES"
    made = [Token(kind, "1", *span)]
    if given[place].text == "matrix":
        made += [Token(kind, "1", *span), Token("QUOTE", "'", *span, glued=True)]
    if number.text not in {"0", "1"}:
        made.insert(0, number)
    return [Token("OPEN", "(", *span), *made, Token("CLOSE", ")", *span)]


_FILLED = frozenset(("vector", "matrix"))


def _from_the_end(given: list[Token], place: int, out: list[Token]) -> int:
    """An index counted from the end (end, end-1) as one token; how many tokens it took."""
    token = given[place]
    behind = given[place + 1 : place + 3]
    if [part.kind for part in behind] == ["MINUS", "NUMBER"]:
        whole = Token("NUMBER", f"end-{behind[1].text}", token.start, behind[1].end, token.glued)
        out.append(whole)
        return 3
    if not behind or behind[0].kind not in {"CLOSE", "COMMA", "COLON"}:
        raise mistakes.not_supported("this index with 'end' is not supported", token.span, hint="write e_n^T x")
    out.append(token.become("NUMBER"))
    return 1


def _is_mathematica(given: list[Token], scope: Scope) -> bool:
    """Whether a function that only Mathematica has, or a product with its dot, stands beside its brackets."""
    called = [place for place in range(len(given)) if _calls(given, place, "[") and _function(given[place], scope)]
    own = any(given[place].text not in SPELLINGS for place in called)
    return own or (bool(called) and any(token.kind == "ATTRIBUTE" and token.text != ".I" for token in given))


def _is_foreign(token: Token, given: list[Token], place: int, scope: Scope) -> bool:
    if token.text == "end" and place:
        return not scope.knows("end")
    if token.kind == "ATTRIBUTE":
        return token.text == ".I" or not _calls(given, place, "(")
    return (
        token.kind == "WORD"
        and len(token.text) > 1
        and not scope.knows(token.text)
        and (token.text not in SPELLINGS or _calls(given, place, "[") or _is_function_then_comma(given, place))
        and (_calls(given, place, "([.") or _is_function_then_comma(given, place))
    )


def _calls(given: list[Token], place: int, brackets: str) -> bool:
    following = given[place + 1] if place + 1 < len(given) else None
    return following is not None and following.glued and following.text in brackets and following.text != ""


def _is_function_then_comma(given: list[Token], place: int) -> bool:
    """Whether f stands in sum(f, x): a call of two arguments; sum(n, 1, N, x_n) has four."""
    return (
        place > 1
        and place + 1 < len(given)
        and given[place + 1].kind == "COMMA"
        and given[place - 1].text == "("
        and given[place - 2].text in _REDUCTIONS
        and _arguments(given, place - 1) == 2  # f and x
    )


def _arguments(given: list[Token], opens: int) -> int:
    """How many arguments stand between the bracket at a place and the one that closes it."""
    depth, commas = 0, 0
    for token in given[opens:]:
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if not depth:
            break
        commas += token.kind == "COMMA" and depth == 1
    return commas + 1


def _function(token: Token, scope: Scope) -> bool:
    return (
        token.kind == "WORD"
        and len(token.text) > 1
        and not scope.knows(token.text)
        and (token.text in SPELLINGS or bool(name_of(token.text)))
    )


def _renamed(token: Token, scope: Scope) -> Token:
    if token.text in SPELLINGS or scope.knows(token.text):
        return token
    if token.text in _STATISTICS:
        raise mistakes.statistic(token.text, token.span)
    name = name_of(token.text)
    if name == "" and token.text in _NAMES:
        raise mistakes.not_supported(f"'{token.text}' is not supported", token.span)
    return token.become("WORD", name) if name else token


def _attribute(given: list[Token], place: int, *, lists: bool) -> list[Token]:
    """X.I is the inverse; in Mathematica a.b is a product."""
    token = given[place]
    name = token.text[1:]
    if name == fn.IDENTITY_LETTER and not lists:
        span = (token.start, token.end)
        return [
            Token("ATTRIBUTE", ".inv", *span, glued=True),
            Token("OPEN", "(", *span, glued=True),
            Token("CLOSE", ")", *span, glued=True),
        ]
    if not lists:
        return [token]
    return [
        Token("AT", ".", token.start, token.start + 1, glued=True),
        Token("WORD", name, token.start + 1, token.end, glued=True),
    ]


def _check_lists(given: list[Token], place: int) -> None:
    """Raise E125 for a star or a power of arrays in Mathematica, where both work entry by entry."""
    before, behind = (
        given[place - 1] if place else given[place],
        given[place + 1] if place + 1 < len(given) else given[place],
    )
    sign = given[place]
    number = "NUMBER" in {before.kind, behind.kind}
    if sign.kind == "STAR" and not number:
        raise mistakes.two_readings(sign.text, ("a product of matrices", "A.B"), ("entry by entry", "A ∘ B"), sign.span)
    if sign.kind == "CARET" and before.kind == "WORD" and before.text[:1].isupper():
        raise mistakes.two_readings(
            sign.text,
            ("a power of a matrix", f"{before.text}.{before.text}"),
            ("entry by entry", f"{before.text}.^2"),
            sign.span,
        )


def _check_entrywise(given: list[Token]) -> None:
    """Raise E125 for a star or a power of what may be an array beside R's functions, where both work entry by entry."""
    for place, sign in enumerate(given[1:-1], 1):
        before, behind = given[place - 1], given[place + 1]
        if sign.kind == "STAR" and "NUMBER" not in {before.kind, behind.kind}:
            readings = ("a product of matrices", "A B"), ("entry by entry", "A ∘ B")
        elif sign.kind == "CARET" and behind.kind == "NUMBER" and _may_be_array(given, place - 1):
            readings = ("a power of a matrix", "A A"), ("entry by entry", "A.^2")
        else:
            continue
        raise mistakes.two_readings(sign.text, *readings, sign.span)


def _may_be_array(given: list[Token], place: int) -> bool:
    """Whether what ends here, in front of a power, may be other than a number: a name, brackets of no scalar's name."""
    if given[place].kind != "CLOSE":
        return given[place].kind in {"WORD", "LETTER"}
    depth = 0
    while place >= 0:
        depth += (given[place].kind == "CLOSE") - (given[place].kind == "OPEN")
        if not depth:
            break
        place -= 1
    name = SPELLINGS.get(given[place - 1].text, "") if place > 0 else ""
    return name not in SCALARS and name != fn.NORM


def _with_applied(given: list[Token]) -> list[Token]:
    """sum(f, x), a sum of f over all entries, as sum(f.(x))."""
    out: list[Token] = []
    closing: list[int] = []
    depth = 0
    for place, token in enumerate(given):
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.kind == "COMMA" and place and _is_function_then_comma(given, place - 1):
            inner = out.pop()
            name = _NAMES.get(inner.text) or SPELLINGS.get(inner.text, "")
            if not name:
                raise mistakes.unknown_function(inner.text, inner.span)
            out += [inner.become("WORD", name), Token(".", ".", token.start, token.end, glued=True)]
            out.append(Token("OPEN", "(", token.start, token.end, glued=True))
            closing.append(depth)
            continue
        if token.kind == "CLOSE" and closing and depth == closing[-1] - 1:
            out.append(Token("CLOSE", ")", token.start, token.end, glued=True))
            closing.pop()
        out.append(token)
    return out


def asked_by_function(given: list[Token]) -> tuple[str, list[Token]] | None:
    """diff(f, x), grad(f, x), D[f, x], hessian(f, x): the operator that it says, and the tokens of f; None where the
    text is no such call.
    """
    if len(given) < 6 or given[0].kind != "WORD" or given[0].text not in _OPERATORS or given[-1].kind != "CLOSE":
        return None
    if given[1].kind != "OPEN" or not given[1].glued or not _spans(given):
        return None
    commas = [place for place, depth in _depths(given) if given[place].kind == "COMMA" and depth == 1]
    if not commas:
        return None
    names = [given[start + 1 : end] for start, end in zip(commas, [*commas[1:], len(given) - 1], strict=True)]
    written = ["".join([token.text for token in name]) for name in names]
    operator = _operator(given[0].text, written)
    if operator is None:
        return None
    inner = given[2 : commas[0]]
    if given[1].text == "[":
        inner = [part for place in range(len(inner)) for part in _listed(inner, place)]
    return operator, inner


def _listed(given: list[Token], place: int) -> list[Token]:
    """A token of Mathematica's, whose dot is a product."""
    token = given[place]
    if token.kind == "ATTRIBUTE":
        return _attribute(given, place, lists=True)
    return [token.become("AT") if token.kind == "." else token]


def _operator(word: str, names: list[str]) -> str | None:
    order = _OPERATORS[word]
    first = names[0].strip("{}").partition(",")
    if first[2].isdigit() and len(names) == 1:
        return f"d^{first[2]}/d{first[0]}^{first[2]}"
    if len(names) == 2 and names[1].isdigit() and order == 1:
        return f"d^{names[1]}/d{names[0]}^{names[1]}"
    if not all(name and (name[0].isalpha() or name[0] == "\\") for name in names):
        return None
    if order == 2 and len(names) == 1:
        return f"d^2/d{names[0]} d{names[0]}^T"
    if order == 0:
        return f"d/d{names[0]}^T" if len(names) == 1 else None
    if len(names) == 1:
        return f"d/d{names[0]}"
    return f"d^{len(names)}/" + " ".join([f"d{name}" for name in names])


_OPERATORS = {"diff": 1, "grad": 1, "gradient": 1, "D": 1, "Grad": 1, "Derivative": 1, "hessian": 2, "jacobian": 0}


def _depths(given: list[Token]) -> list[tuple[int, int]]:
    found, depth = [], 0
    for place, token in enumerate(given):
        depth += token.kind == "OPEN"
        found.append((place, depth))
        depth -= token.kind == "CLOSE"
    return found


def _spans(given: list[Token]) -> bool:
    """Whether the brackets that open behind the first word close at the end."""
    return all(depth > 0 for _, depth in _depths(given)[1:])
