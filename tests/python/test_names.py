"""Names: what people would choose, settled for all at once, the same whatever the order."""

from __future__ import annotations

import difflib
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.python import names, reserved
from tests.support.folders import GOLDEN, STATIC
from tests.support.packages import build, build_tree, dependent

DOCUMENTS = sorted(GOLDEN.glob("*/spec.yaml"))


@pytest.mark.parametrize(
    ("operation_id", "method", "path", "group", "expected"),
    [
        ("cost_create_cost_create_post", "POST", "/cost/create", "costs", "create"),
        ("listPets", "GET", "/pets", "pets", "list_pets"),
        ("getPetById", "GET", "/pets/{id}", "pets", "get_pet_by_id"),
        ("pets_delete", "DELETE", "/pets", "pets", "delete"),
        (None, "GET", "/pets/{petId}", "pets", "get_pets_by_pet_id"),
        (None, "GET", "/", "root", "get"),
        ("123", "GET", "/x", "things", "operation_123"),
        ("import", "POST", "/x", "things", "import_"),
        ("GetHTTPStatus", "GET", "/x", "things", "get_http_status"),
    ],
)
def test_an_operation_is_called_as_people_would(
    operation_id: str | None, method: str, path: str, group: str, expected: str
) -> None:
    assert names.operations({(method, path): operation_id}, group) == {(method, path): expected}


def test_where_two_meet_both_keep_their_longer_name() -> None:
    asked = {("GET", "/a"): "getThing", ("POST", "/a"): "get_thing", ("PUT", "/a"): "putThing"}
    assert list(names.operations(asked, "default").values()) == ["getThing", "get_thing", "put_thing"]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=6), st.lists(st.text("ab", min_size=1, max_size=2), min_size=1), max_size=8
    )
)
def test_settling_is_unique_and_does_not_depend_on_the_order(candidates: dict[str, list[str]]) -> None:
    settled = names.settle(candidates)
    assert len(set(settled.values())) == len(settled)
    shuffled = list(candidates.items())
    random.Random(0).shuffle(shuffled)  # noqa: S311 - any order will do
    assert names.settle(dict(shuffled)) == settled


@given(st.text(max_size=30))
def test_every_text_gives_an_identifier(text: str) -> None:
    for made in (
        names.snake(text),
        names.pascal(text),
        names.spelled(text, prefix="x"),
        *names.groups([text]).values(),
    ):
        assert made.isidentifier(), made
    assert all(name.isidentifier() for name in names.fields([text], {"str"}).values())
    assert all(name.isidentifier() for name in names.parameters([("query", text)]).values())


def reordered(value: Any, random_: random.Random) -> Any:
    """Shuffle paths, methods and components; not properties, whose order is the document's word."""
    root = json.loads(json.dumps(value))
    for section in [root.get("paths", {}), *root.get("components", {}).values()]:
        items = list(section.items())
        random_.shuffle(items)
        section.clear()
        section.update(items)
    return root


def tokens(text: str) -> list[str]:
    """What a file says, in no order; a type is quoted where it is defined later."""
    return sorted(re.findall(r"[^\s,()\[\]{}\"]+", text))


@pytest.mark.parametrize("spec", DOCUMENTS, ids=lambda spec: spec.parent.name)
def test_reordering_a_document_renames_nothing(spec: Path, tmp_path: Path) -> None:
    from generator.document import load

    root = load.load(spec).root
    before = dependent(build_tree(tmp_path, root))
    for seed in range(3):
        after = dependent(build_tree(tmp_path, reordered(root, random.Random(seed))))  # noqa: S311 - any order will do
        assert before.keys() == after.keys()
        for name, text in before.items():
            assert tokens(text) == tokens(after[name]), name


ADDED = {
    "tags": ["Added"],
    "operationId": "addedOperation",
    "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
    "requestBody": {
        "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    },
    "responses": {"200": {"description": "Done", "content": {"application/json": {"schema": {"type": "string"}}}}},
}


@pytest.mark.parametrize(
    "spec",
    [spec for spec in DOCUMENTS if "paths: {}" not in spec.read_text("utf-8")],
    ids=lambda spec: spec.parent.name,
)
def test_adding_an_operation_changes_no_other_operations_lines(spec: Path, tmp_path: Path) -> None:
    from generator.document import load

    root = load.load(spec).root
    before = dependent(build_tree(tmp_path, root))
    grown = json.loads(json.dumps(root))
    grown["paths"]["/added-path"] = {"post": ADDED}
    after = dependent(build_tree(tmp_path, grown))
    for name, text in before.items():
        gone = [
            line[2:]
            for line in difflib.ndiff(text.splitlines(), after[name].splitlines())
            if line.startswith("- ") and not line[2:].startswith(("from ", "import ", "    operations=("))
        ]
        assert gone == [], name


def test_a_lengthened_name_is_reported() -> None:
    package = build(GOLDEN / "names" / "spec.yaml")
    assert any("would be get_thing too" in one.message for one in package.warnings)


def test_a_pin_names_an_operation_and_its_group() -> None:
    views = [("#/a", "Costs", "POST", "/cost/create", "cost_create"), ("#/b", "Costs", "GET", "/cost", "cost_read")]
    naming = names.name_operations(views, {"cost_create": "prices.add", "#/b": "fetch"})
    assert naming.operations == {"#/a": ("prices", "add"), "#/b": ("costs", "fetch")}


def test_no_group_takes_the_place_of_a_static_module_of_the_client() -> None:
    folder = STATIC / "client"
    assert {path.stem for path in folder.glob("*.py")} <= reserved.GROUP_RESERVED


def test_no_parameter_hides_a_module_that_its_method_reads() -> None:
    keys = [("query", name) for name in ("contract", "exceptions", "self", "body", "models")]
    assert [names.parameters(keys)[key] for key in keys] == ["contract_", "exceptions_", "self_", "body_", "models"]
