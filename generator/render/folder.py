"""Where the templates are, and what a project's folder of templates holds."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from ..disk import FILE_LIMIT, Below, InTheWay, boundary, is_folder

PACKAGE = Path(__file__).parent.parent
"""The folder of the generator's own code."""


def below(root: Path) -> list[tuple[str, Path]]:
    """List the files below a folder with their relative names."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [(os.path.relpath(os.path.join(folder, name), root), Path(folder, name)) for name in names]  # noqa: PTH118 - five times as fast
    return [(name.replace(os.sep, "/"), file) for name, file in found]


def own_templates(folder: Path) -> dict[str, bytes]:
    """Read a project's folder of templates: texts by relative name.

    Links are followed as long as they end below the folder that holds `.git`. Raises OSError, and InTheWay for others.
    """
    top = boundary(folder)
    files = Below(top)
    found = {}
    for name, file in sorted(below(folder)):
        at = files.find(PurePosixPath(file.parent.resolve().relative_to(top).as_posix(), file.name))
        if at is None:
            raise InTheWay(PurePosixPath(name), "a link that leads out of the project")
        found[name] = files.read(at, FILE_LIMIT)
    return found


def templates_folder() -> Path:
    """Find the templates: inside the installed package, else beside it in the repository."""
    installed = PACKAGE / "templates"
    return installed if is_folder(installed) else PACKAGE.parent / "templates"
