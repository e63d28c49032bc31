"""The languages that code is written in, beside Python: a file and a line each."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.languages.eigen import Eigen
from matdiff.codegen.languages.julia import Julia
from matdiff.codegen.languages.matlab import Matlab
from matdiff.codegen.languages.r import R

if TYPE_CHECKING:
    from matdiff.codegen.languages.language import Language

LANGUAGES: dict[str, type[Language]] = {"julia": Julia, "matlab": Matlab, "r": R, "eigen": Eigen}
