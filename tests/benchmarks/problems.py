"""How long `solve` and `dual` take with many terms, unknowns and constraints: CPU seconds, which should grow linearly.

python tests/benchmarks/problems.py
"""

from __future__ import annotations

import time

from matdiff.problems.asking import dual_problem, solution
from matdiff.problems.problem import Asked


def seconds(ask, text):
    begin = time.process_time()
    answer = ask(Asked(text))
    assert answer.unicode, text
    return time.process_time() - begin


def main():
    solution(Asked("min_x ||A x - b||^2"))
    print("  of each   terms  unknowns  constraints of a dual")
    for n in (5, 10, 20, 50):
        counted = range(1, n + 1)
        terms = "min_x " + " + ".join([f"||A_{k} x - b_{k}||^2" for k in counted])
        names = ", ".join([f"x_{k}" for k in counted])
        unknowns = f"min_{{{names}}} " + " + ".join([f"||x_{k} - b_{k}||^2" for k in counted])
        rules = "min_x ||x||^2 s.t. " + ", ".join([f"a_{k}^T x <= {k}" for k in counted])
        times = [seconds(solution, terms), seconds(solution, unknowns), seconds(dual_problem, rules)]
        print(f"{n:9d}" + "".join([f"{one:9.2f}" for one in times]))


if __name__ == "__main__":
    main()
