"""Where the templates are, and what a folder of templates holds."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
"""The folder of the generator's own code."""


def below(root: Path) -> list[tuple[str, Path]]:
    """List the files below a folder with their relative names."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [(os.path.relpath(os.path.join(folder, name), root), Path(folder, name)) for name in names]  # noqa: PTH118 - five times as fast
    return [(name.replace(os.sep, "/"), file) for name, file in found]


def templates_folder() -> Path:
    """Find the templates: inside the installed package, else beside it in the repository."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"
