"""Breaking edits of the program, one at a time: where they can be made, and the module that one of them leaves.

A site is a node of a module's syntax tree with one way to break it.  The edits are those that a slip of the hand makes: a comparison or a
sign the other way round, a bound off by one, two arguments exchanged, a condition turned, a statement forgotten.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from pathlib import Path
from types import CodeType
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[2] / "matdiff"
ROOMS = ("graph", "calculus", "notation", "codegen", "checking")

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}


class Site(NamedTuple):
    """One edit: the module (its path below the package), the node's place in the walk, the kind of edit, the function it is in, its text."""

    module: str
    place: int
    kind: str
    function: str
    text: str

    def __str__(self) -> str:
        return f"{self.module} {self.function}: {self.kind} in `{self.text}`"


def sites(rooms: tuple[str, ...] = ROOMS) -> list[Site]:
    """Every edit that can be made in these rooms, in the order of the files."""
    found = []
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            found += _sites_of(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
    return found


def name(module: str) -> str:
    """The name by which a module is imported."""
    return "matdiff." + module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def drawn(number: int, seed: int, rooms: tuple[str, ...] = ROOMS) -> list[Site]:
    """A sample of the edits: those that come first when all are put in order by a digest of their own text.

    So a change of the program leaves the sample as it is but for the edits of the changed lines, and a judgement keeps its edit.
    """
    met: dict[str, int] = {}
    ordered = []
    for site in sites(rooms):
        told = str(site)
        met[told] = met.get(told, 0) + 1
        ordered.append((hashlib.sha256(f"{seed} {met[told]} {told}".encode()).digest(), site))
    return [site for _, site in sorted(ordered)[:number]]


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:100]


def mutated(site: Site) -> ast.Module:
    """The module with that one edit."""
    tree = _tree(site.module)
    node = list(ast.walk(tree))[site.place]
    _EDITS[site.kind](node, _parents(tree))
    return ast.fix_missing_locations(tree)


class Entry(NamedTuple):
    """A function of the program that isn't inside another: its module, its name, its first line as the compiler counts it."""

    module: str
    name: str
    line: int

    def is_of(self, code: CodeType) -> bool:
        """Whether that is this function's code."""
        return (
            code.co_firstlineno == self.line
            and code.co_name == self.name
            and code.co_filename.endswith("matdiff/" + self.module)
        )


@functools.cache
def entry(site: Site) -> Entry | None:
    """The function through which an edited place is reached; None for a place outside of functions."""
    tree = _tree(site.module)
    node, parents = list(ast.walk(tree))[site.place], _parents(tree)
    found, outer = None, node
    while id(outer) in parents:
        inner, outer = outer, parents[id(outer)]
        if isinstance(outer, ast.FunctionDef) and inner in outer.body:
            found = outer
    if found is None:
        return None
    return Entry(site.module, found.name, _first_line(found))


def marked(of: Entry, among: list[Site]) -> CodeType:
    """The function's code with a call of `__called__(place)` in front of each statement that holds one of these sites."""
    tree = _tree(of.module)
    nodes, parents = list(ast.walk(tree)), _parents(tree)
    for site in among:
        statement = nodes[site.place]
        while not _is_in_a_block(statement, parents[id(statement)]):
            statement = parents[id(statement)]
        mark = ast.parse(f"__called__({(site.module, site.place)!r})").body[0]
        for part in ast.walk(mark):
            ast.copy_location(part, statement)
        block = next(block for block in _blocks(parents[id(statement)]) if any(one is statement for one in block))
        block.insert(next(place for place, one in enumerate(block) if one is statement), mark)
    return code_of(ast.fix_missing_locations(tree), of)


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list)]


def _is_in_a_block(node: ast.AST, parent: ast.AST) -> bool:
    return any(one is node for block in _blocks(parent) for one in block)


def code_of(tree: ast.Module, of: Entry) -> CodeType:
    """The code of one function of a module."""
    waiting = [compile(tree, str(PACKAGE / of.module), "exec")]
    while waiting:
        code = waiting.pop()
        if of.is_of(code):
            return code
        waiting += [part for part in code.co_consts if isinstance(part, CodeType)]
    raise LookupError(of)


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *[one.lineno for one in node.decorator_list]])


def _tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def _sites_of(module: str, source: str) -> list[Site]:
    tree = ast.parse(source)
    parents, left_out = _parents(tree), _left_out(tree)
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in left_out:
            continue
        found += [Site(module, place, kind, _function(node, parents), _text(node)) for kind in _kinds(node)]
    return found


def _kinds(node: ast.AST) -> list[str]:
    """The ways to break a node."""
    kinds = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        kinds.append("another comparison")
    elif isinstance(node, ast.BinOp) and type(node.op) in _COMBINED and not _is_text(node):
        kinds.append("another operator")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        kinds.append("sign or negation dropped")
    elif isinstance(node, ast.BoolOp):
        kinds.append("and for or")
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        kinds.append("another constant")
    elif isinstance(node, (ast.If, ast.IfExp)):
        kinds.append("condition turned")
    elif (
        isinstance(node, ast.Call) and len(node.args) >= 2 and not any(isinstance(a, ast.Starred) for a in node.args)
    ):  # a pair
        kinds.append("arguments exchanged")
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        kinds.append("statement forgotten")
    return kinds


def _turn(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, (ast.If, ast.IfExp))
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _compare(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.Compare)
    node.ops[0] = _COMPARED[type(node.ops[0])]()


def _combine(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.BinOp)
    node.op = _COMBINED[type(node.op)]()


def _unsign(node: ast.AST, parents: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.UnaryOp)
    _replace(node, node.operand, parents)


def _connect(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()


def _constant(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.Constant)
    node.value = not node.value if isinstance(node.value, bool) else node.value + 1


def _exchange(node: ast.AST, _: dict[int, ast.AST]) -> None:
    assert isinstance(node, ast.Call)
    node.args[0], node.args[1] = node.args[1], node.args[0]


def _forget(node: ast.AST, parents: dict[int, ast.AST]) -> None:
    _replace(node, ast.Pass(), parents)


_EDITS = {
    "another comparison": _compare,
    "another operator": _combine,
    "sign or negation dropped": _unsign,
    "and for or": _connect,
    "another constant": _constant,
    "condition turned": _turn,
    "arguments exchanged": _exchange,
    "statement forgotten": _forget,
}


def _replace(node: ast.AST, by: ast.AST, parents: dict[int, ast.AST]) -> None:
    parent = parents[id(node)]
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, by)
        elif isinstance(value, list):
            value[:] = [by if item is node else item for item in value]


def _parents(tree: ast.AST) -> dict[int, ast.AST]:
    return {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _function(node: ast.AST, parents: dict[int, ast.AST]) -> str:
    while id(node) in parents:
        node = parents[id(node)]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return node.name
    return "(module)"


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _left_out(tree: ast.AST) -> set[int]:
    """Nodes that decide nothing: annotations, what only a type checker reads, texts of errors, `__repr__`, assertions."""
    out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            parts: list[ast.AST | None] = [node]
        elif isinstance(node, ast.FunctionDef):
            parts = [*[a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)], node.returns]
            parts += [node] if node.name == "__repr__" else []
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            parts = [node]
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            parts = [node.value]  # zip(strict=) asserts, it decides nothing
        else:
            parts = []
        out |= {id(below) for part in parts if part is not None for below in ast.walk(part)}
    return out
