"""`spectwin diff OLD NEW`: what changed between two documents, and what it means."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from .. import console, options
from ..diagnostics.diagnostic import Refused, visible
from ..settings.severities import AUDIENCES, LEVELS, wrong

if TYPE_CHECKING:
    from ..diagnostics.diagnostic import Diagnostic
    from .comparison import Side
    from .model import Comparison
    from .verdicts import FailOn


def run(
    old: str | None = None,
    new: str | None = None,
    *,
    format_: str = "text",
    fail_on: str = "never",
    severities: Mapping[str, str] | None = None,
    python: bool = True,
    colour: bool = False,
    output: Path | None = None,
    **chosen: Any,
) -> tuple[str, int]:
    """The output and the exit status: 0, or 1 if a change is at or above `fail_on` that counts.

    `chosen`: `package`, `only`, `audiences`, `project`. Without `new` it is the document of the settings; without `old`
    too, that is compared with the main branch. With `output` the text goes to that file, as a line on standard error says.
    Raises Refused where a side can't be read (exit status 2): that never reads as "no changes".
    """
    from ..diagnostics.location import display
    from ..disk import exists
    from ..settings.settings import find_project
    from .accepted import FILE, apply
    from .comparison import compare_sides, project_settings
    from .configured import Sides
    from .report.consequences import accept_consequences
    from .sides import complete
    from .verdicts import reaches

    chosen["project"] = project = find_project(chosen.get("project") or Path())
    old, new, said = complete(old, new, project, chosen.get("package"))
    if said and format_ == "text":
        click.echo(visible(said), err=True)
    settings = project_settings(old, new, **chosen)
    # What an accepted change causes in Python is found by the generated lines.
    packages = format_ == "html" or (python and exists(project / FILE))
    with Sides(project, settings, chosen=bool(chosen.get("only"))) as sides:
        before, after = sides.load(old, new), sides.load(new, old)
        found = compare_sides(before, after, severities=severities or {}, python=python, packages=packages)
    console.print_diagnostics(sides.warnings)
    found = accept_consequences(apply(found, project, settings.package, whole=not chosen.get("only"), python=python))
    for side, faults in zip((found.old, found.new), found.faults, strict=True):
        if faults:
            click.echo(_passed_over(side.locate("#").file, faults), err=True)
    if format_ != "json":
        console.print_diagnostics(found.unused)
    text = show(found, format_, colour=colour)
    if output is not None:
        write(output, text, made_from(project, before, after))
        click.echo(visible(f"{display(output)} written"), err=True)
    return "" if output else text, 1 if reaches(found.changes, cast("FailOn", fail_on), found.audiences) else 0


def _passed_over(file: str, faults: Sequence[Diagnostic]) -> str:
    """The warning that a document has errors and is compared all the same."""
    errors = f"{len(faults)} errors are passed over, the first" if len(faults) > 1 else "an error is passed over,"
    return visible(f"{file}: warning: {errors} in line {faults[0].line}: {faults[0].message}")


def show(found: Comparison, format_: str, *, colour: bool = False) -> str:
    """A comparison in one of the formats; `html` needs the packages."""
    from .report import text

    if format_ == "html":
        from .report.review import page

        return page(found)
    if format_ == "json":
        return text.as_json(found.changes, found.old, found.new, found.audiences, found.unused)
    if format_ == "markdown":
        return text.as_markdown(found.changes, found.old, found.new, found.audiences, found.unused)
    return text.as_text(found.changes, found.old, found.new, colour=colour, audiences=found.audiences)


def _severities(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, equals, level = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r} is not IDENTIFIER={'|'.join(LEVELS)}")
        if said := wrong(name, level):
            raise click.BadParameter("; ".join(filter(None, said)))
        found[name] = level
    return found


@click.command(name="diff", short_help="Say what changed between two documents, and what breaks.")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown", "html"]),
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
    help="Give changes with this identifier another level: error, warning, info or none. Can be given several times.",
)
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice(AUDIENCES),
    help="Who counts for --fail-on and for the version. Can be given several times; all by default.",
)
@click.option("--python/--no-python", default=True, show_default=True, help="Compare the generated packages too.")
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help='Compare only these operations, such as "POST /cost/create", instead of those of the settings ("* *": all).',
)
@click.option("--package", metavar="NAME", help="The configured package whose settings are used.")
@click.option(
    *("-o", "--output"),
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file.",
)
@click.option("--color/--no-color", "colour", default=None, help="Use colours. Default: on a terminal that has them.")
@options.common
def diff(*, colour: bool | None, as_json: bool, **given: Any) -> None:  # the options of `run`
    """Compare the documents OLD and NEW: files, or files in git revisions such as main:spec/openapi.json.

    A revision alone, as in `diff main spec/openapi.json`, stands for the other side's path in it. Without NEW, it is the
    document of the settings; without OLD too, that is compared with the commit at which this branch left the main one.
    """
    if as_json:
        given["format_"] = "json"
    if colour is None:
        colour = given["output"] is None and options.coloured(sys.stdout)
    try:
        with _without_garbage_collector():
            text, status = run(colour=colour, **given)
    except Refused as refused:
        console.print_refused(refused, as_json=as_json)
        raise SystemExit(2) from None
    click.echo(text, nl=False, color=True)
    raise SystemExit(status)


@contextmanager
def _without_garbage_collector() -> Iterator[None]:
    """Switch the garbage collector off: there is hardly any garbage, and it takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def made_from(project: Path, *sides: Side) -> Iterator[Path]:
    """List what sides and their comparison are made from: no report takes their place, nor that of a revision's file here."""
    from ..disk import exists
    from ..render.folder import below
    from .accepted import FILE

    yield from (project / "pyproject.toml", project / FILE)
    for side in sides:
        for source in side.document.sources:
            yield source.path
            root = next(
                (one for one in (project.absolute(), *project.absolute().parents) if exists(one / ".git")), None
            )
            if root and not exists(source.path):
                yield root / source.path.as_posix().partition(":")[2]
        yield from side.settings.overlays
        if (own := side.settings.templates) is not None:
            yield from (own / name for name, _ in below(own))


def write(path: Path, text: str, inputs: Iterable[Path]) -> None:
    """Write a report to a file, which is none of the `inputs`. Raises Refused if that is not possible."""
    from .. import disk
    from ..diagnostics.diagnostic import Diagnostic, Refused
    from ..diagnostics.location import display

    message = hint = ""
    try:
        if any(disk.is_same(path, each) for each in inputs):
            message, hint = "the report would take the place of what it is made from", "give it a name of its own"
        else:
            disk.write_file(path, text.encode())
    except disk.InTheWay as error:
        message, hint = f"the report is not written: {error.what} is in the way", "remove it, or choose another name"
    except OSError as error:
        message = f"the report can't be written: {error.strerror or error}"
    if message:
        raise Refused(Diagnostic(severity="error", message=message, file=display(path), hint=hint))
