r"""The marks by which a problem is recognised: min and max in every dress, s.t., relations, ranges of an index."""

from __future__ import annotations

from matdiff.lean import re

_WORDS = r"(?:arg\s*)?(?:minimi[sz]e|maximi[sz]e|min|max)"
_DRESS = r"\\(?:operatorname|mathop|mathrm|textrm|text|rm|textbf|mathbf)\*?"
# what asks for an optimum; the function max(x) is no such word
SENSE = re.compile(
    rf"""\s*(?:
    \\underset\s*\{{(?P<under>(?:[^{{}}]|\{{[^{{}}]*\}})*)\}}\s*\{{\s*(?:{_DRESS}\s*\{{\s*)?\\?(?P<a>{_WORDS})\s*\}}?\s*\}}
   |{_DRESS}\s*\{{\s*\\?(?P<b>{_WORDS})[\s:]*\}}
   |\\(?:arg\s*\\?)?(?P<c>min|max)(?![A-Za-z(])(?!\s*\()
   |(?P<d>(?:arg\s*)?(?:minimi[sz]e|maximi[sz]e))(?![A-Za-z])
   |(?:arg\s*)?(?P<e>min|max)(?![A-Za-z(.])(?!\s*\()
   |\\?(?P<f>inf|sup)(?=\s*_)
    )\s*(?:\\limits|\\nolimits)?\s*""",
    re.VERBOSE,
)
SUBJECT = re.compile(
    rf"""{_DRESS}\s*\{{[\s:]*(?:s\.?\s*t\.?|subject\s+to|such\s+that)[\s:]*\}}:?
   |(?<![A-Za-z0-9_\\.])(?:s\.\s?t\.?|st|subject\s+to|such\s+that)(?![A-Za-z0-9_(^'.]):?""",
    re.VERBOSE,
)
WHERE = re.compile(r"(?:\\(?:text|mathrm|textrm)\s*\{\s*,?\s*where\s*\}|(?<![A-Za-z0-9_\\])where(?![A-Za-z0-9_]))")
_DOTS = r"(?:\.\.\.?|…|\\l?dots[bcm]?|\\cdots|:)"
_EVERY = r"for\s+(?:all|each|every)"
_ALL = rf"(?:\\forall|∀|\\text\s*\{{[\s,]*{_EVERY}[\s~]*\}}|{_EVERY}(?![A-Za-z])|for(?![A-Za-z]))"
_INDEX = r"(?P<index>[a-z])"
_BOUND = r"(?P<last>[A-Za-z][A-Za-z0-9_]*|[0-9]+)"
RANGE = re.compile(
    rf"(?:\\[ ,;:!]|[,\s(])*(?:{_ALL}\s*)?(?:\\[ ,;:!]\s*)?(?<![A-Za-z0-9_]){_INDEX}"
    rf"\s*(?:=|\\in|∈)\s*(?:\\?\{{\s*)?1\s*,?\s*{_DOTS}\s*,?\s*{_BOUND}"
    r"\s*(?:\\?\})?\)?"
    rf"|(?:\\[ ,;:!]|[,\s(])*{_ALL}\s*(?P<free>[a-z])(?![A-Za-z0-9_])\)?"
)
RELATION = re.compile(
    r"\\(?:leqslant|geqslant|leqq|geqq|leq|geq|le|ge|preceq|succeq|preccurlyeq|succcurlyeq|prec|succ|ll|gg|lt|gt|eq)"
    r"(?![A-Za-z])|<=|>=|=<|==|>>|<<|≤|≥|⩽|⩾|⪰|⪯|≽|≼|≻|≺|=|<|>"
)
MEANS = {
    **dict.fromkeys([r"\leqslant", r"\leqq", r"\leq", r"\le", "<=", "=<", "≤", "⩽", "<", r"\lt"], "<="),
    **dict.fromkeys([r"\geqslant", r"\geqq", r"\geq", r"\ge", ">=", "≥", "⩾", ">", r"\gt"], ">="),
    **dict.fromkeys([r"\succeq", r"\succcurlyeq", r"\succ", r"\gg", ">>", "⪰", "≽", "≻"], ">>"),
    **dict.fromkeys([r"\preceq", r"\preccurlyeq", r"\prec", r"\ll", "<<", "⪯", "≼", "≺"], "<<"),
    **dict.fromkeys(["=", "=="], "="),
}
STRICT = frozenset({"<", ">", r"\lt", r"\gt"})
MEMBER = re.compile(r"\\in(?![A-Za-z])|∈|(?<![A-Za-z0-9_\\])in(?![A-Za-z0-9_])")
OVER = re.compile(r"(?:over|w\.?r\.?t\.?|with\s+respect\s+to)(?![A-Za-z])\s*")
NAME = re.compile(
    r"(?:\\(?:mathbf|boldsymbol|bm|mathrm|vec|mathit|pmb)\s*\{?\s*)?"
    r"\\?[^\W\d_]+[0-9]*(?:_(?:\{[A-Za-z0-9]+\}|[A-Za-z0-9]+))?\s*\}?"
)
_LAYOUT = re.compile(
    r"\\(?:begin|end)\s*\{[A-Za-z]+\*?\}(?:\s*\{[lcr@{}\s]+\})?|\\(?:qquad|quad|nonumber|notag|displaystyle|hfill|limits)"
    r"(?![A-Za-z])|\\label\s*\{[^{}]*\}|\\mbox\s*\{\s*\}|~"
)
_LINE_END = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\newline(?![A-Za-z])")


def cleared(text: str) -> str:
    """The text without what only lays it out, of the same length: line ends part constraints."""
    text = _LAYOUT.sub(lambda found: " " * len(found[0]), text)
    text = _LINE_END.sub(lambda found: ";" + " " * (len(found[0]) - 1), text)
    return text.replace("&", " ").replace("\n", ";" if SUBJECT.search(text) else " ").replace("\r", " ")


def opened(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """The characters of text[start:end] that stand in no bracket, with their places."""
    depth, found = 0, []
    for place in range(start, end):
        character = text[place]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        elif depth == 0 and text[place - 1 : place] != "\\":  # TeX's thin space is no comma
            found.append((place, character))
    return found


def parted(text: str, start: int, end: int, marks: str = ",;") -> list[tuple[int, int]]:
    """The pieces of text[start:end] between marks that stand in no bracket."""
    cuts = [place for place, character in opened(text, start, end) if character in marks]
    edges = [start, *[cut + 1 for cut in cuts]]
    pieces = zip(edges, [*cuts, end], strict=True)
    return [(a, b) for a, b in pieces if text[a:b].strip(" .~$\\")]
