"""Generated modules are run in a namespace of their own, and nothing but what a generated module holds is run."""

from __future__ import annotations

import sys

import pytest

from matdiff.codegen.loading import load
from matdiff.errors import OutputError


def test_a_module_is_loaded_without_being_registered():
    found = load('"""Two."""\n\nimport math\n\n\ndef value(x):\n    return 2 * x\n\n\nderivative = value\n')
    assert found.derivative(21) == 42
    assert found.__name__ not in sys.modules
    assert load("def value(x):\n    return x\n").__name__ != found.__name__


def test_tracebacks_show_the_generated_lines():
    found = load("def value(x):\n    return x.nonsense\n")
    assert found.__loader__.get_source(found.__name__).endswith("x.nonsense\n")


@pytest.mark.parametrize(
    "text",
    [
        "print('hello')",
        "import os\nos.system('id')",
        "for i in range(3):\n    pass",
        "1 + 1",
        "del x",
        "with open('x') as f:\n    pass",
    ],
)
def test_other_statements_are_refused(text):
    with pytest.raises(OutputError) as raised:
        load(text)
    assert raised.value.code == "E402"


def test_a_package_that_is_missing_is_named():
    with pytest.raises(OutputError, match="no_such_package") as raised:
        load("import no_such_package")
    assert raised.value.code == "E403"
