"""Questions, expressions, operators and declarations: text in, syntax tree out.

Every error is a ReadingError (E1xx) that points into the text it names as its `source`.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.errors import MatdiffError, Span
from matdiff.formula.question import By, Declaration, Operator, Reading
from matdiff.formula.syntax import PRIME, Expr, Node, Sym, subtrees
from matdiff.reading import declaration_words, dialects, entries, fonts, mistakes, parse
from matdiff.reading.brackets import DEEPEST, Brackets
from matdiff.reading.build_declaration import merged
from matdiff.reading.declaration_tokens import ANALYTIC, DeclarationTokens
from matdiff.reading.definitions import Definition, extracted, head, label, put_in, statements
from matdiff.reading.lexing import Token, tokens
from matdiff.reading.names import Scope, sizes_in
from matdiff.reading.operator_text import in_front, read_operator, without_any_function, without_function
from matdiff.reading.python import source as python_source
from matdiff.reading.undress import bare, undress
from matdiff.reading.words import Words
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.reading.python.lines import Line

_WHERE = re.compile(r"(?:\\(?:text|mathrm|textrm)\s*\{\s*where\s*\}|(?<![A-Za-z0-9_\\.])where(?!\s*=|[A-Za-z0-9_]))")
_WITH = re.compile(  # what else may begin declarations, if these can be read as such
    r"[,;]?\s*(?:\\q?quad\s*)*(?:\\(?:text|mathrm|textrm)\s*\{\s*(?:with|for|given|if|assuming|when)\s*\}"
    r"|\s(?:with|for|given|if|assuming|when|such that|s\.t\.)\s"
    r"|,\s(?=\s*[A-Za-z]\w*\s+(?:is|are|symmetric|diagonal|in)(?:\s|$))"
    r"|,\s*(?:\\q?quad\s*)*(?=\s*\\?[A-Za-z]\w*\s*(?:\\in(?![A-Za-z])|∈)))"
)
_OPERATOR_LIKE = re.compile(r"\s*(?:[d∂∇\\]|grad|partial)")
_LONG = 500


def read_question(
    expr: str,
    wrt: str = "",
    where: tuple[str, ...] = (),
    defaults: tuple[str, ...] = (),
    functions: tuple[Declaration, ...] = (),
) -> Reading:
    """A question: operator (in `wrt`, or in front of the expression, or None), expression, and declarations (in
    `where`, or behind the word where).

    defaults: declarations of names that those leave out.  functions: of functions that the question brings a rule for.
    """
    asked, declared = _split_where(expr)
    behind, shift = declared, len(expr) - len(declared)
    declared, defined = extracted(declared, shift)
    written = [behind[part[0].start - shift : part[-1].end - shift] for part in defined]
    given = [extracted(text) for text in where]
    defined += [part for _, parts in given for part in parts]
    written += [
        text[part[0].start : part[-1].end] for text, (_, parts) in zip(where, given, strict=True) for part in parts
    ]
    where_text = "; ".join([text for text in (*[text for text, _ in given], declared) if text.strip()])
    known = read_declarations(where_text) if where_text else ()
    if defaults:
        known, where_text = _with_defaults(known, where_text, "; ".join(defaults))
    known = (*known, *[item for item in functions if all(item.name != other.name for other in known)])
    known, analytic = _without_analytic(known)
    functions_known: dict[str, tuple[str, ...]] = {item.name: item.args for item in known if item.args}
    functions_known |= {name: () for one in analytic for name in (one, one + PRIME)}
    scope = Scope(
        frozenset([item.name for item in known if not item.args]) | sizes_in(known),
        functions_known,
        tex="\\" in asked,
    )
    marked = python_source.marks("\n".join([*written, asked]))
    if marked is not None:
        reading = _python_question(asked, written, wrt, scope, known)
        if reading is not None:
            return replace(reading, text=reading.text if written else expr, where_text=where_text)
    asked_so = _text_question(asked, wrt, scope, defined)
    return replace(asked_so, declarations=known, text=expr, where_text=where_text, analytic=analytic)


def _without_analytic(known: tuple[Declaration, ...]) -> tuple[tuple[Declaration, ...], tuple[str, ...]]:
    """The declarations, and the names of the functions that are declared analytic: their shape is that of what they
    are of.
    """
    analytic = tuple([item.name for item in known if item.structure == ANALYTIC])
    return tuple([item for item in known if item.name not in analytic]), analytic


def _text_question(asked: str, wrt: str, scope: Scope, defined: list[list[Token]]) -> Reading:
    """Operator and expression, in any notation but Python's."""
    operator_text = wrt.strip()
    alone = operator_text in {"\\nabla", "∇"}
    notes: list[str] = []
    try:
        rest = bare(tokens(asked))
        letters = fonts.in_several(rest)
        if letters:
            letters = fonts.in_several(rest if operator_text else in_front(list(rest), scope, asked)[2])
            rest, scope = fonts.told_apart(rest, letters), scope._replace(fonts=letters)
        defined_here = head(rest) if operator_text and not alone else None
        if defined_here is None and operator_text and not alone:
            wrt = without_any_function(wrt, rest)
        if defined_here is not None and (shorter := without_function(wrt, defined_here.name)) != wrt:
            wrt, rest = shorter, rest[defined_here.end :]
        operator = read_operator(wrt, scope.names, letters) if operator_text and not alone else None
        if alone:
            operator = _only_variable(operator_text, _expression(rest, scope, len(asked), asked), notes)
        by_function = dialects.asked_by_function(rest) if operator is None else None
        if by_function is not None:
            operator_text, rest = by_function
            operator = read_operator(operator_text, scope.names)
        elif operator is None:
            operator, operator_text, rest = in_front(rest, scope, asked)
        if operator is not None:
            by = {item.name for item in operator.by if item.name not in scope.functions and not item.index}
            scope = scope._replace(names=scope.names | by, variables=frozenset([item.name for item in operator.by]))
        if wrt.strip() or operator is None or not _is_equation(rest):
            rest, more = statements(rest, asked)
            defined = [*defined, *more]
        scope, meanings = _definitions(defined, scope, asked, notes)
        expression = put_in(_expression(rest, scope, len(asked), asked, notes), meanings)
    except MatdiffError as mistake:
        raise mistake.within(asked) from None
    kinds = {letter: "scalar" for letter in fonts.beside_bold(rest, letters) if not scope.knows(letter)}
    return Reading(operator, expression, (), asked, operator_text, kinds=kinds, notes=tuple(dict.fromkeys(notes)))


def _only_variable(text: str, expression: Expr, notes: list[str]) -> Operator:
    r"""\nabla without a variable: that of the only name in the formula.  Raises E110 where there are several."""
    found = {node.name: node for node in subtrees(expression) if isinstance(node, Sym)}
    if len(found) != 1:
        several = ", ".join(sorted(found)[:6])
        raise mistakes.error(
            "E110", f"'{text}' needs its variable here: one of {several}", Span(0, len(text)), hint="write ∇_x or d/dx"
        ).within(text)
    (name,) = found
    notes.append(f"{text} is by {name}, the only variable")
    return Operator((By(name, span=Span(0, len(text))),), text)


def _is_equation(given: list[Token]) -> bool:
    """d/dx f = g is an equation, and f no name for g."""
    return sum([token.kind == "EQUALS" for token in given]) == 1 and head(given) is not None


def _definitions(
    defined: list[list[Token]], scope: Scope, asked: str, notes: list[str]
) -> tuple[Scope, dict[str, Definition]]:
    """The names that the text defines, known to the scope, and what they stand for."""
    if not defined:
        return scope, {}
    heads = [found for part in defined if (found := head(part)) is not None]
    for found in heads:
        if found.name in scope.variables:
            raise mistakes.error(
                "E110", f"'{found.name}' is defined: there is no derivative by it", found.span, hint="name a variable"
            )
    functions = {**scope.functions, **{found.name: found.args for found in heads if found.args}}
    names = scope.names | {found.name for found in heads}
    scope = scope._replace(names=names - functions.keys(), functions=functions)
    meanings = {
        found.name: Definition(found.args, _expression(part[found.end :], scope, len(asked), asked, notes))
        for found, part in zip(heads, defined, strict=True)
    }
    return scope, meanings


def _python_question(
    asked: str, written: list[str], wrt: str, scope: Scope, known: tuple[Declaration, ...]
) -> Reading | None:
    """A question whose expression is a Python line, or defined by such (`written`); None where they are no Python
    after all.
    """
    operator, operator_text = None, wrt.strip()
    try:
        if not operator_text and _OPERATOR_LIKE.match(asked):
            operator, operator_text, start = _before_python(asked, scope)
        else:
            start = 0
        asked = "\n".join([asked[:start] + written[0], *written[1:], asked[start:].strip()]) if written else asked
        marked = python_source.marks(asked)
        line = _python_line(asked, start, known, marked, asks=not operator_text) if marked is not None else None
    except MatdiffError as mistake:
        raise mistake.within(asked) from None
    if line is None:
        return None
    operator_text = operator_text or line.operator
    if wrt.strip() or line.operator:
        operator = read_operator(operator_text, scope.names | line.names)
    for item in operator.by if operator else ():
        if item.name in line.defined:
            hint = "differentiate by what it is defined by"
            message = f"'{item.name}' is defined in the text, and no variable to differentiate by"
            raise mistakes.error("E110", message, item.span, hint=hint).within(wrt or asked)
    return Reading(operator, line.tree, known, asked, operator_text, kinds=line.kinds, notes=line.notes)


def _before_python(asked: str, scope: Scope) -> tuple[Operator | None, str, int]:
    """The operator in front of a Python line, its text, and where the line begins."""
    own = python_source.marks(asked)
    mark = [Token("WORD", "x", own.place, own.place + 1)] if own else []
    operator, text, rest = in_front([*bare(tokens(asked[: own.place] if own else asked)), *mark], scope, asked)
    return operator, text, 0 if operator is None or not rest else rest[0].start


def _python_line(
    text: str, start: int, declarations: tuple[Declaration, ...], marked: python_source.Marks, *, asks: bool = False
) -> Line | None:
    from matdiff.reading.python import lines as python_lines  # noqa: PLC0415 # Python's parser is loaded for Python lines alone

    return python_lines.read(text, start, declarations, marked, asks=asks)


def read_expression(
    text: str,
    names: Iterable[str] = (),
    functions: Mapping[str, tuple[str, ...]] | None = None,
    declarations: tuple[Declaration, ...] = (),
) -> Expr:
    """An expression.  names: declared names, which are never split; functions: declared unknown functions and the
    names of their arguments; declarations: of names, where they are known (a Python line needs them).
    """
    scope = Scope(frozenset(names) - frozenset(functions or ()), functions or {}, tex="\\" in text)
    marked = python_source.marks(text)
    try:
        line = None if marked is None else _python_line(text, 0, declarations, marked)
        if line is not None:
            return line.tree
        found = bare(tokens(text))
        return _expression(found[label(found) :], scope, len(text), text)
    except MatdiffError as mistake:
        raise mistake.within(text) from None


def read_declarations(text: str) -> tuple[Declaration, ...]:
    """Declarations, one a name, as they are written behind where: A in R^{m x n}, S symmetric, u(x) in R^m, n = 3."""
    try:
        found = tokens(declaration_words.without_ranges(text))
        given = undress([token for token in found if token.kind not in {"MATHMODE", "LEFT", "RIGHT", "ALIGN"}])
        given = declaration_words.translated(given)
        while given and given[-1].kind in {".", "COMMA", "SEMICOLON"}:
            given.pop()
        if not given:
            return ()
        return merged(parse.run("declarations", DeclarationTokens(given).run(), len(text)))
    except MatdiffError as mistake:
        raise mistake.within(text) from None


def _with_defaults(known: tuple[Declaration, ...], where_text: str, text: str) -> tuple[tuple[Declaration, ...], str]:
    """Declarations, and behind them those of other names in `text`; their places count in both texts joined."""
    names, shift = {item.name for item in known}, len(where_text) + 2 if where_text else 0
    added = [
        replace(item, span=Span(item.span.start + shift, item.span.end + shift))
        for item in read_declarations(text)
        if item.name not in names
    ]
    return (*known, *added), f"{where_text}; {text}" if where_text else text


def _split_where(expr: str) -> tuple[str, str]:
    """The expression and the declarations behind the word where."""
    match = _WHERE.search(expr) if "where" in expr else None
    if match is not None:
        return expr[: match.start()], expr[match.end() :]
    for match in _WITH.finditer(expr):
        try:
            known = read_declarations(expr[match.end() :])
        except MatdiffError:
            continue
        if known:
            return expr[: match.start()], expr[match.end() :]
    return expr, ""


def _expression(given: list[Token], scope: Scope, end: int, text: str, notes: list[str] | None = None) -> Expr:
    if not given:
        raise mistakes.error(
            "E100", "the expression is empty", Span(0, len(text)), hint='for example: matdiff d/dX "tr(X^T B X)"'
        )
    notes = [] if notes is None else notes
    given = entries.with_ranges(dialects.translated(given, scope), scope)
    words = Words(given, scope, notes=notes)
    brackets = Brackets(words.run(), scope, notes)
    words.check_layers()
    expression = cast("Expr", parse.run("expression", brackets.run(), end))
    if len(given) > _LONG:
        _check_depth(expression)
    return expression


def _check_depth(expression: Expr) -> None:
    """Raise E106 for a tree too deep to walk: long chains such as a/b/c/… nest without brackets."""
    rest: list[tuple[object, int]] = [(expression, 0)]
    while rest:
        node, depth = rest.pop()
        if isinstance(node, tuple):
            rest += [(item, depth) for item in node]
        elif isinstance(node, Node):
            if depth > DEEPEST:
                raise mistakes.too_deep(node.span, DEEPEST)
            rest += [(getattr(node, name), depth + 1) for name in _fields(node)]


def _fields(node: Node) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(type(node), "__match_args__", ())
    return names


def read_part(text: str, start: int, end: int, declared: tuple[Declaration, ...], names: Iterable[str] = ()) -> Expr:
    """The expression in text[start:end], its places counted in the whole text; `names` are known besides `declared`."""
    functions = {item.name: item.args for item in declared if item.args}
    known = frozenset([item.name for item in declared if not item.args]) | (frozenset(names) - frozenset(functions))
    scope = Scope(known, functions, tex="\\" in text)
    marked = python_source.marks(text[start:end])
    try:
        line = None if marked is None else _python_line(text[:end], start, declared, marked)
        return _expression(bare(tokens(text, start, end)), scope, end, text) if line is None else line.tree
    except MatdiffError as mistake:
        raise mistake.within(text) from None
