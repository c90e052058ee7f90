"""The command line: its commands with their arguments, what they print, and exit statuses."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import __version__, console
from ..changes import since
from ..diagnostics.diagnostic import Diagnostic, Refused, visible
from ..diagnostics.location import display
from ..output import fingerprint, plan
from ..render.folder import below
from ..settings import settings
from ..settings.settings import Settings
from . import fast_path
from .prepare import Prepared, prepare_all

if TYPE_CHECKING:
    from ..changes.model import Comparison

FINE, DRIFT, WRONG, DEFECT, INTERRUPTED = 0, 1, 2, 3, 130

# Commands that live with what they do; each module has a click command of that name.
_ELSEWHERE = {"verify": "..verify.command", "diff": "..changes.command"}
_ORDER = ("generate", "check", "verify", "diff", "import")

_EXAMPLES = """\b
Examples:
  spectwin generate                           what [tool.spectwin] of pyproject.toml says
  spectwin generate openapi.yaml -o src       the package of this document, below src/
  spectwin generate --only "POST /cost/create"
  spectwin check                              in a build: status 1 where generated files are out of date
  spectwin import page.md -o spec/openapi.json

\b
Exit status: 0 fine; 1 generated files are not what the document gives, or a change at or above --fail-on;
2 the document or the arguments are wrong; 3 a defect of ours."""


class _Commands(click.Group):
    """The commands, in their order; those of other modules are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click hands it over
        return list(_ORDER)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        command = getattr(importlib.import_module(_ELSEWHERE[cmd_name], __package__), cmd_name)
        return command if isinstance(command, click.Command) else None


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit status.

    Raises BrokenPipeError if nobody reads the output any more, and nothing else: defects of ours are printed as such.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = commands.main(list(arguments), prog_name="spectwin", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else FINE
    except Exception as error:
        return _refuse(error, as_json=False)
    return result if isinstance(result, int) else FINE


def _refuse(error: Exception, *, as_json: bool) -> int:
    """Print an error of the input, or a defect of ours; returns the exit status. Raises BrokenPipeError again."""
    if isinstance(error, BrokenPipeError):
        raise error
    if isinstance(error, Refused):
        if as_json:
            console.print_json("refused", [], error.diagnostics)
        else:
            console.print_diagnostics(error.diagnostics)
        return WRONG
    text = console.defect(error, traceback.format_exc())
    if as_json:
        console.print_json("defect", [], (), message=text)
    else:
        click.echo(text, err=True)
    return DEFECT


def _reported(command: Callable[..., int]) -> Callable[..., int]:
    """Print what a command raises; its exit status then says which kind of error it is."""

    @wraps(command)
    def run(**options: Any) -> int:
        try:
            return command(**options)
        except Exception as error:
            return _refuse(error, as_json=options.get("as_json", False))

    return run


@click.group(cls=_Commands, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spectwin", message="%(prog)s %(version)s")
def commands() -> None:
    """Generate twin Python packages, a typed client and a server stub, from one OpenAPI document."""


def _package_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what `generate` and `check` have in common."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--lenient", is_flag=True, help="Work around what is wrong but does not stop a generator."),
        click.option(
            "--only", multiple=True, metavar="OPERATION", help='One operation, as "POST /cost/create". Repeats.'
        ),
        click.option(
            "--templates",
            type=click.Path(file_okay=False, path_type=Path),
            help="A folder with templates of your own, by the names of ours.",
        ),
        click.option(
            "--overlay",
            "overlays",
            multiple=True,
            type=click.Path(dir_okay=False, path_type=Path),
            help="An OpenAPI Overlay to apply, in place of those of the settings. Repeats.",
        ),
        click.option(
            "--discriminator",
            type=click.Choice(["tag", "exact"]),
            help="What becomes of a value that several branches of a oneOf accept: as its tag names it (default), or refused.",
        ),
        click.option("--package", metavar="NAME", help="The package's name, or the configured one that is meant."),
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
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page (HTML) that shows what changed since the last time, and what it means.",
)
@click.option(
    "--watch", is_flag=True, help="Go on, and generate again whenever something that it is made from changes."
)
@_reported
def generate(*, as_json: bool, force: bool, report: Path | None, watch: bool, **options: Any) -> int:
    """Generate the package of SPEC, an OpenAPI document (JSON, YAML, or a Markdown page with one)."""

    def once() -> int:
        return _generate(_read_settings(options), force=force, as_json=as_json, report=report)

    if not watch:
        return once()
    from .watch import keep_watching

    fine = _reported(lambda **_: once())
    return keep_watching(
        lambda: fine(as_json=as_json) == FINE, lambda: _read_settings(options), settings.find_project(Path())
    )


@commands.command()
@_package_options
@_reported
def check(*, as_json: bool, **options: Any) -> int:
    """Compare the generated package with what SPEC gives; writes nothing."""
    # The digests of the manifest are not trusted here: every package is generated.
    packages = _read_settings(options)
    other = [package for package in packages if package.required_version not in {None, __version__}]
    prepared = prepare_all([package for package in packages if package not in other], quiet=as_json)
    prepared = [replace(item, plan=plan.by_files(item.plan)) for item in prepared]
    status = DRIFT if other or not all(item.plan.current for item in prepared) else FINE
    warnings = [found for item in prepared for found in item.warnings]
    foreign = [
        f"{display(package.output / (package.package or ''))} is generated by another version: "
        f"{package.required_version} is required, this is {__version__}"
        for package in other
    ]
    if as_json:
        objects = [
            {**_describe(item, "up-to-date" if item.plan.current else "drift"), "diff": plan.compare(item.plan)}
            for item in prepared
        ]
        console.print_json("drift" if status else "up-to-date", objects, warnings, messages=foreign)
        return status
    console.print_diagnostics(warnings)
    for message in foreign:
        click.echo(visible(message))
    for item in prepared:
        name = visible(console.folder(item.plan))
        if item.plan.current:
            click.echo(f"{name} is what {visible(display(item.settings.spec))} gives")
        else:
            click.echo(plan.compare(item.plan), nl=False)
            number = len([file for file in item.plan.files if file.state != "same"])
            click.echo(f"{name}: {console.counted(number, 'file')} to generate again: spectwin generate")
    return status


@commands.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: the configured spec.")
@_reported
def import_(source: Path, output: Path | None) -> int:
    """Take a document in: JSON, YAML or a Markdown page becomes canonical JSON, and what changed is shown."""
    from ..disk import InTheWay, exists, is_same, write_file
    from ..document.canonical import diff_documents, import_document
    from ..parsing.limits import Limits
    from ..parsing.parse import open_source

    target = output or _configured_spec()
    if target.suffix != ".json":
        message = f"{display(target)} would hold JSON, and is not called so"
        raise Refused(Diagnostic(severity="error", message=message, hint="name it with -o, ending in .json"))
    text = import_document(source)
    name = display(target)
    try:
        old = open_source(target, Limits()).text if exists(target) else None
    except Refused:
        old = ""  # whatever it is, it is not a document that could be compared
    if old == text:
        click.echo(f"{visible(name)} is unchanged")
        return FINE
    if is_same(source, target):
        hint = "name another file with -o; the text that was read is not overwritten"
        raise Refused(Diagnostic(severity="error", message="this would be read and written", file=name, hint=hint))
    try:
        write_file(target, text.encode())
    except InTheWay as error:
        message = f"the document is not written: {error.what} is in the way"
        raise Refused(Diagnostic(severity="error", message=message, file=name)) from None
    except OSError as error:
        message = f"the document can't be written: {error.strerror or error}"
        raise Refused(Diagnostic(severity="error", message=message, file=name)) from None
    if old is not None:
        changes = diff_documents(old, text, name)
        click.echo("".join(visible(line) + "\n" for line in changes.split("\n")[:-1]), nl=False)
    click.echo(f"{visible(name)} written: {console.counted(text.count(chr(10)), 'line')}")
    return FINE


def _read_settings(options: dict[str, Any]) -> tuple[Settings, ...]:
    return settings.read(settings.find_project(Path()), settings.overrides(**options))


def _generate(packages: Sequence[Settings], *, force: bool, as_json: bool, report: Path | None = None) -> int:
    """Generate every package, then write every one: if one can't be generated, nothing is written."""
    for package in packages:
        _require_version(package)
    names = [None if report else fingerprint.current_package(package) for package in packages]
    current = [package.output / name for package, name in zip(packages, names, strict=True) if name]
    due = [package for package, name in zip(packages, names, strict=True) if not name]
    prepared = prepare_all(due, quiet=as_json)
    if not force and (edited := [found for item in prepared for found in plan.refusals(item.plan)]):
        raise Refused(edited)
    comparison = _report(report, prepared) if report is not None else None
    written = [replace(item, plan=plan.write(item.plan, force=force)) for item in prepared]
    for item in written:
        if item.plan.current:
            fingerprint.touch(item.settings, item.plan.package)
    folders = current + [item.plan.output / item.plan.package for item in written if item.plan.current]
    warnings = [found for item in written for found in (*item.warnings, *plan.keepings(item.plan))]
    if as_json:
        objects = [fast_path.up_to_date(folder) for folder in current]
        objects += [
            _describe(item, "up-to-date")
            if item.plan.current
            else {**_describe(item, "written"), "changes": since.line(item.plan, item.settings, comparison)}
            for item in written
        ]
        status = "up-to-date" if len(folders) == len(packages) else "written"
        console.print_json(status, objects, warnings)
        return FINE
    console.print_diagnostics(warnings)
    for item in written:
        if not item.plan.current:
            click.echo(console.summary(item.plan, item.package.operations, item.package.models, item.seconds))
            if line := since.line(item.plan, item.settings, comparison):
                click.echo(visible(line))
    click.echo(fast_path.say(folders, as_json=False), nl=False)
    click.echo(_closing([item for item in written if not item.plan.current]), nl=False)
    return FINE


def _closing(written: Sequence[Prepared]) -> str:
    """Say what the packages that were written need, and which of them read no environment variable."""
    bare = [item.package.requires for item in written if not item.settings.distribution]
    lines = console.requirements(bare), console.unread(item.package.api for item in written if item.package.api)
    return "".join(f"{line}\n" for line in lines if line)


def _report(path: Path, prepared: Sequence[Prepared]) -> Comparison:
    """Write the review page of what is about to change; returns what it shows. Raises Refused where it can't be."""
    if len(prepared) != 1:
        hint = "choose it with --package"
        raise Refused(Diagnostic(severity="error", message="--report is about one package", hint=hint))
    from ..changes import command

    item = prepared[0]
    comparison = since.with_earlier(item.plan, item.settings, item.document, item.package)
    command.write(path, command.show(comparison, "html"), _inputs(item))
    return comparison


def _inputs(item: Prepared) -> Iterable[Path]:
    """List what a package is made from, and its own files: no report takes their place."""
    yield from (source.path for source in item.document.sources)
    yield from item.settings.overlays
    yield settings.find_project(Path()) / "pyproject.toml"
    if (own := item.settings.templates) is not None:
        yield from (own / name for name, _ in below(own))
    yield from (item.plan.output / file.path for file in item.plan.files)


def _describe(item: Prepared, status: str) -> dict[str, Any]:
    package = item.package
    numbers = {"operations": package.operations, "models": package.models, "seconds": round(item.seconds, 3)}
    prefix = (package.api.environment if package.api else "") or None
    more: dict[str, Any] = {"requires": package.requires, "environment": prefix, "unread": item.unread}
    return console.plan_object(item.plan, status, **numbers, **more)


def _require_version(package: Settings) -> None:
    """Raise Refused if the settings require another version of Spectwin."""
    if package.required_version not in {None, __version__}:
        message = f"the settings require Spectwin {package.required_version}, and this is {__version__}"
        hint = f"pip install spectwin=={package.required_version}, or change required-version in pyproject.toml"
        raise Refused(Diagnostic(severity="error", message=message, hint=hint))


def _configured_spec() -> Path:
    """Return the project's document if there is only one and it is JSON, otherwise the usual path."""
    project = settings.find_project(Path())
    try:
        specs = {package.spec for package in settings.read(project, {}) if package.spec.suffix == ".json"}
    except Refused as refused:
        if any(found.file for found in refused.diagnostics):  # the settings are wrong, not missing
            raise
        specs = set()
    return specs.pop() if len(specs) == 1 else project / "spec" / "openapi.json"
