"""The command `verify`: generate a package (or take one), prove it, and say what was found."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import console, disk, options
from ..diagnostics.diagnostic import Diagnostic, Refused, counted, visible
from ..settings import settings
from ..settings.settings import Settings
from . import process
from .process import Proof

if TYPE_CHECKING:
    from ..document.document import Document

FINE, FAILED, WRONG = 0, 1, 2
# Modules of the extra `verify`; what these depend on comes with them.
_NEEDED = (
    "fastapi",
    "fastapi_offline",
    "httpx2",
    "hypothesis",
    "hypothesis_jsonschema",
    "mypy",
    "python_multipart",
    "typing_extensions",
    "uvicorn",
)
_SHOWN_REFUSALS = 10


@click.command()
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option("--package", metavar="NAME", help="The package's name. If several are configured: the one to take.")
@click.option("--only", multiple=True, metavar="OPERATION", help="Only this operation. Can be given several times.")
@click.option("--lenient", is_flag=True, help="Repair faults of the document that do not stop a generator.")
@click.option("--layout", type=click.Choice(["single", "split"]), help="The layout of the package that is generated.")
@click.option("--seed", type=int, default=0, show_default=True, help="Choose which values are tried.")
@click.option("--no-types", is_flag=True, help="Do not run mypy.")
@options.common
def verify(*, seed: int, no_types: bool, as_json: bool, project: Path | None, **given: Any) -> int:
    """Prove that a package works.

    It is imported and type-checked, and each operation goes from the client to the server and back.

    SPEC is an OpenAPI document, whose package is generated in a temporary folder; or the folder of a generated
    package, which is judged by the document in it. Without SPEC, it is the document of [tool.spectwin] in pyproject.toml.
    """
    try:
        _require()
        with _packages(settings.find_project(project or Path()), given) as (prepared, warnings):
            proofs = [_prove(item, seed=seed, types=not no_types, quiet=as_json) for item in prepared]
    except Refused as refused:
        console.print_refused(refused, as_json=as_json)
        return WRONG
    passed = all(proof.passed for proof in proofs)
    if as_json:
        objects = [{**asdict(proof), "passed": proof.passed, "seconds": round(proof.seconds, 2)} for proof in proofs]
        console.print_json("passed" if passed else "failed", objects, warnings)
    else:
        console.print_diagnostics(warnings)
        for proof in proofs:
            _show(proof)
    return FINE if passed else FAILED


_Prepared = tuple[Path, str, dict[str, Any], tuple[str, ...]]  # folder, package, document, operations


def _require() -> None:
    """Raise Refused where what verification runs on is not installed."""
    missing = [name.replace("_", "-") for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise _refused(f"verify needs what is not installed: {', '.join(missing)}", "pip install 'spectwin[verify]'")


def _refused(message: str, hint: str = "") -> Refused:
    return Refused(Diagnostic(severity="error", message=message, hint=hint))


@contextmanager
def _packages(project: Path, given: dict[str, Any]) -> Iterator[tuple[list[_Prepared], list[Diagnostic]]]:
    """Give the packages to prove: the folder of one, or what is generated for the moment."""
    spec: Path | None = given["spec"]
    if spec is not None and disk.is_folder(spec):
        yield [_taken(spec, tuple(given["only"]))], []
        return
    chosen = settings.read(project, settings.overrides(**given))
    with disk.scratch() as scratch:
        warnings: list[Diagnostic] = []
        yield [_generated(item, scratch / str(i), warnings) for i, item in enumerate(chosen)], warnings


def _taken(folder: Path, only: tuple[str, ...]) -> _Prepared:
    """Take a package that is there. Raises Refused."""
    parts = ("contract.py", "openapi.json", "client/__init__.py", "server/__init__.py")
    split = {"contract.py": "contract/__init__.py"}
    missing = [name for name in parts if not any(disk.is_file(folder / one) for one in (name, split.get(name, name)))]
    if missing:
        message = f"{visible(str(folder))} is no package with a client and a server: it has no {missing[0]}"
        raise _refused(message, "name a document to generate both sides")
    try:
        root = json.loads(disk.read_file(folder / "openapi.json", disk.FILE_LIMIT))
    except ValueError as error:
        raise _refused(f"openapi.json of the package is no JSON: {error}") from None
    return folder.resolve().parent, folder.resolve().name, root, only


def _generated(chosen: Settings, output: Path, warnings: list[Diagnostic]) -> _Prepared:
    """Generate a package of both sides into a folder. Raises Refused."""
    from ..document.implied import with_types
    from ..document.load import load
    from ..output import layouts
    from ..parsing.limits import Limits
    from ..pipeline import build, package_name
    from ..validation.validate import validate

    settings.require_document(chosen)
    document: Document
    document = load(chosen.spec, overlays=chosen.overlays, limits=Limits.of(chosen.limits))
    document, found = validate(document, lenient=chosen.lenient)
    chosen = layouts.kept(chosen, package_name(document, chosen))
    built = build(document, replace(chosen, sides=frozenset(("client", "server")), distribution=None))
    warnings += [*found, *built.warnings]
    disk.write_new(output, built.files)
    document = with_types(document) if chosen.properties_imply_object else document
    return output, built.name, document.root, tuple(chosen.operations)


def _prove(prepared: _Prepared, *, seed: int, types: bool, quiet: bool) -> Proof:
    """Prove a package; mypy runs beside the calls."""
    folder, package, root, only = prepared
    with _progress(package, quiet=quiet) as progress, ThreadPoolExecutor() as threads:
        findings = threads.submit(process.type_check, folder, package) if types else None
        proof = process.prove(folder, package, root, seed=seed, only=only, progress=progress)
        proof.types = findings.result() if findings else []
    return proof


@contextmanager
def _progress(package: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not options.redrawn(sys.stderr), transient=True) as bar:
        task = bar.add_task(f"Verifying {package}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _show(proof: Proof) -> None:
    """Print the table, what failed, what was refused, and the summary."""
    width = min(max((len(visible(v.title)) for v in proof.verdicts), default=9), 80)
    click.echo(f"{'operation'.ljust(width)}  {'calls':>6}  {'refused':>7}  result")
    for verdict in proof.verdicts:
        result = "passed" if verdict.passed else "FAILED"
        result += f" ({len(verdict.no_instance)} without a value)" if verdict.no_instance else ""
        click.echo(f"{visible(verdict.title).ljust(width)}  {verdict.calls:>6}  {len(verdict.refused):>7}  {result}")
    failed = [verdict for verdict in proof.verdicts if not verdict.passed]
    for verdict in failed:
        click.echo(f"\n{visible(verdict.title)}: {visible(verdict.case)}\n  {visible(verdict.failure)}")
    refused = [f"{v.title}: {reason}" for v in proof.verdicts for reason in v.refused]
    if refused:
        click.echo("\nRightly refused by encoding:")
        for reason in refused[:_SHOWN_REFUSALS]:
            click.echo(f"  {visible(reason)}")
        if len(refused) > _SHOWN_REFUSALS:
            click.echo(f"  … and {len(refused) - _SHOWN_REFUSALS} more (--json lists all)")
    for problem in [*proof.problems, *proof.types]:
        click.echo(f"\n{visible(problem)}")
    what = f"{counted(len(proof.verdicts), 'operation')}, {len(failed)} failed"
    calls = counted(sum(verdict.calls for verdict in proof.verdicts), "call")
    more = f", {counted(len(proof.types), 'finding')} of mypy" if proof.types else ""
    more += f", {counted(len(proof.problems), 'problem')} of the package" if proof.problems else ""
    click.echo(
        f"\n{visible(proof.package)}: {what}; {calls}, {counted(len(refused), 'value')} refused{more} ({proof.seconds:.1f} s)"
    )
