"""Legal schemas that few would write, for both versions of OpenAPI: tests/models/test_odd_schemas.py judges them."""

from __future__ import annotations

from typing import Any

from tests.support.model_packages import HERE, TEXT, WHOLE, obj


def ref(name: str) -> dict[str, str]:
    return {"$ref": HERE + name}


NAMES = """model_config model_fields copy json schema validate self __class__ _private __dunder 1digit dotted.name é class
    def None cls args kwargs model_dump dict construct __pydantic_extra__ __rule__ __dict__ int str list Field Model
    Annotated field0_slot $id a/b a~b a%20b \U0001f642 \\ ' \" {x} 0 00 true model_validate __init__ __doc__ __module__
    __annotations__ __hash__ __eq__ fields Literal bool float Absent Value _ __ ﬁ fi""".split()
ODD_NAMES = [*NAMES, "", "x y", "a\nb"]

BOTH: dict[str, Any] = {
    "Cat": obj({"kind": {"type": "string", "enum": ["cat"]}, "lives": WHOLE}, required=["kind"]),
    "Dog": obj({"kind": {"type": "string", "enum": ["dog"]}, "barks": {"type": "boolean"}}, required=["kind"]),
    "Wolf": obj({"kind": {"type": "string", "enum": ["wolf"]}, "pack": ref("Pack")}, required=["kind"]),
    "Pack": obj({"members": {"type": "array", "items": ref("Canine")}}),
    "Canine": {"oneOf": [ref("Dog"), ref("Wolf")], "discriminator": {"propertyName": "kind"}},
    "Animal": {
        "oneOf": [ref("Cat"), ref("Canine")],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": HERE + "Cat", "dog": HERE + "Canine"}},
    },
    "Mixed": {"oneOf": [ref("Canine"), ref("Cat"), TEXT, {"type": "array", "items": ref("Animal")}]},
    "Overlap": {"oneOf": [obj({"a": TEXT}), obj({"b": WHOLE}), obj({"a": TEXT, "b": WHOLE}, required=["a", "b"])]},
    "OverlapAny": {"anyOf": [obj({"a": TEXT}), obj({"b": WHOLE}), obj({"a": TEXT, "b": WHOLE}, required=["a", "b"])]},
    "EnumMixed": {"enum": ["a", 1, 2.5, True, None, {"x": [1, None]}, [1, "a"], "1", 0, False]},
    "EnumObjects": {"enum": [{"a": 1}, {"a": 2, "b": {"c": []}}], "type": "object"},
    "EnumBool": {"type": "boolean", "enum": [True]},
    "EnumNum": {"type": "number", "enum": [1, 2.5, 3.0, 1e3]},
    "EnumInt": {"type": "integer", "enum": [1, 2.0, 3]},
    "EnumIn": obj(
        {
            "a": ref("EnumMixed"),
            "b": {"type": "array", "items": ref("EnumNum"), "uniqueItems": True},
            "c": {"type": "object", "additionalProperties": ref("EnumBool")},
        }
    ),
    "Rec": obj(
        {
            "next": ref("Rec"),
            "kids": {"type": "array", "items": ref("Rec")},
            "map": {"type": "object", "additionalProperties": ref("Rec")},
            "any": {"anyOf": [ref("Rec"), TEXT, {"type": "array", "items": ref("Rec")}]},
        }
    ),
    "RecArr": {"type": "array", "items": ref("RecArr")},
    "RecMap": {"type": "object", "additionalProperties": ref("RecMap")},
    "RecUnion": {
        "anyOf": [
            TEXT,
            WHOLE,
            {"type": "array", "items": ref("RecUnion")},
            {"type": "object", "additionalProperties": ref("RecUnion")},
        ]
    },
    "JsonOne": {
        "oneOf": [
            TEXT,
            {"type": "number"},
            {"type": "boolean"},
            {"type": "array", "items": ref("JsonOne")},
            {"type": "object", "additionalProperties": ref("JsonOne")},
        ]
    },
    "Defaults": obj(
        {
            "cat": {"allOf": [ref("Cat")], "default": {"kind": "cat"}},
            "list": {"type": "array", "items": WHOLE, "default": [1, 2]},
            "m": obj({"x": {"type": "integer", "default": 3}}, default={"x": 5}),
            "n": {"type": "number", "default": 1},
            "e": {"type": "string", "enum": ["x", "y"], "default": "y"},
            "s": {"type": "string", "format": "date-time", "default": "2020-01-01T00:00:00Z"},
            "u": {"oneOf": [TEXT, WHOLE], "default": 3},
            "mp": {"type": "object", "additionalProperties": TEXT, "default": {"a": "b"}},
        }
    ),
    "Names": obj(dict.fromkeys(ODD_NAMES, WHOLE)),
    "Needed": obj(dict.fromkeys(NAMES[:11], WHOLE), required=NAMES[:11], additionalProperties=False),
    "Format": obj(
        {
            "d": {"type": "string", "format": "date"},
            "t": {"type": "string", "format": "time"},
            "du": {"type": "string", "format": "duration"},
            "by": {"type": "string", "format": "byte"},
            "pw": {"type": "string", "format": "password", "minLength": 2},
            "em": {"type": "string", "format": "email"},
            "uri": {"type": "string", "format": "uri"},
            "i": {"type": "integer", "format": "int64"},
            "f": {"type": "number", "format": "float"},
            "de": {"type": "string", "format": "decimal"},
            "dd": {"type": "number", "format": "decimal"},
            "un": {"format": "uuid"},
            "nf": {"type": "integer", "format": "date-time"},
        }
    ),
    "Multi": obj(
        {
            "a": {"type": "integer", "minimum": -3.5, "maximum": 10.5, "multipleOf": 2},
            "b": {"type": "number", "multipleOf": 0.1},
            "c": {"type": "number", "minimum": 1e20},
            "d": {"type": "integer", "multipleOf": 2.5},
        }
    ),
    "AllConf": {"allOf": [TEXT, WHOLE]},
    "AllEnum": {"allOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b", "c"]}]},
    "AllProps": {
        "allOf": [
            obj({"a": TEXT}, required=["a"]),
            obj({"a": {"type": "string", "minLength": 2}, "b": WHOLE}),
            {"properties": {"b": {"minimum": 3}}},
        ]
    },
    "AllClosed": {"allOf": [ref("Cat"), obj({"extra": TEXT}, additionalProperties=False)]},
    "AddSchema": obj(
        {"a": TEXT}, additionalProperties={"oneOf": [WHOLE, {"type": "object", "properties": {"z": WHOLE}}]}
    ),
    "AddRef": obj({"a": TEXT}, additionalProperties=ref("Cat")),
    "AddArr": obj(
        None, additionalProperties={"type": "array", "items": {"type": "string", "enum": ["q", "r"]}}, minProperties=1
    ),
    "Not": {"not": {"type": "object", "required": ["a"]}},
    "NotEnum": {"type": "string", "not": {"enum": ["x", "y"]}},
    "ReqOnly": {"type": "object", "required": ["a", "b"]},
    "ReqNoType": {"required": ["a"]},
    "MaxP": obj({"a": TEXT, "b": TEXT, "c": TEXT}, maxProperties=2, minProperties=1),
    "ArrArr": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "array", "items": WHOLE, "minItems": 1}, "maxItems": 2},
    },
    "ArrNoItems": {"type": "array"},
    "Empty": {},
    "EmptyObj": {"type": "object"},
    "Closed": {"type": "object", "additionalProperties": False},
    "EmptyProps": {"type": "object", "properties": {}},
    "EmptyPropsClosed": {"type": "object", "properties": {}, "additionalProperties": False},
    "Unique": {"type": "array", "items": {"enum": [1, True, 0, False, "1", [1], [True]]}, "uniqueItems": True},
    "WriteReq": obj(
        {"pw": {"type": "string", "writeOnly": True}, "id": {"type": "integer", "readOnly": True}, "x": TEXT},
        required=["pw", "id", "x"],
    ),
    "WriteNest": {
        "allOf": [ref("WriteReq"), obj({"more": {"type": "array", "items": ref("WriteReq")}}, required=["more"])]
    },
    "Pat": {**TEXT, "pattern": "^[\\w.-]+@[\\w.-]+$"},
    "Pat3": {**TEXT, "pattern": "\\/a\\-b"},
    "Pat4": {**TEXT, "pattern": "^(?=.*\\d).{2,}$"},
    "Pat5": {**TEXT, "pattern": "^[^\\]]$"},
    "Pat7": {**TEXT, "pattern": "^\\s+\\S$"},
    "Pat8": {**TEXT, "pattern": "^.$"},
    "Pat10": {**TEXT, "pattern": "^\\b\\w\\B"},
    "Pat11": {**TEXT, "pattern": "^(a)\\1$"},
    "Pat12": {**TEXT, "pattern": "^[\\d\\-x]$"},
    "Pat14": {**TEXT, "pattern": "/^ab$/i"},
    "Pat15": {**TEXT, "pattern": "^#x y$"},
}
OLD: dict[str, Any] = {
    **BOTH,
    "NullEnum": {"type": "string", "nullable": True, "enum": ["a"]},
    "NullEnum2": {"type": "string", "nullable": True, "enum": ["a", None]},
    "NullRef": obj(
        {
            "a": {"allOf": [ref("NullEnum2")], "nullable": True},
            "b": {"allOf": [ref("Cat")], "nullable": True},
            "c": {"oneOf": [ref("Cat"), ref("Dog")], "nullable": True},
            "d": {"anyOf": [TEXT, WHOLE], "nullable": True},
            "e": {"nullable": True},
        }
    ),
    "NullObj": obj({"a": {"type": "string", "nullable": True}}, nullable=True, required=["a"]),
    "NullArr": {"type": "array", "nullable": True, "items": {"type": "integer", "nullable": True}},
    "AllNull": {"allOf": [ref("NullObj"), ref("NullObj2")]},
    "NullObj2": obj({"b": WHOLE}, nullable=True),
    "Excl": obj(
        {
            "a": {"type": "number", "minimum": 1, "exclusiveMinimum": True, "maximum": 2, "exclusiveMaximum": False},
            "b": {"type": "number", "exclusiveMaximum": True},
        }
    ),
    "RefSib": obj(
        {
            "a": {"$ref": HERE + "Cat", "nullable": True, "description": "x"},
            "b": {"$ref": HERE + "NullArr", "maxItems": 1},
        }
    ),
    "NullReq": obj(
        {"a": {"allOf": [ref("NullObj")]}, "b": {"type": "integer", "nullable": True, "minimum": 3}},
        required=["a", "b"],
    ),
}
NEW: dict[str, Any] = {
    **BOTH,
    "ConstNull": obj(
        {
            "a": {"const": None},
            "b": {"const": {"x": 1}},
            "c": {"const": [1, {"a": None}]},
            "d": {"const": 1.0},
            "e": {"const": True},
            "f": {"const": ""},
        },
        required=["a"],
    ),
    "TypeArr": {"type": ["string", "integer", "null"], "minLength": 2, "minimum": 3},
    "TypeArr2": {"type": ["object", "array", "null"], "properties": {"a": TEXT}, "items": WHOLE, "required": ["a"]},
    "TypeArr3": {"type": ["object", "string"], "additionalProperties": WHOLE, "minLength": 1},
    "NullUnion": {"anyOf": [ref("Cat"), {"type": "null"}]},
    "NullUnion2": {"oneOf": [{"type": "null"}, ref("NullUnion")]},
    "NullAll": {"allOf": [ref("NullUnion"), {"type": ["object", "null"], "properties": {"z": WHOLE}}]},
    "RefSib": obj(
        {
            "a": {"$ref": HERE + "Cat", "required": ["lives"], "description": "x"},
            "b": {"$ref": HERE + "ArrNoItems", "maxItems": 1},
            "c": {"$ref": HERE + "NullUnion", "type": "object"},
        }
    ),
    "PatAdd": obj(
        {"a": TEXT, "x-a": WHOLE},
        patternProperties={"^x-": {"type": ["integer", "string"]}, "^y": {"type": "boolean"}},
        additionalProperties={"type": "number"},
    ),
    "PatAddClosed": obj({"a": TEXT}, patternProperties={"^x-": WHOLE}, additionalProperties=False),
    "PatOnly": obj(None, patternProperties={"^[a-z]$": WHOLE}, additionalProperties=False),
    "PropNames": obj({"a": TEXT}, propertyNames={"pattern": "^[a-z]+$"}),
    "PropNames2": obj(None, propertyNames={"enum": ["a", "b"]}, additionalProperties=WHOLE),
    "IfThen": obj(
        {"k": {"enum": ["a", "b"]}, "v": {}},
        **{
            "if": {"properties": {"k": {"const": "a"}}, "required": ["k"]},
            "then": {"properties": {"v": WHOLE}, "required": ["v"]},
            "else": {"properties": {"v": TEXT}},
        },
    ),
    "DepReq": obj({"a": TEXT, "b": TEXT}, dependentRequired={"a": ["b"]}),
    "DepSch": obj({"a": TEXT, "b": {}}, dependentSchemas={"a": {"properties": {"b": WHOLE}}}),
    "Uneval": {"allOf": [obj({"a": TEXT}), {"properties": {"b": WHOLE}}], "unevaluatedProperties": False},
    "UnevalSchema": {
        "allOf": [obj({"a": TEXT})],
        "oneOf": [{"required": ["b"], "properties": {"b": WHOLE}}, {"required": ["c"], "properties": {"c": WHOLE}}],
        "unevaluatedProperties": {"type": "boolean"},
    },
    "Prefix": {"type": "array", "prefixItems": [TEXT, ref("Cat"), {"type": "null"}], "items": False},
    "Prefix2": {"type": "array", "prefixItems": [TEXT, WHOLE], "minItems": 2, "maxItems": 2},
    "Prefix3": {"prefixItems": [TEXT, WHOLE], "unevaluatedItems": False},
    "Contains": {"type": "array", "contains": {"type": "integer", "minimum": 5}, "minContains": 2, "maxContains": 3},
    "BoolProps": obj({"t": True, "f": False, "n": {"not": {}}}, required=["t"]),
    "Anchor": {"$defs": {"x": WHOLE}, "type": "object", "properties": {"a": {"$ref": HERE + "Anchor/$defs/x"}}},
    "True": True,
    "False": obj({"a": ref("Never")}),
    "Never": False,
    "OneNullable": {"oneOf": [{"type": ["string", "null"]}, {"type": ["integer", "null"]}]},
    "AnyNested": {
        "anyOf": [{"anyOf": [TEXT, {"anyOf": [WHOLE, {"type": "null"}]}]}, {"oneOf": [{"type": "boolean"}, ref("Cat")]}]
    },
    "Content": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
    "EnumNoNull": {"type": ["string", "null"], "enum": ["a"]},
    "EnumNull": {"type": ["string", "null"], "enum": ["a", None]},
    "MinOnly": {"minimum": 3, "maxLength": 2, "maxItems": 1, "maxProperties": 1},
    "PropsNoType": {"properties": {"a": ref("PropsNoType")}, "required": ["a"]},
    "AllLoose": {"allOf": [{"properties": {"a": TEXT}}, {"properties": {"b": WHOLE}, "additionalProperties": False}]},
    "RecIf": obj({"a": ref("RecIf")}, **{"if": {"required": ["a"]}, "then": {"required": ["b"]}}),
    "RecNot": {"not": {"type": "object", "properties": {"a": ref("RecNot")}, "required": ["a"]}},
    "AllOneRef": obj({"x": {"allOf": [ref("Cat")], "minProperties": 2}}),
    "NotAll": {
        "type": "object",
        "not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "properties": {"a": TEXT, "b": WHOLE, "c": WHOLE},
    },
}
