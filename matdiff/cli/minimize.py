"""`matdiff minimize`: a problem on data, by a solver with the generated derivatives."""

from __future__ import annotations

import sys
import time
from matdiff.lean.typing import TYPE_CHECKING, Any

import click

from matdiff.cli.attempt import Manner, attempt
from matdiff.cli.command import Command
from matdiff.cli.options import colour_option, option, output_option
from matdiff.cli.output import Writer, WritingError, is_terminal, message, wants_colour
from matdiff.cli.problem_lines import operator_in_front
from matdiff.errors import MatdiffError
from matdiff.fields import BY_NAME, SUBJECT_TO
from matdiff.problems.problem import Asked

if TYPE_CHECKING:
    from matdiff.problems.result import Result

EXAMPLES = """\b
Examples:
  matdiff minimize "1/N sum(log(1 + exp(-y .* (X w))))" --over w --data X=X.npy --data y=y.npy
  matdiff minimize "min_w ||X w - y||^2 + 0.1 ||w||^2" --data table.csv --json
"""
_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 40


@click.command("minimize", cls=Command, epilog=EXAMPLES, options_metavar="[OPTIONS]")
@click.argument("words", nargs=-1, metavar="[UNKNOWNS] PROBLEM")
@click.option("--over", default="", metavar="NAMES", help="The unknowns: w, or 'w, b'.")
@click.option(
    "-d",
    "--data",
    "files",
    multiple=True,
    metavar="[NAME=]FILE",
    help="CSV, NPY, NPZ, Parquet, a Zarr folder or one of Parquet.",
)
@option(SUBJECT_TO)
@option(BY_NAME["where"])
@click.option(
    "-m", "--method", default="", metavar="METHOD", help="l-bfgs, newton-cg, trust-constr, or a method of update."
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Of Dask, for data in chunks; local starts a cluster.")
@click.option("--iterations", type=click.IntRange(min=1), default=1000, help="Steps at most [1000].")
@click.option("--eta", type=float, default=0.1, help="The step of an iteration of update [0.1].")
@click.option("--plot", default="", metavar="FILE", help="The path of the objective as a picture, FILE.svg.")
@option(BY_NAME["as_json"])
@output_option
@option(BY_NAME["quiet"])
@colour_option
def minimize(words: tuple[str, ...], **given: Any) -> int:
    """Minimise a problem on data. Where solve has a closed form, that is used, and said.

    The data are NAME=FILE, or a file whose columns are called as the symbols are. The result goes out as a table, as
    JSON, or with -o FILE.npz as arrays.
    """
    if not words or len(words) > 2:
        raise click.UsageError('what is to be minimised? matdiff minimize "||X w - y||^2" --over w --data table.csv')
    if words[-1] == "-":
        raise click.UsageError("a problem on data is no line of a stream: name the problem, and its data with --data")
    if given["plot"] and not given["plot"].lower().endswith(".svg"):
        raise click.UsageError(f"--plot draws SVG: a name such as path.svg is wanted, not '{given['plot']}'")
    wrt, expr = words if len(words) == 2 else operator_in_front(words[0])
    if given["over"] and wrt:
        raise click.UsageError(f"the unknowns are told twice: '{wrt}' and --over {given['over']}")
    wrt = wrt or given["over"]
    asked = Asked(expr, wrt, tuple(given["subject_to"]), tuple(given["where"]), tuple(given.get("defaults", ())))
    colour = wants_colour(sys.stderr, given["color"])
    manner = Manner("unicode", 0, given["quiet"], colour, getattr(sys.stderr, "encoding", "utf-8"))
    try:
        found = attempt(lambda: _run(asked, given))
    except MatdiffError as error:
        if not given["as_json"]:
            manner.complain(error)
            return 1
        from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # json is loaded only where it is spoken
        from matdiff.errors.report import error_object  # noqa: PLC0415 # as above

        click.echo(dump({"ok": False, "command": "minimize", "error": error_object(error)}))
        return 1
    return _told(found, given)


def _run(asked: Asked, given: dict[str, Any]) -> Result:
    from matdiff.problems.minimize import minimize as run  # noqa: PLC0415 # it loads NumPy

    return run(
        asked,
        given["files"],
        given["method"],
        given["iterations"],
        given["eta"],
        _progress(given["quiet"]),
        given["scheduler"],
    )


def _progress(quiet: bool) -> Any:
    """A line on standard error that tells how far it is, on a terminal."""
    if quiet or not is_terminal(sys.stderr):
        return None
    last = [0.0]

    def tell(step: int, value: float) -> None:
        now = time.monotonic()
        if now - last[0] > 0.1:
            last[0] = now
            sys.stderr.write(f"\r{step}: {value:.6g}   ")
            sys.stderr.flush()

    return tell


def _told(found: Result, given: dict[str, Any]) -> int:
    if given["plot"]:
        with Writer(given["plot"]) as picture:
            picture.line(svg(found.path))
    arrays = given["output"].lower().endswith(".npz")
    if arrays:
        _save(found, given["output"])
    if given["as_json"] or not arrays:
        with Writer("" if arrays else given["output"]) as writer:
            if given["as_json"]:
                from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # as above

                writer.line(dump(found.fields()))
            else:
                for line in found.lines():
                    writer.line(line)
    if not given["quiet"] and not given["as_json"]:
        for note in found.notes:
            message(f"note: {note}")
        if len(found.path) > 1 and is_terminal(sys.stderr):
            message(sparkline(found.path))
    return 0 if found.converged or given["method"] else 3


def _save(found: Result, path: str) -> None:
    import numpy as np  # noqa: PLC0415 # loaded where it is needed

    try:
        np.savez(path, **found.values)
    except OSError as error:
        raise WritingError(f"cannot write {path}: {error.strerror}") from None


def sparkline(path: list[float]) -> str:
    """The path of the objective in a line of bars."""
    step = max(1, len(path) // _WIDTH)
    values = path[::step]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    bars = "".join(_BARS[int((value - low) / span * (len(_BARS) - 1))] for value in values)
    return f"{path[0]:.4g} {bars} {path[-1]:.4g}"


def svg(path: list[float]) -> str:
    """The path of the objective as a picture."""
    width, height, edge = 480, 240, 10
    low, high = min(path), max(path)
    span, last = (high - low) or 1.0, max(1, len(path) - 1)
    points = " ".join(
        f"{edge + k * (width - 2 * edge) / last:.1f},{height - edge - (value - low) / span * (height - 2 * edge):.1f}"
        for k, value in enumerate(path)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        f'<text x="{edge}" y="{edge + 8}" font-size="10">{high:.6g}</text>'
        f'<text x="{edge}" y="{height - edge}" font-size="10">{low:.6g}</text></svg>'
    )
