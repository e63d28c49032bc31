"""Brackets and bars: which opens, which closes, which of them hold a function's arguments.

A bar closes where an open bar waits in the same brackets and an operand stands before it; else it opens.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import axes, bracket_checks, entries, mistakes
from matdiff.reading.lexing import Token
from matdiff.reading.names import subscript_text
from matdiff.reading.norm_kinds import by_several, norm_kind
from matdiff.reading.subscripts import subscript_tokens
from matdiff.reading.token_pass import OPERAND_ENDS
from matdiff.reading.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.names import Scope

DEEPEST = 5000
_CLOSER = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "\\lbrace": "\\rbrace", "\\lbrack": "\\rbrack", "（": "）"}
_BRACKET_NAMES = {"(": "parenthesis", "[": "bracket", "{": "brace", "\\{": "brace", "|": "bar", "||": "norm bar"}
_ENDS = OPERAND_ENDS | {"RBAR", "RNORM"}
EXPECTATIONS = frozenset(("E",))
_ORDERS = frozenset(("O", "o"))
_INDEX = frozenset(("NUMBER", "COLON", "COMMA", "MINUS"))
_LONGEST_INDEX = 12
_NOT_PYTHON = frozenset(("HADAMARD", "HADDIV", "HADPOW", "TRANSPOSE", "LEFTDIV"))
_MOST_NOTES = 8
_SIGNS = frozenset(
    (
        "PLUS",
        "MINUS",
        "STAR",
        "DOT",
        "AT",
        "CROSS",
        "COLON",
        "HADAMARD",
        "HADDIV",
        "KRON",
        "SLASH",
        "COMMA",
        "EQUALS",
        "LEFTDIV",
    )
)
_BEGINNINGS = frozenset(("NAME", "NUMBER", "CONSTANT", "FRAC", "ROOT", "OPEN", "LEFT", "LEFTBAR", "LEFTNORM", "LANGLE"))
_BARS = {"BAR": "|", "NORMBAR": "||"}
_BARE = frozenset(("NAME", "UNKNOWN", "LPAR", "RPAR", "COMMA"))
_OPENS = {"LBAR": "|", "LNORM": "||"}


class Open:
    """A bracket that waits to be closed.  `behind`: the place of the name that it stands directly behind; `name`: the
    same, if that may be a function here; `bare`: only variables inside so far; `word`: a function word without brackets
    takes what comes; `along`: the function before it, if that may work along an axis; `begin`: the bracket's own place;
    `turn`: the transpose of x^T(t).
    """

    __slots__ = ("along", "bare", "begin", "behind", "kind", "name", "token", "turn", "word")

    def __init__(self, token: Token, kind: str, name: int = -1, behind: int = -1) -> None:
        self.token = token
        self.kind = kind
        self.name = name
        self.behind = behind
        self.bare = True
        self.word = False
        self.along = ""
        self.begin = 0
        self.turn: Token | None = None


class Brackets:
    """One pass over the tokens; `run` returns the new ones."""

    def __init__(self, given: list[Token], scope: Scope, notes: list[str] | None = None) -> None:
        self.given = given
        self.notes: list[str] = [] if notes is None else notes
        self.scope = scope
        self.out: list[Token] = []
        self.stack: list[Open] = []
        self.side = ""
        self.place = 0
        self.guessed: list[int] = []
        self.turn: Token | None = None
        self.outside = Open(Token("$END", "", 0, 0), "")

    def run(self) -> list[Token]:
        out, stack = self.out, self.stack
        for place, token in enumerate(self.given):
            self.place = place
            self.reach(token)
            handler = _HANDLERS.get(token.kind)
            if handler is not None:
                handler(self, token)
                continue
            if stack:
                self.watch(token)
            out.append(token)
        if stack:
            raise self.unclosed(stack[-1])
        if self.guessed:
            self.settle()
        return out

    def reach(self, token: Token) -> None:
        """A wide space ends what a function word takes; so does a sign."""
        level = self.stack[-1] if self.stack else self.outside
        if token.kind == "FUNCTION":
            if token.gap and level.word and self.out[-1].kind != "FUNCTION":
                self.out.append(token.become("GAP", ""))
            level.word = True
        elif token.kind in _SIGNS:
            level.word = False
        elif token.gap and level.word and self.begins(token, level) and self.out[-1].kind != "FUNCTION":
            self.out.append(token.become("GAP", ""))
            level.word = False

    @staticmethod
    def begins(token: Token, level: Open) -> bool:
        """Whether a factor begins here; a bar does, unless one waits to be closed."""
        return token.kind in _BEGINNINGS or (token.kind in _BARS and level.kind != _BARS[token.kind])

    def watch(self, token: Token) -> None:
        """Arguments of an unknown function are variables between commas."""
        inside = self.stack[-1]
        if inside.bare and (
            token.kind not in _BARE or (token.kind == "NAME" and self.out[-1].kind in {"NAME", "RPAR"})
        ):
            inside.bare = False

    # ---- brackets

    def left(self, token: Token) -> None:
        self.side = token.kind
        following = self.given[self.place + 1] if self.place + 1 < len(self.given) else token
        if following.kind not in _SIDED:
            raise mistakes.error("E104", f"'{token.text}' needs a bracket or a bar", token.span)
        if following.kind in {"LANGLE", "RANGLE"}:
            self.side = ""
        following.glued = following.glued and token.glued

    def open(self, token: Token) -> None:
        self.side = ""
        out = self.out
        name = behind = -1
        if out:
            before = out[-1]
            before = bracket_checks.turned_function(self, token, before)
            if before.kind in {"NAME", "RPAR"} and token.glued and token.text in {"(", "["}:
                behind = len(out) - 1
            if behind >= 0 and token.text == "[" and before.text in EXPECTATIONS - self.scope.names:
                raise mistakes.statistic(before.text, before.span)
            if before.kind == "FUNCTION":
                out[-1] = before.become("CALL")
                (self.stack[-1] if self.stack else self.outside).word = len(out) > 1 and out[-2].kind == "FUNCTION"
            elif behind >= 0 and before.kind == "NAME" and self.may_apply(before):
                name = len(out) - 1
            elif (
                before.kind in {"NUMBER", "NAME"}
                and len(out) > 2
                and out[-2].kind == "CARET"
                and out[-3].kind == "FUNCTION"
            ):
                out[-3] = out[-3].become("POWERCALL")
            elif before.kind == "." and len(out) > 1 and out[-2].kind == "FUNCTION":
                out.pop()
                out[-1] = out[-1].become("CALL", value=".")
        if len(self.stack) >= DEEPEST:
            raise mistakes.too_deep(token.span, DEEPEST)
        if token.text == "[" and token.glued and out and out[-1].text == "[" and self.stack[-1].behind >= 0:
            span = Span(out[-1].start, token.end)
            raise mistakes.not_supported(
                "double brackets are not supported", span, hint="write x_1 or x(1) for an entry"
            )
        opened = Open(token, token.text, name, behind)
        opened.turn, self.turn = self.turn, None
        opened.along = out[-1].text if out and out[-1].kind == "CALL" and out[-1].text in axes.AXES else ""
        opened.begin = len(out)
        self.stack.append(opened)
        out.append(token.become("LPAR"))

    def may_apply(self, before: Token) -> bool:
        return before.text in self.scope.functions or before.text not in self.scope.names

    def open_arguments(self, token: Token) -> None:
        self.stack.append(Open(token, token.text))
        self.out.append(token)

    def close(self, token: Token) -> None:
        self.side = ""
        if not self.stack:
            raise mistakes.error("E104", f"'{token.text}' closes no bracket: an opening one is missing", token.span)
        top = self.stack.pop()
        if top.along and self.out[-1].kind == "NUMBER" and self.out[-2].kind == "COMMA":
            axes.check(self.out, top.begin, Span(top.token.start, token.end), self.notes, matlab=self.counts_from_one())
        if _CLOSER.get(top.kind) != token.text:
            if top.kind in {"|", "||"}:
                raise self.unclosed(top)
            raise mistakes.error(
                "E104",
                f"'{top.token.text}' is closed by '{token.text}': the brackets do not match",
                top.token.span,
                token.span,
            )
        if bracket_checks.holds_a_norm(self, top):
            return
        self.out.append(token.become("RPAR"))
        if top.behind >= 0 and self.index(top):
            return
        applied = top.name >= 0 and self.applies(top)
        if top.turn is not None:
            self.out.append(top.turn)
        if self.stack and not applied and top.token.kind != "OPENARGS":
            self.stack[-1].bare = False

    def applies(self, top: Open) -> bool:
        """Whether the brackets just closed hold the arguments of the name before them; it is marked if so."""
        name = self.out[top.name]
        if name.text not in self.scope.functions:
            self.guessed.append(top.name)
            if name.text.partition("_")[2] in {"min", "max"}:
                raise mistakes.unknown_function(name.text, name.span)
            if not top.bare and name.text.partition("_")[0] not in bracket_checks.FUNCTION_LETTERS:
                self.note_product(top.name)
                return False
            bracket_checks.check_transpose(self, top)
        self.out[top.name] = bracket_checks.with_parameter(self, name).become("UNKNOWN", value=name.value)
        return True

    def index(self, top: Open) -> bool:
        """x(1), X(:, 1), (A x)[2]: an entry or a slice, never a product; the brackets become one token if so."""
        inside = self.out[top.behind + 2 : -1]
        if not inside or len(inside) > _LONGEST_INDEX or not all(token.kind in _INDEX for token in inside):
            return False
        named = self.out[top.behind]
        if named.kind != "NAME" and top.token.text == "(":
            return False
        if named.kind == "NAME" and named.text in bracket_checks.FUNCTION_LETTERS | set(self.scope.functions):
            raise mistakes.not_supported(f"the value of '{named.text}' at a number is not supported", named.span)
        whole = Span(top.token.start, self.out[-1].end)
        from_the_end = any(token.kind == "MINUS" for token in inside)
        if top.token.text == "[" and not from_the_end and not self.counts_from_one():
            raise entries.two_countings(named.text if named.kind == "NAME" else "(…)", inside, whole)
        found = entries.from_brackets(inside, whole)
        way = entries.SQUARE if top.token.text == "[" else entries.ROUND
        del self.out[top.behind + 1 :]
        self.out.append(Token("ENTRY", way, *whole, glued=True, value=found))
        return True

    def counts_from_one(self) -> bool:
        """Whether signs that Python has not tell Julia or MATLAB."""
        return any(token.kind in _NOT_PYTHON or (token.kind == "CARET" and token.text == "^") for token in self.given)

    def note_product(self, place: int) -> None:
        """A name before brackets that hold the variable might have been meant as a function."""
        name = self.out[place]
        if name.text in EXPECTATIONS:
            raise mistakes.statistic(name.text, name.span)
        if name.text in _ORDERS:
            hint = f"leave it out, or declare {name.text} if it is a matrix or a number"
            raise mistakes.not_supported(f"'{name.text}(…)' looks like an order of magnitude", name.span, hint)
        if len(self.notes) < _MOST_NOTES and any(token.text in self.scope.variables for token in self.out[place + 2 :]):
            self.notes.append(f"{name.text}(…) was read as a product: declare {name.text}(z) in R if it is a function")

    def settle(self) -> None:
        """A name that was not declared is one thing throughout: a function nowhere if it stands bare somewhere, else
        wherever brackets follow.
        """
        out = self.out
        places = set(self.guessed)
        bare = {token.text for place, token in enumerate(out) if token.kind == "NAME" and place not in places}
        functions = {out[place].text for place in places if out[place].kind == "UNKNOWN"} - bare
        for place in places:
            out[place] = out[place].become("UNKNOWN" if out[place].text in functions else "NAME")

    def unclosed(self, opened: Open) -> Exception:
        name = _BRACKET_NAMES.get(opened.kind, "bracket")
        closer = {"|": "|", "||": "||"}.get(opened.kind) or _CLOSER[opened.kind]
        return mistakes.error(
            "E104",
            f"'{opened.token.text}' is never closed: a closing {name} '{closer}' is missing",
            opened.token.span,
            hint="write abs(x) or norm(x) where bars stand inside bars" if opened.kind in {"|", "||"} else "",
        )

    # ---- bars

    def bar(self, token: Token) -> None:
        self.either(token, "|")

    def norm_bar(self, token: Token) -> None:
        if token.text == "||" and not self.side and self.stack and self.stack[-1].kind == "|" and self.after_operand():
            # |x||y|: one bar closes, the other opens
            middle = token.start + 1
            self.either(Token("BAR", "|", token.start, middle, token.glued), "|")
            self.either(Token("BAR", "|", middle, token.end, glued=True), "|")
            return
        self.either(token, "||")

    def after_operand(self) -> bool:
        return bool(self.out) and self.out[-1].kind in _ENDS

    def either(self, token: Token, kind: str) -> None:
        waits = bool(self.stack) and self.stack[-1].kind == kind
        closes = waits and self.after_operand() and self.side != "LEFT"
        if self.side == "RIGHT" and not closes:
            raise mistakes.error("E104", f"'{token.text}' closes no bar", token.span)
        self.side = ""
        if closes:
            self.close_bar(token, kind)
        else:
            self.open_bar(token, kind)

    def open_bar(self, token: Token, kind: str) -> None:
        if len(self.stack) >= DEEPEST:
            raise mistakes.too_deep(token.span, DEEPEST)
        self.stack.append(Open(token, kind))
        self.out.append(token.become("LBAR" if kind == "|" else "LNORM"))

    def close_bar(self, token: Token, kind: str) -> None:
        bracket_checks.check_behind_bars(self, token, kind)
        self.stack.pop()
        if self.stack:
            self.stack[-1].bare = False
        self.out.append(token.become("RBAR" if kind == "|" else "RNORM"))

    def left_bar(self, token: Token) -> None:
        self.side = ""
        self.open_bar(token, "|" if token.kind == "LEFTBAR" else "||")

    def right_bar(self, token: Token) -> None:
        self.side = ""
        kind = "|" if token.kind == "RIGHTBAR" else "||"
        if not self.stack or self.stack[-1].kind != kind:
            raise mistakes.error("E104", f"'{token.text}' closes no bar", token.span)
        if not self.after_operand():
            raise mistakes.error(
                "E105",
                "empty bars: an expression is expected between them",
                Span(self.stack[-1].token.start, token.end),
            )
        self.close_bar(token, kind)

    def subscript(self, token: Token) -> None:
        """What stands below a norm says which norm it is."""
        if not self.out or self.out[-1].kind != "RNORM":
            raise mistakes.not_supported(f"a subscript stands behind a name or a norm: '{token.text}'", token.span)
        kind = (
            ""
            if self.scope.knows(subscript_text(token, refuse=False))
            else by_several(token, of_vectors=bracket_checks.shows_vectors(self))
        )
        kind = kind or norm_kind(token)
        if kind:
            self.out.append(token.become("KIND", kind))
            return
        inner = Brackets(Words(subscript_tokens(token), self.scope).run(), self.scope, self.notes).run()
        self.out += [token.become("WEIGHT", "_"), *inner, token.become("RPAR", "")]


_SIDED = frozenset(
    ("OPEN", "CLOSE", "BAR", "NORMBAR", "LEFTBAR", "RIGHTBAR", "LEFTNORM", "RIGHTNORM", "LANGLE", "RANGLE")
)
_HANDLERS: dict[str, Callable[[Brackets, Token], None]] = {
    "LEFT": Brackets.left,
    "RIGHT": Brackets.left,
    "OPEN": Brackets.open,
    "CLOSE": Brackets.close,
    "OPENARGS": Brackets.open_arguments,
    "BAR": Brackets.bar,
    "NORMBAR": Brackets.norm_bar,
    "LEFTBAR": Brackets.left_bar,
    "RIGHTBAR": Brackets.right_bar,
    "LEFTNORM": Brackets.left_bar,
    "RIGHTNORM": Brackets.right_bar,
    "SUBSCRIPT": Brackets.subscript,
}
