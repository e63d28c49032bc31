"""What becomes of many random questions: every way to fail once, with its shortest question.  Nothing here is a test.

python tests/benchmarks/survey.py [TIER [NUMBER [DEPTH [SEED]]]]
"""

from __future__ import annotations

import collections
import sys
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent)]
warnings.simplefilter("ignore")
sys.setrecursionlimit(50_000)

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402 # the path comes first
from oracle import asking  # noqa: E402 # the same
from oracle.duals import OutsideDomain  # noqa: E402 # the same
from oracle.generator import inputs, problems  # noqa: E402 # the same
from oracle.reading_back import complaint  # noqa: E402 # the same


def main():
    tier, number, depth, start = [int(text) for text in [*sys.argv[1:], *("1", "1000", "4", "0")[len(sys.argv) - 1 :]]]
    tally = collections.Counter()
    shortest = {}

    @seed(start)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(problems(tier=tier, depth=depth), inputs())
    def asked(problem, rng):
        try:
            outcome = asking.ask(problem, rng, printed=complaint)
        except OutsideDomain:
            tally["outside"] += 1
            return
        tally[outcome.verdict] += 1
        if outcome.verdict != "right":
            cause = (outcome.verdict, outcome.cause)
            tally[cause] += 1
            shortest[cause] = min(shortest.get(cause, outcome.detail), outcome.detail, key=len)

    asked()
    for cause, detail in sorted(shortest.items(), key=lambda item: (item[0][0], -tally[item[0]])):
        sys.stdout.write(f"{cause[0]} {tally[cause]} x  {cause[1]}\n    {detail[:1200]}\n")
    sys.stdout.write(", ".join([f"{name} {count}" for name, count in tally.items() if isinstance(name, str)]) + "\n")


if __name__ == "__main__":
    main()
