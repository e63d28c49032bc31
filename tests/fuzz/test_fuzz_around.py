"""What stands around a question may be anything, too: settings files, cached tables, fields of JSON, options' values, and
formulas on their way into XML.  An answer or a MatdiffError goes out; nothing is thrown, nothing hangs.
"""

from __future__ import annotations

import collections
import contextlib
import json
import marshal
import random
import resource
import time
import traceback
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fuzz.inputs import Mutations
from matdiff.calculator import Question
from matdiff.cli import line, settings
from matdiff.cli.attempt import Manner
from matdiff.cli.request import Request
from matdiff.cli.streams.stream import reply_to
from matdiff.errors import MatdiffError
from matdiff.fields import FIELDS
from matdiff.reading import tables
from matdiff.reading.reader import read_question
from matdiff.reading.shapes import infer
from matdiff.writing import write
from matdiff.writing.html import page
from matdiff.writing.svg import drawn

MEMORY = 300 * 1024  # KiB more than before
LIMIT = 5.0  # seconds for one input, on a busy machine
PLACES = ("settings", "cache", "fields", "options", "mathml", "svg")
SMALL = {"settings": 400, "cache": 400, "fields": 400, "options": 400, "mathml": 150, "svg": 40}
FULL = {"settings": 200_000, "cache": 200_000, "fields": 200_000, "options": 350_000, "mathml": 45_000, "svg": 5_000}
VALUES = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        10**30,
        0.5,
        1e308,
        float("nan"),
        float("inf"),
        "",
        "x",
        "numrator",
        "latex",
        "d/dx",
    ),
    *(
        [],
        [1],
        ["A symmetric"],
        [[]],
        {},
        {"a": 1},
        "A symmetric",
        "\x1b]52;c;aGk=\x07",
        "\ud800",
        "\u202e",
        "x" * 3000,
        b"x",
        3 + 4j,
    ),
)


class Around:
    """Inputs of each kind, from a seed, and what takes them."""

    def __init__(self, seed, folder):
        self.random = random.Random(seed)  # noqa: S311 # nothing secret
        self.texts = Mutations(seed)
        self.folder = folder
        self.tables = marshal.loads(marshal.dumps(tuple(tables.load())))  # noqa: S302 # made in the same line
        self.manner = Manner("ascii", LIMIT)

    def value(self, *, json_too=False):
        found = self.random.choice(VALUES) if self.random.random() < 0.6 else self.texts.noise()
        return "x" if json_too and isinstance(found, (bytes, complex)) else found

    def settings(self):
        """A settings file: known and unknown keys with any values, now and then mutilated as a text."""
        rows = []
        for _ in range(self.random.randrange(4)):
            name = self.random.choice([*settings.KEYS, "wehre", self.texts.noise()])
            rows.append(f"{self.random.choice((name, json.dumps(name)))} = {json.dumps(self.value(json_too=True))}")
        text = "\n".join(rows)
        text = self.texts.mutated(text) if self.random.random() < 0.5 else text
        place = self.folder / settings.PROJECT_FILE
        place.write_bytes(text.encode("utf-8", self.random.choice(("replace", "surrogatepass"))))
        said = str(place)
        try:
            settings._read(str(place))  # noqa: SLF001 # files are read one at a time
        except settings.SettingsError as error:
            said = str(error)
        assert str(place) in said

    def cache(self):
        """Tables of the parser with a part of another shape, in a file with a right checksum."""
        found = list(self.tables)
        place = self.random.randrange(len(found))
        part = found[place]
        if self.random.random() < 0.5 or not part:
            found[place] = self.value()
        elif isinstance(part, dict):
            found[place] = {**part, self.random.choice(list(part)): self.value()}
        else:
            rows = list(part)
            rows[self.random.randrange(len(rows))] = self.value()
            found[place] = rows
        with contextlib.suppress(TypeError):  # `_kept` takes it for no tables
            tables.has_the_shape(self.random.choice((tuple(found), tuple(found[:-1]), self.value())))

    def fields(self):
        """An object of a stream with any fields; the answer is JSON."""
        known = [field.json for field in FIELDS if field.json] + [
            "id",
            "claim",
            "check",
            "command",
            "method",
            "subject_to",
            "qq",
        ]
        asked = {"wrt": "d/dx", "expr": self.random.choice(("x^T x", "A x", "log det X"))}
        for _ in range(self.random.randrange(1, 4)):
            asked[self.random.choice([*known, "expr", "wrt"])] = self.value(json_too=True)
        text = json.dumps(asked, ensure_ascii=self.random.random() < 0.5)
        text = self.texts.mutated(text) if self.random.random() < 0.3 else text
        reply = reply_to(text.encode("utf-8", "replace"), 2, Request(Question("", "")), self.manner)
        assert "E900" not in f"{reply.text}{reply.report}"
        if reply.text and reply.text.startswith('{"ok"'):
            json.loads(reply.text, parse_constant=pytest.fail)

    def options(self):
        """A command line with any values of options."""
        words = ["d/dx", "x^T x"]
        for _ in range(self.random.randrange(1, 4)):
            field = self.random.choice(FIELDS)
            words.insert(self.random.randrange(len(words) + 1), self.random.choice(field.flags))
            if self.random.random() < 0.8:
                words.insert(self.random.randrange(len(words) + 1), str(self.value()))
        line.plain(words)

    def formula(self):
        one = self.texts.input()
        return infer(read_question(one.expr, one.wrt, one.where)).expression

    def mathml(self):
        tree = self.formula()
        ET.fromstring(write(tree, "mathml"))  # noqa: S314 # our own text
        title = self.texts.noise()
        assert all(
            character.isprintable() or character == "\n" for character in page(write(tree, "latex"), title, [title])
        )

    def svg(self):
        ET.fromstring(drawn(write(self.formula(), "latex")))  # noqa: S314 # our own text


def failures(kind, count, seed, folder):
    """What went wrong with `count` inputs: {what: how often}."""
    source, found = Around(seed, folder), collections.Counter()
    for _ in range(count):
        start = time.perf_counter()
        try:
            getattr(source, kind)()
        except MatdiffError as error:
            if error.code == "E900":
                found[str(error)] += 1
        except Exception as error:  # noqa: BLE001 # that is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            found[f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}: {error}"[:160]] += 1
        if time.perf_counter() - start > LIMIT:
            found["slow"] += 1
    return dict(found)


@pytest.mark.parametrize("kind", PLACES)
def test_a_sample(kind, tmp_path):
    needs(kind)
    assert failures(kind, SMALL[kind], 1, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("kind", PLACES)
def test_a_million_in_parts(kind, seed, tmp_path):
    needs(kind)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failures(kind, FULL[kind] // 10, seed, tmp_path) == {}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def needs(kind):
    """The extra that draws what is asked for."""
    if kind in {"mathml", "svg"}:
        pytest.importorskip({"mathml": "latex2mathml", "svg": "ziamath"}[kind])
