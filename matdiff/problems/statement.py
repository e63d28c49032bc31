r"""A problem as it is written, taken apart: what is sought, by which unknowns, under which constraints.

    min_{w, b} 1/2 ||w||^2  s.t.  y_n (w^T x_n + b) >= 1,  n = 1..N

Only the places of the parts are found here; the reader reads each of them, and inference all of them together.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import NamedTuple

from matdiff.errors import Label, ReadingError, Span
from matdiff.problems import markup
from matdiff.problems.sets import membership
from matdiff.problems.starred import renamed

Place = tuple[int, int]

_ALONE = re.compile(rf"(?:\\[ ,;:!]|\s)*(?:{markup.NAME.pattern})\s*")
_MORE = re.compile(rf"(?:\s*,\s*(?:{markup.NAME.pattern})(?![\w(^]))+")


class Written(NamedTuple):
    """One constraint as written: its sides, the relations between them; strict: is one of them < or >?"""

    sides: tuple[Place, ...]
    relations: tuple[str, ...]
    place: Place
    strict: bool = False


class Statement(NamedTuple):
    """The parts of a problem's text.

    sense: "min", "max", "" (a bare expression or equations).  unknowns: their names as written.  objective: its place,
    None where there are only equations.  ranges: index names with their upper bounds ("" where only "for all" is said).
    """

    text: str
    sense: str
    unknowns: tuple[str, ...]
    objective: Place | None
    constraints: tuple[Written, ...]
    ranges: dict[str, str]
    where: tuple[str, ...]
    notes: tuple[str, ...] = ()


def statement(expr: str, subject_to: tuple[str, ...] = ()) -> Statement:
    """The problem in `expr`, with further constraints.  Raises ReadingError E140 for what cannot be one."""
    return _Reader(expr, subject_to).read()


class _Reader:
    def __init__(self, expr: str, subject_to: tuple[str, ...]) -> None:
        said = ", ".join(text for text in subject_to if text.strip())
        self.where: list[str] = []
        found = markup.WHERE.search(expr)
        if found:
            self.where.append(expr[found.end() :])
            expr = expr[: found.start()]
        joint = "" if not said else " s.t. " if not markup.SUBJECT.search(expr) else ", "
        self.text = markup.cleared(expr + joint + said)
        self.unknowns: list[str] = []
        self.constraints: list[Written] = []
        self.ranges: dict[str, str] = {}
        self.notes: list[str] = []
        self.memberships: list[str] = []  # constraints that a set says

    def read(self) -> Statement:
        text = self.text
        start = len(text) - len(text.lstrip(" ;$"))
        head = markup.SENSE.match(text, start)
        sense = ""
        extra: list[Place] = []
        if head:
            last = _closing(text, head.end() + 1) if text[head.end() : head.end() + 2] == "_{" else head.end()
            self.text, self.notes = renamed(text, head.start(), last)
            text = self.text
            sense = next(head[letter] for letter in "abcdef" if head[letter])
            sense = "max" if "max" in sense or sense == "sup" else "min"
            start, extra = self._names(head)
        subject = markup.SUBJECT.search(text, start)
        end = subject.start() if subject else len(text)
        if subject:
            self._constraints(subject.end(), len(text))
        elif head is None or "," in text[start:end] or "∀" in text or "\\forall" in text:
            end = self._trailing(start, end, head is not None)
        objective: Place | None = (start, end)
        if not head and not subject and self._equations(start, end):
            objective = None
        for place in extra:
            self._piece(place)
        for constraint in self.memberships:
            before = len(self.text) + 2
            self.text = f"{self.text}, {constraint}"
            self._piece((before, len(self.text)))
        if objective is not None:
            objective = self._objective(objective)
        return Statement(
            self.text,
            sense,
            tuple(dict.fromkeys(self.unknowns)),
            objective,
            tuple(self.constraints),
            self.ranges,
            tuple(self.where),
            tuple(self.notes),
        )

    def _objective(self, place: Place) -> Place:
        start, end = place
        while end > start and self.text[end - 1] in " ,;.:$":
            end -= 1
        while start < end and self.text[start] in " ,;:$":
            start += 1
        over = [found for found in markup.OVER.finditer(self.text, start, end) if not self.unknowns]
        if over and self.text[over[-1].start() - 1 : over[-1].start()] == " ":
            self._listed(over[-1].end(), end)
            end = over[-1].start()
        if not self.text[start:end].strip():
            raise ReadingError(
                "E100",
                "the objective is empty",
                Label(Span(start, max(end, start + 1))),
                hint='write what is to be minimised: "min_x ||A x - b||^2"',
                source=self.text,
            )
        return start, end

    # -- unknowns ----------------------------------------------------------------------------------------------------

    def _names(self, head: re.Match[str]) -> tuple[int, list[Place]]:
        """The unknowns behind min; the place behind them, and constraints that stand among them."""
        text, start = self.text, head.end()
        if head["under"] is not None:
            return self._after_names(start, *head.span("under"))
        if text[start : start + 1] == "_":
            start += 1
            while text[start : start + 1] == " ":
                start += 1
            if text[start : start + 1] == "{":
                end = _closing(text, start)
                return self._after_names(end, start + 1, end - 1)
            name = markup.NAME.match(text, start)
            if name is None:
                raise self._no_name(start)
            end = name.end()
            letters = re.match(r"[A-Za-z]+", text[start:end])
            if (head["c"] or head["f"]) and letters and not letters[0][1:].isdigit():
                end = start + 1  # in TeX a subscript without braces is one letter
            more = _MORE.match(text, end)  # min_w,b f: no objective begins with a comma
            end = more.end() if more else end
            return self._after_names(end, start, end)
        over = markup.OVER.match(text, start)
        if over:
            colon = text.find(":", over.end())
            end = colon if colon >= 0 else self._listed(over.end(), len(text))
            if colon >= 0:
                self._listed(over.end(), colon)
            return end + (colon >= 0), []
        return start, []

    def _no_name(self, start: int) -> ReadingError:
        return ReadingError(
            "E140",
            "the names of the unknowns are expected here",
            Label(Span(start, start + 1)),
            hint="as in min_x f or min_{w, b} f",
            source=self.text,
        )

    def _listed(self, start: int, end: int) -> int:
        """Names between commas; the place behind the last."""
        while True:
            name = markup.NAME.match(self.text, start, end)
            if name is None:
                raise self._no_name(min(start, len(self.text) - 1))
            self.unknowns.append(name[0].strip())
            comma = re.compile(r"\s*(?:,|and\b)\s*").match(self.text, name.end(), end)
            if comma is None:
                return name.end()
            start = comma.end()

    def _after_names(self, behind: int, start: int, end: int) -> tuple[int, list[Place]]:
        extra: list[Place] = []
        for a, b in markup.parted(self.text, start, end):
            piece = self.text[a:b]
            member = markup.MEMBER.search(piece)
            if member:
                self._member(piece)
                self.unknowns.append(piece[: member.start()].strip())
            elif markup.RELATION.search(piece):
                self.unknowns.append(piece[: markup.RELATION.search(piece).start()].strip())  # type: ignore[union-attr] # as above
                extra.append((a, b))
            else:
                self.unknowns.append(piece.strip())
        if not self.unknowns:
            raise self._no_name(start)
        return behind, extra

    # -- constraints -------------------------------------------------------------------------------------------------

    def _constraints(self, start: int, end: int) -> None:
        start, end = self._without_ranges(start, end)
        self.text = re.sub(
            r"(?<![A-Za-z0-9_\\])and(?![A-Za-z0-9_])|\\text\s*\{\s*and\s*\}",
            lambda found: ("," + " " * (len(found[0]) - 1)) if found.start() >= start else found[0],
            self.text,
        )
        listed: list[Place] = []  # the x and y of x, y, z >= 0
        for place in markup.parted(self.text, start, end):
            if self._name_alone(place):
                listed.append(place)
                continue
            self._piece(place)
            if listed:
                listed = self._each(listed)
        for place in listed:
            self._piece(place)

    def _name_alone(self, place: Place) -> bool:
        return _ALONE.fullmatch(self.text, *place) is not None

    def _each(self, names: list[Place]) -> list[Place]:
        """The last constraint said of each name listed before it; the names that it cannot be said of."""
        last = self.constraints[-1] if self.constraints else None
        if last is None or len(last.relations) > 1 or not self._name_alone(last.sides[0]):
            return names
        for name in names:
            self.constraints.insert(-1, last._replace(sides=(name, last.sides[1]), place=name))
        return []

    def _without_ranges(self, start: int, end: int) -> tuple[int, int]:
        """Take the ranges of indices out of the text, blanks in their place."""

        def blank(found: re.Match[str]) -> str:
            if found.start() < start or found.end() > end:
                return found[0]
            index = found["index"] or found["free"]
            self.ranges[index] = found["last"] or self.ranges.get(index, "")
            return "," + " " * (len(found[0]) - 1)

        self.text = markup.RANGE.sub(blank, self.text)
        return start, end

    def _trailing(self, start: int, end: int, optimum: bool) -> int:
        """A range behind an equation or objective that has no constraints."""
        before = self.text
        self._without_ranges(start, end)
        changed = [k for k in range(start, end) if before[k] != self.text[k]]
        return changed[0] if changed and optimum else end

    def _piece(self, place: Place) -> None:
        """One constraint, or a declaration among them."""
        start, end = place
        text = self.text[start:end]
        relations = self._relations(start, end)
        if not relations:
            if markup.MEMBER.search(text) or re.search(
                r"\b(?:symmetric|spd|diagonal|orthogonal|scalar|vector)\b", text
            ):
                self._member(text)
                return
            raise ReadingError(
                "E140",
                f"'{text.strip()[:60]}' is no constraint",
                Label(Span(start, end)),
                hint="a constraint has =, <=, >= or >>, as in A x <= b",
                source=self.text,
            )
        edges = [start, *[edge for found in relations for edge in found.span()], end]
        sides = tuple(zip(edges[0::2], edges[1::2], strict=True))
        for a, b in sides:
            if not self.text[a:b].strip(" .$"):
                raise ReadingError(
                    "E140",
                    "a side of the relation is missing",
                    Label(Span(a, max(b, a + 1))),
                    hint="as in A x <= b",
                    source=self.text,
                )
        means = tuple([markup.MEANS.get(found[0], "=") for found in relations])
        strict = any(found[0] in markup.STRICT for found in relations)
        self.constraints.append(Written(sides, means, place, strict))

    def _member(self, text: str) -> None:
        """A declaration, or a set that is one together with constraints."""
        known = membership(text)
        if known is None:
            self.where.append(text)
            return
        if known.declared:
            self.where.append(known.declared)
        self.memberships += known.constraints

    def _relations(self, start: int, end: int) -> list[re.Match[str]]:
        """The relations that stand in no bracket."""
        free = {place for place, _ in markup.opened(self.text, start, end)}
        return [found for found in markup.RELATION.finditer(self.text, start, end) if found.start() in free]

    def _equations(self, start: int, end: int) -> bool:
        """Take the text for equations, if it is any."""
        if not self._relations(start, end):
            return False
        for place in markup.parted(self.text, start, end):
            self._piece(place)
        return True


def _closing(text: str, start: int) -> int:
    """The place behind the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place + 1
    raise ReadingError("E101", "a brace is not closed", Label(Span(start, start + 1)), source=text)
