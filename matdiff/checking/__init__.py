"""Is a derivative that somebody worked out by hand right?  Proved, refuted with numbers, or left undecided."""

from matdiff.checking.verdict import Counterexample, Verdict

__all__ = ["Counterexample", "Verdict"]
