"""Making the image that `startup` loads: what a run loads is noted, and kept once it has answered a question."""

from __future__ import annotations

import _sre  # type: ignore[import-not-found] # typeshed does not know it
import marshal
import re as standard_re
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from typing import TYPE_CHECKING, Any

from matdiff import cache
from matdiff.startup import image_name, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

    from matdiff.startup import Module

_MOST_IMAGES = 8  # of several installations
_COMPLETE = "matdiff.certificate"  # whoever has loaded this has answered a question
# rooms that a plain question does not enter, should the first one have been another
_ELSEWHERE = ("checking", "cli.streams", "codegen", "derivation", "explicit", "problems", "reading.python.")
_MARKS = "matdiff.reading.python.source"  # but every question is asked whether it is a Python line


def record() -> Callable[[], None]:
    """Note every module of the program that is loaded from now on; the function that is returned writes the image."""
    if not cache.is_writable():
        return _nothing
    recorder = _Recorder()
    sys.meta_path.insert(0, recorder)
    return recorder.keep


def _nothing() -> None:
    """What there is to keep where nothing can be kept."""


class _Recorder:
    """Finds the program's modules as ever, and notes them."""

    def __init__(self) -> None:
        self.loaded: list[Module] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("matdiff."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader and spec.origin is not None:
            spec.loader = _Noting(name, spec.origin, self.loaded)
        return spec

    def keep(self) -> None:
        """Write the image, where a question was answered."""
        sys.meta_path.remove(self)
        if _COMPLETE not in sys.modules:
            return
        elsewhere = tuple([f"matdiff.{room}" for room in _ELSEWHERE])
        modules = [module for module in self.loaded if module[0] == _MARKS or not module[0].startswith(elsewhere)]
        lexing, tables = sys.modules["matdiff.reading.lexing"], sys.modules["matdiff.reading.tables"]
        handed = {"matdiff.lean.re": _patterns(), "matdiff.reading.tables": tuple(lexing.TABLES)}
        cache.write(image_name(), packed(modules, handed, tables.grammar_files()))
        cache.prune("start-", _MOST_IMAGES)


class _Noting(SourceFileLoader):
    """Loads a module as ever and notes its bytecode once it is complete."""

    def __init__(self, name: str, file: str, loaded: list[Module]) -> None:
        super().__init__(name, file)
        self._loaded = loaded

    def get_code(self, fullname: str) -> CodeType | None:
        self._code = super().get_code(fullname)
        return self._code

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if self._code is not None:
            self._loaded.append((module.__name__, str(self.path), self.is_package(module.__name__), self._code))


def _patterns() -> dict[tuple[str, int], bytes]:
    """What the matching engine is told of the program's patterns; without those that it would not match alike."""
    twin: Any = sys.modules["matdiff.lean.re"]  # an import at the top would come before its loading is noted
    found = {}
    for source, flags in twin.made:
        parts = twin.parts(source, flags)
        if _sre.compile(source, *parts) == standard_re.compile(source, flags):
            found[source, flags] = marshal.dumps(parts)
    return found
