"""What the models accept is what the schemas accept, and what they give back is what they were given."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.model_cases import CASES, RULES
from tests.support.model_packages import HERE, TEXT, WHOLE, Build, obj
from tests.tools.instance_values import Maker
from tests.tools.instances import same


@pytest.mark.parametrize("name", CASES)
def test_models_accept_what_the_schema_accepts(name: str, build: Build) -> None:
    case = CASES[name]
    package = build({"T": case.schema, **case.others}, case.version)
    for text in case.accepted:
        assert package.refusals(text) == [], text
        assert same(package.again(text), json.loads(text)), text
    for text, loc in case.refused.items():
        found = [detail["loc"] for detail in package.refusals(text)]
        assert found, f"{text} is accepted"
        assert loc is None or loc in found, (text, found)
        assert "\0" not in str(found)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.version > "3.1" and name != "patterns"])
def test_the_cases_themselves_are_right(name: str) -> None:
    case = CASES[name]
    root = {"components": {"schemas": {"T": case.schema, **case.others}}}
    judge = Draft202012Validator({"$ref": HERE + "T", **root})
    texts = {text for text in case.refused if not re.search("NaN|Infinity|1e400", text)}
    formats = {'["1700000000"]', '["2020-01-01"]'}  # jsonschema does not assert them
    assert [text for text in texts - formats if judge.is_valid(json.loads(text))] == []
    assert [text for text in case.accepted if not judge.is_valid(json.loads(text))] == []


def test_errors_name_the_place_and_the_rule(build: Build) -> None:
    """Of what is left over, too."""
    schemas = [obj({"rows": {"type": "array", "items": schema}}) for schema, *_ in RULES.values()]
    package = build({f"T{index}": schema for index, schema in enumerate(schemas)})
    for index, (name, (_, text, place, keyword)) in enumerate(RULES.items()):
        message = f"Value is not as its schema says: {keyword}"
        expected = {"loc": ["rows", 0, *place], "msg": message, "type": "schema"}
        assert expected in package.refusals(f'{{"rows": [{text}]}}', f"T{index}"), name


def test_refused_constants_are_told_from_those_that_are_taken(build: Build) -> None:
    package = build({"T": obj({"a": {"enum": [1, True, "x"]}})})
    message = "Input should be 1 or True or 'x'"
    for text in ("false", "2", '"y"', "null", "[1]"):
        assert package.refusals(f'{{"a": {text}}}') == [{"loc": ["a"], "msg": message, "type": "literal_error"}], text
    found = [package.media().read(f'{{"a": {text}}}'.encode()).a for text in ("1", "true", '"x"', "1.0")]
    assert [(type(value), value) for value in found] == [(int, 1), (bool, True), (str, "x"), (int, 1)]
    assert package.models.T.model_json_schema()["properties"]["a"]["enum"] == [1, True, "x"]


def test_the_tag_picks_the_class(build: Build) -> None:
    case = CASES["tagged by name"]
    package = build({"T": case.schema, **case.others})
    read = package.media().read
    assert type(read(b'{"kind": "Dog"}')) is package.models.Dog
    assert type(read(b'{"kind": "puss", "barks": true}')) is package.models.Cat
    assert type(read(b'{"kind": "puss", "lives": "x"}')) is package.models.Dog  # valid there only
    assert package.again('{"kind": "puss", "barks": true}') == {"kind": "puss", "barks": True}
    package.models.Cat(kind="x")
    holder = build({"T": obj({"pet": case.schema}), **case.others})
    assert type(holder.models.T(pet={"kind": "puss", "lives": 1}).pet) is holder.models.Cat


def test_what_stands_beside_a_union_is_merged_into_its_classes(build: Build) -> None:
    card = obj({"number": TEXT}, required=["number"], description="By card.")
    payment = obj({"amount": WHOLE}, required=["amount"], oneOf=[{"$ref": HERE + "Card"}, {"$ref": HERE + "Cash"}])
    package = build({"T": payment, "Card": card, "Cash": obj({"coins": WHOLE}, required=["coins"])})
    found = package.media().read(b'{"amount": 1, "number": "x"}')
    assert type(found) is package.models.TCard
    assert (found.amount, found.number) == (1, "x")
    assert type(package.media().read(b'{"amount": 1, "coins": 3}')) is package.models.TCash


def test_directions(build: Build) -> None:
    thing = obj(
        {"id": {**WHOLE, "readOnly": True}, "secret": {**TEXT, "writeOnly": True}, "tags": {"uniqueItems": True}},
        required=["id", "secret"],
        minProperties=1,
        additionalProperties=False,
    )
    package = build({"Thing": thing}, body="Thing")
    assert package.refusals('{"secret": "x"}', "ThingRequest") == []
    assert [one["loc"] for one in package.refusals('{"id": 1, "secret": "x"}', "ThingRequest")] == [["id"]]
    assert package.refusals('{"id": 1}', "Thing") == []
    assert [one["loc"] for one in package.refusals("{}", "Thing")] == [["id"]]


def test_what_is_marked_for_no_direction_is_in_both(build: Build) -> None:
    both = {"readOnly": True, "writeOnly": True}
    thing = obj(
        {"token": {**TEXT, **both}, "key": {"$ref": HERE + "Key", "writeOnly": True}}, required=["token", "key"]
    )
    package = build({"Thing": thing, "Key": {**TEXT, "readOnly": True}}, body="Thing")
    assert not hasattr(package.models, "ThingRequest")
    assert [one["loc"] for one in package.refusals("{}", "Thing")] == [["token"], ["key"]]


def test_no_leftovers_no_trace(build: Build) -> None:
    package = build({"T": obj({"a": {**TEXT, "pattern": "^a$"}, "b": {"type": ["integer", "null"]}}, required=["a"])})
    assert not {"schemas.py", "rules.py", "shapes.py"} & package.files.keys()
    assert package.warnings == ()
    loose = build({"T": {"properties": {"a": {"const": 1}}}})
    assert "shapes.py" in loose.files
    assert "rules.py" not in loose.files


def test_patterns_that_the_linear_engine_refuses_are_told(build: Build) -> None:
    package = build({"T": {**TEXT, "pattern": "^(?!a)b"}, "U": {**TEXT, "pattern": "*"}})
    assert any("look-around" in one for one in package.warnings)
    assert any("not checked" in one for one in package.warnings)
    assert package.refusals('"ab"')
    assert package.refusals('"anything"', "U") == []


# The cost API


@pytest.fixture(scope="module")
def cost_schemas(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "spec" / "openapi.json").read_text(encoding="utf-8"))
    return dict(found["components"]["schemas"])


COST_MODELS = ("CostCreateReq", "CostCreateRes", "CostCreateInput", "HTTPValidationError", "ValidationError")


@pytest.mark.parametrize("name", COST_MODELS)
def test_model_json_schema_says_what_the_document_says(name: str, cost_schemas: dict[str, Any]) -> None:
    import weave_costs._runtime.wire.contract
    import weave_costs.models

    definitions = json.loads(json.dumps(cost_schemas).replace(HERE, "#/$defs/"))
    theirs = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})
    model = getattr(weave_costs.models, name)
    ours = Draft202012Validator(model.model_json_schema(by_alias=True))
    media = weave_costs._runtime.wire.contract.Json(model)
    maker = Maker(definitions, seed=0)
    verdicts: Counter[bool] = Counter()
    for _ in range(150):
        first = maker.make(definitions[name])
        for value in (first, maker.broken(first), maker.broken(first)):
            if _dates_are_well_formed(value):
                expected = theirs.is_valid(value)
                verdicts[expected] += 1
                assert ours.is_valid(value) == expected, value
                assert _reads(media, value) == expected, value
    assert min(verdicts[True], verdicts[False]) > 40


def _reads(media: Any, value: Any) -> bool:
    try:
        media.read(json.dumps(value).encode())
    except ValueError:
        return False
    return True


def _dates_are_well_formed(value: Any) -> bool:
    """Whether date-times are dates: the models ask for that, the schemas only say so."""
    if isinstance(value, dict):
        text = value.get("effective_date")
        fine = not isinstance(text, str) or re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|z|[+-]\d\d:\d\d)", text
        )
        return bool(fine) and all(map(_dates_are_well_formed, value.values()))
    return True


@pytest.mark.parametrize("style", ["snake", "wire"])
@pytest.mark.parametrize(
    ("names", "other"), [(["Model", "model"], "Model"), (["Pet", "pet"], "Pet"), (["Field", "field"], "Field")]
)
def test_no_field_stands_for_the_class_that_a_later_one_has(
    names: list[str], other: str, style: str, build: Build
) -> None:
    """`Model_: … = None` before `other: Model_` made that None."""
    schemas = {"Pet_": obj({"x": TEXT}), other: obj({"x": TEXT})}
    package = build(
        {
            "T": obj({**dict.fromkeys(names, TEXT), "Other": {"$ref": HERE + other}, "more": {"$ref": HERE + "Pet_"}}),
            **schemas,
        },
        field_names=style,
    )
    value = {**dict.fromkeys(names, "t"), "Other": {"x": "a"}, "more": {"x": "b"}}
    assert package.again(json.dumps(value)) == value
