"""models.py as its readers see it: quotes, comments, one Annotated for each type."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.folders import GOLDEN
from tests.support.model_packages import CAT, DOG, HERE, TEXT, WHOLE, Build, obj
from tests.support.packages import build as build_package
from tests.support.packages import write
from tests.support.type_checker import mypy

UNIQUE = {"type": "array", "items": TEXT, "uniqueItems": True}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": HERE + name}


def test_metadata_join(build: Build) -> None:
    strange = {**TEXT, "minLength": 3, "not": {"const": "abc"}}
    package = build({"T": obj({"a": strange, "b": {"anyOf": [strange, WHOLE]}})})
    text = package.files["models.py"]
    assert 'a: Absent[Annotated[str, MinLen(3), Rule("TA")]] = None' in text
    assert 'b: Absent[Annotated[str, MinLen(3), Rule("TBOptionA")] | int] = None' in text
    assert [one["type"] for one in package.refusals('{"a": "ab"}')] == ["string_too_short"]
    assert [one["type"] for one in package.refusals('{"a": "abc"}')] == ["schema"]


def test_a_field_has_the_default_of_what_it_refers_to(build: Build) -> None:
    schemas = {
        "Size": {**WHOLE, "default": 3},
        "Other": ref("Size"),
        "Circle": obj({"next": ref("Circle")}, default={"next": {}}),
        "T": obj(
            {
                "plain": ref("Size"),
                "further": ref("Other"),
                "described": {**ref("Size"), "description": "how big"},
                "extended": {**ref("Size"), "x-order": 2},
                "own": {**ref("Size"), "default": 4},
                "less": {**ref("Size"), "maximum": 2},
                "needed": ref("Size"),
                "circle": ref("Circle"),
            },
            required=["needed"],
        ),
    }
    text = build(schemas).files["models.py"]
    for line in (
        "plain: Size = 3",
        "further: Other = 3",
        "described: Size = 3",
        "extended: Size = 3",
        "own: Size = 4",
        "less: Absent[Annotated[int, Le(2)]] = None",
        "needed: Size",
        "circle: Absent[Circle] = None",
    ):
        assert f"    {line}\n" in text, text


def test_a_rule_says_what_it_checks_above_what_carries_it(build: Build) -> None:
    schemas = {
        "Alias": UNIQUE,
        "Class": obj({"a": UNIQUE, "b": TEXT}, minProperties=1, additionalProperties=UNIQUE),
        "Any": {"minLength": 3, "x-\n): import os": 1},
        "Never": False,
        "Half": {"enum": [0.5, 1]},
        "Nothing": {**TEXT, "allOf": [WHOLE]},
        "Null": {**obj({"a": TEXT}), "type": ["object", "null"], "not": {"required": ["b"]}},
        "Plain": TEXT,
    }
    text = build(schemas).files["models.py"]
    for keywords, statement in (
        ("uniqueItems", "Alias = TypeAliasType("),
        ("minProperties", '    __rule__ = Rule("Class")'),
        ("uniqueItems", "    __pydantic_extra__: "),
        ("uniqueItems", "    a: Absent["),
        ("minLength", "Any_ = TypeAliasType("),
        ("false", "Never = TypeAliasType("),
        ("enum", "Half = TypeAliasType("),
        ("allOf", "Nothing = TypeAliasType("),
        ("not", '    __rule__ = Rule("Null")'),
    ):
        indent = statement[: len(statement) - len(statement.lstrip())]
        assert f"{indent}# also judged: {keywords}\n{statement}" in text, statement
    assert text.count("# also judged") == 9


def test_quotes_are_on_what_is_defined_later_only(build: Build) -> None:
    names = ["CatOfTheHouse", "DogOfTheHouse", "FishOfTheAquarium", "BirdOfTheForest"]
    pets = {name: obj({"home": ref("Home"), "kind": {"const": name}}, required=["kind"]) for name in names}
    home = obj({"all": {"oneOf": [ref(name) for name in names]}, "one": {"anyOf": [ref(names[0]), {"type": "null"}]}})
    lone = obj({"pet": {"oneOf": [ref("Cat"), ref("Dog")]}})
    package = build({"Home": home, **pets, "Lone": lone, "Cat": CAT, "Dog": DOG})
    text = re.sub(r"\s+", " ", package.files["models.py"])
    listed = ", ".join(f'"{name}"' for name in names)
    constants = ", ".join(f'"{name}": "{name}"' for name in names)
    told = f'all: Absent[Annotated[Union[{listed}], Constants("kind", {{{constants}}})]] = None'
    assert told in re.sub(r"[\[({] | [\])}]|, [\])}]", lambda one: one[0].strip(" ,"), text)
    assert 'one: "CatOfTheHouse | None" = None' in text
    assert "home: Absent[Home] = None" in text
    assert "pet: Absent[Cat | Dog] = None" in text
    assert package.refusals('{"all": {"kind": "BirdOfTheForest"}, "one": null}', "Home") == []
    assert package.refusals('{"all": {"kind": "Cow"}}', "Home")


@pytest.mark.parametrize("later", [[], ["Data"]])
def test_an_alias_that_leads_back_to_itself_is_quoted_as_a_whole(later: list[str], build: Build) -> None:
    """Nothing else is understood by mypy."""
    data = {"anyOf": [TEXT, {"type": "array", "items": ref("More" if later else "Data")}]}
    package = build({"Data": data, "More": {"type": "object", "additionalProperties": ref("Data")}})
    text = package.files["models.py"]
    written = f'"Annotated[str | list[{"More" if later else "Data"}], Branches()]"'
    assert f'Data = TypeAliasType("Data", {written})' in text
    assert 'More = TypeAliasType("More", dict[str, Data])' in text
    assert package.refusals('[{"a": "b"}]' if later else '[["x"]]', "Data") == []
    assert package.refusals("[1]", "Data")


@pytest.mark.slow
def test_mypy_understands_schemas_in_circles(tmp_path: Path) -> None:
    folder = write(build_package(GOLDEN / "circles" / "spec.yaml", package="circles"), tmp_path)
    models = folder / ("models" if (folder / "models").exists() else "models.py")
    done = mypy("--python-version=3.11", "--no-error-summary", models, folder=tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
