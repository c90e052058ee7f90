"""Security requirements that name a scheme by its address (OpenAPI 3.2, section 4.30)."""

from __future__ import annotations

from typing import Any

import pytest

from generator.document.security_names import by_name

AT = "#/components/securitySchemes/"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({AT + "y": ["s1"]}, {"y": ["s1"]}),
        ({AT + "a~1b": []}, {"a/b": []}),
        ({AT + "y": ["s1", "s3"], "y": ["s2", "s1"]}, {"y": ["s1", "s3", "s2"]}),
        ({"y": ["s2"], AT + "y": ["s1"]}, {"y": ["s2", "s1"]}),
        ({AT + "x/y": ["s1"]}, {AT + "x/y": ["s1"]}),
        ({AT + "none": []}, {AT + "none": []}),
        ({AT + "y": None, "y": ["s1"]}, {AT + "y": None, "y": ["s1"]}),
    ],
)
def test_an_address_means_the_component_at_it_and_no_scope_is_lost(
    written: dict[str, Any], meant: dict[str, Any]
) -> None:
    schemes = {"y": {"type": "mutualTLS"}, "a/b": {"type": "mutualTLS"}}
    root = {"openapi": "3.2.0", "components": {"securitySchemes": schemes}, "security": [written]}
    assert by_name(root)["security"] == [meant]
