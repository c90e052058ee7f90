"""The rules of the generator's code: which package imports which, what stands where, how long modules and functions are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.folders import ROOT
from tests.support.imports import Import, circles, imports, read

CODE = ROOT / "generator"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

FLOORS = (
    "__main__",
    "cli",
    "changes",
    "verify",
    "pipeline",
    "mock",
    "lowering",
    "models",
    "validation",
    "console",
    "options",
    "output",
    "document",
    "schemas",
    "render",
    "settings",
    "ir",
    "parsing",
    "python",
    "git",
    "diagnostics",
    "disk",
    "circles",
    "stages",
    "pointer",
    "records",
    "__init__",
)
"""What stands in generator/, from the top floor down: each imports only what stands below it."""
INNER = {"changes": ("report", "surface", "document", "sets"), "verify": ("proof", "wire", "values", "document")}
"""The packages inside two of them, from the top down in the same way."""

OTHER_TESTS = {"bench", "cost_service", "hostile", "project", "runtime", "support", "tools", "world"}
"""Folders of tests, and of what they need, that are for no single package of the generator."""

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50

LONG_FUNCTIONS: dict[str, str] = {
    "lowering/lower: lower": "it makes `ir.Api`, a line for each field",
}
"""Functions that are longer than the rule allows, with the reason."""


def floor(path: str) -> str:
    """The floor on which a module stands."""
    return path.partition("/")[0]


def upward(found: Iterable[Import], floors: Sequence[str]) -> list[str]:
    """List the imports that do not lead down; what is inside one floor may be imported there."""
    return [
        f"{one.module} imports {one.target}"
        for one in found
        if floor(one.module) != floor(one.target) and floors.index(floor(one.module)) >= floors.index(floor(one.target))
    ]


def inside(found: Iterable[Import], room: str) -> list[Import]:
    """List the imports between the packages inside a package, as if it were the whole."""
    return [
        Import(one.module.removeprefix(f"{room}/"), one.target.removeprefix(f"{room}/"), one.name)
        for one in found
        if all(path.startswith(f"{room}/") and path.count("/") > 1 for path in (one.module, one.target))
    ]


def private(found: Iterable[Import]) -> list[str]:
    """List the imports of names that belong to another module alone."""
    return [
        f"{one.module} imports {one.name} from {one.target}"
        for one in found
        if one.name.startswith("_") and not one.name.endswith("__")
    ]


def long_modules(modules: Mapping[str, str]) -> list[str]:
    return [name for name, text in modules.items() if len(text.splitlines()) > LONGEST_MODULE]


def long_functions(modules: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: {node.name}"
        for name, text in modules.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]


def absolute(modules: Mapping[str, str]) -> list[str]:
    """List the modules that import the package by one of its names: it is `spectwin` here and `generator` there."""
    return [
        name
        for name, text in modules.items()
        for node in ast.walk(ast.parse(text))
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if module.partition(".")[0] in {"generator", "spectwin"}
    ]


MODULES = read(CODE)
IMPORTS = imports(MODULES, "generator")


def test_the_generator_holds_these_packages_and_modules_only() -> None:
    there = {path.stem for path in CODE.iterdir() if path.name not in {"__pycache__", "templates"}}
    assert there == set(FLOORS)
    for room, names in INNER.items():
        assert {path.name for path in (CODE / room).iterdir() if (path / "__init__.py").is_file()} == set(names)


def test_tests_stand_in_folders_of_the_same_names() -> None:
    paths = [
        path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("*.py") if "expected" not in path.parts
    ]
    assert len(paths) > 100
    assert {path.parts[0] for path in paths} - OTHER_TESTS - set(FLOORS) == {"conftest.py"}


def test_each_package_imports_only_what_stands_below_it() -> None:
    assert len(IMPORTS) > 300
    assert upward(IMPORTS, FLOORS) == []


def test_imports_inside_the_package_are_relative() -> None:
    assert absolute(MODULES) == []
    assert absolute({"a": "from generator.ir import Api", "b": "import spectwin", "c": "from . import generator"}) == [
        "a",
        "b",
    ]


@pytest.mark.parametrize("room", INNER)
def test_so_do_the_packages_inside_a_package(room: str) -> None:
    found = inside(IMPORTS, room)
    assert found
    assert upward(found, INNER[room]) == []


def test_no_module_imports_itself_by_others() -> None:
    assert circles(IMPORTS) == []


def test_no_module_imports_the_private_names_of_another() -> None:
    assert private(IMPORTS) == []


def test_no_module_and_no_function_is_too_long_to_be_read() -> None:
    assert long_modules(MODULES) == []
    assert sorted(long_functions(MODULES)) == sorted(LONG_FUNCTIONS)
    assert all(LONG_FUNCTIONS.values())


def test_the_page_on_architecture_has_a_row_for_each_package_and_module_from_the_top_down() -> None:
    rows = re.findall(r"^\| `(\w+)(/|\.py)` \|", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [name for name in FLOORS if not name.startswith("__")]
    assert [name for name, end in rows if (CODE / name).is_dir() != (end == "/")] == []
    assert [
        f"{room}/{name}" for room, names in INNER.items() for name in names if f"`{room}/{name}/`" not in PAGE
    ] == []


# The rules themselves: each finds what breaks it.


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "__init__.py").write_text("")
    (tmp_path / "b.py").write_text("import os\nfrom os import path\n")
    (tmp_path / "c.py").write_text('NAMES = {"x": ".a.e", "y": ".b", "z": ".a.none"}\nfrom . import a\n')
    (tmp_path / "a" / "d.py").write_text(
        "import package.b\n"
        "def f():\n    from ..c import NAMES\n"
        "if TYPE_CHECKING:\n    from . import e\n"
        "from package import c\n"
    )
    (tmp_path / "a" / "e.py").write_text("from .d import f, _g\nfrom package.a.d import h\n")
    found = imports(read(tmp_path), "package")
    assert [(one.module, one.target, one.name) for one in found] == [
        ("a/d", "a/e", ""),
        ("a/d", "b", ""),
        ("a/d", "c", ""),
        ("a/d", "c", "NAMES"),
        ("a/e", "a/d", "_g"),
        ("a/e", "a/d", "f"),
        ("a/e", "a/d", "h"),
        ("c", "a/__init__", ""),
        ("c", "a/e", ""),
    ]
    assert upward(found, ("c", "a", "b")) == ["a/d imports c", "a/d imports c"]
    assert upward(found, ("b", "a", "c")) == ["a/d imports b", "c imports a/__init__", "c imports a/e"]
    assert circles(found) == [["a/d", "a/e", "c"]]
    assert private(found) == ["a/e imports _g from a/d"]


def test_packages_inside_a_package_are_told_from_its_modules() -> None:
    modules = {
        "a/x/one": "from ..y.two import f",
        "a/y/two": "from ..three import g",
        "a/three": "from .x.one import h",
    }
    found = inside(imports(modules, "package"), "a")
    assert upward(found, ("x", "y")) == []
    assert upward(found, ("y", "x")) == ["x/one imports y/two"]


def test_circles_of_several_modules_are_found_one_by_one() -> None:
    modules = {
        "a": "from .b import x",
        "b": "from .c import x",
        "c": "from .a import x\nfrom .d import x",
        "d": "from .e import x",
        "e": "def f():\n    from .d import x",
        "f": "from .a import x",
    }
    assert circles(imports(modules, "package")) == [["a", "b", "c"], ["d", "e"]]


def test_lengths_are_counted_to_the_line() -> None:
    fitting = "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION - 1)
    assert long_functions({"a": fitting, "b": fitting + "    x = 1\n"}) == ["b: f"]
    assert long_functions({"c": f"class C:\n    async {fitting}    x = 1\n".replace("\n    x", "\n        x")}) == [
        "c: f"
    ]
    full = "x = 1\n" * LONGEST_MODULE
    assert long_modules({"a": full, "b": full + "\n"}) == ["b"]
