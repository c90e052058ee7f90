"""`spectwin diff OLD NEW`: what changed between two documents, and what it means."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

if TYPE_CHECKING:
    from .model import Change, Severity
    from .revisions import Loaded

_LEVELS = ("error", "warning", "info", "none")


def run(
    old: str,
    new: str,
    *,
    format_: str = "text",
    fail_on: str = "never",
    severities: Mapping[str, str] | None = None,
    python: bool = True,
    colour: bool = False,
) -> tuple[str, int]:
    """The output and the exit status: 0, or 1 where a change is at or above `fail_on`.

    Raises Refused where a side can't be read (exit status 2): that never reads as "no changes".
    """
    from . import report
    from .revisions import load_side
    from .rules import FailOn, fails, override
    from .walk import compare

    before, after = load_side(old, new), load_side(new, old)
    changes = compare(before, after)
    if python:
        changes = (*changes, *_python(before, after))
    changes = override(changes, cast("Mapping[str, Severity | Literal['none']]", severities or {}))
    if format_ == "json":
        text = report.as_json(changes, before, after)
    elif format_ == "markdown":
        text = report.as_markdown(changes, before, after)
    else:
        text = report.as_text(changes, before, after, colour=colour)
    return text, 1 if fails(changes, cast("FailOn", fail_on)) else 0


def _python(before: Loaded, after: Loaded) -> tuple[Change, ...]:
    """The Python axis: both packages generated with the project's settings and compared.

    Raises Refused where one of the documents can't be generated from.
    """
    if before.root == after.root:  # whatever order the members are in, the package's surface is the same
        return ()
    from .. import check, pipeline, settings
    from .python_surface import compare_python

    chosen = settings.read(Path(), {})[0]
    files = []
    for side in (before, after):
        document, _ = check.check(side.document, lenient=True)
        files.append(pipeline.build(document, chosen).files)
    return compare_python(files[0], files[1])


def _severities(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, equals, level = value.partition("=")
        if not equals or level not in _LEVELS:
            raise click.BadParameter(f"{value!r} is not IDENTIFIER={'|'.join(_LEVELS)}")
        found[name] = level
    return found


@click.command(name="diff", short_help="Say what changed between two documents, and what breaks.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print the changes.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "warning", "any", "never"]),
    default="never",
    show_default=True,
    help="Exit with status 1 for a change at or above this level.",
)
@click.option(
    "--severity",
    "severities",
    multiple=True,
    metavar="ID=LEVEL",
    callback=_severities,
    help="Judge an identifier otherwise: error, warning, info or none. Can be given several times.",
)
@click.option("--python/--no-python", default=True, show_default=True, help="Compare the generated packages too.")
@click.option("--color/--no-color", "colour", default=None, help="Colours; by default on a terminal only.")
def diff(**options: Any) -> None:  # the options of `run`
    """Compare the documents OLD and NEW: files, or files in git revisions such as main:spec/openapi.json.

    `main:` alone stands for the other side's path in that revision.
    """
    from ..diagnostics import Refused, show

    colour = options.pop("colour")
    try:
        text, status = run(colour=sys.stdout.isatty() if colour is None else colour, **options)
    except Refused as refused:
        click.echo(show(refused.diagnostics), err=True)
        raise SystemExit(2) from None
    click.echo(text, nl=False, color=True)
    raise SystemExit(status)
