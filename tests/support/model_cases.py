"""Schemas with values that they accept and refuse: judged by tests/models/test_models.py."""

from __future__ import annotations

from typing import Any

from tests.support.model_packages import CAT, DOG, HERE, PLAIN_CAT, PLAIN_DOG, REFS, TEXT, WHOLE, Case, obj

CASES = {
    "integers": Case(
        schema=obj({"n": {"type": "integer", "maximum": 10**25}}),
        accepted=[
            '{"n": 1.0}',
            '{"n": 9223372036854775807}',
            '{"n": -9223372036854775809}',
            '{"n": 1e2}',
            '{"n": 10000000000000000000000000}',
        ],
        refused={'{"n": true}': ["n"], '{"n": "1"}': ["n"], '{"n": 1.5}': ["n"], '{"n": 1e400}': ["n"]},
    ),
    "aliases are strict inside models": Case(
        schema=obj({"a": {"$ref": HERE + "Number"}, "b": {"$ref": HERE + "Number"}}),
        others={"Number": {"type": "number", "maximum": 7.5}},
        accepted=['{"a": 1}'],
        refused={'{"a": true}': ["a"], '{"a": "1"}': ["a"], '{"b": 8}': ["b"]},
    ),
    "numbers": Case(
        schema=obj({"n": {"type": "number"}}),
        accepted=['{"n": 0.1, "x": 123456789012345678901234567890}', '{"n": 1e-300}', '{"n": 12345678901234567890}'],
        refused={
            '{"n": NaN}': ["n"],
            '{"n": -Infinity}': ["n"],
            '{"n": 1e400}': ["n"],
            '{"x": [{"y": Infinity}]}': ["x"],
        },
    ),
    "absent is not null": Case(
        schema=obj({"a": TEXT, "b": {"type": ["string", "null"]}}),
        accepted=["{}", '{"b": null}', '{"a": "", "b": ""}'],
        refused={'{"a": null}': ["a"]},
    ),
    "nullable in 3.0": Case(
        version="3.0.3",
        schema=obj(
            {
                "a": {"type": "string", "nullable": True, "enum": ["x"]},
                "b": {"allOf": [{"$ref": HERE + "Cat"}], "nullable": True},
                "c": {"nullable": True, "minLength": 2},
                "d": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            }
        ),
        others={"Cat": obj({"x": WHOLE})},
        accepted=['{"a": "x"}', '{"b": null}', '{"b": {"x": 1}}', '{"c": null}', '{"c": 7}', '{"d": 2}'],
        refused={'{"a": null}': ["a"], '{"b": {"x": null}}': ["b", "x"], '{"c": "a"}': ["c"], '{"d": 1}': ["d"]},
    ),
    "closed and open": Case(
        schema=obj({"open": obj({"a": TEXT}), "closed": obj({"a": TEXT}, additionalProperties=False)}),
        accepted=['{"open": {"z": [null, 1.5]}, "w": {}}', '{"closed": {"a": "x"}}'],
        refused={'{"closed": {"b": 1}}': ["closed", "b"], '{"open": {"z": NaN}}': ["open", "z"], '{"z": 1e400}': ["z"]},
    ),
    "typed further properties": Case(
        schema=obj({"a": TEXT}, additionalProperties=WHOLE),
        accepted=['{"a": "x", "b": 1}'],
        refused={'{"b": "x"}': ["b"]},
    ),
    "closed parts of allOf": Case(
        schema={"allOf": [obj({"a": TEXT}, additionalProperties=False), obj({"b": TEXT})]},
        accepted=["{}", '{"a": "x"}'],
        refused={'{"b": "x"}': None, '{"a": 1}': ["a"]},
    ),
    "required of unknown names": Case(
        schema=obj({"a": TEXT}, required=["a", "b"]),
        accepted=['{"a": "x", "b": null}'],
        refused={'{"a": "x"}': None, '{"b": 1}': ["a"]},
    ),
    "names": Case(
        schema=obj(dict.fromkeys(("$ref", "class", "a-b", "a_b", "", "model_x", "copy", "self", "é"), WHOLE)),
        accepted=['{"$ref": 1, "class": 2, "a-b": 3, "a_b": 4, "": 5, "model_x": 6, "copy": 7, "self": 8, "é": 9}'],
        refused={'{"a-b": "x"}': ["a-b"], '{"$ref": "x"}': ["$ref"], '{"": "x"}': [""]},
    ),
    "leftovers tell where": Case(
        schema=obj({"rows": {"type": "array", "items": obj({"tags": {"type": "array", "uniqueItems": True}})}}),
        accepted=['{"rows": [{"tags": [1, true, "1"]}]}'],
        refused={'{"rows": [{}, {"tags": [1, 1.0]}]}': ["rows", 1, "tags"]},
    ),
    "rules lead inside": Case(
        schema=obj({"a": obj({"b": TEXT}), "c": TEXT}, patternProperties={"^a": {"minProperties": 1}}),
        accepted=['{"a": {"b": "x"}}'],
        refused={'{"a": {}}': ["a"], '{"ab": {}}': ["ab"]},
    ),
    "oneOf is exactly one": Case(
        schema={"oneOf": [obj({"a": TEXT}, required=["a"]), obj({"b": TEXT}, required=["b"])]},
        accepted=['{"a": "x"}', '{"b": "x", "a": 1}'],
        refused={'{"a": "x", "b": "x"}': [], "{}": None},
    ),
    "properties beside oneOf": Case(
        schema=obj(
            {"id": WHOLE}, required=["id"], oneOf=[obj({"a": TEXT}, required=["a"]), obj({"b": WHOLE}, required=["b"])]
        ),
        accepted=['{"id": 1, "a": "x"}', '{"id": 1, "b": 2, "c": []}'],
        refused={'{"a": "x"}': None, '{"id": 1}': None, '{"id": 1, "a": "x", "b": 2}': [], '{"id": 1, "b": "x"}': None},
    ),
    "required in oneOf": Case(
        schema=obj({"a": TEXT, "b": TEXT}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        accepted=['{"a": "x"}', '{"b": "x"}'],
        refused={"{}": [], '{"a": "x", "b": "x"}': [], '{"a": 1}': ["a"]},
    ),
    "constants": Case(
        schema=obj({"a": {"const": 1}, "b": {"enum": [1.5, 2]}, "c": {"enum": [{"x": 1}, [1]]}, "d": {"const": None}}),
        accepted=['{"a": 1.0}', '{"b": 1.5}', '{"b": 2.0}', '{"c": {"x": 1.0}}', '{"c": [1]}', '{"d": null}'],
        refused={'{"a": true}': ["a"], '{"b": 1}': ["b"], '{"c": {"x": true}}': ["c"], '{"d": 0}': ["d"]},
    ),
    "constants that the schema refuses": Case(
        schema=obj({"a": {"enum": ["x", "long", 3, None], "type": ["string", "null"], "maxLength": 2}}),
        accepted=['{"a": "x"}', '{"a": null}'],
        refused={'{"a": "long"}': ["a"], '{"a": 3}': ["a"]},
    ),
    "true is no integer in a union": Case(
        schema=obj({"a": {"anyOf": [{"const": 1}, TEXT, {"type": "array", "items": WHOLE}]}}),
        accepted=['{"a": 1}', '{"a": "x"}', '{"a": [1.0]}'],
        refused={'{"a": true}': ["a"], '{"a": [true]}': ["a", 0]},
    ),
    "without type": Case(
        schema=obj({"a": {"properties": {"x": WHOLE}}, "b": {"items": WHOLE}, "c": {"minLength": 2}}),
        accepted=['{"a": 7, "b": 7, "c": 7}', '{"a": {"x": 1}, "b": [1], "c": "xx"}', '{"a": null, "b": {}}'],
        refused={'{"a": {"x": "1"}}': ["a", "x"], '{"b": [true]}': ["b", 0], '{"c": "x"}': ["c"]},
    ),
    "true stays true in what has no type": Case(
        schema={
            "properties": {
                "a": {"type": ["object", "integer", "boolean"]},
                "b": {"anyOf": [WHOLE, {"type": "boolean"}]},
            }
        },
        accepted=['{"a": true, "b": true}', '{"a": 1, "b": 0}', "true"],
        refused={'{"a": "x"}': ["a"]},
    ),
    "long integers among constants": Case(
        schema={"enum": [1, 10**20, "x"]},
        accepted=["1", "100000000000000000000", '"x"', "1.0"],
        refused={"true": [], "100000000000000000001": [], "2": []},
    ),
    "without type, and not": Case(
        schema={"properties": {"x": WHOLE}, "not": {"type": "string"}},
        accepted=["7", '{"x": 1}', "null"],
        refused={'"text"': [], '{"x": "1"}': ["x"]},
    ),
    "formats that a length or pattern narrows": Case(
        schema=obj(
            {"a": {**TEXT, "format": "date-time", "pattern": "^2020"}, "b": {**TEXT, "format": "uuid", "maxLength": 3}}
        ),
        accepted=['{"a": "2020-01-01T00:00:00z", "b": "abc"}'],
        refused={'{"a": "2021-01-01T00:00:00Z"}': ["a"], '{"b": "abcd"}': ["b"]},
    ),
    "formats come back by value": Case(
        schema={"type": "array", "items": {"anyOf": [{**TEXT, "format": "date-time"}, WHOLE]}},
        accepted=['["2020-01-01T00:00:00Z", "2020-01-01T09:00:00.5+09:00", 1]'],
        refused={'["1700000000"]': [0], '["2020-01-01"]': [0]},
    ),
    "patterns": Case(
        schema=obj(
            {"a": {**TEXT, "pattern": r"^\d+$"}, "b": {**TEXT, "pattern": "^(?!x)"}, "c": {**TEXT, "pattern": "[[a]"}}
        ),
        accepted=['{"a": "12", "b": "y", "c": "["}'],
        refused={'{"a": "12\\n"}': ["a"], '{"a": "\\u0661"}': ["a"], '{"b": "x"}': ["b"], '{"c": "b"}': ["c"]},
    ),
    "null beside a union that judges it": Case(
        schema={"oneOf": [{"oneOf": [{"$ref": HERE + "N"}, {"$ref": HERE + "N"}]}, {"type": "integer"}]},
        others={"N": {"type": ["object", "null"], "properties": {"a": TEXT}}},
        accepted=["1"],
        refused={"null": [], "{}": []},
    ),
    "tuples": Case(
        schema={"type": "array", "prefixItems": [TEXT, WHOLE], "minItems": 1, "items": {"type": "boolean"}},
        accepted=['["x"]', '["x", 1, true]'],
        refused={"[]": [], '["x", "y"]': [1], '["x", 1, 2]': [2]},
    ),
    "false is nothing": Case(schema=obj({"a": False, "b": True}), accepted=['{"b": 1}'], refused={'{"a": 1}': ["a"]}),
    "const null": Case(schema={"const": None}, accepted=["null"], refused={"0": [], "false": []}),
    "impossible": Case(
        schema=obj({"a": {"type": "array", "items": False, "minItems": 1}, "b": {"enum": [1], "type": "string"}}),
        accepted=["{}"],
        refused={'{"a": []}': ["a"], '{"a": [1]}': ["a"], '{"b": 1}': ["b"]},
    ),
    "tagged by constants": Case(
        schema={"oneOf": REFS, "discriminator": {"propertyName": "kind"}},
        others={"Cat": CAT, "Dog": DOG},
        accepted=['{"kind": "cat", "lives": 9}', '{"kind": "dog", "lives": "x"}'],
        refused={'{"kind": "cat", "lives": "x"}': ["lives"], '{"kind": "cow"}': [], "{}": [], '{"kind": 1}': []},
    ),
    "tagged, in a union with scalars": Case(
        schema={
            "anyOf": [{"oneOf": REFS, "discriminator": {"propertyName": "kind"}}, TEXT, {"type": "number"}],
        },
        others={"Cat": CAT, "Dog": DOG},
        accepted=['{"kind": "cat", "lives": 9, "more": 1}', '{"kind": "dog"}', '"x"', "1.5"],
        refused={'{"kind": "cow"}': [], "true": []},
    ),
    "tagged by name": Case(
        schema={"anyOf": REFS, "discriminator": {"propertyName": "kind", "mapping": {"puss": HERE + "Cat"}}},
        others={"Cat": PLAIN_CAT, "Dog": PLAIN_DOG},
        accepted=[
            '{"kind": "puss"}',
            '{"kind": "cow"}',
            '{"kind": "puss", "lives": "x"}',
            '{"kind": "Dog", "barks": 1}',
        ],
        refused={"{}": ["kind"], '{"kind": "cow", "lives": "x", "barks": 1}': None},
    ),
    "the tag is a hint, oneOf decides": Case(
        schema={"oneOf": REFS, "discriminator": {"propertyName": "kind"}},
        others={"Cat": PLAIN_CAT, "Dog": PLAIN_DOG},
        accepted=['{"kind": "Cat", "lives": "x"}'],
        refused={'{"kind": "Fish"}': []},  # what several accept, and the tag names: test_overlaps.py
    ),
}


CLOSED = {"anyOf": [obj({"y": TEXT})], "unevaluatedProperties": False}
CONTAINS = {"type": "array", "contains": WHOLE}
IF = {"if": {"required": ["x"]}, "then": {"properties": {"y": WHOLE}}}
RULES: dict[str, tuple[Any, str, list[str | int], str]] = {
    "uniqueItems": ({"type": "array", "uniqueItems": True}, "[1, 1.0]", [], "uniqueItems"),
    "contains": (CONTAINS, '["x"]', [], "contains"),
    "minContains": ({**CONTAINS, "minContains": 2}, "[1]", [], "minContains"),
    "maxContains": ({**CONTAINS, "maxContains": 1}, "[1, 2]", [], "maxContains"),
    "prefixItems": ({"type": "array", "prefixItems": [TEXT], "items": WHOLE}, '["x", 1, ""]', [2], "type"),
    "unevaluatedItems": (
        {"type": "array", "anyOf": [{"prefixItems": [TEXT]}], "unevaluatedItems": False},
        '["x", 1]',
        [],
        "unevaluatedItems",
    ),
    "dependentRequired": (obj({"x": TEXT}, dependentRequired={"x": ["y"]}), '{"x": ""}', ["y"], "dependentRequired"),
    "dependentSchemas": (obj({"x": TEXT}, dependentSchemas={"x": {"required": ["y"]}}), '{"x": ""}', ["y"], "required"),
    "if": (obj({"x": TEXT, "y": {}}, **IF), '{"x": "", "y": ""}', ["y"], "type"),
    "not": ({"not": WHOLE}, "1", [], "not"),
    "oneOf": ({"oneOf": [{"type": "number"}, WHOLE]}, "1", [], "oneOf"),
    "patternProperties": (obj({"x": TEXT}, patternProperties={"^y": False}), '{"yy": 1}', ["yy"], "patternProperties"),
    "propertyNames": (obj({"x": TEXT}, propertyNames={"maxLength": 1}), '{"yy": 1}', ["yy"], "maxLength"),
    "unevaluatedProperties": ({"allOf": [obj({"x": TEXT})], **CLOSED}, '{"z": 1}', ["z"], "unevaluatedProperties"),
    "additionalProperties": (
        {"allOf": [obj({"x": TEXT}), obj({"y": TEXT}, additionalProperties=False)]},
        '{"x": ""}',
        ["x"],
        "additionalProperties",
    ),
    "maxProperties": (obj({"x": TEXT}, maxProperties=1), '{"x": "", "y": 1}', [], "maxProperties"),
    "required": (obj({"x": TEXT}, required=["y"]), '{"x": ""}', ["y"], "required"),
    "multipleOf": ({"type": "number", "multipleOf": 0.1}, "0.25", [], "multipleOf"),
    "enum": ({"enum": [{"x": 1}]}, '{"x": 2}', [], "enum"),
    "pattern": ({**TEXT, "pattern": "^(?!x)"}, '"x"', [], "pattern"),
    "false": (
        obj({"x": TEXT}, patternProperties={"^z": {"properties": {"q": False}}}),
        '{"z": {"q": 1}}',
        ["z", "q"],
        "properties",
    ),
}
"""What no type holds: a schema, a text that it refuses, where in the text and by which keyword."""
