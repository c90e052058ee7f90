"""Path items that refer to another one: each path has operations of its own, and each part its own place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document import operations
from generator.document.document import Document
from generator.document.load import load
from generator.output.package import Package
from generator.parsing.limits import Limits
from generator.validation.validate import validate
from tests.support.packages import build_tree

DONE = {"204": {"description": "ok"}}
READ: dict[str, Any] = {"get": {"operationId": "readThing", "responses": DONE}}


def _tree(paths: dict[str, Any], items: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    root = {"openapi": "3.1.0", "info": {"title": "Tea house", "version": "1"}, "paths": paths, **more}
    return {**root, "components": {"pathItems": items}} if items else root


def _load(folder: Path, root: dict[str, Any], **options: Any) -> Document:
    path = folder / "openapi.json"
    path.write_text(json.dumps(root, indent=1), encoding="utf-8")
    return load(path, **options)


def _refused(folder: Path, root: dict[str, Any], **options: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        validate(_load(folder, root, **options))
    return caught.value.diagnostics


def _names(package: Package) -> list[str]:
    assert package.api is not None
    return [one.name for group in package.api.groups for one in group.operations]


def test_each_path_has_operations_of_its_own(tmp_path: Path) -> None:
    document = _load(tmp_path, _tree({"/a": {"$ref": "#/paths/~1b"}, "/b": READ, "/c": {"$ref": "#/paths/~1a"}}))
    views = operations.read(document)
    assert [(view.path, view.pointer) for view in views] == [
        ("/a", "#/paths/~1a/get"),
        ("/b", "#/paths/~1b/get"),
        ("/c", "#/paths/~1c/get"),
    ]
    assert document.origin("#/paths/~1c/get/responses") == (0, "#/paths/~1b/get/responses")


def test_each_path_names_its_operations(tmp_path: Path) -> None:
    package = build_tree(tmp_path, _tree({"/tea": READ, "/shop/tea": {"$ref": "#/paths/~1tea"}}))
    assert _names(package) == ["get_tea", "get_shop_tea"]


def test_a_name_of_one_path_is_its_operation_id(tmp_path: Path) -> None:
    package = build_tree(tmp_path, _tree({"/tea": {"$ref": "#/components/pathItems/Tea"}}, {"Tea": READ}))
    assert _names(package) == ["read_thing"]


def test_a_pin_of_an_operation_id_that_paths_share_is_refused(tmp_path: Path) -> None:
    root = _tree({"/tea": READ, "/shop/tea": {"$ref": "#/paths/~1tea"}})
    with pytest.raises(Refused, match="it names 2 operations, which share a path item: pin each by its pointer"):
        build_tree(tmp_path, root, names={"readThing": "tea"})
    package = build_tree(tmp_path, root, names={"#/paths/~1tea/get": "tea"})
    assert "tea" in _names(package)


def test_what_stands_beside_a_reference_is_joined_with_its_target(tmp_path: Path) -> None:
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    header = {"name": "h", "in": "header", "schema": {"type": "string"}}
    items = {
        "Base": {**READ, "summary": "base", "parameters": [query]},
        "More": {"$ref": "#/components/pathItems/Base", "put": {"responses": DONE}},
    }
    own = {"$ref": "#/components/pathItems/More", "post": {"responses": DONE}, "parameters": [header], "summary": "own"}
    document, _ = validate(_load(tmp_path, _tree({"/a": own}, items)))
    views = {view.method: view for view in operations.read(document)}
    assert views.keys() == {"GET", "PUT", "POST"}
    assert [[one.value["name"] for one in view.parameters] for view in views.values()] == [["h", "q"]] * 3
    assert document.root["paths"]["/a"]["summary"] == "own"
    origins = {
        "post": "#/paths/~1a/post",
        "put": "#/components/pathItems/More/put",
        "get/responses": "#/components/pathItems/Base/get/responses",
        "parameters/0": "#/paths/~1a/parameters/0",
        "parameters/1/schema": "#/components/pathItems/Base/parameters/0/schema",
    }
    assert {place: document.origin(f"#/paths/~1a/{place}")[1] for place in origins} == origins


def test_what_stands_beside_a_reference_to_another_file_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": {"$ref": "tea.json"}}}}}
    other = {"get": {"responses": DONE}, "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer"}}]}
    (tmp_path / "items" / "item.json").write_text(json.dumps(other))
    (tmp_path / "tea.json").write_text(json.dumps({"type": "string"}))
    header = {"name": "h", "in": "header", "schema": {"type": "string"}}
    own = {"$ref": "items/item.json", "post": {"responses": answer}, "parameters": [header]}
    document, _ = validate(_load(tmp_path, _tree({"/a": own})))
    assert document.root["components"] == {"schemas": {"tea": {"type": "string"}}}
    assert document.origin("#/paths/~1a/post") == (0, "#/paths/~1a/post")
    assert document.origin("#/paths/~1a/get") == (1, "#/get")
    assert document.origin("#/paths/~1a/parameters/0/schema") == (0, "#/paths/~1a/parameters/0/schema")
    assert document.origin("#/paths/~1a/parameters/1/schema") == (1, "#/parameters/0/schema")


def test_an_operation_on_both_sides_is_refused_in_files_too(tmp_path: Path) -> None:
    (tmp_path / "item.json").write_text(json.dumps(READ))
    (found,) = _refused(tmp_path, _tree({"/a": {"$ref": "item.json", **READ}}))
    assert (found.pointer, found.line) == ("#/paths/~1a/get", 10)
    assert "item.json:1:" in found.message
    more = {"additionalOperations": {"COPY": {"responses": DONE}}}
    root = _tree({"/a": {"$ref": "#/components/pathItems/X", **more}}, {"X": more})
    (found,) = _refused(tmp_path, {**root, "openapi": "3.2.0"})
    assert found.pointer == "#/paths/~1a/additionalOperations/COPY"
    assert "#/components/pathItems/X/additionalOperations/COPY" in found.message


def test_webhooks_share_path_items(tmp_path: Path) -> None:
    document = _load(tmp_path, _tree({}, {"X": READ}, webhooks={"a": {"$ref": "#/components/pathItems/X"}}))
    assert [view.pointer for view in operations.webhooks(document, operations.read(document))] == ["#/webhooks/a/get"]


@pytest.mark.parametrize("ref", ["#/paths/~1no", "#/paths/~1a", "#/components/schemas/S", "no.json"])
def test_other_references_stay_errors(tmp_path: Path, ref: str) -> None:
    assert any(one.pointer.startswith("#/paths/~1a") for one in _refused(tmp_path, _tree({"/a": {"$ref": ref}})))


def test_repetition_is_bounded(tmp_path: Path) -> None:
    paths: dict[str, Any] = {f"/{number}": {"$ref": "#/components/pathItems/X"} for number in range(300)}
    (found,) = _refused(tmp_path, _tree(paths, {"X": READ}), limits=Limits(made=1_000))
    assert found.message == "more than 1,000 values would be made of this document"


def test_a_long_chain_is_followed(tmp_path: Path) -> None:
    paths: dict[str, Any] = {f"/{number}": {"$ref": f"#/paths/~1{number + 1}"} for number in range(3_000)}
    assert len(operations.read(_load(tmp_path, _tree({**paths, "/3000": READ})))) == 3_001
