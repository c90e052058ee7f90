"""Each keyword of a document that is neither typed nor judged is listed, with the number of its places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.document.load import load
from generator.lowering.unread import unread

DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "T", "version": "1", "license": {"name": "MIT"}},
    "paths": {
        "/a": {
            "summary": "s",
            "get": {
                "parameters": [{"name": "q", "in": "query", "allowEmptyValue": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "d",
                        "summary": "s",
                        "links": {},
                        "content": {
                            "multipart/mixed": {"itemSchema": {}, "itemEncoding": {}},
                            "multipart/form-data": {"itemSchema": {}, "itemEncoding": {}},
                        },
                    }
                },
            },
        }
    },
    "components": {
        "schemas": {
            "A": {
                "type": "string",
                "format": "hostname",
                "contentSchema": {"format": "uuid"},
                "minLength": 3,
                "xml": {},
            },
            "B": {"type": "string", "format": "hostname", "minLenght": 3, "x-own": 1},
            "C": {"type": "string", "format": "date-time", "title": "t", "examples": ["a"]},
            "D": {"type": "string", "format": "money"},
        }
    },
}


def test_what_nothing_reads_is_listed_once_with_its_places(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    found = {(one.kind, one.keyword): (one.places, one.pointer) for one in unread(load(path), {"money": "m:M"})}
    schemas = "#/components/schemas"
    assert found == {
        ("info", "license"): (1, "#/info/license"),
        ("pathItem", "summary"): (1, "#/paths/~1a/summary"),
        ("parameter", "allowEmptyValue"): (1, "#/paths/~1a/get/parameters/0/allowEmptyValue"),
        ("response", "summary"): (1, "#/paths/~1a/get/responses/200/summary"),
        ("response", "links"): (1, "#/paths/~1a/get/responses/200/links"),
        ("mediaType", "itemEncoding"): (
            1,
            "#/paths/~1a/get/responses/200/content/multipart~1form-data/itemEncoding",
        ),
        ("schema", "format: hostname"): (2, f"{schemas}/A/format"),
        ("schema", "contentSchema"): (1, f"{schemas}/A/contentSchema"),
        ("schema", "xml"): (1, f"{schemas}/A/xml"),
        ("schema", "minLenght"): (1, f"{schemas}/B/minLenght"),
        ("schema", "x-own"): (1, f"{schemas}/B/x-own"),
    }
