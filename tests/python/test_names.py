"""Names: what people would choose, settled for all at once, the same whatever the order."""

from __future__ import annotations

import difflib
import json
import random
import re
import sys
import tomllib
from abc import ABCMeta
from importlib.metadata import packages_distributions, requires
from pathlib import Path, PurePosixPath
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from generator.diagnostics.diagnostic import Refused
from generator.python import names, words
from generator.python.modules import MODULES
from generator.python.pins import PinError
from generator.render import requirements
from tests.support.folders import GOLDEN, ROOT
from tests.support.packages import build, build_tree, dependent

pytestmark = pytest.mark.usefixtures("single")

DOCUMENTS = sorted(GOLDEN.glob("*/spec.yaml"))


@pytest.mark.parametrize(
    ("operation_id", "method", "path", "group", "expected"),
    [
        ("cost_create_cost_create_post", "POST", "/cost/create", "costs", "create"),
        ("listPets", "GET", "/pets", "pets", "list"),
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
    assert names.operations({(method, path): operation_id}, group) == {(method, path): (expected, expected)}


def test_where_two_meet_both_keep_their_longer_name() -> None:
    asked = {("GET", "/a"): "getThing", ("POST", "/a"): "get_thing", ("PUT", "/a"): "putThing"}
    found = [("getThing", "get_thing"), ("get_thing", "get_thing"), ("put_thing", "put_thing")]
    assert list(names.operations(asked, "default").values()) == found


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
        words.snake(text),
        words.pascal(text),
        words.spelled(text, prefix="x"),
        *names.groups([text]).values(),
    ):
        assert made.isidentifier(), made
    assert all(name.isidentifier() for name in names.fields([text], {"str"}).values())
    assert all(name.isidentifier() for name in names.parameters(("query", text)).values())


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
    """What a file says, in no order; a type that is defined later is quoted, and a long union of such is a `Union[…]`."""
    # A client's example is the document's first operation, with the credential that it asks for.
    text = re.sub(r"with (?:Async)?Client\(.*\) as client:\n +(?:await )?client\.\w+\.\w+\(\.\.\.\)", "", text)
    return sorted(one for one in re.findall(r"[^\s,()\[\]{}\"]+", text) if one not in ("|", "Union"))


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


def test_no_parameter_hides_a_module_that_its_method_reads() -> None:
    keys = [("query", name) for name in ("contract", "exceptions", "self", "body", "models")]
    assert [names.parameters(*keys)[key] for key in keys] == ["contract_", "exceptions_", "self_", "body_", "models"]


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("petType", "pet_type"),
        ("HTTPCode", "http_code"),
        ("userIDs", "user_ids"),
        ("IPv4Address", "ipv4_address"),
        ("APIv2", "api_v2"),
        ("OAuthToken", "oauth_token"),
        (">=", "greater_or_equal"),
        ("<=", "less_or_equal"),
        ("DateCreated>", "date_created_greater_than"),
        ("Page<Pet>", "page_pet"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("*", "star"),
        ("€", "euro_sign"),
        ("$ref", "ref"),
        ("name__icontains", "name__icontains"),
        ("model_name", "model_name"),
        ("model_dump", "model_dump_"),
        ("class", "class_"),
        ("register", "register_"),
    ],
)
def test_a_field_is_called_as_people_would(wire_name: str, expected: str) -> None:
    assert names.fields([wire_name], set()) == {wire_name: expected}


@pytest.mark.parametrize(
    "expected",
    [
        {"petType": "petType", "pet_type": "pet_type"},
        {"petType": "petType", "PetType": "PetType"},
        {"id": "id", "_id": "id_"},
        {"a-b": "a_dash_b", "a_b": "a_b"},
        {"class": "class__", "class_": "class_"},
    ],
)
def test_fields_that_meet_keep_their_wire_names(expected: dict[str, str]) -> None:
    assert names.fields(list(expected), set()) == expected


def test_fields_may_all_be_called_as_on_the_wire() -> None:
    expected = {"petType": "petType", "Field": "Field_", "x-Y": "x_y", "class": "class_", "T": "T_"}
    assert names.fields(list(expected), {"T"}, "wire") == expected


@given(st.lists(st.text("aAbB_-1.", min_size=1, max_size=5), unique=True), st.sampled_from(["snake", "wire"]))
def test_no_field_is_called_as_another_is_on_the_wire(wire_names: list[str], style: names.FieldNames) -> None:
    found = names.fields(wire_names, set(), style)
    assert len(set(found.values())) == len(wire_names)
    assert all(own == wire or own not in wire_names for wire, own in found.items())


def test_no_field_takes_an_attribute_of_pydantic() -> None:
    own = {*dir(BaseModel), *dir(type(BaseModel)), *dir(ABCMeta)}
    public = {name for name in own if not name.startswith("_")}
    assert public <= {name for name in public if names.fields([name], set())[name] != name}


def test_a_tag_does_not_take_what_is_made_of_another() -> None:
    tags = ["Authorization", "Authorization Api", "Sync Authorization", "Async Authorization", "File APIs"]
    groups = names.groups(tags)
    assert groups == {tag: words.snake(tag) for tag in tags}
    assert list(names.group_classes({groups[tag]: tag for tag in tags}).values()) == [
        *("Authorization", "AuthorizationApiGroup", "SyncAuthorizationGroup", "AsyncAuthorizationGroup", "FileAPIs")
    ]


def test_groups_differ_where_capitals_do_not_count() -> None:
    groups = names.groups(["Straße", "STRASSE", "api", "API group", "aux", "Account", "account"])
    assert groups["Straße"] == groups["STRASSE"]
    assert groups["Account"] == groups["account"]
    assert len({name.casefold() for name in groups.values()}) == 5
    assert "aux" not in groups.values()


def test_events_have_a_group_of_their_own() -> None:
    view = ("#/a", "Webhook events", "GET", "/a", None)
    naming = names.name_operations([view], {}, [("#/b", "Webhook events", "POST", "b", None)])
    assert {group for group, _ in naming.operations.values()} == {"webhook_events", "webhook_events_group"}


def test_a_security_scheme_does_not_take_the_constant_of_an_operation() -> None:
    assert names.security_schemes(["pets list", "api"], {"PETS_LIST"}) == {
        "pets list": "PETS_SPACE_LIST",
        "api": "api",
    }


@pytest.mark.parametrize(
    ("pinned", "why"),
    [
        ({"a": "models"}, "use the name models"),
        ({"a": "class"}, "no name for generated code"),
        ({"a": "same", "b": "same"}, "a is called same too"),
        ({"a": "core.x"}, "use the name core"),
        ({"a": "COSTS.x"}, "there is a group costs"),
    ],
)
def test_a_pin_that_would_have_to_be_changed_is_an_error(pinned: dict[str, str], why: str) -> None:
    views = [("#/a", "Costs", "POST", "/a", "a"), ("#/b", "Costs", "GET", "/b", "b")]
    with pytest.raises(PinError, match=why):
        names.name_operations(views, pinned)


@pytest.mark.parametrize(
    ("pinned", "message"),
    [
        ({"listPet": "all"}, "the document has nothing of that name"),
        ({"#/info": "x"}, "the document has nothing of that name"),
        ({"#/components/schemas/Pet": "Field"}, "generated modules use the name Field"),
        ({"#/components/schemas/Pet": "X", "#/components/schemas/pet": "X"}, "is called X too"),
    ],
)
def test_a_pin_that_is_of_no_use_is_an_error(pinned: dict[str, str], message: str) -> None:
    with pytest.raises(Refused, match=message):
        build(GOLDEN / "names" / "spec.yaml", names=pinned)


def test_many_pins_of_no_use_are_listed_up_to_a_bound() -> None:
    with pytest.raises(Refused) as caught:
        build(GOLDEN / "names" / "spec.yaml", names={f"list{index}": "all" for index in range(3_000)})
    assert len(caught.value.diagnostics) == 1_001
    assert len([one for one in caught.value.diagnostics if "did you mean" in one.hint]) <= 30


def test_names_that_resemble_a_pin_are_looked_for_in_their_order() -> None:
    with patch("generator.diagnostics.similar._CANDIDATES", 1), pytest.raises(Refused) as caught:
        build(GOLDEN / "names" / "spec.yaml", names={"#/components/schemas/Pex": "X"})
    assert [one.hint for one in caught.value.diagnostics] == ["did you mean #/components/schemas/Model?"]


def test_a_pin_may_name_what_is_not_selected() -> None:
    pins = {"getThing": "fetch", "#/components/schemas/Pet": "Animal"}
    build(GOLDEN / "names" / "spec.yaml", names=pins, operations=("listPets",))


def test_a_pin_is_kept_as_it_is_written() -> None:
    package = build(GOLDEN / "names" / "spec.yaml", names={"listPets": "getAll", "#/components/schemas/Pet": "animal"})
    assert "def getAll(" in package.files[PurePosixPath("api/api.py")]
    assert "class animal(" in package.files[PurePosixPath("api/models.py")]


@pytest.mark.parametrize("title", ["json", "Typing", "pydantic", "sitecustomize", "YAML", "rich", "pytest", "Jinja2"])
def test_no_title_makes_a_package_that_hides_a_module(title: str, tmp_path: Path) -> None:
    root = {"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "paths": {}}
    with pytest.raises(Refused, match="would hide a module") as caught:
        build_tree(tmp_path, root, package=None)
    assert caught.value.diagnostics[0].pointer == "#/info/title"


def test_all_modules_of_python_and_of_dependencies_are_known() -> None:
    assert sys.stdlib_module_names <= MODULES
    tables = (requirements._BASE, *requirements.SIDES.values())
    waiting = ["pydantic", *(one for table in tables for one in table.values()), "pip", "pytest"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    waiting += [*project["dependencies"], *extras["watch"], *extras["verify"]]
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name in found or not (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += requires(name) or ()
    homes = packages_distributions()
    modules = {module for module, owners in homes.items() if found & {canonicalize_name(one) for one in owners}}
    assert {module for module in modules if module.isidentifier() and "mypyc" not in module} <= MODULES


def test_no_package_is_called_like_the_generator() -> None:
    assert names.package("Spectwin") == "spectwin_"


def test_groups_that_begin_with_the_same_octets_have_short_modules() -> None:
    tags = [f"{'x' * 130}{index}" for index in range(300)]
    groups = names.groups(tags)
    assert len({*groups.values()}) == 300
    assert max(map(len, groups.values())) < 140
    assert names.groups(tags[::-1]) == groups
