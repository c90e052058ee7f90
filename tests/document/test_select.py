"""Keeping some operations, and what they reach."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.select import select

ROOT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tea house", "version": "1"},
    "tags": [{"name": "cups"}, {"name": "pots"}],
    "security": [{"token": []}],
    "paths": {
        "/cups": {
            "summary": "Cups",
            "get": {
                "operationId": "listCups",
                "tags": ["cups"],
                "parameters": [{"$ref": "#/components/parameters/Limit"}],
                "responses": {"200": {"$ref": "#/components/responses/Cups"}},
            },
            "post": {
                "operationId": "makeCup",
                "security": [{"key": []}],
                "requestBody": {"$ref": "#/components/requestBodies/Cup"},
                "responses": {"201": {"description": "", "links": {"next": {"$ref": "#/components/links/Next"}}}},
                "callbacks": {"made": {"$ref": "#/components/callbacks/Made"}},
            },
        },
        "/pots/{id}": {"$ref": "#/components/pathItems/Pot"},
    },
    "webhooks": {"broken": {"post": {"responses": {"200": {"$ref": "#/components/responses/Cups"}}}}},
    "components": {
        "schemas": {
            "Unused": {"$ref": "#/components/schemas/Cup"},
            "Cup": {"properties": {"pot": {"$ref": "#/components/schemas/Pot"}}, "example": {"$ref": "Data"}},
            "Pot": {
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"iron": "Iron", "clay": "#/components/schemas/Clay"},
                }
            },
            "Iron": {"properties": {"cup": {"$ref": "#/components/schemas/Cup"}}},
            "Clay": {"type": "object"},
            "Limit": {"type": "integer"},
            "Event": {"type": "string"},
        },
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"$ref": "#/components/schemas/Limit"}}},
        "responses": {
            "Cups": {
                "description": "",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cup"}}},
            }
        },
        "requestBodies": {"Cup": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Clay"}}}}},
        "links": {"Next": {"operationId": "listCups"}},
        "callbacks": {
            "Made": {
                "{$request.query.url}": {
                    "post": {
                        "requestBody": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}
                        },
                        "responses": {"200": {"description": ""}},
                    }
                }
            }
        },
        "pathItems": {"Pot": {"get": {"tags": ["pots"], "responses": {"200": {"description": ""}}}}},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "K"},
            "token": {"type": "http", "scheme": "bearer"},
        },
    },
}


def _names(root: dict[str, Any]) -> dict[str, list[str]]:
    return {section: list(part) for section, part in root.get("components", {}).items()}


def test_exactly_what_an_operation_reaches() -> None:
    before = copy.deepcopy(ROOT)
    root = select(ROOT, ["GET /cups"])
    assert list(root["paths"]) == ["/cups"]
    assert list(root["paths"]["/cups"]) == ["summary", "get"]
    assert root["tags"] == [{"name": "cups"}]
    assert "webhooks" not in root
    assert _names(root) == {
        "schemas": ["Cup", "Pot", "Iron", "Clay", "Limit"],
        "parameters": ["Limit"],
        "responses": ["Cups"],
        "securitySchemes": ["token"],
    }
    assert before == ROOT, "the document was changed"


def test_callbacks_links_bodies_and_own_security_are_kept() -> None:
    assert _names(select(ROOT, ["POST /cups"])) == {
        "schemas": ["Clay", "Event"],
        "requestBodies": ["Cup"],
        "links": ["Next"],
        "callbacks": ["Made"],
        "securitySchemes": ["key", "token"],
    }


def test_a_path_item_by_reference() -> None:
    root = select(ROOT, ["GET /pots/*"])
    assert root["paths"] == {"/pots/{id}": {"get": {"tags": ["pots"], "responses": {"200": {"description": ""}}}}}


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("listCups", {"/cups": ["get"]}),
        ("*Cup*", {"/cups": ["get", "post"]}),
        ("* /cups", {"/cups": ["get", "post"]}),
        ("get /cups", {"/cups": ["get"]}),
        ("GET *", {"/cups": ["get"], "/pots/{id}": ["get"]}),
        ("GET /pots/{id}", {"/pots/{id}": ["get"]}),
    ],
)
def test_patterns(pattern: str, paths: dict[str, list[str]]) -> None:
    root = select(ROOT, [pattern])
    assert {path: [key for key in item if key != "summary"] for path, item in root["paths"].items()} == paths


def test_webhooks_are_kept_only_when_asked_for() -> None:
    assert "webhooks" not in select(ROOT, ["* *"])
    root = select(ROOT, ["POST webhook:broken"])
    assert list(root["webhooks"]) == ["broken"]
    assert root["paths"] == {}


def test_without_patterns_nothing_changes() -> None:
    assert select(ROOT, []) is ROOT


def test_patterns_that_match_nothing_are_all_reported() -> None:
    with pytest.raises(Refused) as caught:
        select(ROOT, ["GET /cup", "listCup", "GET /cups", "DELETE /nothing/like/it"])
    found = caught.value.diagnostics
    assert [part.message for part in found] == [
        'no operation matches "GET /cup"',
        'no operation matches "listCup"',
        'no operation matches "DELETE /nothing/like/it"',
    ]
    assert '"GET /cups"' in found[0].hint
    assert '"listCups"' in found[1].hint
    assert found[2].hint == 'write an operation as "GET /cups", or by its operationId; * stands for anything'


def test_many_patterns_that_match_nothing_are_listed_up_to_a_bound() -> None:
    with pytest.raises(Refused) as caught:
        select(ROOT, [f"GET /cup{index}" for index in range(1_500)])
    assert len(caught.value.diagnostics) == 1_001
    assert len([one for one in caught.value.diagnostics if "did you mean" in one.hint]) == 30


def test_what_a_discriminator_may_name_is_reached() -> None:
    """Also without a mapping: what extends the schema, and what extends that (OpenAPI 3.1.1, 4.8.25)."""

    def extends(name: str) -> dict[str, Any]:
        return {"allOf": [{"$ref": f"#/components/schemas/{name}"}, {"properties": {"more": {"type": "string"}}}]}

    pet = {"type": "object", "discriminator": {"propertyName": "kind"}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}
    root = {
        "paths": {"/pets": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
        "components": {
            "schemas": {
                "Persian": extends("Cat"),
                "Cat": extends("Pet"),
                "Pet": pet,
                "Plain": {"type": "object"},
                "Other": extends("Plain"),
            }
        },
    }
    assert list(select(root, ["GET /pets"])["components"]["schemas"]) == ["Persian", "Cat", "Pet"]
