"""The printed answer against the oracle: its tree, and its text read again."""

from __future__ import annotations

import numpy as np

from matdiff.reading.reader import read_expression
from matdiff.writing import Style, write
from oracle import layout
from oracle.duals import OutsideDomain
from oracle.interpreter import Family, Identity, NotInterpreted, interpret


def complaint(problem, known, answer):
    """What is wrong with the printed answer, or nothing."""
    functions = {name: told.function for name, told in problem.declared.names.items() if told.function}
    names = [name for name in answer.symbols if name not in functions]
    tree = read_expression(answer.ascii, names, {name: function.arguments for name, function in functions.items()})
    again = write(tree, "ascii", Style(symbols=answer.symbols, shape=answer.shape))
    if again != answer.ascii:
        return f"read back and written again it is {again}"
    families = {name: Family(name, known.point[name]) for name, told in problem.declared.names.items() if told.family}
    for text, printed in (("the answer's tree", answer.tree), ("the answer's text", tree)):
        scope = {**known.point, **families}
        try:
            with np.errstate(all="ignore"):
                for name, let in answer.lets.items():
                    scope[name] = interpret(let, scope, functions)
                got = _sized(interpret(printed, scope, functions), known.printed[0])
        except (NotInterpreted, OutsideDomain):
            return ""
        if not any(layout.close(got, want, known.tolerance) for want in known.printed):
            return f"{text} stands for\n{got}\nbut the derivative is\n{known.printed[0]}"
    return ""


def _sized(value, like):
    return value.of_size(np.atleast_2d(like).shape[0]) if isinstance(value, Identity) else value
