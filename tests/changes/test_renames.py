"""What is called otherwise is one change on each axis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.changes.command import diff
from tests.changes.frames import Tree, document


def ref(name: str) -> Tree:
    return {"$ref": f"#/components/schemas/{name}"}


def holder(key: str, schema: Tree) -> Tree:
    return {"type": "object", "properties": {key: schema}}


def tree(
    tag: str = "cats", operation: str = "getCat", variable: str = "id", names: tuple[str, str] = ("Cat", "Kitten")
) -> Tree:
    first, second = names
    answer = {"200": {"description": "", "content": {"application/json": {"schema": ref(first)}}}}
    parameter = {"name": variable, "in": "path", "required": True, "schema": {"type": "string"}}
    get = {"operationId": operation, "tags": [tag], "parameters": [parameter], "responses": answer}
    schemas = {first: holder("young", ref(second)), second: holder("old", ref(first))}
    return document({"paths": {f"/{{{variable}}}": {"get": get}}, "components": {"schemas": schemas}})


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        # The name of the group is no part of its methods': `cats.get` becomes `felines.get_cat`.
        (tree(tag="felines"), ["api-tag-renamed", "python-group-renamed", "python-method-renamed"]),
        (
            tree(tag="felines", operation="x"),
            ["api-operation-id-removed", "api-tag-renamed", "python-group-renamed", "python-method-renamed"],
        ),
        (tree(operation="readCat"), ["api-operation-id-removed", "python-method-renamed"]),
        (tree(variable="cat"), ["path-variable-renamed", "python-argument-renamed"]),
        # Each names the other one: two causes.
        (
            tree(names=("Felid", "Cub")),
            ["api-schema-renamed", "api-schema-renamed", "python-class-renamed", "python-class-renamed"],
        ),
    ],
    ids=["tag", "tag and operation", "operation", "path variable", "classes"],
)
def test_a_rename_is_one_change_on_each_axis(tmp_path: Path, new: Tree, expected: list[str]) -> None:
    for name, root in (("old", tree()), ("new", new)):
        (tmp_path / f"{name}.json").write_text(json.dumps(root), "utf-8")
    done = CliRunner().invoke(diff, [str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json"])
    assert sorted(each["id"] for each in json.loads(done.stdout)["changes"]) == expected
