"""Changes of texts: one for each operation, in an order that is always the same."""

from __future__ import annotations

import json

from generator.changes.document.operations import compare
from generator.document.objects import METHODS
from tests.changes.frames import document


def test_operations_of_one_path_come_in_the_order_of_their_methods() -> None:
    trees = [
        {
            "openapi": "3.2.0",
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/a": {method: {"summary": text, "responses": {"204": {"description": ""}}} for method in METHODS}
            },
        }
        for text in ("before", "after")
    ]
    changes = compare(*(json.loads(json.dumps(each)) for each in trees))
    assert [change.identifier for change in changes] == ["api-documentation-changed"] * len(METHODS)
    assert [change.operation for change in changes] == [f"{method.upper()} /a" for method in METHODS]


def test_a_description_beside_another_change_is_said_too() -> None:
    schemas = [
        {"properties": {"a": {"type": "string", "description": text}, "b": {"enum": values}}, "type": "object"}
        for text, values in (("one", ["x"]), ("two", ["x", "y"]), ("one", ["x", "y"]))
    ]
    use = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}}}
    old, new, same = (document({"op": use, "components": {"schemas": {"P": each}}}) for each in schemas)
    documented = "schema-documentation-changed"
    assert sorted(each.identifier for each in compare(old, new)) == ["request-property-enum-value-added", documented]
    assert [each.identifier for each in compare(old, same)] == ["request-property-enum-value-added"]


def test_what_comes_with_its_description_is_one_change() -> None:
    old, new = (
        {"type": "object", "properties": {name: {"description": name} for name in names}} for names in ("a", "ab")
    )
    body = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}}}
    before, after = (document({"op": body, "components": {"schemas": {"P": each}}}) for each in (old, new))
    assert [each.identifier for each in compare(before, after)] == ["new-optional-request-property"]
