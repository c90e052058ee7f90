"""Changes of texts: one for each operation, in an order that is always the same."""

from __future__ import annotations

import json

from generator.changes.document.operations import compare
from generator.document.objects import METHODS


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
