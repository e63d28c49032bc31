"""Code for Julia, MATLAB or Octave, R and C++ with Eigen: ten problems give NumPy's numbers in every language whose
program is installed; what a language has no code for is said.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from dense_evaluation import call, load

from matdiff.calculator import Question, answer
from matdiff.codegen.languages import LANGUAGES
from matdiff.codegen.targets import TARGETS
from matdiff.errors import MatdiffError
from matdiff.functions import TABLE

GENERATOR = np.random.default_rng(8)


def normal(*shape):
    return GENERATOR.normal(size=shape)


def spd(n):
    matrix = normal(n, n)
    return matrix @ matrix.T / n + np.eye(n)


PROBLEMS = {  # expression, variable, declarations, values in the order of the parameters
    "least squares": ("||X w - y||^2", "w", "", {"X": normal(5, 3), "w": normal(3), "y": normal(5)}),
    "logistic": (
        "sum(softplus(-y .* (X w)))",
        "w",
        "X in R^{m x n}, y in R^m",
        {"y": np.sign(normal(5)), "X": normal(5, 3), "w": normal(3)},
    ),
    "factorization": ("||T - U V^T||_F^2", "U", "", {"T": normal(4, 5), "U": normal(4, 2), "V": normal(5, 2)}),
    "network": (
        "||tanh(X W) w - y||^2",
        "W",
        "X in R^{N x d}, W in R^{d x h}, w in R^h, y in R^N",
        {"X": normal(5, 3), "W": normal(3, 2), "w": normal(2), "y": normal(5)},
    ),
    "gauss": ("-logdet(X) - u^T X^-1 u", "X", "X spd", {"X": spd(4), "u": normal(4)}),
    "inverse": ("a^T X^-1 b", "X", "", {"a": normal(3), "X": spd(3), "b": normal(3)}),
    "design": ("logdet(A^T diag(x) A)", "x", "", {"A": normal(6, 3), "x": GENERATOR.uniform(0.5, 1.5, 6)}),
    "softmax": ("v^T softmax(K w)", "w", "", {"v": normal(5), "K": normal(5, 3), "w": normal(3)}),
    "family": (
        "sum(n, 1, N, ||W x_n - y_n||^2)",
        "W",
        "",
        {"W": normal(2, 3), "x_n": normal(5, 3), "y_n": normal(5, 2)},
    ),
    "scalar": ("log(1 + t^2) + exp(-t/3) sin(t) + sqrt(t)", "t", "t scalar", {"t": 0.7}),
    "powers": ("tr(X^5) + sum(X .^ 3)", "X", "", {"X": normal(3, 3)}),
    "stacked": ("c^T tanh(vec(X))", "X", "X in R^{m x n}, c in R^{m n}", {"c": normal(6), "X": normal(3, 2)}),
    "unstacked": (
        "||unvec(x, m, n) - C||_F^2",
        "x",
        "C in R^{m x n}, x in R^{m n}",
        {"x": normal(6), "C": normal(3, 2)},
    ),
    "Kronecker": (
        "||kron(A, B) x||^2",
        "A",
        "A in R^{p x q}, B in R^{r x s}, x in R^{q s}",
        {"A": normal(3, 2), "B": normal(4, 3), "x": normal(6)},
    ),
    "triangular factor": ("tr(A chol(S))", "S", "S symmetric", {"A": normal(3, 3), "S": spd(3)}),
    "attention": (
        "tr(A^T softmax_rows(X W) B)",
        "W",
        "X in R^{m x n}, W in R^{n x k}",
        {"A": normal(4, 2), "X": normal(4, 3), "W": normal(3, 5), "B": normal(5, 2)},
    ),
    "softmax regression": (
        "sum(logsumexp_rows(X W)) - tr(Y^T X W)",
        "W",
        "X in R^{m x n}, W in R^{n x k}",
        {"X": normal(4, 3), "W": normal(3, 5), "Y": normal(4, 5)},
    ),
    "scaled rows": (
        "sum(exp(a ones(n)^T + ones(m) b^T) .* C)",
        "a",
        "C in R^{m x n}, a in R^m, b in R^n",
        {"a": normal(4), "b": normal(3), "C": normal(4, 3)},
    ),
}


def module(name, target):
    """The code of a problem, and the functions that it has."""
    expression, wrt, where, _ = PROBLEMS[name]
    made = answer(Question(expression, "d/d" + wrt, (where,) if where else ()))
    functions = ("value", "gradient", "hvp", *(["hessian"] if np.ndim(PROBLEMS[name][3][wrt]) < 2 else []))
    return made.code(target, functions), functions


def signature(name):
    """The parameters of each function, as NumPy's code has them."""
    text, functions = module(name, "numpy")
    space = load(text)
    return {f: space[f].__code__.co_varnames[: space[f].__code__.co_argcount] for f in functions}, space


def values_of(name):
    _, wrt, _, values = PROBLEMS[name]
    direction = np.random.default_rng(1).normal(size=np.shape(values[wrt]))
    known = {*values}
    new = "v"
    while new in known:
        new += "_"
    return {**values, new: direction + direction.T if name in {"gauss", "triangular factor"} else direction}


def flat(array):
    """Entries along columns."""
    return np.ravel(np.asarray(array, float), order="F")


def numbers(array):
    return ", ".join([repr(float(x)) for x in flat(array)])


def octave_literal(array):
    array = np.asarray(array)
    if array.ndim == 0:
        return repr(float(array))
    return f"reshape([{numbers(array)}], {', '.join(map(str, (*array.shape, 1)[:2]))})"


def r_literal(array):
    array = np.asarray(array)
    if array.ndim == 0:
        return repr(float(array))
    return f"c({numbers(array)})" if array.ndim == 1 else f"matrix(c({numbers(array)}), {array.shape[0]})"


def julia_literal(array):
    array = np.asarray(array)
    if array.ndim == 0:
        return repr(float(array))
    return f"[{numbers(array)}]" if array.ndim == 1 else f"reshape([{numbers(array)}], {array.shape[0]}, :)"


def eigen_literal(name, array):
    array = np.asarray(array)
    if array.ndim == 0:
        return f"double {name} = {float(array)!r};"
    kind = "Eigen::VectorXd" if array.ndim == 1 else "Eigen::MatrixXd"
    return f"std::vector<double> {name}_data{{{numbers(array)}}};\n{kind} {name} = Eigen::Map<{kind}>({name}_data.data(), {', '.join(map(str, array.shape))});"


def octave(code, calls, values, folder):
    lines = [f"{name} = {octave_literal(array)};" for name, array in values.items()]
    lines += [f'r = {f}({", ".join(names)}); printf("%.17g ", r(:)); printf("\\n");' for f, names in calls.items()]
    (folder / "script.m").write_text(code + "\n".join(lines) + "\n")
    return ["octave-cli", "--no-gui", "-q", "--no-init-file", str(folder / "script.m")]


def r(code, calls, values, folder):
    lines = [f"{name} <- {r_literal(array)}" for name, array in values.items()]
    lines += [f'cat(formatC(c({f}({", ".join(names)})), digits = 17), "\\n")' for f, names in calls.items()]
    (folder / "script.r").write_text(code + "\n".join(lines) + "\n")
    return ["Rscript", "--vanilla", str(folder / "script.r")]


def julia(code, calls, values, folder):
    lines = [f"{name} = {julia_literal(array)}" for name, array in values.items()]
    lines += [f'println(join(vec([{f}({", ".join(names)});;]), " "))' for f, names in calls.items()]
    (folder / "script.jl").write_text(code + "\n".join(lines) + "\n")
    return ["julia", "--startup-file=no", str(folder / "script.jl")]


def eigen(code, calls, values, folder):
    lines = [eigen_literal(name, array) for name, array in values.items()]
    lines += [f"show({f}({', '.join(names)}));" for f, names in calls.items()]
    show = (
        '#include <cstdio>\n#include <vector>\nvoid show(double x) { std::printf("%.17g\\n", x); }\n'
        "void show(const Eigen::MatrixXd& X) { for (Eigen::Index k = 0; k < X.size(); ++k) "
        'std::printf("%.17g ", X.data()[k]); std::printf("\\n"); }\n'
    )
    (folder / "main.cpp").write_text(code + show + "int main() {\n" + "\n".join(lines) + "\n}\n")
    program = str(folder / "main")
    include = "-I/usr/include/eigen3"
    subprocess.run(["g++", "-std=c++17", include, str(folder / "main.cpp"), "-o", program], check=True, timeout=120)
    return [program]


RUN = {"matlab": ("octave-cli", octave), "r": ("Rscript", r), "julia": ("julia", julia), "eigen": ("g++", eigen)}


@pytest.mark.targets
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("target", RUN)
def test_the_numbers_are_numpys(target, name, tmp_path):
    program, run = RUN[target]
    if shutil.which(program) is None or (target == "eigen" and not Path("/usr/include/eigen3").is_dir()):
        pytest.skip(f"{program} is not installed")
    values = values_of(name)
    calls, space = signature(name)
    code, _ = module(name, target)
    command = run(code, calls, values, tmp_path)
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + code
    rows = [row for row in done.stdout.splitlines() if row.strip()]
    for row, (function, names) in zip(rows, calls.items(), strict=True):
        want = flat(call(space[function], {n: values[n] for n in names}))
        np.testing.assert_allclose([float(x) for x in row.split()], want, rtol=1e-9, atol=1e-11, err_msg=function)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("target", LANGUAGES)
def test_every_language_has_code(target, name):
    code, functions = module(name, target)
    assert all(f in code for f in functions)
    assert "np." not in code
    assert "None" not in code


@pytest.mark.parametrize("target", LANGUAGES)
def test_what_has_no_code_is_said(target):
    with pytest.raises(MatdiffError) as caught:
        answer(Question("a^T X^-1 b", "d/dX")).code(target, ("hessian",))
    assert caught.value.code == "E402"


@pytest.mark.parametrize("target", LANGUAGES)
def test_reserved_words_are_no_names(target):
    code = answer(Question("end^2", "d/dend", ("end scalar",))).code(target, ("gradient",))
    assert ("end_" in code) == (target in {"julia", "matlab"})


def test_rows_say_code_for_targets_alone():
    assert {target for row in TABLE.values() for target in row.code} <= set(TARGETS)
