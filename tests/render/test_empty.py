"""What a document has nothing for is not there: no empty client, server or group, no import that nobody needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from tests.support.packages import build_tree, write
from tests.support.type_checker import mypy

pytestmark = pytest.mark.usefixtures("single")

DONE = {"204": {"description": "Done"}}
SCHEMAS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "components": {
        "schemas": {"Pet": {"type": "object", "properties": {"born": {"type": "string", "format": "date"}}}}
    },
}
WEBHOOKS = {**SCHEMAS, "webhooks": {"gone": {"post": {"responses": DONE}}}}
ALWAYS = {
    *("API.md", ".gitattributes", "__init__.py", "errors.py", "models.py", "openapi.json", "py.typed"),
    *(
        f"_runtime/{name}.py"
        for name in ("__init__", "exceptions", "lazy", "models/__init__", "models/base", "models/room")
    ),
    *(
        f"_runtime/{name}.py"
        for name in (
            "models/exact",
            "models/flood",
            "models/steps",
            "models/formats",
            "wire/__init__",
            "wire/contract",
            "wire/misfits",
            "wire/words",
        )
    ),
}


@pytest.mark.parametrize("sides", [{"client", "server"}, {"client"}, {"server"}])
@pytest.mark.parametrize(
    ("root", "more"),
    [(SCHEMAS, set()), ({**SCHEMAS, "paths": {}}, set()), (WEBHOOKS, {"api.py"})],
    ids=["schemas", "no paths", "webhooks"],
)
def test_without_operations_there_is_neither_client_nor_server(
    root: dict[str, Any], more: set[str], sides: set[str], tmp_path: Path
) -> None:
    package = build_tree(tmp_path, root, sides=frozenset(sides), distribution="pets")
    assert {path.relative_to("api").as_posix() for path in package.files if len(path.parts) > 1} == ALWAYS | more
    readme, project = (package.files[PurePosixPath(name)] for name in ("README.md", "pyproject.toml"))
    assert "Pets 1: models, generated from" in readme
    assert "client" not in readme + project
    assert "optional-dependencies" not in project


@pytest.mark.parametrize("root", [SCHEMAS, WEBHOOKS], ids=["schemas", "webhooks"])
def test_models_stand_alone(root: dict[str, Any], tmp_path: Path) -> None:
    write(build_tree(tmp_path, root), tmp_path)
    code = """
import sys
from api import models, errors
import api
print(api.__all__, models.Pet.model_validate_json('{"born": "2024-01-02"}').born.year, {"httpx2", "fastapi"} & sys.modules.keys())
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "['errors', 'models'] 2024 set()\n", done.stderr
    done = mypy("api", folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_choice_of_no_operation_is_an_error(tmp_path: Path) -> None:
    root = {**SCHEMAS, "paths": {"/pets": {"get": {"responses": DONE}}}}
    with pytest.raises(Refused, match='no operation matches "GET /cats"'):
        build_tree(tmp_path, root, operations=("GET /cats",))


def test_a_side_that_is_not_chosen_is_not_there(tmp_path: Path) -> None:
    root = {**SCHEMAS, "paths": {"/pets": {"get": {"responses": DONE}}}}
    for side, other in (("client", "server"), ("server", "client")):
        files = build_tree(tmp_path, root, sides=frozenset({side})).files
        assert not [path for path in files if other in path.parts]
        assert [path for path in files if side in path.parts]


def test_files_of_webhooks_alone_are_exported(tmp_path: Path) -> None:
    form = {"type": "object", "properties": {"scan": {"type": "string", "format": "binary"}}}
    body = {"content": {"multipart/form-data": {"schema": form}}}
    root = {
        **SCHEMAS,
        "paths": {"/a": {"get": {"responses": DONE}}},
        "webhooks": {"scanned": {"post": {"requestBody": body, "responses": DONE}}},
    }
    files = {path.as_posix(): text for path, text in build_tree(tmp_path, root).files.items()}
    assert "import File" in files["api/__init__.py"]
    assert '"File"' in files["api/server/__init__.py"]
