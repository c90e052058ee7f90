"""What the gate inspects is the syntax tree of the very text that is written, and each module is parsed once."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.document.load import load
from generator.python import gate, syntax
from generator.python.syntax import GateError, Parsed, parse, with_imports
from generator.render.formatting import lay_out, sort_imports
from generator.render.marks import HEADS
from generator.settings.settings import Settings
from tests.support.packages import dependent

SEED = Path(__file__).parent.parent / "hostile" / "seed.yaml"
PLACE = "spectwin_0"
BODY = f'"""x"""\n\nimport {PLACE}\n\nX = 1\n'
GOOD = '"""x"""\n\nfrom __future__ import annotations\n\nfrom typing import Any\n\nX = 1\n'


def same(found: Parsed, text: str) -> bool:
    return found.text == text and ast.dump(found.tree) == ast.dump(ast.parse(text))


@pytest.fixture
def parsed_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of whole modules that are parsed, in order."""
    texts: list[str] = []
    original = ast.parse

    def noted(source: str, *arguments: Any, **options: Any) -> Any:
        texts.append(source)
        return original(source, *arguments, **options)

    monkeypatch.setattr(ast, "parse", noted)
    return texts


def test_import_lines_are_parsed_alone(parsed_texts: list[str]) -> None:
    before = parse("a.py", BODY)
    found = with_imports(before, PLACE, "a.py", GOOD)
    assert parsed_texts == [BODY, "from __future__ import annotations\n\nfrom typing import Any\n\n"]
    assert same(found, GOOD)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(BODY, GOOD.replace("X = 1", "X = evil()"), id="after"),
        pytest.param(BODY, GOOD.replace('"""x"""', "evil()"), id="before"),
        pytest.param(BODY, GOOD.replace("import Any", "import Any; evil()"), id="beside"),
        pytest.param(BODY, GOOD.replace("X = 1", "if evil:\n    X = 1"), id="around"),
        pytest.param(BODY, GOOD.replace("X = 1", "evil()\n\nX = 1"), id="between"),
        pytest.param(BODY, GOOD.removesuffix("\n") + "; evil()\n", id="at the end"),
        pytest.param(BODY, GOOD.replace("from typing import Any", "'''\nevil()\n'''"), id="a text"),
        pytest.param(BODY, '"""x"""\n\n', id="cut short"),
        pytest.param(BODY, BODY, id="no imports"),
        pytest.param(BODY, BODY.replace(f"import {PLACE}\n\n", ""), id="no lines"),
        pytest.param(f'"""x\n\nimport {PLACE}\n"""\n\nevil()\n', f"{GOOD}\n", id="in a docstring"),
        pytest.param(
            f'"""x\nimport {PLACE}\n"""\nimport {PLACE}\n',
            f'"""x\nimport a\n"""\nimport {PLACE}\n',
            id="in a docstring too",
        ),
        pytest.param(f"if evil:\n    import {PLACE}\n", "if evil:\n    import a\n", id="in a block"),
        pytest.param(f"evil(); import {PLACE}\n", "evil(); import a\n", id="after a statement"),
        pytest.param(f"import {PLACE}; evil()\n", "import a; evil()\n", id="before a statement"),
        pytest.param(f"X = 1; \\\nimport {PLACE}\nevil()\n", "X = 1; \\\nimport a\nevil()\n", id="after a backslash"),
        pytest.param(f"X = 1\rimport {PLACE}\nevil()\n", "X = 1\rimport a\nevil()\n", id="after a carriage return"),
        pytest.param(f"\x0cimport {PLACE}\nevil()\n", "\x0cimport a\nevil()\n", id="after a form feed"),
    ],
)
def test_the_tree_is_that_of_the_text_whatever_differs(body: str, text: str) -> None:
    assert same(with_imports(parse("a.py", body), PLACE, "a.py", text), text)


@pytest.mark.parametrize(
    "lines", ["from a import (\n", "'''\n", "import a \\\n", "    import a\n", "\ufeffimport a\n", "\0\n"]
)
def test_lines_that_are_no_statements_by_themselves_are_refused(lines: str) -> None:
    with pytest.raises(GateError, match="not Python"):
        with_imports(parse("a.py", BODY), PLACE, "a.py", BODY.replace(f"import {PLACE}\n\n", lines))


def test_the_gate_gets_each_module_parsed_once(monkeypatch: pytest.MonkeyPatch, parsed_texts: list[str]) -> None:
    inspected: dict[str, Parsed] = {}
    original = gate.check

    def noted(name: str, module: Parsed, *arguments: Any) -> None:
        inspected[name] = module
        original(name, module, *arguments)

    monkeypatch.setattr(gate, "check", noted)
    package = pipeline.build(load(SEED), Settings(spec=SEED, package="api"))
    whole = list(parsed_texts)
    assert len(inspected) == 12
    for name, module in inspected.items():
        written = next(text for path, text in package.files.items() if path.as_posix() == f"api/{name}")
        assert same(module, written.removeprefix(HEADS[".py"])), name
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
