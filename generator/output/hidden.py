"""Modules that a folder of the same name would hide: Python and type checkers take the folder if it has an `__init__`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

from ..python.divided import FOLDERS


def hiding(wanted: Collection[PurePosixPath], package: str) -> dict[PurePosixPath, str]:
    """Give the files that may not stand beside the files that are wanted, with what each would hide.

    These are `models/__init__.py` and `.pyi` where `models.py` is wanted, and the same for the others whose layout is chosen.
    """
    return {
        path: f"{name}.py"
        for name in sorted(FOLDERS)
        if PurePosixPath(package, f"{name}.py") in wanted
        for path in (PurePosixPath(package, name, "__init__.py"), PurePosixPath(package, name, "__init__.pyi"))
        if path not in wanted
    }
