"""Names of any kind: all that a document names is in its package, which imports and is clean for mypy."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.output.package import Package
from generator.python import reserved
from generator.python.imports import KNOWN
from generator.python.words import words
from tests.support.packages import build_tree, write
from tests.support.type_checker import mypy

WORDS = [
    *(
        "class",
        "None",
        "_",
        "__init__",
        "__class__",
        "__rule__",
        "__all__",
        "__slots__",
        "model_dump",
        "model_config",
        "mro",
        "register",
    ),
    *(
        "self",
        "cls",
        "body",
        "contract",
        "models",
        "exceptions",
        "errors",
        "builtins",
        "annotations",
        "httpx2",
        "type",
        "object",
    ),
    *(
        "list",
        "dict",
        "str",
        "int",
        "bool",
        "List",
        "Dict",
        "copy",
        "json",
        "schema",
        "Model",
        "Field",
        "Date",
        "Value",
        "Any",
    ),
    *(
        "Authorization",
        "Authorization Api",
        "Sync Authorization",
        "Async Authorization",
        "authorizationApi",
        "SyncAuthorizationApi",
    ),
    *(
        "Client",
        "AsyncClient",
        "core",
        "api",
        "server",
        "stub",
        "Api group",
        "aux",
        "File APIs",
        "petType",
        "pet_type",
        "PetType",
    ),
    *(
        ">=",
        "<=",
        "+1",
        "-1",
        "1",
        "*",
        "foo.bar.Baz",
        "a-b",
        "a_b",
        "a b",
        "A_B",
        "aB",
        "straße",
        "STRASSE",
        "主",
        "주문",
    ),
]
ALPHABET = "aAbBsS01 ._-+<>=$@#*/'\"\\{}éßẞİıŉǆſςΣK²ﬁª주ـ́😀\u200d\u202e"
"""Capitals and small letters that change each other's length, digits that are none, what joins and what hides."""
NAMES = st.one_of(
    st.sampled_from(WORDS),
    st.text(ALPHABET, min_size=1, max_size=40),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda parts: "".join(parts)[:40]),
).filter(str.strip)
COMPONENTS = st.one_of(
    st.sampled_from([word for word in WORDS if word.isascii()]).map(
        lambda word: "".join(char for char in word if char.isalnum() or char in "._-")
    ),
    st.text("aAbBsS01._-", min_size=1, max_size=40),
).filter(bool)


def document(
    tags: list[str], operations: list[str], parameters: list[str], schemas: list[str], properties: list[str]
) -> dict[str, Any]:
    """Write a document with these names: an operation for each tag and each operationId, all properties in each schema."""
    text = {"type": "string"}
    fields = {name: text if index % 3 else {"type": "array", "items": text} for index, name in enumerate(properties)}
    references = [{"$ref": f"#/components/schemas/{name}"} for name in schemas] or [text]
    fields |= {name: references[index % len(references)] for index, name in enumerate(properties[1::2])}
    schema = {"type": "object", "properties": fields}
    many = {"type": "array", "items": references[0]}
    responses = {"200": {"description": "", "content": {"application/json": {"schema": many}}}}
    query = [{"name": name, "in": "query", "schema": {"type": "array", "items": text}} for name in parameters]
    paths: dict[str, Any] = {}
    for index in range(max(1, len(tags), len(operations))):
        operation: dict[str, Any] = {"responses": responses, "parameters": query}
        operation |= {"tags": [tags[index % len(tags)]]} if tags else {}
        operation |= {"operationId": operations[index]} if index < len(operations) else {}
        paths[f"/p{index}"] = {"get": operation}
    if operations and tags:  # a group with several operations
        paths["/more"] = {"get": {"responses": responses, "tags": [tags[0]]}, "post": {"responses": responses}}
    info = {"title": "Names", "version": "1"}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": paths,
        "components": {"schemas": dict.fromkeys(schemas, schema)},
    }


def examine(package: Package, root: dict[str, Any], folder: Path) -> None:
    """Import a package, and look for every operation, class and field."""
    modules = {
        name: importlib.import_module(f"{package.name}.{name}") for name in ("contract", "models", "api", "client")
    }
    stub = importlib.import_module(f"{package.name}.server.stub")
    server = importlib.import_module(f"{package.name}.server")
    asked = {(method.upper(), path) for path, item in root["paths"].items() for method in item}
    operations = modules["contract"].API.operations
    assert sorted((one.method, one.path) for one in operations) == sorted(asked)
    assert len({one.name for one in operations}) == len(operations)
    with modules["client"].Client("http://127.0.0.1:1") as client:
        for one in operations:
            group, name = one.name.split(".")
            own = type(getattr(client, group))
            for holder in (own, vars(stub)[own.__name__], getattr(modules["api"], f"Sync{own.__name__}Api")):
                assert callable(vars(holder)[name]), one.name
    server.create_app()
    assert len({name.casefold() for name in _groups(package)}) == len(_groups(package)) == len(package_groups(folder))
    for name, schema in root["components"]["schemas"].items():
        _examine_class(modules["models"], package.classes[f"#/components/schemas/{name}"], schema["properties"])


def _groups(package: Package) -> list[str]:
    return [group.name for group in package.api.groups] if package.api else []


def package_groups(folder: Path) -> list[str]:
    """The modules of groups on the disk."""
    return [path.stem for path in (folder / "client").glob("*.py") if path.stem not in ("__init__", "core", "streams")]


def _examine_class(models: ModuleType, name: str, properties: dict[str, Any]) -> None:
    """Whether a class has all fields: by wire names where it is read, by both where it is made."""
    model: Any = getattr(models, name)
    fields = {field.alias or own: own for own, field in model.model_fields.items()}
    assert fields.keys() == properties.keys()
    values = {wire: ["x"] for wire, schema in properties.items() if schema.get("type") == "array"}
    read = model.model_validate_json(json.dumps(values))
    assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == values
    assert model(**{fields[wire]: value for wire, value in values.items()}) == read == model(**values)
    by_name = {own: ["x"] for wire, own in fields.items() if wire != own}
    assert not model.model_validate(by_name).model_fields_set & by_name.keys(), "a Python name was read"


def type_check(folder: Path, packages: list[str]) -> None:
    """Run mypy once over all packages: their own modules, as the static ones are the same in each and checked elsewhere."""
    done = mypy(*packages, folder=folder)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["single", "split"])
def test_any_names_give_a_package_that_imports_is_clean_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # each example is a package; what mypy refuses is seen at the end
        suppress_health_check=list(HealthCheck),
    )
    @given(
        tags=st.lists(NAMES, max_size=6, unique=True),
        operations=st.lists(NAMES, max_size=6, unique=True),
        parameters=st.lists(NAMES, max_size=4, unique=True),
        schemas=st.lists(COMPONENTS, min_size=1, max_size=5, unique=True),
        properties=st.lists(NAMES, min_size=1, max_size=10, unique=True),
    )
    def one(
        tags: list[str], operations: list[str], parameters: list[str], schemas: list[str], properties: list[str]
    ) -> None:
        name = f"any_names_{layout}_{len(made)}"
        made.append(name)
        root = document(tags, operations, parameters, schemas, properties)
        package = build_tree(tmp_path, root, package=name, layout=layout)
        examine(package, root, write(package, tmp_path))

    one()
    type_check(tmp_path, made)


@pytest.mark.slow
def test_no_tag_takes_what_generated_modules_import_or_define(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    known = sorted({*KNOWN, *reserved.CLASS_RESERVED, *reserved.GROUP_RESERVED, *reserved.METHOD_RESERVED})
    tags = [name for name in known if words(name)]
    classes = sorted({name for name in known if name.isidentifier()})
    first = document(tags, tags, [], classes, classes)
    # One class has a field of each name, and one operation a parameter of each; every other one has those of twelve names:
    # all of them everywhere would be 70,000, which mypy reads for minutes, and each can only hide what its own scope reads.
    schemas = first["components"]["schemas"]
    for index, name in enumerate(classes[1:], 1):
        fields = {one: schemas[classes[0]]["properties"][one] for one in (classes + classes)[index : index + 12]}
        schemas[name] = {"type": "object", "properties": fields}
    second = document(
        [f"Sync {tag}" for tag in tags[::4]] + [f"{tag} Api" for tag in tags[::4]], [], tags, ["A"], ["a"]
    )
    for index, item in enumerate([*second["paths"].values()][1:], 1):
        every = item["get"]["parameters"]
        item["get"]["parameters"] = [every[at % len(every)] for at in range(index, index + 12)]
    for index, root in enumerate((first, second)):
        package = build_tree(tmp_path, root, package=f"known_names_{index}")
        examine(package, root, write(package, tmp_path))
    type_check(tmp_path, ["known_names_0", "known_names_1"])
