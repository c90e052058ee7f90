"""The command `import`: take a document in as canonical JSON."""

from __future__ import annotations

from pathlib import Path

import click

from .. import console, options
from ..diagnostics.diagnostic import Diagnostic, Refused, counted, visible
from ..diagnostics.location import display
from ..disk import InTheWay, exists, is_same, write_file
from ..document.canonical import diff_documents, import_document
from ..parsing.limits import Limits
from ..parsing.parse import open_source
from ..settings import settings


@click.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file. Default: the document of the settings.",
)
@options.common
def import_(source: Path, output: Path | None, project: Path | None, limits: dict[str, int], *, as_json: bool) -> int:
    """Import a document as canonical JSON, and show what changed.

    SOURCE is JSON, YAML, or a Markdown page that holds a document; - is standard input.
    """
    target = output or _configured_spec(settings.find_project(project or Path()))
    name = display(target)
    if target.suffix != ".json":
        message = f"{name} would hold JSON, but its name does not end in .json"
        raise Refused(Diagnostic(severity="error", message=message, hint="give a name that ends in .json with -o"))
    bounds = Limits.of(_configured_limits(settings.find_project(project or Path())) | limits)
    text = import_document(source, bounds)
    try:
        old = open_source(target, bounds).text if exists(target) else None
    except Refused:
        old = ""  # whatever it is, it is not a document that could be compared
    changes = "" if old in {None, text} else diff_documents(old or "", text, name)
    if old != text:
        _write(source, target, text)
    if as_json:
        console.print_json("up-to-date" if old == text else "written", [], [], document=name, diff=changes)
        return 0
    click.echo("".join(visible(line) + "\n" for line in changes.split("\n")[:-1]), nl=False)
    lines = counted(text.count("\n"), "line")
    click.echo(f"{visible(name)} is unchanged" if old == text else f"{visible(name)} written: {lines}")
    return 0


def _write(source: Path, target: Path, text: str) -> None:
    """Write the document. Raises Refused if that is not possible, or would overwrite what was read."""
    message = hint = ""
    try:
        if is_same(source, target):
            message, hint = (
                "this file would be read and written at once",
                "name another file with -o; the text that was read is kept",
            )
        else:
            write_file(target, text.encode())
    except InTheWay as error:
        message = f"the document is not written: {error.what} is in the way"
    except OSError as error:
        message = f"the document can't be written: {error.strerror or error}"
    if message:
        raise Refused(Diagnostic(severity="error", message=message, file=display(target), hint=hint))


def _configured_limits(project: Path) -> dict[str, int]:
    """Return the bounds that the project sets for its documents: the highest of each."""
    found: dict[str, int] = {}
    for package in settings.packages(project):
        found |= {name: max(value, found.get(name, 0)) for name, value in package.limits.items()}
    return found


def _configured_spec(project: Path) -> Path:
    """Return the project's document if there is only one and it is JSON, otherwise the usual path."""
    try:
        specs = {package.spec for package in settings.read(project, {}) if package.spec.suffix == ".json"}
    except Refused as refused:
        if any(found.file for found in refused.diagnostics):  # the settings are wrong, not missing
            raise
        specs = set()
    if len(specs) == 1:
        return specs.pop()
    usual = project / "spec" / "openapi.json"
    settings.require_inside(usual, project, "the document", "only the command line (-o) may lead there")
    return usual
