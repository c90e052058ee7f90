"""References of a document as pointers: which `$ref`s are references, and which are data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.document.load import load
from generator.document.schema_ids import as_pointers

REFERENCE = {"$ref": "#/components/schemas/A%20B"}
PLAIN = {"$ref": "#/components/schemas/A B"}


def _schemas(tmp_path: Path, **schemas: Any) -> dict[str, Any]:
    root = {
        "openapi": "3.1.0",
        "info": {"title": "Tea house", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A B": {"type": "string"}, **schemas}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    read: dict[str, Any] = as_pointers(load(path)).root["components"]["schemas"]
    return read


@pytest.mark.parametrize("name", ["default", "example", "examples", "enum", "const", "x-size"])
@pytest.mark.parametrize("keyword", ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"])
def test_a_property_may_be_called_as_a_keyword_that_holds_data(tmp_path: Path, keyword: str, name: str) -> None:
    assert _schemas(tmp_path, Cup={keyword: {name: REFERENCE}})["Cup"] == {keyword: {name: PLAIN}}


@pytest.mark.parametrize("keyword", ["default", "example", "const", "x-size"])
def test_what_a_keyword_holds_as_data_stays(tmp_path: Path, keyword: str) -> None:
    assert _schemas(tmp_path, Cup={keyword: REFERENCE, "not": REFERENCE})["Cup"] == {keyword: REFERENCE, "not": PLAIN}


def test_a_reference_into_an_extension_is_followed(tmp_path: Path) -> None:
    schemas = _schemas(tmp_path, Cup={"$ref": "#/components/schemas/Pot/x-lid"}, Pot={"x-lid": {"items": REFERENCE}})
    assert schemas["Pot"] == {"x-lid": {"items": PLAIN}}
