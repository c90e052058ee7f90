"""What `generate` says when a package is written for the first time: what to install and read, how to try and keep it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..diagnostics.diagnostic import json_text, visible
from ..diagnostics.location import display
from ..disk import boundary
from ..parsing.parse import STANDARD_INPUT
from ..settings.settings import Settings, configured
from ..settings.values import PARSERS
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
        folder = display(item.plan.output) or "."
        named = folder if folder.startswith(("/", ".")) else f"./{folder}"
        yield visible(f"to use it: pip install {shlex.quote(f'{named}[{extras}]')}")


def _trial(item: Prepared) -> Iterator[str]:
    """A server that answers with examples is there without a line of code."""
    if "server" in item.settings.sides and item.package.operations:
        folder = display(item.plan.output)
        here = item.settings.distribution or folder in {".", ""}
        change = "" if here else f"cd {shlex.quote(f'./{folder}' if folder.startswith('-') else folder)} && "
        yield visible(f"try it: {change}python -m {item.plan.package}.server --mock")
        if item.package.api and (path := item.package.api.server_path):
            said = f"a service answers at /, and the document says {path}: mount({json_text(path)}, create_app(...))"
            yield visible(f"serve it: {said}")


def _next(new: Sequence[Prepared], project: Path) -> Iterator[str]:
    """The settings that save the arguments, if only a command line gave them, and what belongs into a build."""
    given = new[0].given
    if str(given.spec) != STANDARD_INPUT and not configured(project):
        file = visible(display(project / "pyproject.toml"))
        top = boundary(project)
        if outside := [path for path in _paths(given) if not path.resolve().is_relative_to(top)]:
            yield f"next: put {visible(display(outside[0]))} into the project; then settings in {file} save the arguments"
        else:
            yield f"next: put this into {file}, so that generate, check and diff need no arguments:"
            yield from (f"  {line}" for line in _table(given, project))
    yield "then: commit it all; `spectwin check` fails a build if the package is not what the document gives"


def _paths(settings: Settings) -> Iterator[Path]:
    """The files and folders that settings name: none may be outside of the project, unless a command line names it."""
    for one in fields(settings):
        value = getattr(settings, one.name) if one.name.replace("_", "-") in PARSERS else None
        yield from (path for path in (value if isinstance(value, tuple) else (value,)) if isinstance(path, Path))


def _table(settings: Settings, project: Path) -> Iterator[str]:
    """Write what a command line said as settings of a project: all that is not the default, whatever option gave it."""
    default = Settings(spec=Path(), output=project / "generated")
    found = {
        one.name.replace("_", "-"): (getattr(settings, one.name), getattr(default, one.name))
        for one in fields(Settings)
    }
    said = {
        key: _plain(value, project) for key, (value, usual) in found.items() if key in PARSERS and _differ(value, usual)
    }
    yield "[tool.spectwin]"
    yield from (f"{key} = {_toml(value)}" for key, value in said.items() if not isinstance(value, dict))
    for key, value in said.items():
        if isinstance(value, dict):
            yield f"[tool.spectwin.{key}]"
            yield from (f"{name} = {_toml(each)}" for name, each in value.items())


def _differ(value: object, usual: object) -> bool:
    if isinstance(value, Path) and isinstance(usual, Path):
        return value.absolute() != usual.absolute()
    return value != usual


def _plain(value: Any, project: Path) -> Any:
    """Turn a value into those of TOML; paths become relative to the project."""
    if isinstance(value, Path):
        return os.path.relpath(value, project).replace(os.sep, "/")
    if isinstance(value, tuple):
        return [_plain(each, project) for each in value]
    return value


def _toml(value: Any) -> str:
    """Write a value on one line; TOML's basic strings, numbers and booleans take what JSON's do."""
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, list) else json_text(value)
