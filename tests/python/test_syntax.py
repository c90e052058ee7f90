"""What the gate inspects is the syntax tree of the very text that is written, and each module is parsed once."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.document.load import load
from generator.python import gate, parts, syntax
from generator.python.parts import Inspection
from generator.python.pieces import Pieces
from generator.python.syntax import GateError
from generator.render.formatting import lay_out, sort_imports
from generator.render.marks import HEADS
from generator.settings.settings import Settings
from tests.support.packages import dependent

SEED = Path(__file__).parent.parent / "hostile" / "seed.yaml"
PLACE = "spectwin_0"


@pytest.fixture
def parsed_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed, in order."""
    texts: list[str] = []
    original = ast.parse

    def noted(source: str, *arguments: Any, **options: Any) -> Any:
        texts.append(source)
        return original(source, *arguments, **options)

    monkeypatch.setattr(ast, "parse", noted)
    return texts


def inspected(monkeypatch: pytest.MonkeyPatch, body: str, head: str) -> str:
    """Inspect a module with a head in place of its own; give the dumps of what the gate saw, the head last."""
    seen: list[str] = []

    def noted(_: str, tree: ast.Module, *__: Any) -> None:
        seen.append(", ".join(map(ast.dump, tree.body)))

    monkeypatch.setattr(gate, "inspect", noted)
    whole = Inspection("a.py", body, PLACE, (), Pieces()).finish(head)
    assert ", ".join(filter(None, [seen[-1], *seen[:-1]])) == ", ".join(map(ast.dump, ast.parse(whole).body))
    return whole


HEAD = '"""x"""\n\nfrom __future__ import annotations\n\nfrom typing import Any\n\n'


@pytest.mark.parametrize("size", [1, 20, 10_000])
@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("X = 1\n", id="one"),
        pytest.param("X = 1\n\nclass A:\n    x = 1\n\n    y = 2\n\n\nclass B: ...\n", id="classes"),
        pytest.param('X = """\n\nclass A:\n\nY = 1\n"""\n\nZ = 1\n', id="code in a text"),
        pytest.param('X = """\n\nY = """\n\nZ = """\n\n"""\n\nA = 1\n', id="texts"),
        pytest.param("if X:\n    Y = 1\n\nelse:\n    Y = 2\n\nZ = 1\n", id="else"),
        pytest.param("try:\n    Y = 1\n\nexcept A:\n    Y = 2\n\nfinally:\n    Z = 1\n", id="except"),
        pytest.param("@a\n\n@b\n\nclass A: ...\n", id="decorators"),
        pytest.param("X = (\n\nY\n\n,\n\nZ)\n\nA = 1\n", id="brackets"),
        pytest.param("X = 1; \\\n\nevil()\n", id="a backslash"),
        pytest.param("X = 1; \\\n\n\nevil()\n\n\nY = 1\n", id="a backslash and empty lines"),
        pytest.param("# x\n\n# y\nX = 1\n\n# z\n", id="comments"),
        pytest.param("X = 1\n\n\x0cY = 2\n\nevil()\n", id="a form feed"),
        pytest.param("X = f'{a}'\n\n\nfrom a import b\n\nimport c\n", id="imports below"),
        pytest.param("\n\n\n", id="nothing"),
    ],
)
def test_the_gate_sees_the_statements_of_the_text_whatever_the_parts(
    monkeypatch: pytest.MonkeyPatch, tail: str, size: int
) -> None:
    monkeypatch.setattr(parts, "SIZE", size)
    if not tail.strip():
        assert not list(parts.parts("a.py", ""))
    whole = inspected(monkeypatch, f'"""x"""\n\nimport {PLACE}\n\n{tail}', HEAD)
    assert whole.endswith(tail.lstrip("\n"))


def test_a_text_that_is_not_python_is_refused_with_its_line_whatever_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    body = f'"""x"""\n\nimport {PLACE}\n\nX = 1\n\nY = (\n\nZ = 1\n'
    for size in (1, 10_000):
        monkeypatch.setattr(parts, "SIZE", size)
        with pytest.raises(GateError, match=r"^a\.py:7: not Python: '\(' was never closed$"):
            Inspection("a.py", body, PLACE, (), Pieces())


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("X: Any = evil()\n", "errors.py:3: a call of evil"),
        ("X: Any = 1\n\nY: Any = evil\n", "errors.py:5: the name evil"),
        ("X: Any = Y\n\nclass Y:\n    pass\n", ""),
        ("X: Any = Z\n\nclass Y:\n    pass\n", "errors.py:3: the name Z"),
    ],
)
def test_names_may_be_defined_below_and_are_known_at_the_end(
    monkeypatch: pytest.MonkeyPatch, tail: str, message: str
) -> None:
    monkeypatch.setattr(parts, "SIZE", 1)
    found = ""
    try:
        Inspection("errors.py", f"import {PLACE}\n\n{tail}", PLACE, (), Pieces()).finish("from typing import Any\n\n")
    except GateError as error:
        found = str(error)
    assert found == message


@pytest.mark.parametrize(
    "lines", ["from typing import Any; evil()\n\n", "evil()\n\n", "import os\n\n", "from os import Any\n\n"]
)
def test_the_head_is_inspected_when_its_imports_are_there(lines: str) -> None:
    one = Inspection("errors.py", f"import {PLACE}\n\nX: Any = 1\n", PLACE, (), Pieces())
    with pytest.raises(GateError, match=r"errors\.py:1: "):
        one.finish(lines)


def test_a_head_that_is_no_module_by_itself_is_refused() -> None:
    one = Inspection("errors.py", f"import {PLACE}\n\nX: Any = 1\n", PLACE, (), Pieces())
    for head in ("from typing import (\n", "if True:\n", "X = '''\n", "X = 1 + \\\n"):
        with pytest.raises(GateError, match="not Python"):
            one.finish(head)


def test_each_module_is_parsed_once(monkeypatch: pytest.MonkeyPatch, parsed_texts: list[str]) -> None:
    seen: dict[str, list[ast.stmt]] = {}
    original = gate.inspect

    def noted(name: str, tree: ast.Module, *arguments: Any) -> None:
        seen.setdefault(name, []).extend(tree.body)
        original(name, tree, *arguments)

    monkeypatch.setattr(gate, "inspect", noted)
    monkeypatch.setattr(Pieces, "inspect", lambda _, __, text, *___: iter([(0, text)]))  # see test_pieces.py
    package = pipeline.build(load(SEED), Settings(spec=SEED, package="api"))
    whole = list(parsed_texts)
    assert len(seen) == 12
    for name, statements in seen.items():
        written = next(text for path, text in package.files.items() if path.as_posix() == f"api/{name}")
        expected = map(ast.dump, ast.parse(written.removeprefix(HEADS[".py"])).body)
        assert sorted(map(ast.dump, statements)) == sorted(expected), name
        last = written[-60:]
        assert sum(text.endswith(last) for text in whole) == 1, name


def test_sorted_imports_are_laid_out_already(tmp_path: Path) -> None:
    """Imports are written after the layout: to lay a package out again changes nothing, long lists included."""
    types = {f"x-{index}": f"my_own.types.Quantity{index:02}" for index in range(12)}
    names = ("GET", "POST", "PUT", "DELETE")
    properties = {key: {"type": "string", "format": key} for key in types}
    content = {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}
    parameters = [{"name": key, "in": "query", "schema": {"type": "string", "format": key}} for key in types]
    operation = {"parameters": parameters, "responses": {"200": {"description": "", **content}}}
    paths = {"/": {name.lower(): operation for name in names}}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}), "utf-8")
    package = pipeline.build(load(path), Settings(spec=path, package="api", types=types))
    head = HEADS[".py"]  # has formatters leave the files alone
    modules = {name: text.removeprefix(head) for name, text in dependent(package).items() if name.endswith(".py")}
    assert "Quantity11,\n" in modules["api.py"], "the list is too short to be broken"
    assert lay_out(sort_imports(lay_out(modules))) == modules


def test_text_that_is_not_python_is_refused_with_its_line() -> None:
    with pytest.raises(GateError, match=r"^a\.py:2: not Python: '\(' was never closed$"):
        syntax.parse("a.py", "X = 1\nX = (\n")
