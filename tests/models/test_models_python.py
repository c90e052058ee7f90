"""Models in Python: made by hand, read tolerantly, used from anywhere, however deep they lie in each other."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.model_packages import CAT, DOG, HERE, REFS, TEXT, WHOLE, Build, obj


def test_construction_in_python_is_held_to_the_same_rules(build: Build) -> None:
    schema = obj(
        {
            "a-b": {**TEXT, "minLength": 2},
            "inner": {"$ref": HERE + "Inner"},
            "none": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": TEXT, "uniqueItems": True},
        },
        maxProperties=3,
    )
    package = build({"T": schema, "Inner": obj({"x": WHOLE}, additionalProperties=False)})
    made = package.models.T(a_b="xy", inner={"x": 1}, none=None)
    assert made == package.models.T(**{"a-b": "xy", "inner": package.models.Inner(x=1), "none": None})
    assert package.media().write(made)[0] == b'{"a-b":"xy","inner":{"x":1},"none":null}'
    absent = package.models.T(a_b=None, inner=None)
    assert package.media().write(absent)[0] == b"{}"
    wrong: list[dict[str, Any]] = [{"a_b": "x"}, {"inner": {"y": 1}}, {"tags": ["x", "x"]}, {"inner": {"x": "1"}}]
    wrong += [{"a_b": "xy", "inner": {}, "none": None, "tags": []}]
    for arguments in wrong:
        with pytest.raises(ValueError, match="validation error"):
            package.models.T(**arguments)


def test_the_first_use_does_not_look_into_the_frame_of_its_caller(build: Build) -> None:
    schemas = {"T": obj({"a": {"$ref": HERE + "Inner"}}), "Inner": obj({"x": WHOLE}, required=["x"])}
    models = build(schemas).models
    Inner = models.T  # a name of the caller's, which is that of a model
    assert type(models.T(a={"x": 1}).a) is models.Inner is not Inner


@pytest.mark.parametrize("kind", ["classes", "aliases", "unions"])
def test_schemas_may_lie_deep_in_each_other(kind: str, build: Build) -> None:
    """Pydantic recurses some 25 times for each level, and Python allows 1000."""

    def holding(inner: dict[str, Any]) -> dict[str, Any]:
        held = {"anyOf": [inner, WHOLE]} if kind == "unions" else inner
        return {"type": "array", "items": held} if kind == "aliases" else obj({"v": held})

    schemas = {f"C{index}": holding({"$ref": f"{HERE}C{index + 1}"}) for index in range(300)}
    package = build({**schemas, "C300": obj({"last": WHOLE}, required=["last"])})
    if kind != "aliases":
        package.models.C0(v={"v": {"v": None}})  # deferred, without an adapter of ours
        assert package.refusals('{"v": {"v": {"v": {"v": "x"}}}}', "C0")
    limit = sys.getrecursionlimit()
    assert package.refusals("[[]]" if kind == "aliases" else '{"v": {"v": {}}}', "C0") == []
    assert sys.getrecursionlimit() == limit


def test_reading_tolerantly(build: Build, root: Path, tmp_path: Path) -> None:
    inner = obj({"x": WHOLE}, additionalProperties=False, minProperties=1)
    pets = {"oneOf": REFS, "discriminator": {"propertyName": "kind"}}
    properties = {
        "a": {"enum": ["x", "y"]},
        "n": {"enum": [1, 2]},
        "in": {"$ref": HERE + "In"},
        "ins": {"type": "array", "items": {"$ref": HERE + "In"}},
        "pet": {"$ref": HERE + "Pet"},
    }
    schema = obj(properties, required=["a"], additionalProperties=False)
    package = build({"T": schema, "In": inner, "Pet": pets, "Cat": CAT, "Dog": DOG})
    for file in (root / "templates" / "static" / "_runtime" / "wire").glob("*.py"):
        (tmp_path / package.name / "_runtime" / "wire" / file.name).write_text(file.read_text("utf-8"), "utf-8")
    contract = package.media()
    media = package.module("_runtime.wire.tolerant").tolerant(contract)
    assert package.module("_runtime.wire.tolerant").tolerant(contract) is media
    found = media.read(b'{"a": "new", "more": [1], "n": 3, "in": {"y": 1}, "ins": [{"x": 1, "z": {}}]}')
    assert type(found) is package.models.T
    assert (found.a, found.n, found.model_extra) == ("new", 3, {"more": [1]})
    assert (found.in_.y, found.ins[0].x, found.ins[0].z) == (1, 1, {})
    kinds: list[Any] = [{"kind": "cow", "milk": 1}, {"kind": {}}, {"kind": ["cat"]}, {"kind": None}, {}]
    for new in kinds:
        assert media.read(json.dumps({"a": "x", "pet": new}).encode()).pet == new
    assert type(media.read(b'{"a": "x", "pet": {"kind": "cat"}}').pet) is package.models.Cat
    assert media.read(b'{"a": "x", "in": null}').in_ is None  # read for absent
    for wrong in ("{}", '{"a": 5}', '{"a": "x", "n": true}', '{"a": "x", "in": {"x": "1"}}'):
        with pytest.raises(ValueError, match=": "):
            media.read(wrong.encode())
    with pytest.raises(ValueError, match="pet"):
        media.read(b'{"a": "x", "pet": {"kind": "cat", "lives": "9"}}')
    assert package.refusals('{"a": "new"}')  # the contract is as it was


def test_classes_may_refer_to_later_ones_in_every_way(build: Build) -> None:
    later = {"$ref": HERE + "Z"}
    tagged = {"oneOf": [{"$ref": HERE + "Zcat"}, {"$ref": HERE + "Zdog"}], "discriminator": {"propertyName": "kind"}}
    kinds = {"Z" + kind: obj({"kind": {"const": kind}, "of": later}, required=["kind"]) for kind in ("cat", "dog")}
    held = {
        "map": {"type": "object", "additionalProperties": later},
        "many": {"type": "array", "minItems": 1, "items": {"anyOf": [later, WHOLE]}},
        "one": {"anyOf": [later, {"type": "null"}]},
        "self": {"$ref": HERE + "A"},
        "tagged": tagged,
    }
    package = build({"A": obj(held, additionalProperties=tagged), "Z": obj({"x": WHOLE}, required=["x"]), **kinds})
    fine = {"x": 1}
    whole = {
        "map": {"k": fine},
        "many": [fine, 2],
        "one": None,
        "self": {"one": fine},
        "tagged": {"kind": "cat", "of": fine},
    }
    read = package.models.A.model_validate_json(json.dumps({**whole, "more": {"kind": "dog"}}))
    assert type(read.map["k"]) is type(read.many[0]) is package.models.Z
    assert type(read.tagged) is package.models.Zcat
    for name, wrong in (("map", {"k": {}}), ("many", []), ("one", 1), ("self", {"one": {}}), ("tagged", {"kind": "x"})):
        assert package.refusals(json.dumps({name: wrong}), "A"), name
    assert package.refusals('{"more": {"kind": "x"}}', "A")


def test_wire_names_are_read_and_both_are_taken_in_calls(build: Build) -> None:
    inner = {"$ref": HERE + "Inner"}
    package = build(
        {"T": obj({"petType": {"type": ["string", "null"]}, "inner": inner}), "Inner": obj({"anId": WHOLE})}
    )
    model = package.models.T
    made = model(pet_type="x", inner={"an_id": 1})
    assert made == model(petType="x", inner={"anId": 1}) == model.model_validate({"petType": "x", "inner": {"anId": 1}})
    assert package.media().write(made)[0] == b'{"petType":"x","inner":{"anId":1}}'
    for read in (model.model_validate_json('{"pet_type": 5}'), model.model_validate({"pet_type": 5})):
        assert (read.pet_type, package.media().write(read)[0]) == (None, b'{"pet_type":5}')
        assert copy.deepcopy(read) == pickle.loads(pickle.dumps(read)) == read != model(pet_type=None)  # noqa: S301 - ours
    both = package.media().read(b'{"pet_type": 5, "petType": null}')
    assert package.media().write(both)[0] == b'{"petType":null,"pet_type":5}'


@pytest.mark.parametrize("strict", [None, True, False])
def test_dates_are_read_in_every_strictness(strict: bool | None, build: Build) -> None:
    texts = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "12:00:00Z", "uuid": str(UUID(int=1))}
    package = build({"T": obj({form: {"type": "string", "format": form} for form in texts})})
    model = package.models.T
    read = model.model_validate_json(json.dumps(texts), strict=strict)
    assert read.model_dump(mode="json", by_alias=True) == texts
    assert model.model_validate(dict(read.model_dump(by_alias=True)), strict=strict) == read
    for form in ("date-time", "date", "time"):
        for wrong in ("1700000000", "x"):
            with pytest.raises(ValueError, match="parsing"):
                model.model_validate_json(json.dumps({form: wrong}), strict=strict)
            with pytest.raises(ValueError, match="instance"):
                model.model_validate({form: wrong}, strict=strict)
