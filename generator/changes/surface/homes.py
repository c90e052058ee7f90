"""The module that each class of the models stands in: pickles name it, though importers need not.

A split package has a module for each component, or for a circle of them: it changes with the layout, and where a circle is
closed or opened.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from ..model import Change
from .members import change_of

WHOLE = "models"
"""The module of all classes in a package that is not split."""
_LOST = "what was pickled before can't be read"

Homes = Mapping[str, str]
"""Classes by name, with the dotted name of their module in the package."""


def of_files(files: Mapping[PurePosixPath, str]) -> Homes:
    """Read it from the Python files of a package, whose folder is the first part of each path."""
    found: dict[str, str] = {}
    for path, text in files.items():
        module = ".".join(path.with_suffix("").parts[1:])
        if path.suffix == ".py" and (module == WHOLE or module.startswith(f"{WHOLE}.")):
            found |= {node.name: module for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    return found


def compare_homes(package: str, old: Homes, new: Homes) -> Iterator[Change]:
    """Say which classes of both versions stand in another module, or that all of them do."""
    moved = sorted(name for name in old.keys() & new.keys() if old[name] != new[name])
    if any((old[name] == WHOLE) != (new[name] == WHOLE) for name in moved):
        layout = "single" if WHOLE in new.values() else "split"
        message = f"The layout of the package is `{layout}` now, and models stand in other modules: {_LOST}."
        yield change_of("layout-changed", "error", f"{package}.{WHOLE}", message, "different")
        return
    for name in moved:
        message = f"The class `{name}` stands in `{new[name]}` instead of `{old[name]}`: {_LOST}."
        yield change_of("class-moved", "error", f"{package}.{WHOLE}.{name}", message, "different")
