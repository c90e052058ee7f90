"""Taking a document in as canonical JSON, and what changed in it."""

from __future__ import annotations

import json

from generator.document.canonical import diff_documents, import_document, to_json
from tests.support.folders import PAGE


def test_a_page_is_imported_as_canonical_json() -> None:
    text = import_document(PAGE)
    tree = json.loads(text)
    assert text == json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    assert "찻잔을 만듭니다" in text
    assert list(tree) == ["openapi", "info", "servers", "paths", "components"]
    assert tree["info"] == {"title": "찻집", "version": "1.0.0"}
    operation = tree["paths"]["/cups"]["post"]
    assert "```\n" in operation["description"]
    assert operation["responses"] == {"201": {"description": "Made: the rest of the sentence is folded."}}
    properties = tree["components"]["schemas"]["Cup"]["properties"]
    assert [part["default"] for part in properties.values()] == ["2020-01-01", "no", 0]


def test_diff_shows_what_changed() -> None:
    old, new = to_json({"a": 1, "b": "x\u2028y"}), to_json({"a": 2, "b": "x\u2028y"})
    diff = diff_documents(old, new)
    assert '-  "a": 1,\n+  "a": 2,\n' in diff
    assert diff_documents(old, old) == ""
