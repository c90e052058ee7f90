"""Documents of several files, and overlays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document.document import Document
from generator.document.load import load
from generator.document.objects import walk
from generator.validation.validate import validate

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Tea house", "version": "1"}, "paths": {}}


def _write(folder: Path, files: dict[str, Any]) -> Path:
    """Write files, the first of which is the document; what is no text is written as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8"
        )
    return folder / next(iter(files))


def _load(folder: Path, files: dict[str, Any], **options: Any) -> Document:
    return load(_write(folder, files), **options)


def _refused(folder: Path, files: dict[str, Any], **options: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        _load(folder, files, **options)
    return caught.value.diagnostics


# Several files


def test_files_are_joined(tmp_path: Path) -> None:
    document = _load(
        tmp_path,
        {
            "api/openapi.yaml": """
openapi: 3.1.0
info: {title: a, version: "1"}
paths:
  /a: {$ref: paths/a.yaml}
  /b: {$ref: "paths/all.yaml#/~1b", summary: beside}
components:
  schemas:
    Pet: {$ref: schemas/pet.yaml}
    Thing: {properties: {$ref: {type: string},
      p: {$ref: "schemas/common.yaml#/definitions/Pet"}},
      example: {$ref: no.yaml}}
    One:
      oneOf: [{$ref: schemas/pet.yaml}, {$ref: "#/components/schemas/Thing"}]
      discriminator: {propertyName: k, mapping: {a: schemas/pet.yaml, b: Thing}}
""",
            "api/paths/a.yaml": """
get:
  parameters: [{$ref: "../shared.json#/P%20x"}]
  responses:
    "200": {description: "", content: {application/json: {schema: {$ref: "../schemas/common.yaml#/definitions/Pet"}}}}
""",
            "api/paths/all.yaml": """
/b: {post: {responses: {"200": {$ref: "../shared.json#/R"}}}}
""",
            "api/shared.json": {
                "P x": {"name": "p", "in": "query", "schema": {"$ref": "schemas/pet.yaml#/properties/tree"}},
                "R": {
                    "description": "",
                    "content": {"a/b": {"schema": {"$ref": "openapi.yaml#/components/schemas/One"}}},
                },
            },
            "api/schemas/pet.yaml": """
type: object
properties:
  tree: {$ref: "#"}
  owner: {$ref: "common.yaml#/definitions/Owner"}
""",
            "api/schemas/common.yaml": """
definitions:
  Pet: {type: string}
  Owner: {properties: {pet: {$ref: pet.yaml}}, discriminator: {propertyName: k, mapping: {a: "#/definitions/Pet"}}}
""",
        },
    )
    schemas = document.root["components"]["schemas"]
    assert set(schemas) == {"Pet", "Thing", "One", "common_Pet", "tree", "Owner"}
    assert list(schemas)[:3] == ["Pet", "Thing", "One"]
    assert schemas["Thing"]["properties"] == {
        "$ref": {"type": "string"},
        "p": {"$ref": "#/components/schemas/common_Pet"},
    }
    assert schemas["Thing"]["example"] == {"$ref": "no.yaml"}
    assert schemas["One"]["discriminator"]["mapping"] == {"a": "#/components/schemas/Pet", "b": "Thing"}
    assert schemas["Owner"]["discriminator"]["mapping"] == {"a": "#/components/schemas/common_Pet"}
    assert schemas["Pet"]["properties"]["tree"] == {"$ref": "#/components/schemas/Pet"}
    assert document.root["paths"]["/b"]["summary"] == "beside"
    references = [node.value["$ref"] for node in walk(document.root) if isinstance(node.value.get("$ref"), str)]
    assert references
    assert all(document.resolve(reference) is not None for reference in references)
    place = document.locate("#/components/schemas/Owner/properties/pet")
    assert (Path(place.file).name, place.line) == ("common.yaml", 4)
    place = document.locate("#/paths/~1a/get/responses/200/description")
    assert (Path(place.file).name, place.line) == ("a.yaml", 5)


def test_sections_of_other_files_are_put_in_place(tmp_path: Path) -> None:
    document = _load(
        tmp_path,
        {
            "openapi.json": {
                **HEAD,
                "paths": {"$ref": "paths.json"},
                "components": {"schemas": {"$ref": "schemas.json"}},
            },
            "paths.json": {"/a": {"get": {"responses": {"200": {"$ref": "more.json#/Fine"}}}}},
            "schemas.json": {"A": {"type": "string"}, "B": {"$ref": "#/A"}},
            "more.json": {"Fine": {"description": "fine"}},
        },
    )
    assert document.root["paths"]["/a"]["get"]["responses"]["200"] == {"$ref": "#/components/responses/Fine"}
    assert document.root["components"]["responses"] == {"Fine": {"description": "fine"}}
    assert document.resolve(document.root["components"]["schemas"]["B"]["$ref"]) == {"type": "string"}


def test_names_that_only_differ_in_what_a_name_cannot_have(tmp_path: Path) -> None:
    parts = {name: {"const": name} for name in ("a b", "a_b", "a/b")}
    references = [{"$ref": "parts.json#/" + name.replace("/", "~1").replace(" ", "%20")} for name in parts]
    tree = {**HEAD, "components": {"schemas": {"All": {"oneOf": references}}}}
    document = _load(tmp_path, {"openapi.json": tree, "parts.json": parts})
    made = document.root["components"]["schemas"]["All"]["oneOf"]
    assert [document.resolve(part["$ref"])["const"] for part in made] == ["a b", "a_b", "a/b"]


def test_names_that_meet_are_lengthened_by_their_files(tmp_path: Path) -> None:
    document = _load(
        tmp_path,
        {
            "openapi.json": {
                **HEAD,
                "components": {
                    "schemas": {
                        "All": {"oneOf": [{"$ref": f"{name}.json#/Size"} for name in ("tea/cup", "pot", "tea/pot")]}
                    }
                },
            },
            **{f"{name}.json": {"Size": {"const": name}} for name in ("tea/cup", "pot", "tea/pot")},
        },
    )
    schemas = document.root["components"]["schemas"]
    made = {name: schema["const"] for name, schema in schemas.items() if name != "All"}
    assert made == {"cup_Size": "tea/cup", "pot_Size": "pot", "tea_pot_Size": "tea/pot"}


def test_files_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"type": "string"}')
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "link.json").symlink_to("../secret.json")
    (tmp_path / "api" / "folder").symlink_to(tmp_path)
    for reference in (
        "../secret.json",
        "link.json",
        "folder/secret.json",
        "%2e%2e/secret.json",
        f"{tmp_path}/secret.json",
    ):
        tree = {**HEAD, "components": {"schemas": {"A": {"$ref": reference}}}}
        (found,) = _refused(tmp_path, {"api/openapi.json": tree})
        assert "out of the document's folder" in found.message or "absolute path" in found.message
        assert found.line == 1


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    _write(tmp_path, {"real.json": {"type": "string"}})
    (tmp_path / "link.json").symlink_to("real.json")
    tree = {**HEAD, "components": {"schemas": {"A": {"$ref": "link.json"}, "B": {"$ref": "real.json"}}}}
    schemas = _load(tmp_path, {"openapi.json": tree}).root["components"]["schemas"]
    assert schemas == {"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}}


def test_identifiers_of_schemas_are_no_files(tmp_path: Path) -> None:
    schemas = {
        "Tree": {"$id": "https://example.com/tree", "$anchor": "tree", "items": {"$ref": "#/items"}},
        "A": {"$ref": "https://example.com/tree"},
        "B": {"$ref": "https://example.com/tree#tree"},
    }
    tree = {**HEAD, "components": {"schemas": schemas}}
    loaded = _load(tmp_path, {"openapi.json": tree}).root["components"]["schemas"]
    assert loaded["A"] == loaded["B"] == {"$ref": "#/components/schemas/Tree"}


def test_errors_in_other_files_are_found_there(tmp_path: Path) -> None:
    tree = {**HEAD, "components": {"schemas": {"A": {"$ref": "a.yaml"}, "B": {"$ref": "b.json#/none"}}}}
    found = _refused(tmp_path, {"openapi.json": tree, "a.yaml": "type: string\ntype: object\n", "b.json": {}})
    assert {Path(part.file).name for part in found} == {"a.yaml", "openapi.json"}


# Overlays


def test_overlays(tmp_path: Path) -> None:
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": "o", "version": "1"},
        "actions": [
            {"target": "$.info", "update": {"title": "Pot house", "x-new": {"a": [1]}}},
            {"target": "$.tags[?@.name == 'a' || @.name == 'c']", "remove": True},
            {"target": "$.tags", "update": {"name": "d"}},
        ],
    }
    tree = {**HEAD, "tags": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}
    path = _write(tmp_path, {"overlay.json": overlay})
    root = _load(tmp_path, {"openapi.json": tree}, overlays=[path]).root
    assert root["info"] == {"title": "Pot house", "version": "1", "x-new": {"a": [1]}}
    assert root["tags"] == [{"name": "b"}, {"name": "d"}]


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"overlay": "2.0.0", "actions": []}, "not an OpenAPI Overlay"),
        ({"overlay": "1.0.0", "actions": []}, "at least one action"),
        ({"overlay": "1.0.0", "actions": [{"target": "$.nothing", "remove": True}]}, "matches nothing"),
        ({"overlay": "1.0.0", "actions": [{"target": "$.[", "remove": True}]}, "not a JSONPath"),
        ({"overlay": "1.0.0", "actions": [{"target": "$", "remove": True}]}, "can't be removed"),
        ({"overlay": "1.0.0", "actions": [{"target": "$.info"}]}, '"update"'),
        ({"overlay": "1.0.0", "actions": [{"target": "$.info", "update": 3}]}, "can't be updated"),
    ],
)
def test_wrong_overlays_are_refused(tmp_path: Path, overlay: dict[str, Any], message: str) -> None:
    path = _write(tmp_path, {"overlay.json": overlay})
    (found,) = _refused(tmp_path, {"openapi.json": HEAD}, overlays=[path])
    assert message in found.message
    assert Path(found.file).name == "overlay.json"


@pytest.mark.parametrize(
    "ref",
    [
        "#/components/schemas/A",
        "https://example.com/apis/main#/components/schemas/A",
        "main#/components/schemas/A",
        "/apis/main#/components/schemas/A",
        "../apis/main#/components/schemas/A",
    ],
)
def test_a_document_has_the_address_that_it_says(tmp_path: Path, ref: str) -> None:
    schemas = {"A": {"type": "string"}, "B": {"type": "array", "items": {"$ref": ref}}}
    head = {"openapi": "3.2.0", "$self": "https://example.com/apis/main", "info": {"title": "T", "version": "1"}}
    path = tmp_path / "spec.json"
    path.write_text(json.dumps({**head, "components": {"schemas": schemas}}), encoding="utf-8")
    root = validate(load(path))[0].root
    assert root["components"]["schemas"]["B"]["items"] == {"$ref": "#/components/schemas/A"}


def test_what_stands_beside_the_address_of_a_document_is_a_file_beside_it(tmp_path: Path) -> None:
    one = {"$ref": "https://example.com/apis/other.json#/B"}
    head = {"openapi": "3.2.0", "$self": "https://example.com/apis/main", "info": {"title": "T", "version": "1"}}
    path = tmp_path / "spec.json"
    path.write_text(
        json.dumps({**head, "components": {"schemas": {"A": one, "C": {"type": "string"}}}}), encoding="utf-8"
    )
    back = {"type": "array", "items": {"$ref": "https://example.com/apis/main#/components/schemas/C"}}
    (tmp_path / "other.json").write_text(json.dumps({"B": back}), encoding="utf-8")
    schemas = validate(load(path))[0].root["components"]["schemas"]
    assert schemas["A"] == {"type": "array", "items": {"$ref": "#/components/schemas/C"}}
