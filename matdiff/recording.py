"""Making the image that `startup` loads: what a run loads is noted, and kept once it has answered a question."""

from __future__ import annotations

import _sre  # type: ignore[import-not-found] # typeshed does not know it
import dis
import marshal
import re as standard_re
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from types import CodeType
from typing import TYPE_CHECKING, Any

from matdiff import cache
from matdiff.startup import closed, function_named, image_name, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType

    from matdiff.startup import Module

_MOST_IMAGES = 8  # of several installations
_COMPLETE = "matdiff.certificate"  # whoever has loaded this has answered a question
# rooms that a plain question does not enter, should the first one have been another
_ELSEWHERE = ("checking", "cli.streams", "codegen", "derivation", "explicit", "problems", "reading.python.")
_UNUSUAL = "click"  # nor does it enter a command that imports this
_MODULE = "<module>"
_OPTIMIZED = 1  # a flag that functions have and bodies of classes and modules do not
_HARMLESS = ("matdiff.lean.", "matdiff.records", "importlib.")  # what is called there changes no module
_BUILDS = "matdiff.reading.lexing"  # where the parser's tables are built, which is done once
_MARKS = "matdiff.reading.python.source"  # but every question is asked whether it is a Python line


def record() -> Callable[[], None]:
    """Note every module of the program that is loaded from now on; the function that is returned writes the image."""
    if not cache.is_writable():
        return _nothing
    recorder = _Recorder()
    sys.meta_path.insert(0, recorder)
    if not sys.getprofile():
        sys.setprofile(recorder.note)
    return recorder.keep


def _nothing() -> None:
    """What there is to keep where nothing can be kept."""


class _Recorder:
    """Finds the program's modules as ever, and notes them."""

    def __init__(self) -> None:
        self.loaded: list[Module] = []
        self.called: set[CodeType] = set()
        self.reaching: set[str] = set()

    def note(self, frame: FrameType, event: str, _: object) -> None:
        """Note a function that is called, and a module that calls another's function when it is imported."""
        if event != "call":
            return
        self.called.add(frame.f_code)
        caller = frame.f_back
        if caller is not None and caller.f_code.co_name == _MODULE:
            called = frame.f_globals.get("__name__", "")
            if called != caller.f_globals.get("__name__") and not called.startswith(_HARMLESS):
                self.reaching.add(caller.f_globals.get("__name__", ""))

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("matdiff."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader and spec.origin is not None:
            spec.loader = _Noting(name, spec.origin, self)
        return spec

    def keep(self) -> None:
        """Write the image, where a question was answered."""
        sys.meta_path.remove(self)
        if sys.getprofile() == self.note:
            sys.setprofile(None)
        if _COMPLETE not in sys.modules:
            return
        elsewhere = tuple([f"matdiff.{room}" for room in _ELSEWHERE])
        modules = [module for module in self.loaded if module[0] == _MARKS or not module[0].startswith(elsewhere)]
        modules = [module for module in modules if _UNUSUAL not in sys.modules[module[0]].__dict__]
        lexing, tables = sys.modules["matdiff.reading.lexing"], sys.modules["matdiff.reading.tables"]
        handed = {"matdiff.lean.re": _patterns(), "matdiff.reading.tables": tables.handed(lexing.TABLES)}
        sleepers = _Sleepers(self.called)
        modules = sleepers.all_of(modules, self.reaching, handed)
        content = packed(modules, handed, tables.grammar_files())
        cache.write(image_name(), content, marshal.dumps(tuple(sleepers.bodies)))
        cache.prune("start-", _MOST_IMAGES)


class _Noting(SourceFileLoader):
    """Loads a module as ever and notes its bytecode once it is complete."""

    def __init__(self, name: str, file: str, recorder: _Recorder) -> None:
        super().__init__(name, file)
        self._recorder = recorder

    def get_code(self, fullname: str) -> CodeType | None:
        self._code = super().get_code(fullname)
        return self._code

    def exec_module(self, module: ModuleType) -> None:
        listener = sys.getprofile()
        if module.__name__ == _BUILDS:
            sys.setprofile(None)
        super().exec_module(module)
        sys.setprofile(listener)
        if self._code is not None:
            noted = (module.__name__, str(self.path), self.is_package(module.__name__), self._code)
            self._recorder.loaded.append(noted)


def _asleep(*given: Any, **named: Any) -> Any:
    """What stands for a sleeping function; the number is its own."""
    return __wake__(0)(*given, **named)  # type: ignore[name-defined] # noqa: F821 # every module of an image has it


_ABSENT = """
def __getattr__(name):
    if name[:2] == "__":
        raise AttributeError(name)
    return getattr(__rise__({number}), name)
"""
_STUB = """
def {name}(*given, **named):
    return __rise__({number}).{name}(*given, **named)
"""


def _is_function(module: str, name: str) -> bool:
    """Whether that is a plain function, made by this module."""
    found = getattr(sys.modules[module], name, None)
    return type(found) is type(_is_function) and found.__module__ == module and found.__name__ == name


def _does_something(code: CodeType) -> bool:
    """Whether a module may change other modules' objects when it is imported: it calls something for nothing, or sets
    an attribute or an item.
    """
    before = ""
    for step in dis.get_instructions(code):
        if step.opname in {"STORE_ATTR", "STORE_SUBSCR"} or (step.opname == "POP_TOP" and before.startswith("CALL")):
            return True
        before = step.opname
    return False


class _Sleepers:
    """Takes the bytecode of functions that were not called out of their modules.

    A function may sleep that is found again by its name, and that takes nothing from a function around it.
    """

    def __init__(self, called: set[CodeType]) -> None:
        self.called = called
        self.wakeful: set[str] = set()
        self.bodies: list[bytes] = []

    def all_of(self, modules: list[Module], reaching: set[str], handed: Iterable[str]) -> list[Module]:
        """The modules, as an image holds them.  reaching: those that do something to others when they are imported;
        handed: those that take something out of the image.
        """
        self.wakeful = {*handed}
        resting = self._resting(modules) - {*reaching, *handed}
        used = self._used(modules)
        resting &= {
            part for home, inner in used for part in (home, f"{home}.{inner}")
        }  # others are found by their names
        disturbed = resting
        while disturbed:
            used = self._used([module for module in modules if module[0] not in resting])
            disturbed = {home for home, inner in used if home in resting and not _is_function(home, inner)}
            resting = resting - disturbed
        lean = [(name, file, is_package, self.put(name, code)) for name, file, is_package, code in modules]
        return [self._stand_in(module, used) if module[0] in resting else module for module in lean]

    def _used(self, modules: list[Module]) -> set[tuple[str, str]]:
        return {use for name, _, _, code in modules for use in self._uses(name, code)}

    def _uses(self, name: str, code: CodeType) -> Iterator[tuple[str, str]]:
        """What a module has imported, but for what only type checkers import: the other's name, and a name in it; of
        modules that it has imported as such, all names that it may ask them for.
        """
        held, home, asked = {id(value) for value in vars(sys.modules[name]).values()}, "", self._names(code)
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                home = step.argval
            elif step.opname == "IMPORT_FROM" and id(getattr(sys.modules.get(home), step.argval, None)) in held:
                yield home, step.argval
                whole = f"{home}.{step.argval}"
                if whole in sys.modules:
                    yield from [(whole, inner) for inner in asked & vars(sys.modules[whole]).keys()]

    def _names(self, code: CodeType) -> set[str]:
        """The names in a module's bytecode, without those in functions that sleep."""
        names = {*code.co_names}
        for part in code.co_consts:
            if isinstance(part, CodeType) and (part in self.called or part.co_name.startswith("<")):
                names |= self._names(part)
        return names

    def _resting(self, modules: list[Module]) -> set[str]:
        """The modules of which nothing was called, and that hold nothing but functions for others."""
        functions = [code for code in self.called if code.co_flags & _OPTIMIZED]
        called = {code.co_filename for code in functions if code.co_name[0] != "<" or code.co_name == "<lambda>"}
        return {
            name
            for name, file, is_package, code in modules
            if not is_package and file not in called and not _does_something(code)
        }

    def _stand_in(self, module: Module, used: set[tuple[str, str]]) -> Module:
        """A sleeping module: the functions that others use, which wake it."""
        name, file, is_package, code = module
        self.bodies.append(closed(code))
        number, whole = len(self.bodies) - 1, tuple(name.rsplit(".", 1)) in used
        functions = [inner for inner in vars(sys.modules[name]) if _is_function(name, inner)]
        stubs = [_STUB.format(name=inner, number=number) for inner in functions if whole or (name, inner) in used]
        return name, file, is_package, compile(_ABSENT.format(number=number) + "".join(stubs), file, "exec")

    def put(self, name: str, code: CodeType) -> CodeType:
        """The bytecode of a module, or of a class in it, with stubs for its functions."""
        space = sys.modules[name].__dict__
        return _without_words(code, lambda part: self._part(name, part, space))

    def _part(self, name: str, part: Any, space: dict[str, Any]) -> Any:
        if not isinstance(part, CodeType):
            return part
        code: CodeType = part
        try:
            found: Any = function_named(code.co_qualname, space)
        except (LookupError, AttributeError):
            return code
        if isinstance(found, type):
            return self.put(name, code)
        if (
            name in self.wakeful
            or code in self.called
            or code.co_freevars
            or getattr(found, "__code__", None) is not code
        ):
            return _without_words(code)
        self.bodies.append(closed(code))
        stub, number = _asleep.__code__, len(self.bodies) - 1
        return stub.replace(
            co_name=code.co_name,
            co_qualname=code.co_qualname,
            co_filename=code.co_filename,
            co_firstlineno=code.co_firstlineno,
            co_linetable=b"",
            co_consts=tuple([number if constant == 0 else None for constant in stub.co_consts]),
        )


_LOADS, _MAKES, _EXTENDS = [dis.opmap[name] for name in ("LOAD_CONST", "MAKE_FUNCTION", "EXTENDED_ARG")]
_READS = frozenset(dis.hasconst)
_ANNOTATED, _CLOSED = 4, 8  # what MAKE_FUNCTION takes from the stack, as flags


def _without_words(code: CodeType, part_of: Callable[[Any], Any] | None = None) -> CodeType:
    """Bytecode without what only people and type checkers read: documentation, functions' annotations, and constants
    that the compiler has left over.  part_of: what becomes of its other constants.
    """
    read, annotations = _constants_read(code)
    made: list[Any] = []
    for place, part in enumerate(code.co_consts):
        if place in annotations:
            made.append(())
        elif place not in read:
            made.append(None)
        elif part_of is not None:
            made.append(part_of(part))
        else:
            made.append(_without_words(part) if isinstance(part, CodeType) else part)
    return code.replace(co_consts=tuple(made))


def _constants_read(code: CodeType) -> tuple[set[int], set[int]]:
    """The places of the constants that bytecode reads, and of those that are nothing but annotations of functions."""
    made: list[tuple[int, int]] = []
    annotations, high = set(), 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        if operation == _EXTENDS:
            high = (high | low) << 8
            continue
        argument, high = high | low, 0
        if operation == _MAKES and argument & (_ANNOTATED | _CLOSED) == _ANNOTATED:
            (first, place), (second, _) = made[-2:]
            if first == second == _LOADS and isinstance(code.co_consts[place], tuple):
                annotations.add(place)
                made[-2] = (0, 0)
        made.append((operation, argument))
    read = {argument for operation, argument in made if operation in _READS}
    return read, annotations - read


def _patterns() -> dict[tuple[str, int], bytes]:
    """What the matching engine is told of the program's patterns; without those that it would not match alike."""
    twin: Any = sys.modules["matdiff.lean.re"]  # an import at the top would come before its loading is noted
    found = {}
    for source, flags in twin.made:
        parts = twin.parts(source, flags)
        if _sre.compile(source, *parts) == standard_re.compile(source, flags):
            found[source, flags] = marshal.dumps(parts)
    return found
