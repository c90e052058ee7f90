"""What `generate` says when a package is written for the first time: what to install and read, how to try and keep it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..diagnostics.diagnostic import visible
from ..diagnostics.location import display
from ..parsing.parse import STANDARD_INPUT
from ..settings.settings import Settings, configured
from .prepare import Prepared


def first_steps(new: Sequence[Prepared], project: Path) -> Iterator[str]:
    """Say what to do with packages that were not there before, line by line; nothing if there are none."""
    if not new:
        return
    for item in new:
        yield from _installation(item)
    yield "read first: " + ", ".join(visible(display(item.plan.output / item.plan.package / "API.md")) for item in new)
    yield from _trial(new[0])
    yield from _next(new, project)


def _installation(item: Prepared) -> Iterator[str]:
    """A distribution says itself what it needs."""
    if item.settings.distribution:
        extras = ",".join(side for side in ("client", "server") if side in item.settings.sides)
        folder = _path(item.plan.output)
        yield f'to use it: pip install "{folder if folder.startswith(("/", ".")) else f"./{folder}"}[{extras}]"'


def _trial(item: Prepared) -> Iterator[str]:
    """A server that answers with examples is there without a line of code."""
    if "server" in item.settings.sides and item.package.operations:
        folder = "" if item.settings.distribution or _is_here(item.plan.output) else f"cd {_path(item.plan.output)} && "
        yield f"try it: {folder}python -m {item.plan.package}.server --mock"


def _next(new: Sequence[Prepared], project: Path) -> Iterator[str]:
    """The settings that save the arguments, if only a command line gave them, and what belongs into a build."""
    [first, *_] = new
    if str(first.settings.spec) != STANDARD_INPUT and not configured(project):
        yield "next: put this into pyproject.toml, so that generate, check and diff need no arguments:"
        yield from (f"  {visible(line)}" for line in _settings(first.settings, first.plan.package))
    yield "then: commit it all; `spectwin check` fails a build if the package is not what the document gives"


def _settings(settings: Settings, package: str) -> Iterator[str]:
    """Write what a command line said as settings."""
    yield "[tool.spectwin]"
    yield f"spec = {_toml(display(settings.spec))}"
    if display(settings.output) != "generated":
        yield f"output = {_toml(_path(settings.output))}"
    yield f"package = {_toml(package)}"
    if settings.operations:
        yield f"operations = {_toml(settings.operations)}"
    if settings.overlays:
        yield f"overlays = {_toml([display(path) for path in settings.overlays])}"
    if settings.templates:
        yield f"templates = {_toml(display(settings.templates))}"
    if settings.discriminator != "tag":
        yield f"discriminator = {_toml(settings.discriminator)}"
    if settings.lenient:
        yield "lenient = true"


def _toml(value: object) -> str:
    """Write texts and lists of them; TOML's basic strings take what JSON's do."""
    return json.dumps(value, ensure_ascii=False)


def _is_here(folder: Path) -> bool:
    return display(folder) in {".", ""}


def _path(folder: Path) -> str:
    """Write a folder as commands and settings take it."""
    return "." if _is_here(folder) else visible(display(folder))
