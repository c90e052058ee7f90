"""References to the published metaschemas are resolved without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from generator.validation.validate import validate
from tests.support.packages import build_tree, imported

URI = "https://json-schema.org/draft/2020-12"


def _tree(reference: str, **schemas: Any) -> dict[str, Any]:
    tool = {"type": "object", "required": ["parameters"], "properties": {"parameters": {"$ref": reference}}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    return {**head, "components": {"schemas": {"Tool": tool, **schemas}}}


def test_a_schema_of_schemas_judges_them(tmp_path: Path) -> None:
    package = build_tree(tmp_path, _tree(f"{URI}/schema"), package="of_schemas")
    assert package.warnings == ()
    tool = imported(package, tmp_path).models.Tool
    right = {"parameters": {"type": "object", "properties": {"a": {"minimum": 1, "$ref": "#/x"}}}}
    assert tool.model_validate_json(json.dumps(right)).parameters.type == "object"
    for wrong in ({"type": "strin"}, {"properties": {"a": {"minimum": "1"}}}, 5, {"items": [True]}):
        with pytest.raises(ValueError, match="validation error"):
            tool.model_validate_json(json.dumps({"parameters": wrong}))


def test_a_part_of_a_metaschema_is_found_and_names_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    reference = f"{URI}/meta/validation#/$defs/simpleTypes"
    path.write_text(json.dumps(_tree(reference, MetaValidation={"type": "string"})), encoding="utf-8")
    schemas = validate(load(path))[0].root["components"]["schemas"]
    assert schemas["MetaValidation"] == {"type": "string"}
    assert schemas["Tool"]["properties"]["parameters"] == {
        "$ref": "#/components/schemas/MetaValidation_/$defs/simpleTypes"
    }


def test_another_draft_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(_tree("http://json-schema.org/draft-07/schema#")), encoding="utf-8")
    with pytest.raises(Refused, match="is a URL"):
        load(path)
