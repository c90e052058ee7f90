"""Changes of texts: one for each operation, in an order that is always the same."""

from __future__ import annotations

import json
import time
from typing import Any

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


def test_a_description_behind_a_reference_is_said() -> None:
    uses = {
        "parameters": [{"$ref": "#/components/parameters/P"}],
        "responses": {"200": {"$ref": "#/components/responses/R"}},
    }
    texts, more = [
        [
            document(
                {
                    "op": uses,
                    "components": {
                        "parameters": {"P": {"name": "p", "in": "query", "description": text, "schema": {}}},
                        "responses": {
                            "R": {"description": "", "headers": {key: {"description": "H"} for key in headers}}
                        },
                    },
                }
            )
            for text, headers in pairs
        ]
        for pairs in ((("one", ""), ("two", "")), (("one", ""), ("one", "h")))
    ]
    assert [each.identifier for each in compare(*texts)] == ["api-documentation-changed"]
    assert "api-documentation-changed" not in [each.identifier for each in compare(*more)]  # it came with its header


def test_what_many_refer_to_is_looked_at_once() -> None:
    """Seventy operations with seventy responses, each with seventy headers of seventy examples."""

    def users(of: str, key: str) -> dict[str, Any]:
        inner = {f"X{n}": {"$ref": f"#/components/{of}/X{n}"} for n in range(70)}
        return {f"X{n}": {"description": "", key: inner} for n in range(70)}

    old, new = (
        document(
            {
                "paths": {
                    f"/{n}": {
                        "get": {
                            "summary": text,
                            "responses": {f"{200 + n}": {"$ref": f"#/components/responses/X{n}"} for n in range(70)},
                        }
                    }
                    for n in range(70)
                },
                "components": {
                    "responses": users("headers", "headers"),
                    "headers": users("examples", "examples"),
                    "examples": {f"X{n}": {"summary": ""} for n in range(70)},
                },
            }
        )
        for text in ("one", "two")
    )
    began = time.process_time()
    assert [each.identifier for each in compare(old, new)] == ["api-documentation-changed"] * 70
    assert time.process_time() - began < 8
