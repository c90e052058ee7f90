"""Only generator/disk.py opens, writes, moves or removes files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.folders import ROOT

GENERATOR = ROOT / "generator"
METHODS = frozenset(
    """chmod copy copy2 copyfile copytree exists hardlink_to is_dir is_file lchmod link makedirs mkdir mkfifo move open
    read_bytes read_text remove removedirs rename renames replace rmdir rmtree stat symlink symlink_to touch truncate unlink
    write_bytes write_text""".split()
)
"""Methods of paths, and functions of `os` and `shutil`; those that only look raise for a name that is too long."""
AMBIGUOUS = {"copy", "link", "move", "remove", "rename", "replace", "touch", "truncate"}
"""Names that other objects have too: seen as functions of a module only."""
MODULES = {"os", "shutil", "tempfile", "io", "fileinput", "mmap"}
ALLOWED = {
    ("__main__.py", "os.open"): "the null device, after the reader of a pipe went away",
    ("cli/watch.py", ".stat"): "when files were changed, not what is in them",
    ("output/fingerprint.py", ".stat"): "when files were changed, not what is in them",
}


def doors(source: str) -> Iterator[str]:
    """Name what a module calls to reach files."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in {"tempfile", "shutil", "fileinput", "mmap"})
        if isinstance(node, ast.ImportFrom) and node.module in {"tempfile", "shutil", "io"}:
            yield str(node.module)
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id == "open":
            yield "open"
        if isinstance(called, ast.Attribute) and called.attr in METHODS:
            owner = called.value.id if isinstance(called.value, ast.Name) else ""
            if owner in MODULES or (called.attr not in AMBIGUOUS and owner not in {"disk", "bodies"}):
                yield f"{owner}.{called.attr}" if owner in MODULES else f".{called.attr}"


@pytest.mark.parametrize("path", sorted(GENERATOR.rglob("*.py")), ids=lambda path: str(path.relative_to(GENERATOR)))
def test_files_are_reached_through_disk_only(path: Path) -> None:
    name = path.relative_to(GENERATOR).as_posix()
    if name == "disk.py":
        return
    found = [door for door in doors(path.read_text(encoding="utf-8")) if (name, door) not in ALLOWED]
    assert not found, f"{name} reaches files by itself: {found}; generator/disk.py has the functions for it"


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "Path('x').read_text()",
        "path.open('wb')",
        "path.stat()",
        "import shutil",
        "os.replace(a, b)",
        "from tempfile import mkdtemp",
        "target.parent.mkdir()",
    ],
)
def test_a_door_of_its_own_is_seen(source: str) -> None:
    assert list(doors(source))
