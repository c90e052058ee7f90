"""`models = "reached"` leaves out what no operation leads to; names and files of all else are the same."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.output.package import Package
from tests.support.packages import build_tree, imported

REF = "#/components/schemas/"


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"{REF}{name}"}


TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "Answer": obj(part=ref("Part"), names=ref("Names"), animal=ref("Animal")),
    "Part": obj(inner=obj(a=TEXT)),
    "Names": {"type": "array", "items": ref("Name")},
    "Name": {"type": "string", "not": {"const": "x"}},
    "Animal": {**obj(kind=TEXT), "required": ["kind"], "discriminator": {"propertyName": "kind"}},
    "Cat": {"allOf": [ref("Animal"), obj(toy=ref("Toy"))]},
    "Toy": obj(name=TEXT),
    "Alone": obj(alone=ref("Beside")),
    "Beside": {**obj(a=TEXT), "not": {"required": ["b"]}},
    "Event": obj(a=TEXT),
    "Failure": obj(why=TEXT),
    "Asked": obj(who=TEXT),
    "Header": {"type": "string", "enum": ["a", "b"]},
}
JSON = "application/json"


def answer(name: str) -> dict[str, Any]:
    return {"description": "", "content": {JSON: {"schema": ref(name)}}}


def built(folder: Path, name: str, **options: Any) -> Package:
    responses = {"200": {**answer("Answer"), "headers": {"X": {"schema": ref("Header")}}}, "404": answer("Failure")}
    asked = {"content": {JSON: {"schema": ref("Asked")}}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/a": {"post": {"requestBody": asked, "responses": responses}}},
        "webhooks": {
            "event": {"post": {"requestBody": {"content": {JSON: {"schema": ref("Event")}}}, "responses": {}}}
        },
        "components": {"schemas": SCHEMAS},
    }
    root["webhooks"]["event"]["post"]["responses"] = {"200": {"description": ""}}  # type: ignore[index]
    return build_tree(folder, root, package=name, **options)


@pytest.mark.parametrize("layout", ["single", "split"])
def test_what_is_reached_is_there_and_nothing_else(tmp_path: Path, layout: str) -> None:
    package = built(tmp_path, f"reached_{layout}", models="reached", layout=layout)
    models = imported(package, tmp_path).models
    there = {name for name in dir(models) if isinstance(getattr(models, name), type) and name[0] != "_"}
    wanted = {"Answer", "Part", "PartInner", "Animal", "Cat", "Toy", "Event", "Failure", "Asked"}
    assert there >= wanted
    assert not there & {"Alone", "Beside"}
    found = models.Answer.model_validate_json('{"animal": {"kind": "Cat", "toy": {"name": "ball"}}, "names": ["y"]}')
    assert type(found.animal) is models.Cat, "a class that a discriminator names implicitly"
    with pytest.raises(ValueError, match="1 validation error"):
        models.Answer.model_validate_json('{"names": ["x"]}')


def test_all_else_is_as_it_is_without_the_setting(tmp_path: Path) -> None:
    both = [built(tmp_path, "reached_or_all", models=models, layout="split") for models in ("all", "reached")]
    kept = {path: text for path, text in both[0].files.items() if path in both[1].files}
    differing = {str(path.relative_to("reached_or_all")) for path, text in kept.items() if both[1].files[path] != text}
    assert differing == {"models/__init__.py", "models/__init__.pyi", "schemas.py"}
    assert {path.stem for path in both[0].files.keys() - both[1].files.keys()} == {"alone", "beside"}
    assert "Beside" in both[0].files[PurePosixPath("reached_or_all/schemas.py")]
    assert "Beside" not in both[1].files[PurePosixPath("reached_or_all/schemas.py")]


def test_the_number_of_those_that_are_not_reached_is_told(tmp_path: Path) -> None:
    every = built(tmp_path, "told_all")
    assert (every.unreached, every.models) == (2, 11)
    reached = built(tmp_path, "told_reached", models="reached")
    assert (reached.unreached, reached.models) == (2, 9)


def test_the_names_of_classes_are_those_that_are_there(tmp_path: Path) -> None:
    for models in ("all", "reached"):
        package = built(tmp_path, f"named_{models}", models=models)
        there = dir(imported(package, tmp_path).models)
        assert f"{REF}Part" in package.classes
        assert (f"{REF}Alone" in package.classes) is (models == "all")
        assert [name for name in package.classes.values() if name not in there] == []
