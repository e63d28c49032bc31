"""The start of the program from one file: an image of the modules that it takes, kept in the user's cache.

Python finds, checks and reads every module on its own, which for the 200 of a plain question takes longer than bare
Python's whole start.  So the first question that is answered leaves an image behind (`recording`): the bytecode of the
modules that it loaded, in the order in which they were complete, what the engine of regular expressions is told of
their patterns (`lean.re`), and the parser's tables.  A later run puts the modules in place from there, each as an
import would have, and imports what the image lacks as ever.

Of the 3,000 functions in them a question calls one in five.  Those that the first question did not call sleep: they
are made without their bytecode, which lies behind the image and is taken from there when one of them is called.  A
module of which others want nothing but such functions sleeps as a whole.

An image serves the Python and the very source files that it was made from, told by their sizes and times of change; any
other is passed by and made anew.  No answer is in it.
"""

from __future__ import annotations

import _thread
import builtins
import marshal
import os
import sys

from matdiff import __version__, cache

TYPE_CHECKING = False  # typing itself would cost as much as the interpreter's own start
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, ModuleType
    from typing import Any

    Module = tuple[str, str, bool, CodeType]  # name, file, whether it is a package, bytecode
    Stamp = tuple[str, int, int]  # file, time of change in nanoseconds, size

# as importlib has them, without loading it
_Module, _Spec, _Loader = type(sys), type(__spec__), type(__loader__)  # type: ignore[name-defined] # every module has one


def load() -> bool:
    """Load the image; False where there is none that serves."""
    kept = cache.read_parts(image_name())
    return kept is not None and _load(*kept)


def image_name() -> str:
    """The image of this installation, for this Python."""
    place = cache.checksum(os.path.abspath(__file__).encode(errors="surrogateescape")).hex()  # noqa: PTH100 # start-up
    return f"start-{sys.implementation.cache_tag}{'' if __debug__ else '-O'}-{place}"


def packed(modules: list[Module], handed: dict[str, Any], files: list[str]) -> bytes:
    """An image as it is kept.  handed: what modules take (by their function `take`) once they are in place; files: what
    this was made from, beside the modules.
    """
    stamps = tuple([stamp(file) for file in (*[file for _, file, _, _ in modules], *files)])
    return marshal.dumps((__version__, sys.version, stamps, marshal.dumps((tuple(modules), handed))))


def stamp(file: str) -> Stamp:
    held = os.stat(file)  # noqa: PTH116 # pathlib costs start-up time
    return file, held.st_mtime_ns, held.st_size


def _load(kept: memoryview, bodies: memoryview) -> bool:
    """Put the modules of an image in place; False where it does not serve."""
    try:
        version, python, stamps, body = marshal.loads(kept)  # noqa: S302 # our own file, as Python's own bytecode is
        if (version, python) != (__version__, sys.version) or any(stamp(held[0]) != held for held in stamps):
            return False
        modules, handed = marshal.loads(body)  # noqa: S302 # as above
        asleep = _Bodies(bodies)
        _put_in_place(modules, handed, {"__wake__": _waker(asleep), "__rise__": _raiser(asleep)})
    except (OSError, EOFError, ValueError, TypeError, AttributeError, LookupError, ImportError):
        return False
    return True


def _put_in_place(modules: Iterable[Module], handed: dict[str, Any], calls: dict[str, Any]) -> None:
    """Make the modules, each after those that it imports, as the import system does.

    calls: what sleeping functions and modules call, by their names in the modules.
    Packages are there, empty, before the modules in them: what imports those is complete before the package is.
    """
    found = sys.modules
    empty = {module[0] for module in modules if module[2]} - found.keys()
    for name, file, is_package, code in modules:
        if name in empty:
            found[name] = _made(name, file, code, is_package=is_package)
            found[name].__dict__.update(calls)
    standard = builtins.__import__

    def known(name: str, space: Any = None, local: Any = None, wanted: Any = (), level: int = 0) -> Any:
        """What a module imports is complete by now, or no matter of the image (as what a package of others imports by a
        relative name is, which may be called like another module).
        """
        module = found.get(name) if wanted and not level else None
        return standard(name, space, local, wanted, level) if module is None else module

    builtins.__import__ = known  # type: ignore[assignment] # the same, with wider types
    try:
        for name, file, is_package, code in modules:
            if name in empty:
                empty.discard(name)
            elif name in found:
                continue
            else:
                found[name] = _made(name, file, code, is_package=is_package)
                found[name].__dict__.update(calls)
            _run(name)
            if name in handed:
                found[name].__dict__["take"](handed[name])
    finally:
        builtins.__import__ = standard
        for name in empty:
            del found[name]


class _Kept(_Loader):  # type: ignore[misc, valid-type] # the class is Python's own, taken from this module's loader
    """The loader of a source file, which has its bytecode already."""

    code: CodeType | None

    def get_code(self, fullname: str) -> Any:
        code, self.code = self.code, None
        return super().get_code(fullname) if code is None else code


def _made(name: str, file: str, code: CodeType, *, is_package: bool) -> ModuleType:
    """A module that knows where it comes from, and is not run yet."""
    loader = _Kept(name, file)
    loader.code = code
    spec = _Spec(name, loader, origin=file, is_package=is_package)
    spec.has_location = True
    module = _Module(name)
    home = name if is_package else name[: name.rindex(".")]
    module.__dict__.update(__spec__=spec, __loader__=loader, __file__=file, __package__=home)
    if is_package:
        module.__path__ = spec.submodule_search_locations = [file[: file.rindex(os.sep)]]
    return module


def _run(name: str) -> None:
    module = sys.modules[name]
    try:
        module.__loader__.exec_module(module)  # type: ignore[union-attr] # set above
    except BaseException:
        del sys.modules[name]
        raise
    home, _, last = name.rpartition(".")
    if home in sys.modules:
        setattr(sys.modules[home], last, module)


def _waker(bodies: _Bodies) -> Callable[[int], Any]:
    """What a sleeping function calls with its number: the function itself, awake.

    Its callers keep the same function object, which has only its code changed.
    """
    compiled: dict[str, Any] = {}  # modules whose bytecode is damaged

    def wake(number: int) -> Any:
        caller = sys._getframe(1)  # noqa: SLF001 # there is no other way to know who calls
        asleep, space = caller.f_code, caller.f_globals
        function = function_named(asleep.co_qualname, space)
        if function.__code__ is asleep:
            try:
                function.__code__ = bodies.code(number)
            except (EOFError, ValueError, TypeError, LookupError):
                function.__code__ = _from_source(asleep, space, compiled)
        return function

    return wake


def _raiser(bodies: _Bodies) -> Callable[[int], Any]:
    """What the functions of a sleeping module call, with the module's number: the module, with all that is in it."""
    lock = _thread.RLock()

    def rise(number: int) -> Any:
        module = sys.modules[sys._getframe(1).f_globals["__name__"]]  # noqa: SLF001 # as above
        with lock:
            if "__getattr__" in module.__dict__:
                try:
                    module.__loader__.code = bodies.code(number)  # type: ignore[union-attr] # set when it was made
                except (EOFError, ValueError, TypeError, LookupError):
                    module.__loader__.code = None  # type: ignore[union-attr] # the loader takes the source then
                _run_late(module)
        return module

    return rise


def _run_late(module: ModuleType) -> None:
    """Run a sleeping module; the functions that others have of it by now become those that it makes."""
    space = module.__dict__
    known = {name: value for name, value in space.items() if type(value) is type(_run_late)}
    module.__loader__.exec_module(module)  # type: ignore[union-attr] # as above
    del known["__getattr__"]
    for name, function in known.items():
        made = space[name]
        function.__code__, function.__doc__ = made.__code__, made.__doc__
        function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
        space[name] = function
    del space["__getattr__"]


def closed(code: CodeType) -> bytes:
    """The bytecode of a function as it is kept."""
    content = marshal.dumps(code)
    return cache.checksum(content) + content


class _Bodies:
    """What lies behind an image: the bytecode of what sleeps, by number."""

    def __init__(self, packed: memoryview) -> None:
        self.packed = packed
        self.parts: tuple[bytes, ...] = ()

    def code(self, number: int) -> Any:
        """ValueError, EOFError, TypeError or LookupError where it is damaged."""
        self.parts = self.parts or marshal.loads(self.packed)  # noqa: S302 # our own file, as the image is
        body = self.parts[number]
        content = memoryview(body)[cache.CHECKSUM :]
        if cache.checksum(content) != body[: cache.CHECKSUM]:
            raise ValueError
        return marshal.loads(content)  # noqa: S302 # as above


def _from_source(asleep: CodeType, space: dict[str, Any], compiled: dict[str, Any]) -> Any:
    """The bytecode of a function whose own is damaged."""
    module = space["__name__"]
    if module not in compiled:
        compiled[module] = space["__loader__"].get_code(module)
    inside = [compiled[module]]
    for code in inside:
        if (code.co_qualname, code.co_firstlineno) == (asleep.co_qualname, asleep.co_firstlineno):
            return code
        inside += [part for part in code.co_consts if type(part) is type(asleep)]
    raise ImportError(f"{asleep.co_qualname} is no longer in {asleep.co_filename}")


def function_named(path: str, space: dict[str, Any]) -> Any:
    """The function of that qualified name in a module's namespace, or the one inside a property or a method there."""
    first, *others = path.split(".")
    found = space[first]
    for name in others:
        found = found.__dict__[name]
    for inner in ("__func__", "fget", "_function"):
        found = getattr(found, inner, found)
    return found
