"""`create_app(mock=True)`: answers before there is a service, made of the document, checked as a service's are."""

from __future__ import annotations

import importlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from fastapi.testclient import TestClient

from generator.output import package
from tests.support.folders import ROOT
from tests.support.packages import build_tree, imported


def answer(schema: Any, **more: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema, **more}}}


def document(schemas: dict[str, Any], **components: Any) -> dict[str, Any]:
    """One GET for each schema, at /<its name>."""
    paths = {
        f"/{name}": {"get": {"operationId": name, "responses": {"200": one if "description" in one else answer(one)}}}
        for name, one in schemas.items()
    }
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return {**head, "paths": paths, "components": {"schemas": components}}


def answers(package: package.Package) -> dict[str, Any]:
    lines = package.files[PurePosixPath(package.name, "server", "mock.jsonl")].splitlines()
    return {one["operation"].rpartition(".")[2]: one for one in map(json.loads, lines)}


TEXT = {"type": "string"}
CASES: dict[str, tuple[Any, Any]] = {
    "example": ({"type": "string", "examples": ["first", "second"]}, "first"),
    "default": ({"type": "integer", "default": 7}, 7),
    "const": ({"const": "only"}, "only"),
    "enum": ({"enum": [None, "b"]}, "b"),
    "wrong_example": ({"type": "integer", "minimum": 3, "examples": ["three"]}, 3),
    "bounds": ({"type": "number", "exclusiveMinimum": 1, "multipleOf": 0.5}, 1.5),
    "pattern": ({"type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"}, "AA-000"),
    "lengths": ({"type": "string", "minLength": 8}, "stringxx"),
    "moment": ({"type": "string", "format": "date-time"}, "2024-01-01T00:00:00Z"),
    "wrong_moment": ({"type": "string", "format": "date-time", "examples": ["soon"]}, "2024-01-01T00:00:00Z"),
    "items": ({"type": "array", "minItems": 2, "uniqueItems": True, "items": TEXT}, ["string", "string1"]),
    "closed": (
        {"type": "object", "additionalProperties": False, "properties": {"a": TEXT, "b": {"type": "boolean"}}},
        {"a": "string", "b": False},
    ),
    "hidden": ({"type": "object", "properties": {"password": {**TEXT, "writeOnly": True}, "a": TEXT}}, {"a": "string"}),
    "either": ({"oneOf": [{"type": "null"}, {"type": "integer", "minimum": 2}]}, 2),
    "excluded": ({"type": "string", "enum": ["a", "b"], "not": {"const": "a"}}, "b"),
    "tree": ({"$ref": "#/components/schemas/Tree"}, {"left": {"left": {"left": {"size": 0}, "size": 0}, "size": 0}, "size": 0}),
    "tagged": ({"$ref": "#/components/schemas/Pet"}, {"kind": "cat", "name": "Tom"}),
}  # fmt: skip
COMPONENTS = {
    "Tree": {
        "type": "object",
        "required": ["size"],
        "properties": {"left": {"$ref": "#/components/schemas/Tree"}, "size": {"type": "integer"}},
    },
    "Cat": {
        "type": "object",
        "required": ["kind", "name"],
        "properties": {"kind": TEXT, "name": {**TEXT, "examples": ["Tom"]}},
    },
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
    },
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("mock")
    tree = document({name: schema for name, (schema, _) in CASES.items()}, **COMPONENTS)
    package = build_tree(folder, tree, package="mock_values")
    assert not package.warnings
    imported(package, folder)
    return TestClient(importlib.import_module("mock_values.server").create_app(mock=True))


@pytest.mark.parametrize("name", CASES)
def test_values_are_the_documents_own_where_they_fit_and_else_the_plainest(served: TestClient, name: str) -> None:
    response = served.get(f"/{name}")
    assert (response.status_code, response.json()) == (200, CASES[name][1])
    assert served.get(f"/{name}").content == response.content


def test_a_mapped_tag_that_its_schema_refuses_is_left_out(tmp_path: Path) -> None:
    car = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "auto"}}}
    mapping = {"car": "#/components/schemas/Car"}
    union = {"oneOf": [{"$ref": mapping["car"]}], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    package = build_tree(tmp_path, document({"a": union}, Car=car))
    assert answers(package)["a"]["body"] == {"kind": "auto"}
    assert [one.pointer.rpartition("/")[2] for one in package.warnings] == ["car"]  # which is told, and nothing else


@pytest.mark.parametrize("bound", ["MOST_VALUES", "MOST_CHARACTERS"])
def test_all_answers_together_have_bounds(bound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References repeat a large example or schema in each operation."""
    monkeypatch.setattr(f"generator.mock.answers.{bound}", 500)
    example = {
        "content": {"application/json": {"schema": {"type": "array", "minItems": 40}, "example": ["0123456789"] * 40}},
        "description": "",
    }
    made = {"type": "array", "minItems": 40, "items": {"type": "string", "minLength": 10}}
    responses = {"a": example, "made": {"$ref": "#/components/schemas/Made"}}
    package = build_tree(
        tmp_path, document({f"{name}{i}": responses[name] for name in responses for i in range(12)}, Made=made)
    )
    assert 1 <= len(answers(package)) < 24
    assert len(package.warnings) == 24 - len(answers(package))
    assert "of all answers" in package.warnings[0].message


def test_another_example_is_another_answer(tmp_path: Path) -> None:
    tree = document({"a": {"description": "", "content": {"application/json": {"schema": TEXT, "example": "first"}}}})
    assert answers(build_tree(tmp_path, tree))["a"]["body"] == "first"
    actions = [{"target": "$.paths['/a'].get.responses['200'].content[*]", "update": {"example": "second"}}]
    overlay = {"overlay": "1.0.0", "info": {"title": "T", "version": "1"}, "actions": actions}
    (tmp_path / "overlay.yaml").write_text(json.dumps(overlay), encoding="utf-8")
    assert answers(build_tree(tmp_path, tree))["a"]["body"] == "second"


def test_bodies_of_every_kind(tmp_path: Path) -> None:
    item = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    kinds = {
        "empty": {"204": {"description": ""}},
        "created": {"201": answer(item)},
        "fallback": {"default": answer(item)},
        "range": {"2XX": answer(item)},
        "text": {"200": {"description": "", "content": {"text/plain": {"schema": TEXT, "example": "hello"}}}},
        "bytes": {"200": {"description": "", "content": {"application/octet-stream": {}}}},
        "image": {"200": {"description": "", "content": {"image/png": {}, "application/json": {"schema": item}}}},
        "lines": {"200": {"description": "", "content": {"application/jsonl": {"itemSchema": item}}}},
        "events": {"200": {"description": "", "content": {"text/event-stream": {"itemSchema": item}}}},
        "flags": {
            "200": {"description": "", "content": {"multipart/mixed; boundary=B": {"itemSchema": {"type": "boolean"}}}}
        },
        "files": {"200": {"description": "", "content": {"multipart/mixed; boundary=B": {"itemSchema": {}}}}},
        "form": {"200": {"description": "", "content": {"application/x-www-form-urlencoded": {"schema": item}}}},
        "header": {"200": {"description": "", "headers": {"X-At": {"required": True, "schema": {"type": "integer"}}}}},
        "failing": {"404": {"description": ""}},
        "impossible": {"200": answer({"type": "string", "minLength": 3, "maxLength": 2})},
    }
    tree = document(dict.fromkeys(kinds, answer(TEXT)))
    tree["openapi"] = "3.2.0"
    for name, responses in kinds.items():
        tree["paths"][f"/{name}"]["get"]["responses"] = responses
    package = build_tree(tmp_path, tree, package="mock_kinds")
    noticed = [one.pointer for one in package.warnings if "mock=True" in one.message]
    assert noticed == ["#/paths/~1impossible/get"]
    imported(package, tmp_path)
    client = TestClient(importlib.import_module("mock_kinds.server").create_app(mock=True))
    got = {name: client.get(f"/{name}") for name in kinds}
    shown = {name: (one.status_code, one.text) for name, one in got.items()}
    assert shown.pop("impossible")[0] == 501
    assert shown == {
        "empty": (204, ""),
        "created": (201, '{"n":0}'),
        "fallback": (200, '{"n":0}'),
        "range": (200, '{"n":0}'),
        "text": (200, "hello"),
        "bytes": (200, "string"),
        "image": (200, "string"),
        "lines": (200, '{"n":0}\n'),
        "events": (200, 'data: {"n": 0}\n\n'),
        "flags": (200, "--B\r\nContent-Type: text/plain\r\n\r\nfalse\r\n--B--\r\n"),
        "files": (200, "--B\r\nContent-Type: application/octet-stream\r\n\r\nstring\r\n--B--\r\n"),
        "form": (200, "n=0"),
        "header": (200, ""),
        "failing": (404, ""),
    }
    assert got["header"].headers["x-at"] == "0"


def test_another_operation_adds_a_line_and_changes_none(tmp_path: Path) -> None:
    key = PurePosixPath("api", "server", "mock.jsonl")
    few = build_tree(tmp_path, document({"a": TEXT, "c": TEXT})).files[key].splitlines()
    more = build_tree(tmp_path, document({"a": TEXT, "b": TEXT, "c": TEXT, "d": TEXT})).files[key].splitlines()
    assert [more[0], more[2]] == few
    assert len(more) == 4


def test_a_value_that_breaks_the_contract_is_never_sent(tmp_path: Path) -> None:
    package = build_tree(tmp_path, document({"a": {"type": "integer"}}), package="mock_broken")
    key = PurePosixPath("mock_broken", "server", "mock.jsonl")
    package.files[key] = package.files[key].replace(": 0", ': "x"')
    imported(package, tmp_path)
    app = importlib.import_module("mock_broken.server").create_app(mock=True)
    assert TestClient(app).get("/a").status_code == 500


def test_requests_are_checked_and_services_that_are_given_go_first() -> None:
    from weave_costs import models
    from weave_costs.server import create_app
    from weave_costs.server.stub import SyncCosts

    class Mine(SyncCosts):
        def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
            return models.CostCreateRes(ids=[("mine", body.project_id)])

    body = {"project_id": "a/b", "costs": {}}
    mock = TestClient(create_app(mock=True))
    assert mock.post("/cost/create", json=body).status_code == 401
    assert mock.post("/cost/create", json={}, auth=("any", "one")).status_code == 422
    assert mock.post("/cost/create", json=body, auth=("any", "one")).json() == {"ids": [["string", "string"]]}
    mine = TestClient(create_app(mock=True, costs=lambda _: Mine()))
    assert mine.post("/cost/create", json=body, auth=("any", "one")).json() == {"ids": [["mine", "a/b"]]}
    assert TestClient(create_app()).post("/cost/create", json=body, auth=("any", "one")).status_code == 501


@pytest.mark.parametrize(("options", "status"), [(["--mock"], 200), ([], 501)])
def test_the_command_serves(options: list[str], status: int) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "weave_costs.server", "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT / "generated", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/cost/create",
        b'{"project_id": "a/b", "costs": {}}',
        {"content-type": "application/json", "authorization": "Bearer any"},
    )
    try:
        assert status_of(request) == status
    finally:
        process.terminate()
        process.wait(10)


def status_of(request: urllib.request.Request) -> int:
    """The status of an answer, waiting for the server to start."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310 - our own address
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail("it did not start")
