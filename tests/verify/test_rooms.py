"""verify shares no code with what it judges, and its rooms import only what stands below them."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import generator
from generator.verify import process

GENERATOR = Path(generator.__file__).parent
VERIFY = Path(process.__file__).parent
FLOORS = ("document", "values", "wire", "proof", "worker", "process", "command")
# The command generates the package that is proven. The other modules of verify import nothing of the generator.
COMMAND_IMPORTS = {
    "console",
    "options",
    "diagnostics",
    "settings",
    "document",
    "validation",
    "pipeline",
    "output",
    "parsing",
}


def module_name(path: Path) -> str:
    relative = path.relative_to(GENERATOR.parent).with_suffix("")
    return ".".join(part for part in relative.parts if part != "__init__")


MODULES = {module_name(path): path for path in sorted(VERIFY.rglob("*.py"))}


def imported(name: str, text: str, *, is_package: bool = False) -> set[str]:
    """Return the modules of the generator that a text imports anywhere, also inside functions and `TYPE_CHECKING`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if is_package else name.split(".")[:-1]
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            # `from . import x` names modules; `from .x import y` names what is in one.
            found |= {
                f"{source}.{alias.name}" if _is_module(f"{source}.{alias.name}") else source for alias in node.names
            }
    return {module for module in found if module == "generator" or module.startswith("generator.")}


def _is_module(name: str) -> bool:
    path = GENERATOR.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def imports_of(name: str) -> set[str]:
    path = MODULES[name]
    return imported(name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")


def room(name: str) -> str:
    """Return the folder of verify that a module stands in, or the module itself if it stands in none."""
    return [*name.split("."), ""][2]


def test_imports_are_read_at_any_level() -> None:
    text = "from . import bench\nfrom ..wire.styles import Pairs\ndef f():\n    from ...python import names\n    import generator.ir\n"
    assert imported("generator.verify.proof.call", text) == {
        "generator.verify.proof.bench",
        "generator.verify.wire.styles",
        "generator.python.names",
        "generator.ir",
    }


@pytest.mark.parametrize("name", MODULES)
def test_verify_imports_nothing_of_what_it_judges(name: str) -> None:
    outside = {module for module in imports_of(name) if not module.startswith("generator.verify")}
    allowed = {"disk"} | (COMMAND_IMPORTS if name == "generator.verify.command" else set())  # files have one door
    assert {module.split(".")[1] if "." in module else "" for module in outside} <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_rooms_import_only_what_stands_below(name: str) -> None:
    below = {room(module) for module in imports_of(name) if module.startswith("generator.verify.")} - {room(name)}
    assert all(FLOORS.index(other) < FLOORS.index(room(name)) for other in below), below


def test_no_module_reaches_itself() -> None:
    graph = {name: {module for module in imports_of(name) if module in MODULES} for name in MODULES}
    assert list(TopologicalSorter(graph).static_order())
