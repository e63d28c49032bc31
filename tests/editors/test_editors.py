"""The README's recipes in the real editors, in batch mode: a selection goes through `matdiff filter` and comes back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.editors

BEFORE = "Then\n    $\\nabla_{\\bm x} \\bm x^{\\mathsf T} A \\bm x$.\nEnd\n"
AFTER = "Then\n    $(A + A^{\\mathsf T}) \\bm x$.\nEnd\n"
WRONG = "Then\n    d/dX trc(X)\nEnd\n"
REPORTED = "Then\n    {} matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\n    d/dX trc(X)\nEnd\n"


def recipe(language):
    """The code block of the README in `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)[-1]


@pytest.fixture
def edit(tmp_path):
    """Run an editor's command on a file that holds `text`; -> what the file then holds."""
    program = tmp_path / "bin" / "matdiff"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m matdiff "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }

    def run(text, command, name="text.tex"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [*command, str(file)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done
        return file.read_text(encoding="utf-8")

    return run


def needs(editor):
    return pytest.mark.skipif(not shutil.which(editor), reason=f"no {editor}")


@pytest.mark.parametrize("editor", [pytest.param("vim", marks=needs("vim")), pytest.param("nvim", marks=needs("nvim"))])
class TestVim:
    def command(self, tmp_path, editor, keys):
        (tmp_path / "vimrc").write_text("set encoding=utf-8 nocompatible\n" + recipe("vim"), encoding="utf-8")
        quiet = ["--headless", "-n", "-i", "NONE"] if editor == "nvim" else ["-es", "-n", "-i", "NONE", "-X"]
        return [
            editor,
            *quiet,
            "-u",
            str(tmp_path / "vimrc"),
            "-c",
            "filetype plugin on | filetype detect",
            "-c",
            f'execute "normal {keys}"',
            "-c",
            "wq",
            "--",
        ]

    def test_a_formula_within_a_line(self, edit, tmp_path, editor):
        assert edit(BEFORE, self.command(tmp_path, editor, "2G0f$vf$gm")) == AFTER

    def test_whole_lines(self, edit, tmp_path, editor):
        assert edit(BEFORE, self.command(tmp_path, editor, "2GVgm")) == AFTER

    def test_an_error_becomes_a_comment_of_the_document(self, edit, tmp_path, editor):
        assert edit(WRONG, self.command(tmp_path, editor, "2GVgm"), "text.py") == REPORTED.format("#")
        assert edit(WRONG, self.command(tmp_path, editor, "2GVgm"), "text.c") == REPORTED.format("/*").replace(
            "?)\n", "?) */\n"
        )

    def test_the_plain_filter_command(self, edit, tmp_path, editor):
        assert edit(BEFORE, self.command(tmp_path, editor, ":%!matdiff filter\\<CR>")) == AFTER


@needs("emacs")
class TestEmacs:
    def command(self, tmp_path, form):
        (tmp_path / "recipe.el").write_text(recipe("elisp"), encoding="utf-8")
        (tmp_path / "edit.el").write_text(
            "(find-file (pop command-line-args-left)) (goto-char (point-min)) (forward-line 1) (set-mark (point))"
            f" (end-of-line) {form} (save-buffer)",
            encoding="utf-8",
        )
        return ["emacs", "--batch", "-Q", "-l", str(tmp_path / "recipe.el"), "-l", str(tmp_path / "edit.el")]

    def test_a_region(self, edit, tmp_path):
        assert edit(BEFORE, self.command(tmp_path, "(matdiff-region (region-beginning) (region-end))")) == AFTER

    def test_keeping_the_question(self, edit, tmp_path):
        command = self.command(tmp_path, "(matdiff-region (region-beginning) (region-end) t)")
        assert edit(BEFORE, command) == BEFORE.replace("\\bm x$", "\\bm x = (A + A^{\\mathsf T}) \\bm x$")

    def test_org_mode_and_its_comments(self, edit, tmp_path):
        command = self.command(tmp_path, "(matdiff-region (region-beginning) (region-end))")
        assert edit(BEFORE.replace("$\\", "\\(\\").replace("x$", "x\\)"), command, "text.org") == AFTER.replace(
            "$(", "\\(("
        ).replace("x$", "x\\)")
        assert edit(WRONG, command, "text.org") == REPORTED.format("#")


@needs("kak")
def test_kakoune(edit, tmp_path):
    (tmp_path / "kakrc").write_text(recipe("kak"))
    keys = "execute-keys 2gxx; execute-keys '<space>d'"
    command = [
        "kak",
        "-n",
        "-ui",
        "dummy",
        "-e",
        f"source {tmp_path}/kakrc; edit {tmp_path}/text.tex; {keys}; write; quit",
    ]
    assert edit(BEFORE, command) == AFTER


def pandoc():
    """The program: that of the system, else the one that pypandoc brings."""
    found = shutil.which("pandoc")
    if found is None:
        found = pytest.importorskip("pypandoc", reason="no pandoc").get_pandoc_path()
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [("text.md", "```matdiff\n{}\n```\n"), ("text.org", "#+begin_src matdiff\n{}\n#+end_src\n")],
)
def test_pandoc(edit, tmp_path, name, text):
    (tmp_path / "matdiff.lua").write_text(recipe("lua"), encoding="utf-8")
    command = [pandoc(), "--lua-filter", str(tmp_path / "matdiff.lua"), "-t", "latex", "-o", str(tmp_path / "out.tex")]
    edit(text.format("d/dX tr(A X)"), command, name)
    assert (tmp_path / "out.tex").read_text(encoding="utf-8") == "\\[A^{\\top}\\]\n"
    edit(text.format("d/dX tr(A X)\nd/dX trc(X)\nd/dx x^T x"), command, name)
    made = (tmp_path / "out.tex").read_text(encoding="utf-8")
    assert "\\textbf{\\texttt{d/dX\\ trc(X)}" in made
    assert "E102" in made
    assert made.index("A^{\\top}") < made.index("E102") < made.index("\\[2 x\\]")


def test_a_markdown_document_through_the_filter_and_pandoc(edit, tmp_path):
    command = [
        "sh",
        "-c",
        f'matdiff filter --comment "<!-- %s -->" < "$0" | {pandoc()} -f markdown -t latex -o {tmp_path}/out.tex',
    ]
    edit("The gradient is $\\nabla_x x^\\top x$.\n", command, "text.md")
    assert (tmp_path / "out.tex").read_text(encoding="utf-8") == "The gradient is \\(2 x\\).\n"


STAND_IN = """
const { readFileSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const [, , file, language, begin, end] = process.argv;
const text = readFileSync(file, "utf8");
const commands = {};
const document = {
  languageId: language, version: 1, uri: { scheme: "file", fsPath: file },
  getText: (selection) => text.slice(selection.begin, selection.end),
};
const selection = { begin: Number(begin), end: Number(end), isEmpty: begin === end };
const editor = {
  document, selections: [selection],
  edit: async (change) => change({
    replace: (at, answer) => writeFileSync(file, text.slice(0, at.begin) + answer + text.slice(at.end)),
  }),
};
const vscode = {
  window: { activeTextEditor: editor, showErrorMessage: (message) => console.error(message) },
  workspace: { getConfiguration: () => ({ get: (name, otherwise) => process.env.MATDIFF_PROGRAM || otherwise }) },
  commands: { registerCommand: (name, run) => { commands[name] = run; } },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const manifest = require(process.env.EXTENSION + "/package.json");
require(process.env.EXTENSION + "/" + manifest.main).activate({ subscriptions: [] });
if (manifest.contributes.commands.some((one) => !commands[one.command])) throw new Error("a command is missing");
commands[process.env.COMMAND]();
"""


@needs("node")
class TestVisualStudioCode:
    """The extension itself, in Node, with a stand-in for what the editor gives it: one file, one selection."""

    @pytest.fixture
    def run(self, edit, tmp_path):
        (tmp_path / "editor.js").write_text(STAND_IN, encoding="utf-8")
        extension = ROOT / "matdiff" / "cli" / "editors" / "vscode"

        def answer(text, selected, language="latex", command="matdiff.replace", name="text.tex", program=""):
            begin = text.index(selected)
            told = f"EXTENSION='{extension}' COMMAND={command} MATDIFF_PROGRAM={program}"
            script = f'{told} exec node "$0" "$4" "$1" "$2" "$3"'
            places = [language, str(begin), str(begin + len(selected))]
            return edit(text, ["sh", "-c", script, str(tmp_path / "editor.js"), *places], name)

        return answer

    def test_a_selection_is_replaced(self, run):
        assert run(BEFORE, BEFORE.split("\n")[1]) == AFTER

    def test_the_question_is_kept(self, run):
        kept = run("d/dX log det X\n", "d/dX log det X", "python", "matdiff.append", "text.py")
        assert kept == "d/dX log det X = X^-T\n"

    def test_a_mistake_becomes_a_comment_of_the_language(self, run):
        assert run(WRONG, "    d/dX trc(X)", "python", name="text.py") == REPORTED.format("#")

    def test_a_program_that_is_missing_changes_nothing(self, run):
        assert run(BEFORE, BEFORE.split("\n")[1], program="no-such-program") == BEFORE


def test_the_other_recipes_are_well_formed():
    import tomllib

    assert '"C-d" = ":pipe matdiff filter"' in README
    for block in re.findall(r"^```toml\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        tomllib.loads(block)
