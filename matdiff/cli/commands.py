"""The commands: their modules, and what each does."""

from __future__ import annotations

COMMANDS = {  # name: (module in matdiff.cli, what it does); a module is loaded when its command runs
    "differentiate": ("program", "The derivative of an expression; the name may be left out."),
    "check": ("check", "Is a derivative worked out by hand right? Proof, or counterexample."),
    "solve": ("problems", "A problem in closed form: a derivative set to zero, an optimum, an equation."),
    "dual": ("problems", "The dual of a problem: Lagrangian, multipliers, constraints."),
    "minimize": ("minimize", "A problem on data: by a solver, or by an iteration, with generated derivatives."),
    "update": ("problems", "The iteration for a problem: gradient descent, Newton, proximal steps."),
    "filter": ("editors.filter", "For editors: a selection comes in, its replacement goes out."),
    "explain": ("explaining.explain", "What an error code or a function means, with an example."),
    "rules": ("explaining.rules", "The rulebook: every function with its differential and source."),
    "config": ("config", "The settings in force, and where each comes from."),
    "repl": ("prompt.repl", "Questions at a prompt, with history, completion and lasting declarations."),
    "man": ("shells.manual", "The manual page."),
    "completions": ("shells.completions", "Completions for bash, zsh and fish."),
}
PROBLEMS = ("solve", "dual", "update")  # what else a stream answers, besides checks
