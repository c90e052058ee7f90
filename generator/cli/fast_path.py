"""`generate` with nothing to do, answered before anything heavy (click alone would double its time) is imported."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..diagnostics.diagnostic import Refused, visible
from ..diagnostics.location import display, display_folder
from ..output import orphans
from ..output.fingerprint import current_package
from ..settings import settings

_FLAGS = {"--json": "json", "--lenient": "lenient", "--force": "force", "--prune": "prune"}
_VALUES = {
    "-o": "output",
    "--output": "output",
    "--package": "package",
    "--only": "only",
    "--templates": "templates",
    "--discriminator": "discriminator",
    "--layout": "layout",
    "--project": "project",
}


def run(arguments: Sequence[str]) -> int | None:
    """Answer, if everything is up to date, and return the exit status; None where the whole command line is needed.

    Errors are left to the whole command line too: it reports them.
    """
    options = parse(arguments)
    if options is None:
        return None
    as_json = options.pop("json", False)
    options.pop("force", None)
    prune = options.pop("prune", False)
    project = settings.find_project(options.pop("project", Path()))
    made = []
    try:
        for package in settings.to_write(project, settings.overrides(**options)):
            name = current_package(package) if package.required_version in {None, __version__} else None
            if name is None:
                return None
            made.append((package, name))
        left = orphans.find(project, made)
    except Refused:
        return None
    if left or (left is None and prune):
        return None
    sys.stdout.write(say([package.output / name for package, name in made], as_json=as_json))
    return 0


def parse(arguments: Sequence[str]) -> dict[str, Any] | None:
    """Read the arguments of a plain `generate` as ``cli`` does; None for everything else."""
    if not arguments or arguments[0] != "generate":
        return None
    found: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument in _FLAGS:
            found[_FLAGS[argument]] = True
        elif name in _VALUES and (equals or argument == name):
            key = _VALUES[name]
            value = value if equals else next(rest, "")
            if not value or value.startswith("-") or (equals and name == "-o"):
                return None
            found[key] = [*found.get(key, []), value] if key == "only" else value
        elif argument.startswith("-") or not argument or "spec" in found:
            return None
        else:
            found["spec"] = argument
    for key in ("spec", "output", "templates", "project"):
        if key in found:
            found[key] = Path(found[key])
    return found


def say(folders: Sequence[Path], *, as_json: bool) -> str:
    """Write that the packages in these folders are up to date, for people or for programs."""
    if as_json:
        packages = [status(folder, "up-to-date") for folder in folders]
        return json.dumps({"status": "up-to-date", "packages": packages, "diagnostics": []}, indent=2) + "\n"
    return "".join(f"{visible(display_folder(folder))} is up to date\n" for folder in folders)


def status(folder: Path, word: str) -> dict[str, Any]:
    """Describe a package that was not generated, for programs."""
    return {"package": folder.name, "folder": display(folder), "status": word}
