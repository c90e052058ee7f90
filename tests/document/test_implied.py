"""`properties-imply-object`: which schemas get `type: object`."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from generator.document import load
from generator.document.implied import with_types
from generator.document.objects import walk
from tests.support.packages import build

pytestmark = pytest.mark.usefixtures("single")

A = {"properties": {"a": {"type": "string"}}}
OBJECT = {**A, "type": "object"}


def typed(schema: Any, tmp_path: Path, version: str = "3.1.0") -> Any:
    """Return a component's schema with the types that its properties imply."""
    schemas = {"T": schema, "Other": {"type": ["object", "null"]}}
    root = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    document = load.load(path)
    before = copy.deepcopy(document.root)
    found = with_types(document).root["components"]["schemas"]["T"]
    assert document.root == before
    return found


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (A, OBJECT),
        ({"properties": {"b": A}}, {"properties": {"b": OBJECT}, "type": "object"}),
        ({"items": A}, {"items": OBJECT}),
        ({"allOf": [A, {"required": ["a"]}]}, {"allOf": [OBJECT, {"required": ["a"]}]}),
        ({"oneOf": [A, {"type": "null"}]}, {"oneOf": [OBJECT, {"type": "null"}]}),
        ({**A, "oneOf": [{"required": ["a"]}, A]}, {**OBJECT, "oneOf": [{"required": ["a"]}, A]}),
        ({**A, "if": A, "then": A, "else": A}, {**OBJECT, "if": A, "then": A, "else": A}),
        ({**A, "dependentSchemas": {"a": A}}, {**OBJECT, "dependentSchemas": {"a": A}}),
        ({**A, "nullable": True}, {**OBJECT, "nullable": True}),
        (
            {"properties": {"properties": A, "allOf": A}},
            {"properties": {"properties": OBJECT, "allOf": OBJECT}, "type": "object"},
        ),
    ],
)
def test_properties_imply_a_type(schema: Any, expected: Any, tmp_path: Path) -> None:
    assert typed(schema, tmp_path) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {**A, "type": ["object", "null"]},
        {**A, "type": "string"},
        {**A, "enum": [1, {"a": ""}]},
        {**A, "const": 1},
        {**A, "$ref": "#/components/schemas/Other"},
        {**A, "allOf": [{"$ref": "#/components/schemas/Other"}]},
        {"type": ["object", "null"], "allOf": [A], "anyOf": [A], "oneOf": [A]},
        {**A, "anyOf": [{"type": "null"}, {"required": ["a"]}]},
        {"not": A},
        {"properties": {}},
        {"required": ["a"], "additionalProperties": {"type": "string"}},
        {"default": {"properties": {"a": 1}}, "examples": [A]},
        True,
    ],
)
def test_other_schemas_stay_as_they_are(schema: Any, tmp_path: Path) -> None:
    assert typed(schema, tmp_path) == schema


SPEC = """\
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /pages:
    get:
      operationId: getPage
      responses: {'200': {description: -, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}}
components:
  schemas:
    Page: {properties: {links: {nullable: true, properties: {next: {type: string}}}}}
"""


def test_generate_names_the_setting_and_follows_it(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    loose, strict = build(spec), build(spec, properties_imply_object=True)
    (notice,) = [one for one in loose.warnings if "properties and no type" in one.message]
    assert (notice.severity, notice.pointer) == ("notice", "#/components/schemas/Page")
    assert "properties-imply-object = true" in notice.hint
    assert notice.message.endswith("no object, too (also PageLinks)")
    assert [one for one in strict.warnings if "type" in one.message] == []
    texts = [{path.name: text for path, text in one.files.items()} for one in (loose, strict)]
    assert "links: Loose[PageLinks] = None" in texts[0]["models.py"]
    assert "links: PageLinks | None = None" in texts[1]["models.py"]
    assert "-> Loose[models.Page]" in texts[0]["api.py"]
    assert "-> models.Page" in texts[1]["api.py"]
    schemas = [json.loads(one["openapi.json"])["components"]["schemas"]["Page"] for one in texts]
    assert [one.get("type") for one in schemas] == [None, "object"]


def test_every_schema_is_looked_at_once() -> None:
    chain: Any = A
    for _ in range(2_000):
        chain = {"properties": {"next": chain}}
    assert sum(1 for _ in walk(chain, "schema")) == 2_002
