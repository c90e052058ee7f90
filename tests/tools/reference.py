"""`make docs`: the pages of docs/reference/, which are made from the code.

`settings.md` from the fields of `Settings`, `commands.md` from the command line, `package.md` from the docstrings of what a
generated package offers. `tests/project/test_site.py` fails where a page is not what the code gives.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import click

from generator.cli.app import commands
from generator.settings import settings
from generator.settings.values import PARSERS
from tests.support.folders import ROOT
from tests.tools.reference_package import package_page
from tests.tools.reference_texts import attribute_docstrings, cell, code

FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code; not to be edited. -->"


def settings_page() -> str:
    """The settings: what each may be, its default, the option that wins over it, and what it says."""
    source = (ROOT / "generator" / "settings" / "settings.py").read_text("utf-8")
    texts, hints = attribute_docstrings(source, "Settings"), get_type_hints(settings.Settings)
    options = {
        {"only": "operations"}.get(str(one.name), str(one.name)): one.opts[-1]
        for one in commands.commands["check"].params  # generate's others are no settings: its --watch is not `watch`
        if isinstance(one, click.Option)
    }
    lines = [
        "# Settings, one by one",
        "",
        "Keys of `[tool.spectwin]` in `pyproject.toml`. [The guide to settings](../settings.md) shows each in use.",
    ]
    for key in PARSERS:
        name = key.replace("-", "_")
        lines += ["", f"## `{key}`", "", texts[name], "", f"- Value: {_kind(hints[name])}"]
        lines += [f"- Default: {_default(name)}"]
        if option := options.get("spec" if name == "spec" else name):
            lines += [f"- On the command line: `{option}`"]
        elif name == "spec":
            lines += ["- On the command line: the argument `SPEC`"]
    return "\n".join(lines) + "\n"


def _kind(hint: Any) -> str:
    """What a setting may be, in the words of TOML."""
    origin, arguments = get_origin(hint), [one for one in get_args(hint) if one is not NoneType]
    if NoneType in get_args(hint):
        return _kind(arguments[0])
    if origin is Literal:
        return " or ".join(code(f'"{one}"') for one in arguments)
    if hint is bool:
        return "`true` or `false`"
    if origin in {frozenset, tuple} and get_origin(arguments[0]) is Literal:
        return "one or some of " + ", ".join(code(f'"{one}"') for one in get_args(arguments[0]))
    if origin is tuple:
        return f"a list of {'paths' if arguments[0] is Path else 'texts'}"
    if origin is Mapping:
        return f"a table of {'numbers' if arguments[-1] is int else 'texts'}"
    return "a path" if hint is Path else "a text"


def _default(name: str) -> str:
    """The default of a setting, as it stands in TOML; in words if it is none."""
    field = settings.Settings.__dataclass_fields__[name]
    if name == "spec":
        return "none: it must be given, here or on the command line"
    match field.default:
        case bool() as value:
            return code(str(value).lower())
        case str() | Path() as value:
            return code(f'"{value}"')
        case tuple() | frozenset() as value if value:
            return "all of them"
    return "none"


def commands_page() -> str:
    """The commands: usage, arguments and options, as `--help` has them."""
    context = click.Context(commands, info_name="spectwin")
    lines = [
        "# The command line",
        "",
        cast("str", commands.help),
        "",
        "Each command shows its options with `-h` or `--help`.",
        "",
        *_options(commands, context),
    ]
    lines += ["", "```text", *_plain(commands.epilog or ""), "```"]
    for name in commands.list_commands(context):
        command = cast("click.Command", commands.get_command(context, name))
        own = click.Context(command, info_name=name, parent=context)
        usage = f"spectwin {name} {' '.join(command.collect_usage_pieces(own))}"
        lines += ["", f"## `{name}`", "", "```text", usage, "```", "", *_plain(command.help or ""), ""]
        lines += _options(command, own)
    return "\n".join(lines) + "\n"


def _plain(text: str) -> list[str]:
    return inspect.cleandoc(text.replace("\b\n", "")).splitlines()


def _options(command: click.Command, context: click.Context) -> Iterable[str]:
    """The table of a command's options."""
    yield "| option | what it does |"
    yield "| --- | --- |"
    for one in command.get_params(context):
        if isinstance(one, click.Option) and "--help" not in one.opts:
            names, said = cast("tuple[str, str]", one.get_help_record(context))
            default = one.default if isinstance(one.default, str) and not isinstance(one.default, Enum) else ""
            more = f" Default: {code(default)}." if default and default not in said else ""
            yield f"| {cell(code(names))} | {cell(said)}{more} |"


PAGES = {"settings.md": settings_page, "commands.md": commands_page, "package.md": package_page}


@cache
def pages() -> dict[str, str]:
    """The text of each page, by its name."""
    made = {}
    for name, page in PAGES.items():
        title, _, rest = page().partition("\n")
        made[name] = f"{title}\n\n{MADE}\n{rest}"
    return made


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"docs/reference/{name} written\n")
