"""Regular expressions that are compiled when first used, or by the machine code of an earlier run.

Python's compiler of patterns costs more to load than a question to answer.  What it makes are numbers for the matching
engine, the same every time for the same Python: `codes` holds them for the patterns that a start-up image brings, and
whatever it does not hold is compiled by `re`, which is loaded then.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import DOTALL as DOTALL
    from re import VERBOSE as VERBOSE
    from re import Match as Match
    from re import Pattern as Pattern
    from re import compile as compile
    from re import escape as escape
    from re import findall as findall
    from re import finditer as finditer
    from re import fullmatch as fullmatch
    from re import match as match
    from re import search as search
    from re import split as split
    from re import sub as sub
else:
    import _sre
    from marshal import loads

    VERBOSE, DOTALL = 64, 16  # re's own numbers, which tests compare
    codes = {}
    take = codes.update  # a start-up image brings what an earlier run has compiled
    made = []

    class Pattern:
        """A pattern that is compiled when it is first asked for something."""

        def __init__(self, source, flags=0):
            self.pattern, self._flags = source, flags
            made.append((source, flags))

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = _compiled(self.pattern, self._flags)
            for method in ("match", "fullmatch", "search", "sub", "findall", "finditer", "split", "groups", "flags"):
                self.__dict__[method] = getattr(compiled, method)
            return getattr(compiled, name)

        def __reduce__(self):
            return Pattern, (self.pattern, self._flags)

    compile = Pattern  # noqa: A001

    def _compiled(source, flags):
        known = codes.get((source, flags))
        if known is not None:
            return _sre.compile(source, *loads(known))  # noqa: S302 # out of our own image
        import re

        return re.compile(source, flags)

    def parts(source, flags):
        """What the matching engine is told to match a pattern: flags, code, number of groups, their names."""
        from re import _compiler, _parser

        parsed = _parser.parse(source, flags)
        state = parsed.state
        named = [None] * state.groups
        for name, place in state.groupdict.items():
            named[place] = name
        code = [int(number) for number in _compiler._code(parsed, flags)]  # noqa: SLF001 # re offers no other way to it
        return int(flags | state.flags), code, state.groups - 1, dict(state.groupdict), tuple(named)

    _special = {ord(sign): "\\" + sign for sign in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}

    def escape(text):
        return text.translate(_special)

    _patterns = {}

    def _once(method):
        """The function of `re` that takes a pattern as text, for patterns that are written where they are used."""

        def function(source, *given, flags=0):
            pattern = _patterns.get((source, flags))
            if pattern is None:
                pattern = _patterns[source, flags] = Pattern(source, flags)
            return getattr(pattern, method)(*given)

        return function

    match, fullmatch, search, findall, finditer, split, sub = map(
        _once, ("match", "fullmatch", "search", "findall", "finditer", "split", "sub")
    )
