"""Which modules of a split package make up which of a single one."""

from __future__ import annotations

FOLDERS = frozenset({"api", "contract", "models"})
"""What is a folder in a split package and a module in a single one."""


def undivided(name: str) -> str:
    """The file of a single package that has what a file has, by path in the package: `api/pets.py` → `api.py`."""
    folder, slash, _ = name.partition("/")
    return f"{folder}.py" if slash and folder in FOLDERS and name.endswith(".py") else name


def undivided_module(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The same for a module, by the parts of its dotted name, that of the package first."""
    return parts[:2] if len(parts) > 2 and parts[1] in FOLDERS else parts
