"""Options that every command has, and what the environment says about colours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click

from .settings.values import WrongValue, limits

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_PROJECT = (
    "Use the settings of this folder instead of the current one. Other paths stay relative to the current folder."
)


def _given_before(context: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    """Take the option from in front of the command if it is not behind it."""
    before = context.parent.params.get("project") if context.parent else None
    return value or before


project = click.option("--project", type=_FOLDER, metavar="DIR", callback=_given_before, help=_PROJECT)
"""`--project DIR`, before or behind the command's name."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _limits(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """Read the bounds that are raised."""
    del context, parameter
    found: dict[str, object] = {}
    for value in values:
        name, _, number = value.partition("=")
        digits = number.replace("_", "").replace(",", "")
        found[name] = int(digits) if digits.isdecimal() and len(digits) < _DIGITS else number
    try:
        return limits(found)
    except WrongValue as error:
        raise click.BadParameter(f"{error}; {error.hint}" if error.hint else str(error)) from None


_DIGITS = 16
limit = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=NUMBER",
    callback=_limits,
    help="Raise a bound on documents, as the message that it was met says. Repeats.",
)
"""`--limit NAME=NUMBER`, for commands that read a document."""


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`, `--project` and `--limit` to a command."""
    return as_json(project(limit(command)))


def coloured(stream: IO[str]) -> bool:
    """Whether to write colours: to a terminal that has them, unless NO_COLOR is set (https://no-color.org)."""
    return redrawn(stream) and not os.environ.get("NO_COLOR")


def redrawn(stream: IO[str]) -> bool:
    """Whether it is a terminal that obeys commands: on a dumb one, a line that was written stays."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}
