"""What is called otherwise is one change on each axis."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from generator.changes.command import diff
from generator.changes.document.media_types import matched
from generator.changes.document.operations import compare
from generator.changes.report import attribution
from generator.changes.report.line_blocks import Block, compare_packages
from generator.changes.surface.compare import compare_python
from generator.changes.surface.members import Surface
from generator.changes.surface.types import Names
from tests.changes.frames import Tree, document
from tests.hostile.doubling import counted, factors


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


def template(schema: Tree) -> Tree:
    variable = {"name": "id", "in": "path", "required": True, "schema": schema}
    get = {"parameters": [variable], "responses": {"204": {"description": ""}}}
    components = {"schemas": {"Whose": {"type": "string", "enum": ["mine", "its"]}, "Yours": {"enum": ["yours"]}}}
    return document({"paths": {"/pets/{id}": {"get": get}}, "components": components})


@pytest.mark.parametrize(
    ("schema", "taken"),
    [
        ({"type": "string", "description": "Whose"}, True),
        ({"type": ["string", "null"], "pattern": "^[a-z]+$", "maxLength": 4, "minLength": 4}, True),
        ({"const": "mine"}, True),
        (ref("Whose"), True),
        ({"type": "integer"}, False),
        ({"type": "string", "pattern": "^[0-9]+$"}, False),
        ({"const": "yours"}, False),
        ({"type": "string", "maxLength": 2}, False),
        ({"type": "string", "minLength": 5}, False),
        ({"type": "string", "format": "uuid"}, False),
        (ref("Yours"), False),
    ],
)
def test_a_path_became_a_template_if_that_takes_it(schema: Tree, taken: bool) -> None:
    new = template(schema)
    old = {**new, "paths": {"/pets/mine": {"get": {"responses": {"204": {"description": ""}}}}}}
    found = [each.identifier for each in compare(old, new)]
    assert found == (
        ["api-path-became-template"] if taken else ["api-path-removed-without-deprecation", "endpoint-added"]
    )


def test_very_many_paths_find_their_templates_quickly() -> None:
    get = {"get": {"responses": {"204": {"description": ""}}}}
    olds = {f"/p{number}/x/y": get for number in range(2000)}
    news = {f"/p{number}/{{a}}/y": get for number in range(2000)}
    began = time.process_time()
    assert len(compare(document({"paths": olds}), document({"paths": news}))) == 2000
    assert time.process_time() - began < 4


def test_a_schema_of_others_is_no_rename() -> None:
    """Lists of orders, and of users: alike but for the names of what they hold, which is not the same."""
    old, new = (
        document(
            {
                "components": {
                    "schemas": {
                        f"{name}s": {"type": "array", "items": ref(name)},
                        name: holder(key, {"type": "string"}),
                    }
                }
            }
        )
        for name, key in (("Order", "price"), ("User", "login"))
    )
    assert [each.identifier for each in compare(old, new)] == ["api-schema-removed"] * 2


def test_very_many_renames_are_found_quickly() -> None:
    old, new = (
        document(
            {"components": {"schemas": {f"{prefix}{n}": holder(f"k{n}", ref(f"{prefix}{n + 1}")) for n in range(800)}}}
        )
        for prefix in ("A", "B")
    )
    for each, prefix in ((old, "A"), (new, "B")):
        each["components"]["schemas"][f"{prefix}800"] = {"type": "string"}
    began = time.process_time()
    assert [each.identifier for each in compare(old, new)] == ["api-schema-renamed"] * 801
    assert time.process_time() - began < 4


@pytest.mark.parametrize("holds", ["str", "{prefix}{next}", "list[{prefix}{number}]"])
def test_very_many_renamed_classes_are_found_in_time_that_grows_as_they_do(holds: str) -> None:
    """Alike but for their names, in a chain, and in circles."""

    def package(prefix: str, size: int) -> dict[PurePosixPath, str]:
        text = "".join(
            f"class {prefix}{one}(Model):\n    a{one}: {holds.format(prefix=prefix, number=one, next=one + 1)}\n"
            for one in range(size)
        )
        return {PurePosixPath("api/models.py"): f"{text}class {prefix}{size}(Model):\n    a: int\n"}

    works = []
    for size in (25, 25, 50, 100):
        found, work = counted(partial(compare_python, package("A", size), package("B", size)))
        works.append(work)
        assert len(found) == size + 1
        assert {one.identifier for one in found} == {"python-class-renamed"}
    assert max(factors(works[1:])[:2]) < 2.2


@pytest.mark.parametrize("returns", ["None", "Tea{number}"])
def test_very_many_renamed_methods_are_found_in_time_that_grows_as_they_do(returns: str) -> None:
    def package(prefix: str, size: int) -> dict[PurePosixPath, str]:
        methods = (f"    def {prefix}{one}(self, a: int) -> {returns.format(number=one)}: ...\n" for one in range(size))
        return {PurePosixPath("api/api.py"): f"class TeasApi(Protocol):\n{''.join(methods)}"}

    works = []
    for size in (25, 25, 50, 100):
        found, work = counted(partial(compare_python, package("brew", size), package("pour", size)))
        works.append(work)
        kinds = {"python-method-renamed"} if "Tea" in returns else {"python-method-added", "python-method-removed"}
        assert {one.identifier for one in found} == kinds
    assert max(factors(works[1:])[:2]) < 2.2


def test_the_lines_of_very_many_new_members_are_found_in_time_that_grows_as_they_do() -> None:
    def compared(size: int) -> None:
        members = "".join(f"    a{one}: int\n" for one in range(size))
        old = "".join(f"class Old{one}: ...\n" for one in range(size))
        new = f"class Tea:\n{members}{old.replace('Old', 'New')}"
        before, after = ({PurePosixPath("api/models.py"): text} for text in (old, new))
        assert len(compare_packages(before, after, frozenset())) > size

    works = [counted(partial(compared, size))[1] for size in (25, 25, 50, 100)]
    assert max(factors(works[1:])[:2]) < 2.2


def test_an_example_has_no_cause_where_very_many_changes_are_about_a_name_in_it() -> None:
    files = ("server/mock.jsonl", "models.py")
    blocks = [Block(file=file, definition="a", state="changed", lines=(("+", "id"),), line=1) for file in files]
    for number, caused in ((20, {0, 1}), (21, {1})):
        found: list[set[int]] = [set() for _ in range(number)]
        attribution._attribute_named(found, attribution._Index(blocks), [frozenset({"id"})] * number)
        assert found == [caused] * number


def test_very_many_media_types_are_matched_quickly() -> None:
    old, new = [[f"application/{prefix}{number}" for number in range(4000)] for prefix in "ab"]
    began = time.process_time()
    found = matched([*old, "text/a;x=1", "text/b"], [*new, "text/*", "text/b;y=1"])
    assert time.process_time() - began < 2
    assert (len(found.removed), len(found.added)) == (4000, 4000)
    assert found.generalized == {"text/a;x=1": "text/*", "text/b": "text/*"}


def test_a_tag_that_became_two_is_no_rename() -> None:
    old, new = (
        document(
            {"paths": {path: {"get": {"tags": [tag], "responses": {}}} for path, tag in zip("xy", tags, strict=True)}}
        )
        for tags in ("aa", "bc")
    )
    assert [each.identifier for each in compare(old, new)] == ["api-tag-removed", "api-tag-added"] * 2


ALIASES: Tree = {
    "N": {"type": "string"},
    "M": {"type": "array", "items": {"type": "string"}},
    "L": {"type": "array", "items": ref("N")},
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string"}, ref("N")),
        (ref("L"), ref("M")),
        (ref("M"), {"type": "array", "items": ref("N")}),
    ],
)
def test_an_alias_that_both_versions_have_is_no_other_type(tmp_path: Path, old: Tree, new: Tree) -> None:
    for one, other in ((old, new), (new, old)):
        for name, schema in (("old", one), ("new", other)):
            answer = {"200": {"description": "", "content": {"application/json": {"schema": holder("a", schema)}}}}
            again = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
            paths = {"/a": {"get": {"responses": answer}}, "/b": {"get": {"responses": again}}}
            root = document({"paths": paths, "components": {"schemas": ALIASES}})
            (tmp_path / f"{name}.json").write_text(json.dumps(root), "utf-8")
        done = CliRunner().invoke(diff, [str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json"])
        assert [each for each in json.loads(done.stdout)["changes"] if each["axis"] == "python"] == []


@pytest.mark.parametrize("last", ["str", "int"])
@pytest.mark.parametrize("holder", ["list[{0}] | list[None | {0}]", "dict[str, list[{0}] | set[{0}]]"])
def test_types_that_share_others_are_compared_once(holder: str, last: str) -> None:
    aliases = {f"A{one + 1}": holder.format(f"A{one}") for one in range(18)}
    old = Names(aliases | {"A0": "str"})
    new = Names(aliases | {"A0": last}, forms=old.forms)
    surface = Surface(old=old, new=new, flows={}, kept=frozenset(), groups={})
    found, work = counted(lambda: (surface.types("A18", "A18"), surface.equal("A18", "A18")))
    assert found == ((last == "str",) * 2, last == "str")
    assert work.calls < 18 * 1_000


def test_what_an_alias_means_is_said_once(tmp_path: Path) -> None:
    for name, schema in (("old", {"type": "string"}), ("new", {"type": "integer"})):
        answer = {"200": {"description": "", "content": {"application/json": {"schema": holder("a", ref("N"))}}}}
        root = document({"paths": {"/a": {"get": {"responses": answer}}}, "components": {"schemas": {"N": schema}}})
        (tmp_path / f"{name}.json").write_text(json.dumps(root), "utf-8")
    done = CliRunner().invoke(diff, [str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json"])
    found = [each["id"] for each in json.loads(done.stdout)["changes"] if each["axis"] == "python"]
    assert found == ["python-name-type-changed"]
