"""Benchmarks: ratios of times measured side by side, interleaved, as medians.  Nothing here is a test.

    python tests/benchmarks/run.py [growth] [process] [stream] [hessians]

growth     the derivative of tr(A_1 X A_2 X … A_n X) by X and of w^T tanh(W_n tanh(… W_1 x)) by x, as graph and as code,
           n = 32 against n = 256
process    one question as a whole process, against `import click, lark` and against SymPy printing the same derivative
certificates  what the certificate of an answer costs
stream     questions a second through `matdiff - --json`
hessians   all second derivatives of the corpus, warm
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

CASES = ROOT / "tests" / "corpus" / "visible.jsonl"
SYMPY = """
from sympy import MatrixSymbol, Trace, symbols
n = symbols("n")
X, B = MatrixSymbol("X", n, n), MatrixSymbol("B", n, n)
print(Trace(X.T * B * X).diff(X))
"""


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def cases():
    with CASES.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def interleaved(tasks, rounds):
    """Median seconds of each task, each round running all of them; one untimed round first."""
    times = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def long_trace(n):
    """The trace of a product of n matrices and n times X."""
    product = " ".join([f"A_{i} X" for i in range(1, n + 1)])
    declarations = ["X in R^{p x q}", *[f"A_{i} in R^{{q x p}}" for i in range(1, n + 1)]]
    return f"tr({product})", "d/dX", tuple(declarations)


def deep_net(n):
    """So many layers of tanh, of one width."""
    text = "x"
    for i in range(1, n + 1):
        text = f"tanh(W_{i} {text})"
    declarations = ["x in R^p", "w in R^p", *[f"W_{i} in R^{{p x p}}" for i in range(1, n + 1)]]
    return f"w^T {text}", "d/dx", tuple(declarations)


def derivative_graph(expr, wrt, where):
    """Only the graph of the derivative: read, infer, lower, differentiate."""
    from matdiff.calculator import Question
    from matdiff.calculus.lower import Lowering
    from matdiff.calculus.variables import derive, variables_of
    from matdiff.graph.graph import Graph
    from matdiff.reading.reader import read_question
    from matdiff.reading.shapes import infer

    question = Question(expr=expr, wrt=wrt, where=where)
    sys.setrecursionlimit(100_000)
    with Graph().in_force():
        typed = infer(read_question(question.expr, question.wrt, question.where))
        lowering = Lowering(typed.symbols)
        value = lowering.lower(typed.expression)
        return derive(value.node, variables_of(typed, lowering), question.symmetric)


def growth():
    from matdiff.calculator import Question, answer
    from matdiff.errors import MatdiffError

    def whole(expr, wrt, where):
        return answer(Question(expr=expr, wrt=wrt, where=where))

    ways = {
        "graph of the derivative": derivative_graph,
        "printed answer": lambda *question: whole(*question).ascii,
        "numpy code": lambda *question: whole(*question).code("numpy"),
    }
    for name, make in (("trace of a product", long_trace), ("net of tanh layers", deep_net)):
        for way, run in ways.items():
            try:
                times = interleaved({n: lambda n=n, run=run, make=make: run(*make(n)) for n in (32, 256)}, 3)
            except (RecursionError, MatdiffError) as error:
                say(f"growth, {name}, {way}: no answer, {error}")
                continue
            say(
                f"growth, {name}, {way}: {1000 * times[32]:.1f} ms at n = 32, {1000 * times[256]:.1f} ms at n = 256:"
                f" {times[256] / times[32]:.1f} x"
            )


def process():
    python = sys.executable

    def run(*command):
        return lambda: subprocess.run([python, *command], cwd=ROOT, capture_output=True, check=True)

    times = interleaved({
        "import click, lark": run("-c", "import click, lark"),
        "matdiff": run("-m", "matdiff", "d/dX", "tr(X^T B X)"),
        "SymPy": run("-c", SYMPY),
    }, 15)  # fmt: skip
    say("process: " + ", ".join([f"{name} {1000 * seconds:.0f} ms" for name, seconds in times.items()]))
    say(
        f"process: {times['matdiff'] / times['import click, lark']:.2f} x importing click and lark,"
        f" {times['matdiff'] / times['SymPy']:.2f} x SymPy"
    )


def stream():
    questions = [
        {"id": case["id"], "expr": case["expr"], "wrt": case["wrt"], "where": case["where"]} for case in cases()
    ]

    def text(times):
        return "".join([json.dumps(question) + "\n" for question in questions * times])

    def run(times):
        given = text(times)
        return lambda: subprocess.run(
            [sys.executable, "-m", "matdiff", "-", "--json"],
            cwd=ROOT,
            input=given,
            text=True,
            capture_output=True,
            check=False,
        )

    times = interleaved({"once": run(1), "thrice": run(3)}, 3)
    seconds = (times["thrice"] - times["once"]) / (2 * len(questions))
    say(
        f"stream: {1 / seconds:.0f} questions a second of the corpus ({1000 * seconds:.2f} ms each), start-up taken off"
    )


def hessians():
    from matdiff.calculator import Question, answer
    from matdiff.errors import MatdiffError

    questions = [
        Question(expr=case["expr"], wrt=case["wrt"], where=(case["where"],)) for case in cases() if case["order"] == 2
    ]

    def run():
        for question in questions:
            try:
                answer(question).ascii  # noqa: B018 # written as well
            except MatdiffError:
                continue

    seconds = interleaved({"all": run}, 3)["all"]
    say(f"hessians: {len(questions)} second derivatives in {seconds:.2f} s, warm")


def certificates():
    """What a certificate costs, warm: the answer's text read again and evaluated against the graph."""
    from matdiff.calculator import Question, answer
    from matdiff.certificate import certify
    from matdiff.errors import MatdiffError

    made = []
    for case in cases():
        try:
            made.append(answer(Question(expr=case["expr"], wrt=case["wrt"], where=(case["where"],), no_certify=True)))
        except MatdiffError:
            continue
    seconds = []
    for _ in range(3):
        for each in made:
            with each.graph.branch().in_force():
                start = time.perf_counter()
                certify(each, each.laid)
                seconds.append(time.perf_counter() - start)
    middle = 1e3 * statistics.median(seconds)
    say(f"certificates: {len(made)} answers, {middle:.2f} ms in the median, {1e3 * max(seconds):.0f} ms at most")


BENCHMARKS = {
    "certificates": certificates,
    "process": process,
    "stream": stream,
    "hessians": hessians,
    "growth": growth,
}


def main():
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
