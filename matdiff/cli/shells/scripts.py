"""The completion scripts: written out once from the options, so that a press of TAB starts no process.

Each completes commands, options and their values (behind a blank or =), operators, and the functions inside an
expression, quoted or not.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

import click

from matdiff.cli.command import Name
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPERATORS = ("d/dX", "d/dx", "d/dx^T", "d^2/dx^2", "∇_x")
HEAD = "completion for matdiff; made by: matdiff completions {name}"


class Flag(NamedTuple):
    """An option as shells see it: its spellings, what it does, whether a value follows, and the values there are
    (none: a file or free text).
    """

    names: tuple[str, ...]
    help: str
    valued: bool
    values: tuple[str, ...]
    is_file: bool


class Words(NamedTuple):
    """All that is completed."""

    flags: tuple[Flag, ...]
    commands: Mapping[str, str]
    functions: tuple[str, ...]
    arguments: Mapping[str, tuple[str, ...]]  # what may follow a command


def words(
    params: Iterable[click.Parameter], commands: Mapping[str, str], arguments: Mapping[str, tuple[str, ...]]
) -> Words:
    """Gather what is completed from click's parameters and the function table."""
    flags = tuple(_flag(param) for param in params if isinstance(param, click.Option))
    return Words(flags, commands, functions(), arguments)


def functions() -> tuple[str, ...]:
    """The functions that people type by name."""
    return tuple(row.name for row in TABLE.values() if row.written in {"", "norm"} and row.arity != (0, 0))


def _flag(option: click.Option) -> Flag:
    values = option.type.names() if isinstance(option.type, Name) else ()
    return Flag(
        tuple(option.opts), (option.help or "").rstrip("."), not option.is_flag, values, option.metavar == "FILE"
    )


def script(shell: str, said: Words) -> str:
    """The script for bash, zsh or fish."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](said)


def _bash(said: Words) -> str:
    cases = "\n".join(f"        {'|'.join(flag.names)}) {_bash_values(flag)} ;;" for flag in said.flags if flag.valued)
    follows = "\n".join(
        f"        {command}) {_bash_choice(given)}; return ;;" for command, given in said.arguments.items()
    )
    options = _bash_choice(name for flag in said.flags for name in flag.names if name.startswith("--"))
    return rf"""# {HEAD.format(name="bash")}
_matdiff() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" stem before name
    COMPREPLY=()
    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev="${{COMP_WORDS[COMP_CWORD-2]}}"
    fi
    case $prev in
{cases}
    esac
    if [[ $cur == --* ]]; then
        {options}
        return
    fi
    case ${{COMP_WORDS[1]}} in
{follows}
    esac
    if ((COMP_CWORD == 1)); then
        {_bash_choice((*said.commands, *OPERATORS))}
        ((${{#COMPREPLY[@]}})) && return
    fi
    cur=${{cur#[\"\']}}
    stem=${{cur##*[^A-Za-z_]}}
    [[ -n $stem ]] || return
    before=${{cur%"$stem"}}
    compopt -o nospace -o noquote 2>/dev/null
    for name in {" ".join(said.functions)}; do
        [[ $name == "$stem"* ]] && COMPREPLY+=("$before$name(")
    done
}}
complete -F _matdiff matdiff
"""


def _bash_choice(given: Iterable[str]) -> str:
    return f'COMPREPLY=($(compgen -W "{" ".join(given)}" -- "$cur"))'


def _bash_values(flag: Flag) -> str:
    if flag.is_file:
        return 'COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return'
    return f"{_bash_choice(flag.values)}; return" if flag.values else "return"


def _zsh(said: Words) -> str:
    options = "\n".join(f"        {_zsh_option(flag)} \\" for flag in said.flags)
    commands = "\n".join(f"        '{name}:{_zsh_quoted(says)}'" for name, says in said.commands.items())
    follows = "\n".join(
        f"        {command}) compadd -- {' '.join(given)}; return ;;" for command, given in said.arguments.items()
    )
    operators = " ".join(f"'{text}'" for text in OPERATORS)
    return rf"""#compdef matdiff
# {HEAD.format(name="zsh")}
_matdiff_first() {{
    local -a commands=(
{commands}
    )
    local -a operators=({operators})
    _describe -t commands command commands
    compadd -X operator -a operators
    _matdiff_expression
}}
_matdiff_expression() {{
    case ${{words[2]}} in
{follows}
    esac
    local -a functions=({" ".join(said.functions)})
    compset -P '*[^A-Za-z_]'
    [[ -n $PREFIX ]] && compadd -S '(' -X function -a functions
}}
_matdiff() {{
    _arguments -s -S \
{options}
        '1:operator or command:_matdiff_first' \
        '*:expression:_matdiff_expression'
}}
if [[ $funcstack[1] == _matdiff ]]; then
    _matdiff "$@"
else
    compdef _matdiff matdiff
fi
"""


def _quoted(text: str) -> str:
    return text.replace("'", "’").replace("[", "(").replace("]", ")")


def _zsh_quoted(text: str) -> str:
    return _quoted(text).replace(":", r"\:")


def _zsh_option(flag: Flag) -> str:
    names = [
        f"{name}=" if flag.valued and name.startswith("--") else f"{name}+" if flag.valued else name
        for name in flag.names
    ]
    action = ""
    if flag.valued:
        action = ":file:_files" if flag.is_file else f":value:({' '.join(flag.values)})" if flag.values else ":value: "
    spelled = "{" + ",".join(names) + "}" if len(names) > 1 else names[0]
    return f"'*'{spelled}'[{_zsh_quoted(flag.help)}]{action}'"


def _fish(said: Words) -> str:
    lines = [
        f"complete -c matdiff -n __fish_use_subcommand -a {name} -d '{_quoted(says)}'"
        for name, says in said.commands.items()
    ]
    lines += [f"complete -c matdiff -n __fish_use_subcommand -a '{operator}' -d operator" for operator in OPERATORS]
    lines += [
        f"complete -c matdiff -n '__fish_seen_subcommand_from {name}' -a '{' '.join(given)}'"
        for name, given in said.arguments.items()
        if given
    ]
    lines += [
        (
            f"complete -c matdiff -n 'not __fish_seen_subcommand_from {' '.join(said.arguments)}' -a"
            " '(__matdiff_functions)' -d function"
        )
    ]
    lines += [_fish_option(flag) for flag in said.flags]
    entries = "\n".join(lines)
    return rf"""# {HEAD.format(name="fish")}
function __matdiff_functions
    set -l token (commandline -ct)
    set -l stem (string match -r '[A-Za-z_]+$' -- $token)
    test -n "$stem"; or return
    set -l before (string replace -r '[A-Za-z_]+$' '' -- $token | string replace -r '^["\']' '')
    for name in {" ".join(said.functions)}
        echo "$before$name("
    end
end
complete -c matdiff -f
{entries}
"""


def _fish_option(flag: Flag) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)
    takes = ""
    if flag.valued:
        takes = " -r -F" if flag.is_file else f" -x -a '{' '.join(flag.values)}'" if flag.values else " -x"
    return f"complete -c matdiff {names}{takes} -d '{_quoted(flag.help)}'"
