"""Equations that only name what follows, and definitions of what stands in the question: f = x^T A x, r = X w - y."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import MatdiffError, Span
from matdiff.formula.binding import rebuilt
from matdiff.formula.syntax import Apply, Expr, IndexedSum, Sym, children
from matdiff.reading import mistakes
from matdiff.reading.letters import plain
from matdiff.reading.lexing import tokens
from matdiff.reading.names import subscript_text
from matdiff.reading.undress import undress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.reading.lexing import Token

# what formulas are called; y = X w is an equation, and no name for its right-hand side
CALLED = frozenset(
    ("f", "g", "h", "F", "G", "H", "J", "L", "C", "Q", "phi", "psi", "varphi", "ell", "loss", "cost", "objective")
)
_NAMES = frozenset(("WORD", "LETTER", "UPRIGHT"))
_ARGUMENTS = _NAMES | {"COMMA", "SEMICOLON", "SUBSCRIPT", "OPEN"}
_GOES_ON = frozenset(("PLUS", "MINUS", "STAR", "DOT", "SLASH", "CLOSE", "EQUALS", "CARET", "HADAMARD", "ALIGN"))
_MOST_NODES = 100_000


class Head(NamedTuple):
    """What stands in front of an equals sign: a name, perhaps with arguments; `end`: how many tokens it takes."""

    name: str
    args: tuple[str, ...]
    end: int
    span: Span


class Definition(NamedTuple):
    """A name, the arguments that it was defined with, and what it stands for."""

    args: tuple[str, ...]
    tree: Expr


def head(given: list[Token], place: int = 0) -> Head | None:
    """The name that the tokens from `place` on define: r = …, L(w) = …; None where they define none."""
    if place >= len(given) or given[place].kind not in _NAMES:
        return None
    first, at = given[place], place + 1
    args: tuple[str, ...] = ()
    name = first.text if first.text.isascii() else plain(first.text)
    if at < len(given) and given[at].kind == "SUBSCRIPT":
        name, at = f"{name}_{subscript_text(given[at], refuse=False)}", at + 1
    if at < len(given) and given[at].text == "(" and given[at].glued:
        close = next((k for k in range(at, len(given)) if given[k].kind == "CLOSE"), 0)
        inside = given[at + 1 : close]
        if not close or not all(token.kind in _ARGUMENTS for token in inside):
            return None
        args, at = _arguments(inside), close + 1
    if at >= len(given) or given[at].kind != "EQUALS" or not name.replace("_", "").isalnum():
        return None
    return Head(name, args, at + 1 - place, Span(first.start, given[at].end))


def _arguments(inside: list[Token]) -> tuple[str, ...]:
    found: list[str] = []
    for token in inside:
        if token.kind in _NAMES:
            found.append(token.text if token.text.isascii() else plain(token.text))
        elif token.kind == "SUBSCRIPT" and found:
            found[-1] += f"_{subscript_text(token, refuse=False)}"
    return tuple(found)


def label(given: list[Token]) -> int:
    """How many tokens name the formula that follows, f = or L(w) =; 0 where none do."""
    found = head(given)
    return found.end if found is not None and (found.args or found.name.partition("_")[0] in CALLED) else 0


def statements(given: list[Token], text: str) -> tuple[list[Token], list[list[Token]]]:
    """The question among several statements, without its own name, and the definitions; all of the text, as it is,
    where it is one formula.
    """
    parts = _separated(given, text)
    if len(parts) == 1:
        return given[label(given) :], []
    heads = [head(part) for part in parts]
    open_ones = [k for k, found in enumerate(heads) if found is None]
    if not open_ones:
        open_ones = [k for k, found in enumerate(heads) if found and not _stands_in(found.name, parts, k)]
    if len(open_ones) != 1:
        return given, []
    asked = open_ones[0]
    found = heads[asked]
    return parts[asked][found.end if found else 0 :], [part for k, part in enumerate(parts) if k != asked]


def _stands_in(name: str, parts: list[list[Token]], own: int) -> bool:
    base = name.partition("_")[0]
    return any(token.text.startswith(base) for k, part in enumerate(parts) if k != own for token in part)


def _separated(given: list[Token], text: str) -> list[list[Token]]:
    """The tokens cut at semicolons, at commas before a definition, and at line ends beside one."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(given):
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        current = parts[-1]
        if depth == 0 and current and token.kind in {"SEMICOLON", "COMMA"}:
            if token.kind == "SEMICOLON" or head(given, place + 1):
                parts.append([])
                continue
        elif depth == 0 and current and "\n" in text[current[-1].end : token.start]:
            starts = head(given, place) or _is_own_line(given, place, current, text, among=len(parts) > 1)
            if starts and current[-1].kind not in _GOES_ON - {"CLOSE"}:
                parts.append([])
        parts[-1].append(token)
    return [part for part in parts if part]


def _is_own_line(given: list[Token], place: int, before: list[Token], text: str, *, among: bool) -> bool:
    """Whether the line from `place` on is a formula of its own behind a definition, or `among` several statements, and
    does not go on with the line before: it begins with no sign, or has the name that would be defined by itself.
    """
    defined = head(before)
    if given[place].kind not in _GOES_ON:
        return defined is not None or among
    if defined is None:
        return False
    if given[place].kind not in {"PLUS", "MINUS"}:
        return False
    line = [given[place]]
    for token in given[place + 1 :]:
        if "\n" in text[line[-1].end : token.start] or token.kind == "SEMICOLON":
            break
        line.append(token)
    return any(token.text == defined.name for token in line)


def extracted(text: str, start: int = 0) -> tuple[str, list[list[Token]]]:
    """Declarations with blanks in place of the definitions among them, and the tokens of these: r = X w - y."""
    if "=" not in text:
        return text, []
    try:
        given = undress(tokens(text))
    except MatdiffError:
        return text, []
    found: list[list[Token]] = []
    for part in _separated_declarations(given):
        top = head(part)
        if top is None or _is_declaration(top, part):
            continue
        first, last = part[0].start, part[-1].end
        last = next((token.end for token in given if token.start >= last), last)  # the separator behind it as well
        text = text[:first] + " " * (last - first) + text[last:]
        found.append(part)
    for part in found:
        for token in part:
            token.start, token.end = token.start + start, token.end + start
    return (text if text.strip(" ,;") else ""), found


def _separated_declarations(given: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in given:
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if depth == 0 and token.kind in {"SEMICOLON", "COMMA"}:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _is_declaration(top: Head, part: list[Token]) -> bool:
    """Whether it is a number for a size, n = 3, or a property, A = A^T."""
    rest = part[top.end :]
    number = len(rest) == 1 and rest[0].kind == "NUMBER"
    return number or not rest or any(token.text == top.name for token in rest)


def put_in(tree: Expr, defined: Mapping[str, Definition]) -> Expr:
    """The formula with every defined name replaced by what it stands for.

    Raises E116 for a name that is defined by itself, E115 for an entry of one, E106 where the whole becomes too long.
    """
    if not defined:
        return tree
    budget = [_MOST_NODES]
    return _put_in(tree, defined, (), budget)


def _put_in(tree: Expr, defined: Mapping[str, Definition], inside: tuple[str, ...], budget: list[int]) -> Expr:
    budget[0] -= 1
    if budget[0] < 0:
        raise mistakes.error("E106", "the question is too long with its definitions put in", tree.span)
    name = tree.name if isinstance(tree, (Sym, Apply)) else ""
    if name in defined:
        return _meant(tree, name, defined, inside, budget)
    if isinstance(tree, Sym) and tree.base in defined:
        raise mistakes.not_supported(
            f"'{tree.name}' would be an entry of '{tree.base}', which is defined: that is not supported",
            tree.span,
            hint=f"write e_i^T {tree.base}, or give it another name",
        )
    if isinstance(tree, IndexedSum):
        parts = [_put_in(part, defined, inside, budget) for part in (tree.lo, tree.hi, tree.body)]
        return IndexedSum(tree.index, parts[0], parts[1], parts[2], tree.product, span=tree.span)
    new = rebuilt(tree, [_put_in(child, defined, inside, budget) for child in children(tree)])
    new.span = tree.span
    return new


def _meant(
    tree: Expr, name: str, defined: Mapping[str, Definition], inside: tuple[str, ...], budget: list[int]
) -> Expr:
    if name in inside:
        raise mistakes.error("E108", f"'{name}' is defined by itself", tree.span)
    args, meaning = defined[name]
    inner = _put_in(meaning, defined, (*inside, name), budget)
    if isinstance(tree, Apply):
        if len(tree.args) != len(args):
            raise mistakes.error("E112", f"'{name}' is defined with {len(args)} arguments", tree.span)
        given = [_put_in(arg, defined, inside, budget) for arg in tree.args]
        changed = {
            formal: Definition((), arg)
            for formal, arg in zip(args, given, strict=True)
            if not (isinstance(arg, Sym) and arg.name == formal)
        }
        inner = _put_in(inner, changed, (), budget) if changed else inner
    made = _copied(inner)
    made.span = tree.span
    return made


def _copied(tree: Expr) -> Expr:
    """A node of its own with the same parts, so that it may have a place of its own in the text."""
    if isinstance(tree, IndexedSum):
        return IndexedSum(tree.index, tree.lo, tree.hi, tree.body, tree.product, span=tree.span)
    names: tuple[str, ...] = getattr(type(tree), "__match_args__", ())
    return type(tree)(*[getattr(tree, name) for name in names], span=tree.span)
