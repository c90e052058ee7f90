"""Import lines are those of the names that a module reads."""

from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath

import pytest

from generator.python.imports import header
from tests.support.packages import build_tree

pytestmark = pytest.mark.usefixtures("single")


def test_an_argument_is_no_name_of_the_module() -> None:
    source = "class X:\n    def f(self, models: Any, *, errors: int = 1) -> Literal[1]:\n        return contract, models, errors\n"
    assert header(ast.parse(source), {}) == (
        "from __future__ import annotations\nfrom typing import Any, Literal\nfrom . import contract"
    )


def test_no_import_is_unused(tmp_path: Path) -> None:
    """Parameters that are called like what modules import."""
    names = ("errors", "models", "deprecated", "Any", "httpx2")
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    root = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"get": {"parameters": parameters, "responses": {"204": {"description": "Done"}}}}},
    }
    files = build_tree(tmp_path, root).files
    for name in ("api.py", "client/default.py", "server/stub.py"):
        tree = ast.parse(files[PurePosixPath("api", name)])
        imported = {
            alias.name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
        }
        assert imported.isdisjoint(names), name


def test_the_names_of_a_wide_union_are_read() -> None:
    wide = " | ".join(['"Any"', *(f'"C{number}"' for number in range(1500))])
    assert header(ast.parse(f"x: {wide}"), {}) == "from __future__ import annotations\nfrom typing import Any"
