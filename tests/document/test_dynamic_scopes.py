"""`$dynamicRef` by dynamic scope: what is read accepts what a validator accepts that follows the scopes itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from generator.parsing.limits import Limits
from generator.validation.validate import validate
from tests.support.packages import build_tree

TEXT = {"type": "string"}


def obj(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def item(ref: Any) -> dict[str, Any]:
    return {"bound": {"$dynamicAnchor": "item", **ref}}


NONE = item({"not": {}})
PAGE = {"$id": "Page", **obj({"items": {"type": "array", "items": {"$dynamicRef": "#item"}}}), "$defs": NONE}
USER = {"$id": "User", **obj({"name": TEXT}, required=["name"])}
USERS = {"$id": "Users", "$ref": "Page", "$defs": item({"$ref": "User"})}
TREE = {
    "$id": "Tree",
    "$dynamicAnchor": "node",
    **obj({"data": True, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}}),
}
LIST = {
    "$id": "List",
    **obj({"value": {"$dynamicRef": "#item"}, "next": {"$ref": "#"}}, required=["value"]),
    "$defs": NONE,
}

SCHEMAS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "a page of users": (
        {"Page": PAGE, "User": USER, "T": {**USERS, "$id": "T"}},
        [{"items": [{"name": "x"}]}, {"items": [{"name": 1}]}, {"items": []}, {"items": [1]}],
    ),
    "the generic schema itself": (
        {"T": {**PAGE, "$id": "T"}, "User": USER, "Users": {**USERS, "$ref": "T"}},
        [{"items": []}, {"items": [{"name": "x"}]}, {"items": [1]}],
    ),
    "the outermost binding counts": (
        {"Page": PAGE, "User": USER, "Users": USERS, "T": {"$id": "T", "$ref": "Users", "$defs": item(TEXT)}},
        [{"items": ["x"]}, {"items": [{"name": "x"}]}],
    ),
    "a tree that is extended": (
        {"Tree": TREE, "T": {"$id": "T", "$dynamicAnchor": "node", "$ref": "Tree", "unevaluatedProperties": False}},
        [{"children": [{"data": 1}]}, {"children": [{"daat": 1}]}, {"daat": 1}, {"children": [{"children": [1]}]}],
    ),
    "a tree by itself": (
        {
            "T": {**TREE, "$id": "T"},
            "Strict": {"$id": "Strict", "$dynamicAnchor": "node", "$ref": "T", "unevaluatedProperties": False},
        },
        [{"children": [{"daat": 1}]}, {"children": [1]}],
    ),
    "a list in which the generic schema leads back to itself": (
        {"List": LIST, "T": {"$id": "T", "$ref": "List", "$defs": item(TEXT)}},
        [{"value": "x", "next": {"value": "y"}}, {"value": "x", "next": {"value": 1}}, {"value": "x", "next": {}}],
    ),
    "a generic schema in a generic schema": (
        {
            "Page": PAGE,
            "Box": {"$id": "Box", **obj({"pages": {"$ref": "Page"}, "one": {"$dynamicRef": "#item"}}), "$defs": NONE},
            "T": {"$id": "T", **obj({"box": {"$ref": "Box"}}), "$defs": item(TEXT)},
        },
        [{"box": {"pages": {"items": ["x"]}, "one": "x"}}, {"box": {"pages": {"items": [1]}}}, {"box": {"one": 1}}],
    ),
    "two names, bound at two levels": (
        {
            "Pair": {
                "$id": "Pair",
                **obj({"a": {"$dynamicRef": "#a"}, "b": {"$dynamicRef": "#b"}}),
                "$defs": {"a": {"$dynamicAnchor": "a", "type": "null"}, "b": {"$dynamicAnchor": "b", "type": "null"}},
            },
            "Half": {"$id": "Half", "$ref": "Pair", "$defs": {"a": {"$dynamicAnchor": "a", **TEXT}}},
            "T": {
                "$id": "T",
                **obj({"x": {"$ref": "Half"}}),
                "$defs": {"b": {"$dynamicAnchor": "b", "type": "integer"}},
            },
        },
        [{"x": {"a": "x", "b": 1}}, {"x": {"a": None}}, {"x": {"b": None}}, {"x": {"a": 1}}],
    ),
    "an anchor that is not dynamic is no binding": (
        {"Page": PAGE, "T": {"$id": "T", "$ref": "Page", "$defs": {"bound": {"$anchor": "item", **TEXT}}}},
        [{"items": []}, {"items": ["x"]}],
    ),
    "a reference to a plain anchor is followed as it stands": (
        {
            "Page": {"$id": "Page", "items": {"$dynamicRef": "#item"}, "$defs": {"plain": {"$anchor": "item", **TEXT}}},
            "T": {"$id": "T", "$ref": "Page", "$defs": item({"type": "integer"})},
        },
        [["x"], [1]],
    ),
    "a reference into a generic schema": (
        {"Page": PAGE, "T": {"$id": "T", "$ref": "Page#/properties/items", "$defs": item(TEXT)}},
        [["x"], [1], []],
    ),
    "a reference to a pointer": (
        {"T": {"$id": "T", **obj({"a": {"$dynamicRef": "#/$defs/x"}}), "$defs": {"x": TEXT}}},
        [{"a": "x"}, {"a": 1}],
    ),
    "a reference to the whole": (
        {"T": {"$id": "T", **obj({"c": {"$dynamicRef": "#"}}, additionalProperties=False)}},
        [{"c": {}}, {"c": {"d": 1}}, {"c": 1}],
    ),
    "a reference to an anchor elsewhere": (
        {"Page": PAGE, "T": {"$id": "T", "$dynamicRef": "Page#item", "$defs": item(TEXT)}},
        ["x", 1],
    ),
}


def _tree(schemas: dict[str, Any]) -> dict[str, Any]:
    info = {"title": "Tea house", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}


@pytest.mark.parametrize("name", SCHEMAS)
def test_verdicts_are_those_of_dynamic_scope(name: str, tmp_path: Path) -> None:
    schemas, values = SCHEMAS[name]
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(_tree(schemas)), encoding="utf-8")
    document, _ = validate(load(path))
    assert "$dynamicRef" not in json.dumps(document.root)
    known = Draft202012Validator({"$id": "https://tea.test/", "$ref": "T", "$defs": schemas})
    plain = {"schemas": _unnamed(document.root["components"]["schemas"])}
    ours = Draft202012Validator({"$ref": "#/components/schemas/T", "components": plain})
    expected = [known.is_valid(value) for value in values]
    assert [ours.is_valid(value) for value in values] == expected
    assert True in expected
    assert False in expected


def test_a_resource_that_stands_in_another_one_is_in_its_scope(tmp_path: Path) -> None:
    # Core 8.2.3.2. Validators do not agree on it: some forget the outer resource on the way down.
    inner = {"$id": "inner", "items": {"$dynamicRef": "#item"}, "$defs": NONE}
    other = {"$id": "Other", "$ref": "inner", "$defs": item({"type": "integer"})}
    schemas = {"T": {"$id": "T", **obj({"page": inner}), "$defs": item(TEXT)}, "Other": other}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(_tree(schemas)), encoding="utf-8")
    plain = {"schemas": _unnamed(load(path).root["components"]["schemas"])}
    for name, good, bad in (("T", {"page": ["x"]}, {"page": [1]}), ("Other", [1], ["x"])):
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": plain})
        assert validator.is_valid(good)
        assert not validator.is_valid(bad)


def _unnamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unnamed(one) for key, one in value.items() if key not in ("$id", "$anchor", "$dynamicAnchor")}
    return [_unnamed(one) for one in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("few_files")
def test_components_without_an_id_bind_too(tmp_path: Path) -> None:
    page = {key: value for key, value in PAGE.items() if key != "$id"}
    bound = {"Users": ("User", obj({"name": TEXT})), "Teas": ("Tea", obj({"leaf": TEXT}))}
    schemas = {"Page": page, **dict(bound.values())}
    for name, (target, _) in bound.items():
        schemas[name] = {"$ref": "#/components/schemas/Page", "$defs": item({"$ref": f"#/components/schemas/{target}"})}
    source = build_tree(tmp_path, _tree(schemas)).files
    (models,) = (text for name, text in source.items() if name.name == "models.py")
    assert "class Users(Model):\n    items: Absent[list[User]] = None" in models
    assert "class Teas(Model):\n    items: Absent[list[Tea]] = None" in models


def test_what_is_wrong_in_a_copy_is_shown_where_it_was_written(tmp_path: Path) -> None:
    wrong = {**PAGE, "required": "items"}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(_tree({"Page": wrong, "User": USER, "Users": USERS})), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        validate(load(path))
    assert {one.pointer for one in caught.value.diagnostics} == {"#/components/schemas/Page/required"}


def test_copies_are_bounded(tmp_path: Path) -> None:
    schemas: dict[str, Any] = {"Page": {**PAGE, "examples": [list(range(50))]}}
    for number in range(40):
        schemas[f"P{number}"] = {"$id": f"P{number}", "$ref": "Page", "$defs": item(TEXT)}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(_tree(schemas)), encoding="utf-8")
    with pytest.raises(Refused, match="more than 800 values would be made of this document"):
        load(path, limits=Limits(made=800))
