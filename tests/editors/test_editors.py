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


@needs("pandoc")
@pytest.mark.parametrize(
    ("name", "text"),
    [("text.md", "```matdiff\nd/dX tr(A X)\n```\n"), ("text.org", "#+begin_src matdiff\nd/dX tr(A X)\n#+end_src\n")],
)
def test_pandoc(edit, tmp_path, name, text):
    (tmp_path / "matdiff.lua").write_text(recipe("lua"), encoding="utf-8")
    edit(
        text,
        ["pandoc", "--lua-filter", str(tmp_path / "matdiff.lua"), "-t", "latex", "-o", str(tmp_path / "out.tex")],
        name,
    )
    assert (tmp_path / "out.tex").read_text(encoding="utf-8") == "\\[A^{\\top}\\]\n"


@needs("pandoc")
def test_a_markdown_document_through_the_filter_and_pandoc(edit, tmp_path):
    command = [
        "sh",
        "-c",
        f'matdiff filter --comment "<!-- %s -->" < "$0" | pandoc -f markdown -t latex -o {tmp_path}/out.tex',
    ]
    edit("The gradient is $\\nabla_x x^\\top x$.\n", command, "text.md")
    assert (tmp_path / "out.tex").read_text(encoding="utf-8") == "The gradient is \\(2 x\\).\n"


def test_the_other_recipes_are_well_formed():
    import json
    import tomllib

    task = json.loads(recipe("json"))["tasks"][0]
    assert task["args"][-1] == "${selectedText}"
    assert '"C-d" = ":pipe matdiff filter"' in README
    for block in re.findall(r"^```toml\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        tomllib.loads(block)
