"""What the parts of a module compute, as graphs: derivatives the calculator's own way, kept to the structure of the
variable.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differential import differential
from matdiff.calculus.variables import Part, Variable, derive
from matdiff.errors import CalculusError, OutputError
from matdiff.graph import build
from matdiff.graph.nodes import Node, Var
from matdiff.notation.layout import lay_out
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculator import Answer

_DIRECTION = "v"
_ALONG = {"spd": "symmetric", "orthogonal": ""}  # the structure of a direction, where it is not the variable's own


class Derivatives:
    """The derivatives of a question's value by the variable of its operator.

    A derivative by a structured variable is the printed one: projected, or by the free entries.  A product with the
    Hessian is the differential of that gradient in a direction of the variable's structure.  By a diagonal matrix the
    gradient is a matrix, as printed; Hessian, direction and product are in the entries of the diagonal.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.value = answer.value

    def gradient(self) -> Node:
        return self._laid_out((self._variable(),))

    def hessian(self) -> Node:
        return self._laid_out((self._in_entries(),) * 2)

    def product(self, direction: Var) -> Node:
        """The Hessian times a direction: shape of the variable."""
        variable = self._in_entries()
        gradient = derive(self.value, (variable,), self._symmetric)
        if variable.entry:
            return build.mul(direction, derive(gradient, (variable,), self._symmetric))
        try:
            return differential(gradient, {variable.var: direction})
        except CalculusError:  # a function whose derivative can only be swept backwards
            hessian = derive(gradient, (variable,), self._symmetric)
            axes, kept = tuple(range(hessian.order)), gradient.order
            return build.ein([(hessian, axes), (direction, axes[kept:])], axes[:kept])

    def direction(self) -> Var:
        """The variable that stands for the direction v, under a name that the question does not use."""
        variable = self._variable()
        name = _DIRECTION
        while name in self.answer.symbols:
            name += "_"
        if variable.entry:
            return Var(name)
        var = variable.var
        structure = "" if var.order < 2 else _ALONG.get(var.structure, var.structure)
        return Var(name, var.shape, structure=structure, family=var.family, rows_columns=var.rows_columns)

    @property
    def twice_diagonal(self) -> bool:
        """Is the question the Hessian by a diagonal matrix?  Its code is in the entries, as `hessian` is."""
        asked = self.answer.operator.by if self.answer.operator is not None else ()
        names = {by.name for by in asked}
        return (
            len(asked) == 2
            and len(names) == 1
            and not self.value.order
            and self.answer.question.form != "directional"
            and bool(self.answer.variables)
            and self.answer.variables[0].var.structure == "diagonal"
        )

    @property
    def _symmetric(self) -> str:
        return self.answer.question.symmetric

    def _variable(self) -> Variable:
        if self.value.order:
            raise OutputError(
                "E407", "gradient, hessian and hvp are for a scalar", hint="the derivative itself is named jacobian"
            )
        if not self.answer.variables:
            raise OutputError("E407", "there is no variable to differentiate by")
        return self.answer.variables[0]

    def _in_entries(self) -> Variable:
        """The variable, where it is a diagonal matrix as the vector of its diagonal."""
        variable = self._variable()
        if variable.var.structure != "diagonal":
            return variable
        symbol = replace(variable.symbol, structure="")
        return variable._replace(symbol=symbol, part=variable.part._replace(order=1))

    def _laid_out(self, variables: tuple[Variable, ...]) -> Node:
        """The derivative as the calculator prints it; the array of all its axes where that is no matrix."""
        derivative = derive(self.value, variables, self._symmetric)
        parts, transposed = tuple([v.part for v in variables]), tuple([v.transposed for v in variables])
        laid = lay_out(derivative, Part(0), parts, transposed=transposed, layout=self.answer.question.layout)
        return derivative if laid.vectorised else laid.node
