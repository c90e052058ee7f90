"""Which module of `changes` imports which: only what stands below it, imports for types and inside functions included."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import generator

ROOM = Path(generator.__file__).parent / "changes"
FLOORS = (
    {"model", "background", "revisions", "sides"},
    {"verdicts", "version"},
    {"sunset"},
    {"sets"},
    {"document"},
    {"surface"},
    {"accepted"},
    {"report", "untyped"},
    {"comparison"},
    {"configured"},
    {"since", "command"},
)
HEIGHT = {name: height for height, names in enumerate(FLOORS) for name in names}


def imported(path: Path) -> set[str]:
    """The modules of `changes` that a module imports, such as `sets.unions`."""
    found: set[str] = set()
    package = path.relative_to(ROOM).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not 0 < node.level <= len(package) + 1:
            continue
        base = (*package[: len(package) + 1 - node.level], *(node.module or "").split("."))
        for name in (".".join(filter(None, base)), *(".".join(filter(None, (*base, one.name))) for one in node.names)):
            if ROOM.joinpath(*name.split(".")).with_suffix(".py").is_file():
                found.add(name)
    return found


IMPORTS = {
    ".".join(path.relative_to(ROOM).with_suffix("").parts): imported(path)
    for path in sorted(ROOM.rglob("*.py"))
    if path.name != "__init__.py"
}


def test_no_import_leads_to_a_floor_above() -> None:
    assert IMPORTS["sets.unions"] >= {"model", "sets.shapes"}
    rooms = {name: name.partition(".")[0] for name in IMPORTS}
    assert {*rooms.values()} == HEIGHT.keys()
    upward = [
        f"{name} imports {other}"
        for name, others in IMPORTS.items()
        for other in others
        if rooms[other] != rooms[name] and HEIGHT[rooms[other]] >= HEIGHT[rooms[name]]
    ]
    assert not upward


def test_no_imports_lead_around_in_a_circle() -> None:
    assert len(list(TopologicalSorter(IMPORTS).static_order())) == len(IMPORTS)  # raises CycleError
