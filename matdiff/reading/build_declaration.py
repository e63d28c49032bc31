"""What each rule of the grammar makes of a declaration: one function for each `-> name` there.

Every function gets the values of the rule's symbols (tokens, sizes, declarations).
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Span
from matdiff.formula.question import Declaration
from matdiff.reading import mistakes
from matdiff.reading.declaration_tokens import KINDS, LARGEST, STRUCTURES
from matdiff.reading.lexing import Token
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.formula.syntax import Size

Values = list[Any]
_LONGEST_SIZE = 200


def plain_subject(values: Values) -> Declaration:
    """A name that is declared."""
    token: Token = values[0]
    return Declaration(token.text, span=token.span)


def function_of(values: Values) -> Declaration:
    """u(x): an unknown function and the names of its arguments."""
    token: Token = values[0]
    names = [parameter.text for parameter in values[2]]
    return Declaration(token.text, args=tuple(names), span=Span(token.start, values[3].end))


def nothing_said(values: Values) -> Declaration:
    """A name alone: what the next declaration says holds for it too."""
    found: Declaration = values[0]
    return found


def in_space(values: Values) -> Declaration:
    """X in R^n, k in N, with properties behind."""
    subject: Declaration = values[0]
    space, sizes = values[2]
    properties: list[Token] = values[3]
    if space == "N":
        if sizes:
            raise mistakes.not_supported("vectors and matrices of integers are not supported", subject.span)
        return _with(replace(subject, kind="integer", rows=1, columns=1), properties)
    if not sizes:
        return _with(replace(subject, kind="scalar", rows=1, columns=1), properties)
    return _with(_sized(subject, sizes), properties)


def with_sizes(values: Values) -> Declaration:
    return _with(_sized(values[0], values[2]), values[3])


def with_properties(values: Values) -> Declaration:
    """S symmetric, x vector."""
    place = next(place for place, value in enumerate(values) if type(value) is Token and value.kind == "PROPERTY")
    return _with(values[0], [values[place], *values[place + 1]])


def with_value(values: Values) -> Declaration:
    """N = 3; raises E123 for what is no size."""
    subject: Declaration = values[0]
    number: Token = values[2]
    if not number.text.isdigit() or not 0 < int(number.text[:9]) <= LARGEST:
        raise mistakes.error("E123", f"a size is a positive integer: '{subject.name} = {number.text}'", number.span)
    return replace(subject, value=int(number.text), kind="integer")


def _sized(subject: Declaration, sizes: list[Size]) -> Declaration:
    rows, columns = sizes[0], sizes[1] if len(sizes) > 1 else 1
    kind = "matrix" if len(sizes) > 1 else "vector"
    if kind == "vector" and rows == 1:
        kind = "scalar"
    return replace(subject, rows=rows, columns=columns, kind=kind)


def _with(subject: Declaration, properties: list[Token]) -> Declaration:
    for token in properties:
        text = token.text
        structure, kind = STRUCTURES.get(text, ""), KINDS.get(text, "")
        if (structure and subject.structure not in {"", structure}) and {structure, subject.structure} != {
            "symmetric",
            "spd",
        }:
            raise mistakes.error(
                "E122", f"'{subject.name}' cannot be both {subject.structure} and {structure}", token.span
            )
        if kind and subject.kind and kind != subject.kind and not (kind == "scalar" and subject.kind == "integer"):
            raise mistakes.error(
                "E121", f"'{subject.name}' is declared as a {subject.kind} and as a {kind}", subject.span, token.span
            )
        if structure and subject.kind in {"scalar", "vector", "integer"}:
            raise mistakes.error("E122", f"a {subject.kind} cannot be {text}", token.span)
        if (
            structure
            and isinstance(subject.rows, int)
            and isinstance(subject.columns, int)
            and subject.rows != subject.columns
        ):
            raise mistakes.error(
                "E122",
                f"'{subject.name}' is {subject.rows} x {subject.columns}: only a square matrix can be {text}",
                token.span,
            )
        if text == "spd" or not (structure and subject.structure == "spd"):
            subject = replace(
                subject,
                structure=structure or subject.structure,
                kind=subject.kind or kind or ("matrix" if structure else ""),
            )
        if kind == "scalar" and subject.rows is None:
            subject = replace(subject, rows=1, columns=1)
    return subject


def space_alone(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, []


def space_one(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, [values[2]]


def space_two(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, [values[2], values[4]]


def space_sizes(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, values[3]


def one_size(values: Values) -> list[Size]:
    return [values[0]]


def two_sizes(values: Values) -> list[Size]:
    return [values[0], values[2]]


def size_name(values: Values) -> Size:
    """A symbolic dimension."""
    text: str = values[0].text
    return text


def size_number(values: Values) -> Size:
    """A dimension; raises E123 for zero, fractions and what no memory holds."""
    token: Token = values[0]
    if not token.text.isdigit() or not 0 < int(token.text[:9]) <= LARGEST:
        raise mistakes.error(
            "E123", f"a dimension is a positive integer up to {LARGEST:,}, not {token.text[:20]}", token.span
        )
    return int(token.text)


def size_group(values: Values) -> Size:
    """A dimension in brackets."""
    found: Size = values[1]
    return found


def size_sum(values: Values) -> Size:
    """M + n, n - 1."""
    left, sign, right = values
    _check_length(left, sign)
    if isinstance(left, int) and isinstance(right, int):
        return _positive(left + right if sign.kind == "PLUS" else left - right, sign)
    return f"{left}{'+' if sign.kind == 'PLUS' else '-'}{_bracketed(right, '+-') if sign.kind == 'MINUS' else right}"


def size_product(values: Values) -> Size:
    """M n."""
    left, right = values
    _check_length(left, None)
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return f"{_bracketed(left, '+-')}*{_bracketed(right, '+-')}"


def size_product_starred(values: Values) -> Size:
    return size_product([values[0], values[2]])


def _check_length(size: Size, sign: Token | None) -> None:
    if len(str(size)) > _LONGEST_SIZE:
        raise mistakes.error("E123", f"a size of over {_LONGEST_SIZE} characters", *([sign.span] if sign else []))


def _bracketed(size: Size, signs: str) -> str:
    text = str(size)
    return f"({text})" if any(sign in text for sign in signs) else text


def _positive(value: int, sign: Token) -> int:
    if value < 1:
        raise mistakes.error("E123", f"a dimension is a positive integer, not {value}", sign.span)
    return value


def no_properties(_: Values) -> list[Token]:
    return []


def property_more(values: Values) -> list[Token]:
    """One more property."""
    found: list[Token] = values[0]
    found.append(values[1])
    return found


def declared_one(values: Values) -> list[tuple[Declaration, bool]]:
    return [(values[0], _says_nothing(values[0]))]


def declared_more(values: Values) -> list[tuple[Declaration, bool]]:
    """Declarations so far; a name that says nothing shares what the next one says: x, y in R^n."""
    found: list[tuple[Declaration, bool]] = values[0]
    item: Declaration = values[2]
    empty = _says_nothing(item)
    if not empty and values[1].kind == "COMMA":
        place = len(found) - 1
        while place >= 0 and found[place][1]:
            waiting = found[place][0]
            args = waiting.args or ()
            found[place] = (replace(item, name=waiting.name, args=args, span=waiting.span), False)
            place -= 1
    found.append((item, empty))
    return found


def keep(values: Values) -> Any:
    return values[0]


def _says_nothing(item: Declaration) -> bool:
    return item.rows is None and not item.kind and not item.structure and item.value is None


def merged(found: list[tuple[Declaration, bool]]) -> tuple[Declaration, ...]:
    """One declaration a name: what several say of it is put together; raises E121 where they contradict each other."""
    names: dict[str, Declaration] = {}
    for item, empty in found:
        if empty and not item.args:
            raise mistakes.error(
                "E120",
                f"nothing is declared of '{item.name}'",
                item.span,
                hint="declare as in: A in R^{m x n}, x in R^n, S symmetric",
            )
        before = names.get(item.name)
        names[item.name] = item if before is None else _both(before, item)
    return tuple(names.values())


def _both(one: Declaration, other: Declaration) -> Declaration:
    for here, there in (
        (one.kind, other.kind),
        (one.structure, other.structure),
        (one.args, other.args),
        (one.value, other.value),
        (
            (one.rows, one.columns) if one.rows is not None else None,
            (other.rows, other.columns) if other.rows is not None else None,
        ),
    ):
        if here and there and here != there:
            raise mistakes.error("E121", f"'{one.name}' is declared twice, and not alike", one.span, other.span)
    sized = one if one.rows is not None else other
    return replace(
        one,
        rows=sized.rows,
        columns=sized.columns,
        kind=one.kind or other.kind,
        structure=one.structure or other.structure,
        args=one.args or other.args,
        value=one.value if one.value is not None else other.value,
    )
