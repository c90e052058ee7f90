"""Which modules of a package import which: read from their syntax trees, so imports in functions and for types count too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_RELATIVE = re.compile(r"\.+[a-z_]+(\.[a-z_]+)+")


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One name that a module imports from another module of the package."""

    module: str
    """The module that imports: its path in the package, without `.py`."""
    target: str
    """The module that it imports from."""
    name: str
    """The imported name; empty where the module itself is imported."""


def read(folder: Path) -> dict[str, str]:
    """Read the modules of a package: path without `.py` → text."""
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


def imports(modules: Mapping[str, str], package: str) -> list[Import]:
    """List what the modules import from each other.

    A text such as "..changes.command" counts as well, where it is the name of a module: `importlib.import_module` takes it.
    """
    found = []
    for module, text in modules.items():
        here = module.split("/")[:-1]
        for node in ast.walk(ast.parse(text)):
            for parts, name in _imported(node, here, package):
                target = _target(modules, parts, name)
                if target is not None:
                    found.append(Import(module, *target))
    return sorted(set(found))


def _imported(node: ast.AST, here: Sequence[str], package: str) -> Iterator[tuple[list[str], str]]:
    """List the module (the parts of its path in the package) and the name of each import of a node."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] == package:
                yield alias.name.split(".")[1:], ""
    elif isinstance(node, ast.ImportFrom):
        parts = node.module.split(".") if node.module else []
        if node.level:
            parts = [*here[: len(here) + 1 - node.level], *parts]
        elif parts[0] == package:
            parts = parts[1:]
        else:
            return
        for alias in node.names:
            yield parts, alias.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _RELATIVE.fullmatch(node.value):
        parts = node.value.lstrip(".").split(".")
        yield [*here[: len(here) + 1 - (len(node.value) - len(node.value.lstrip(".")))], *parts], ""


def _target(modules: Mapping[str, str], parts: Sequence[str], name: str) -> tuple[str, str] | None:
    path = "/".join(parts)
    inside = f"{path}/{name}".lstrip("/")
    if name and inside in modules:
        return inside, ""
    if path in modules:
        return path, name
    for one in (f"{inside}/__init__", f"{path}/__init__".lstrip("/")):
        if one in modules:
            return one, "" if one.startswith(f"{inside}/") else name
    return None


def circles(found: Sequence[Import]) -> list[list[str]]:
    """List the groups of modules of which each imports each, directly or by others."""
    reached: dict[str, set[str]] = {}
    for one in found:
        reached.setdefault(one.module, set()).add(one.target)
    grown = True
    while grown:
        grown = False
        for targets in reached.values():
            more = {far for near in targets for far in reached.get(near, ())} - targets
            if more:
                targets |= more
                grown = True
    groups = {
        tuple(sorted(other for other in targets if other == module or module in reached.get(other, ())))
        for module, targets in reached.items()
        if module in targets
    }
    return sorted(map(list, groups))
