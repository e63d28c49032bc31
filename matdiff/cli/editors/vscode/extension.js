// Pipes each selection through `matdiff filter` and puts what comes back in its place; a mistake comes back as the
// selection with a comment before it.
"use strict";

const { spawn } = require("node:child_process");
const path = require("node:path");
const vscode = require("vscode");

// how a language writes comments, where it isn't with %: as `matdiff filter --comment` takes it
const COMMENTS = {
  c: "// %s", cpp: "// %s", csharp: "// %s", go: "// %s", java: "// %s", javascript: "// %s", rust: "// %s",
  typescript: "// %s", typst: "// %s", html: "<!-- %s -->", markdown: "<!-- %s -->", quarto: "<!-- %s -->",
  julia: "# %s", org: "# %s", plaintext: "# %s", python: "# %s", r: "# %s", restructuredtext: ".. %s", lua: "-- %s",
};

function filtered(text, document, more) {
  const command = vscode.workspace.getConfiguration("matdiff").get("command", "matdiff");
  const comment = COMMENTS[document.languageId] || "% %s";
  const folder = document.uri.scheme === "file" ? path.dirname(document.uri.fsPath) : undefined;
  return new Promise((resolve, reject) => {
    const program = spawn(command, ["filter", "--comment", comment, ...more], { cwd: folder, env: { ...process.env, PYTHONUTF8: "1" } });
    const parts = [];
    let complaint = "";
    program.on("error", reject);
    program.stdout.on("data", (part) => parts.push(part));
    program.stderr.on("data", (part) => { complaint += part; });
    program.on("close", () => {
      const answer = Buffer.concat(parts).toString("utf8");
      if (answer) resolve(answer); else reject(new Error(complaint.trim() || "no answer"));
    });
    program.stdin.on("error", () => {}); // said by "error" or "close"
    program.stdin.end(text, "utf8");
  });
}

async function answer(...more) {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { document } = editor;
  const version = document.version;
  const selections = editor.selections.filter((selection) => !selection.isEmpty);
  try {
    const answers = await Promise.all(selections.map((selection) => filtered(document.getText(selection), document, more)));
    if (document.version !== version) throw new Error("the text was changed meanwhile");
    await editor.edit((edit) => selections.forEach((selection, k) => edit.replace(selection, answers[k])));
  } catch (error) {
    vscode.window.showErrorMessage(`matdiff: ${error.message}`);
  }
}

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("matdiff.replace", () => answer()),
    vscode.commands.registerCommand("matdiff.append", () => answer("--append")),
  );
};
exports.deactivate = () => {};
