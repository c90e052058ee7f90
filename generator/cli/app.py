"""The command line: its commands with their arguments, what they print, and exit statuses."""

from __future__ import annotations

import errno
import importlib
import io
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import __version__, console, options
from ..changes import since
from ..diagnostics.diagnostic import Diagnostic, Refused, counted, visible
from ..diagnostics.location import display
from ..output import fingerprint, orphans, plan
from ..output.prune import remove
from ..parsing.parse import STANDARD_INPUT
from ..settings import settings
from ..settings.settings import Settings
from . import fast_path
from .prepare import Prepared, prepare_all
from .said import Done, described, show

if TYPE_CHECKING:
    from ..changes.model import Comparison

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Why standard output can't be written; what writes files makes errors with places of it."""

FINE, DRIFT, WRONG, DEFECT, INTERRUPTED = 0, 1, 2, 3, 130

# Commands that live elsewhere: the module, and the name of the click command in it.
_ELSEWHERE = {
    "verify": ("..verify.command", "verify"),
    "diff": ("..changes.command", "diff"),
    "import": (".importing", "import_"),
}
_ORDER = ("generate", "check", "verify", "diff", "import")

_EXAMPLES = """\b
Examples:
  spectwin generate                           the package that [tool.spectwin] in pyproject.toml describes
  spectwin generate openapi.yaml -o src       the package of this document, below src/
  spectwin generate --only "POST /cost/create"
  spectwin check                              in a build: status 1 if generated files are out of date
  spectwin diff                               what changed since the main branch, and who breaks
  spectwin import page.md -o spec/openapi.json

\b
Exit status: 0 fine; 1 generated files are not what the document gives, an operation that fails in verify, or a change
at or above --fail-on; 2 the document or the arguments are wrong; 3 a defect of Spectwin."""


class _Commands(click.Group):
    """The commands, in their order; those of other modules are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click hands it over
        return list(_ORDER)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, name = _ELSEWHERE[cmd_name]
        command = getattr(importlib.import_module(module, __package__), name)
        return command if isinstance(command, click.Command) else None


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit status.

    Raises BrokenPipeError if nobody reads the output any more, OSError if it can't be written for want of space, and
    nothing else: defects of ours are printed as such.
    """
    as_json = "--json" in arguments
    streams = sys.stdout, sys.stderr
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = commands.main(list(arguments), prog_name="spectwin", standalone_mode=False)
    except click.ClickException as error:
        if as_json:
            return _refuse(Refused(Diagnostic(severity="error", message=error.format_message())), as_json=True)
        error.show(said := io.StringIO())
        click.echo("\n".join(map(visible, said.getvalue().split("\n"))), nl=False, err=True)  # arguments are in it
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit as error:
        if (sys.stdout, sys.stderr) != streams:  # click met a broken pipe: its status is that of a break
            sys.stdout, sys.stderr = streams
            raise BrokenPipeError from None
        return error.code if isinstance(error.code, int) else FINE
    except Exception as error:
        return _refuse(error, as_json=as_json)
    return result if isinstance(result, int) else FINE


def _refuse(error: Exception, *, as_json: bool) -> int:
    """Print an error of the input, or a defect of ours; returns the exit status. Raises again what is about the output."""
    if isinstance(error, BrokenPipeError) or (
        isinstance(error, OSError) and error.errno in _FULL and error.filename is None
    ):
        raise error
    if isinstance(error, Refused):
        console.print_refused(error, as_json=as_json)
        return WRONG
    text = console.defect(error, traceback.format_exc())
    if as_json:
        console.print_json("defect", [], (), message=text)
    else:
        click.echo(text, err=True)
    return DEFECT


class _Request:
    """What a command line asks for: a project, and the options that win over its settings."""

    def __init__(self, *, as_json: bool, project: Path | None, **given: Any) -> None:
        self.as_json = as_json
        self.project = settings.find_project(project or Path())
        self._given = given

    def packages(self) -> tuple[Settings, ...]:
        """Read the settings of each package that is meant. Raises Refused."""
        return settings.to_write(self.project, settings.overrides(**self._given))


@click.group(cls=_Commands, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="spectwin", message="%(prog)s %(version)s")
@options.project
def commands(project: Path | None) -> None:
    """Generate twin Python packages, a typed client and a server stub, from one OpenAPI document."""
    # Each command takes `project` from here if it is not given behind its own name: options.project.


def _package_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what `generate` and `check` have in common."""
    for option in (
        options.common,
        click.option(
            "--lenient",
            is_flag=True,
            help="Repair faults of the document that do not stop a generator. Each is a warning.",
        ),
        click.option(
            "--only",
            multiple=True,
            metavar="OPERATION",
            help='Generate only this operation, as "POST /cost/create". Can be given several times.',
        ),
        click.option(
            "--templates",
            type=click.Path(file_okay=False, path_type=Path),
            help="A folder with your own templates. They replace Spectwin's templates of the same names.",
        ),
        click.option(
            "--overlay",
            "overlays",
            multiple=True,
            type=click.Path(dir_okay=False, path_type=Path),
            help="Apply this OpenAPI Overlay instead of those in the settings. Can be given several times.",
        ),
        click.option(
            "--discriminator",
            type=click.Choice(["tag", "exact"]),
            help="Several branches of a oneOf accept a value: take the one that its tag names (default), or refuse it.",
        ),
        click.option(
            "--package", metavar="NAME", help="The package's name. If several are configured: the one to take."
        ),
        click.option(
            "--layout",
            type=click.Choice(["single", "split"]),
            help="Few files, or one for each group and component, imported when used. Default: as the package is.",
        ),
        click.option(
            *("-o", "--output"),
            type=click.Path(file_okay=False, path_type=Path),
            help="The folder that holds the package's folder (default: generated).",
        ),
        click.argument("spec", required=False, type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@commands.command()
@_package_options
@click.option("--force", is_flag=True, help="Overwrite files that were edited.")
@click.option(
    "--prune", is_flag=True, help="Remove packages that the settings do not generate any more. Edited files stay."
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML page that shows what changed since the last time, and what it means.",
)
@click.option(
    "--watch", is_flag=True, help="Keep running, and generate again whenever the document or the settings change."
)
def generate(*, force: bool, prune: bool, report: Path | None, watch: bool, **given: Any) -> int:
    """Generate the package of an OpenAPI document.

    SPEC is the document: JSON, YAML, or a Markdown page that holds one; - is standard input. Without it, the document
    and the package are those of [tool.spectwin] in pyproject.toml.
    """
    request = _Request(**given)

    def once() -> int:
        return _generate(request, force=force, prune=prune, report=report)

    if not watch:
        return once()
    if str(given["spec"]) == STANDARD_INPUT:
        raise Refused(Diagnostic(severity="error", message="standard input can't be watched", hint="name a file"))
    from .watch import keep_watching

    def fine() -> bool:
        try:
            return once() == FINE
        except Exception as error:
            return _refuse(error, as_json=request.as_json) == FINE

    return keep_watching(fine, request.packages, request.project)


@commands.command()
@_package_options
def check(**given: Any) -> int:
    """Check that the package is what the document gives.

    Shows the differences as a unified diff, and writes nothing. SPEC is as for generate.
    """
    # The digests of the manifest are not trusted here: every package is generated.
    request = _Request(**given)
    packages = request.packages()
    other = [package for package in packages if package.required_version not in {None, __version__}]
    prepared = prepare_all([package for package in packages if package not in other], quiet=request.as_json)
    prepared = [replace(item, plan=plan.by_files(item.plan)) for item in prepared]
    left = orphans.find(request.project, [(item.settings, item.plan.package) for item in prepared]) or []
    status = DRIFT if other or left or not all(item.plan.current for item in prepared) else FINE
    messages = [
        f"{display(package.output / (package.package or ''))} is generated by another version: "
        f"{package.required_version} is required, this is {__version__}"
        for package in other
    ]
    messages += [f"{display(folder)}: {orphans.MESSAGE}: spectwin generate --prune" for folder in left]
    warnings = [found for item in prepared for found in item.warnings]
    if request.as_json:
        objects = [
            {**described(item, "up-to-date" if item.plan.current else "drift"), "diff": plan.compare(item.plan)}
            for item in prepared
        ]
        objects += [fast_path.status(folder, "orphaned") for folder in left]
        console.print_json("drift" if status else "up-to-date", objects, warnings, messages=messages)
        return status
    console.print_diagnostics(warnings)
    for message in messages:
        click.echo(visible(message))
    for item in prepared:
        _show_drift(item)
    return status


def _show_drift(item: Prepared) -> None:
    """Say whether a package is what its document gives, and how it differs."""
    name = visible(console.folder(item.plan))
    if item.plan.current:
        click.echo(f"{name} is what {visible(display(item.settings.spec))} gives")
        return
    click.echo(plan.compare(item.plan), nl=False)
    number = len([file for file in item.plan.files if file.state != "same"])
    edited = len(item.plan.of("edited"))
    said = f" ({edited:,} edited): move what you need out of it, then" if edited else ":"
    same = "" if item.settings.made_by else ", with the same arguments"
    force = " --force" if edited else ""
    click.echo(f"{name}: {counted(number, 'file')} to generate again{said} spectwin generate{force}{same}")


def _generate(request: _Request, *, force: bool, prune: bool, report: Path | None) -> int:
    """Generate every package, then write every one: if one can't be generated, nothing is written."""
    packages = request.packages()
    for package in packages:
        _require_version(package)
    names = [None if report else fingerprint.current_package(package) for package in packages]
    current = [package.output / name for package, name in zip(packages, names, strict=True) if name]
    due = [package for package, name in zip(packages, names, strict=True) if not name]
    prepared = prepare_all(due, quiet=request.as_json)
    if not force and (edited := [found for item in prepared for found in plan.refusals(item.plan)]):
        raise Refused(edited)
    made = [(package, name) for package, name in zip(packages, names, strict=True) if name]
    left = _orphans(request, [*made, *((item.settings, item.plan.package) for item in prepared)], prune=prune)
    comparison = _report(report, prepared, request.project) if report is not None else None
    written = [replace(item, plan=plan.write(item.plan, force=force)) for item in prepared]
    for item in written:
        if item.plan.current:
            fingerprint.touch(item.settings, item.plan.package)
    removed = [remove(folder) for folder in left] if prune else []
    done = Done(
        current=current + [item.plan.output / item.plan.package for item in written if item.plan.current],
        written=[(item, since.line(item.plan, item.settings, comparison)) for item in written if not item.plan.current],
        removed=removed,
        orphaned=[] if prune else left,
        warnings=[found for item in written for found in item.warnings],
        kept=[found for each in (*(item.plan for item in written), *removed) for found in plan.keepings(each)],
        project=request.project,
    )
    show(done, as_json=request.as_json)
    return FINE


def _orphans(request: _Request, made: Sequence[tuple[Settings, str]], *, prune: bool) -> list[Path]:
    """Find orphaned packages. Raises Refused if they are to be removed, and it can't be told which they are."""
    left = orphans.find(request.project, made)
    if left is None and prune:
        message = "it can't be told which packages to remove: the document chooses the name of one of them"
        hint = "run it without a document, -o and --package, or set package in [tool.spectwin]"
        raise Refused(Diagnostic(severity="error", message=message, hint=hint))
    return left or []


def _report(path: Path, prepared: Sequence[Prepared], project: Path) -> Comparison:
    """Write the review page of what is about to change; returns what it shows. Raises Refused where it can't be."""
    if len(prepared) != 1:
        hint = "choose it with --package"
        raise Refused(
            Diagnostic(severity="error", message="--report shows one package, and there are several", hint=hint)
        )
    from ..changes import accepted, command
    from ..changes.report.consequences import accept_consequences

    item = prepared[0]
    comparison = since.with_earlier(item.plan, item.settings, item.document, item.package)
    comparison = accept_consequences(accepted.apply(comparison, project, item.settings.package))
    command.write(path, command.show(comparison, "html"), _inputs(item, project))
    return comparison


def _inputs(item: Prepared, project: Path) -> Iterable[Path]:
    """List what a package is made from, and its own files: no report takes their place."""
    from ..changes import command, comparison

    yield from command.made_from(project, comparison.Side(item.document, item.settings))
    yield from (item.plan.output / file.path for file in item.plan.files)


def _require_version(package: Settings) -> None:
    """Raise Refused if the settings require another version of Spectwin."""
    if package.required_version not in {None, __version__}:
        message = f"the settings require Spectwin {package.required_version}, and this is {__version__}"
        hint = f"pip install spectwin=={package.required_version}, or change required-version in pyproject.toml"
        raise Refused(Diagnostic(severity="error", message=message, hint=hint))
