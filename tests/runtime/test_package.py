"""A generated package as its users see it: groups, names, what Python refuses, variables of the environment, stubs."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pydantic
import pytest
from fastapi.testclient import TestClient

from tests.support.packages import build_tree, imported
from tests.support.type_checker import mypy

TEXT: dict[str, Any] = {"type": "string"}
PET = {
    "type": "object",
    "required": ["petType"],
    "properties": {
        "petType": TEXT,
        ">=": {"type": "integer"},
        "class": TEXT,
        "myName": TEXT,
        "my_name": TEXT,
        "note": {"type": ["string", "null"]},
        "pin": {"type": "string", "format": "password", "minLength": 8},
    },
}
CLOSED = {"type": "object", "additionalProperties": False, "properties": {"a": TEXT}}


def _operation(name: str, *tags: str, **more: Any) -> dict[str, Any]:
    answer = {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    return {"operationId": name, "tags": [*tags], "responses": {"200": answer}, **more}


BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
EVENTS = {"200": {"description": "", "content": {"text/event-stream": {"schema": TEXT}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "http://document"}],
    "security": [{"api-key.v1": []}],
    "paths": {
        "/pets": {
            "get": _operation("listPets", "pets", "old"),
            "post": _operation("addPet", "pets", requestBody=BODY),
        },
        "/old": {"get": _operation("getOld", "old", "pets")},
        "/events": {"get": _operation("watchPets", "pets", responses=EVENTS)},
    },
    "components": {
        "schemas": {"Pet": PET, "Closed": CLOSED},
        "securitySchemes": {"api-key.v1": {"type": "http", "scheme": "bearer"}},
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the package, which is imported."""
    folder = tmp_path_factory.mktemp("package")
    imported(build_tree(folder, DOCUMENT, package="as_seen"), folder)
    return folder / "as_seen"


@pytest.fixture
def module(folder: Path) -> Callable[[str], Any]:
    return lambda name: importlib.import_module(f"{folder.name}.{name}")


def sending(module: Callable[[str], Any], answer: Any = None, **options: Any) -> tuple[Any, list[httpx2.Request]]:
    """Give a client that is answered with this JSON, and the requests that it sends."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=answer or {"petType": "cat"})

    http = httpx2.Client(transport=httpx2.MockTransport(handle))
    return module("client").Client(http=http, **options), seen


def test_an_operation_belongs_to_its_first_tag_and_is_listed(folder: Path, module: Callable[[str], Any]) -> None:
    client, seen = sending(module)
    client.pets.list()
    client.old.get()
    assert [request.url.path for request in seen] == ["/pets", "/old"]
    pets, old = (folder / "API.md").read_text(encoding="utf-8").partition("## `pets`")[2].split("\n## `old`")
    assert re.findall(r"^- `(\w+)\(", pets, re.MULTILINE) == ["list", "add", "watch"]
    assert re.findall(r"^- `(\w+)\(", old, re.MULTILINE) == ["get"]
    assert {"pets", "old"} <= module("server").create_app.__kwdefaults__.keys()


def test_fields_are_called_as_in_python(module: Callable[[str], Any]) -> None:
    pet_class = module("models").Pet
    names = {
        "petType": "pet_type",
        ">=": "greater_or_equal",
        "class": "class_",
        "myName": "myName",
        "my_name": "my_name",
    }
    assert {field.alias or name: name for name, field in pet_class.model_fields.items()}.items() >= names.items()
    assert pet_class(petType="cat") == pet_class(pet_type="cat")
    client, seen = sending(module, {"petType": "cat", "pet_type": "dog", ">=": 3})
    found = client.pets.add(pet_class(pet_type="cat", greater_or_equal=3))
    assert json.loads(seen[0].content) == {"petType": "cat", ">=": 3}
    assert (found.pet_type, found.greater_or_equal) == ("cat", 3)
    client.pets.add(found)
    assert json.loads(seen[1].content) == {"petType": "cat", "pet_type": "dog", ">=": 3}
    with pytest.raises(module("errors").ContractError):
        sending(module, {"pet_type": "dog"})[0].pets.list()


USE = """
from as_seen.client import Client
from as_seen.models import Pet

def use(client: Client) -> list[str | int | None]:
    found = client.pets.add(Pet(pet_type="cat", greater_or_equal=1, class_="x", myName="a"))
    return [found.pet_type, found.greater_or_equal, found.class_]

Pet(petType="cat")
"""


@pytest.mark.slow
def test_type_checkers_know_the_python_names(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    done = mypy("use.py", folder=tmp_path, environment={"MYPYPATH": str(folder.parent)})
    found = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(found) == 1, done.stdout
    assert found[0].startswith(f"use.py:{len(USE.splitlines())}: ")
    assert "pet_type" in found[0]


def test_none_is_null_where_the_document_has_it_and_else_absent(module: Callable[[str], Any]) -> None:
    client, seen = sending(module)
    client.pets.add(module("models").Pet(pet_type="cat", note=None, class_=None))
    assert json.loads(seen[0].content) == {"petType": "cat", "note": None}


def test_open_objects_keep_what_they_do_not_know_and_closed_ones_refuse_it(module: Callable[[str], Any]) -> None:
    models = module("models")
    assert models.Pet(pet_type="cat", more=1).model_extra == {"more": 1}
    client, seen = sending(module, {"petType": "cat", "more": [1]})
    client.pets.add(client.pets.list())
    assert json.loads(seen[1].content) == {"petType": "cat", "more": [1]}
    with pytest.raises(pydantic.ValidationError, match="more"):
        models.Closed(more=1)


def test_what_python_refuses_is_pydantics_error_with_the_value(module: Callable[[str], Any]) -> None:
    for wrong in ({"pet_type": 505}, {"pet_type": "cat", "pin": "505"}):
        with pytest.raises(pydantic.ValidationError, match="505"):
            module("models").Pet(**wrong)


def test_variables_of_the_environment_have_the_names_of_schemes_in_capitals(
    module: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AS_SEEN_CREDENTIAL_API_KEY_V1", "token")
    client, seen = sending(module)
    client.pets.list()
    assert seen[0].headers["authorization"] == "Bearer token"
    assert "AS_SEEN_CREDENTIAL_API_KEY_V1" in module("client").Client.__doc__


def test_what_a_service_leaves_out_is_501(module: Callable[[str], Any]) -> None:
    server, stub, models = module("server"), module("server.stub"), module("models")
    made: list[object] = []

    class Service(stub.Pets):
        def __init__(self, who: object) -> None:
            made.append(who)

        async def list(self) -> Any:
            return models.Pet(pet_type="cat")

    app = TestClient(server.create_app(pets=Service, authenticate=lambda presented: presented.credential.token))
    key = {"authorization": "Bearer me"}
    assert [app.get(path, headers=key).status_code for path in ("/pets", "/pets", "/old", "/events")] == [
        200,
        200,
        501,
        501,
    ]
    assert made == ["me"] * 3  # one service for each request to its group


def test_the_stub_of_a_stream_is_an_iterator(module: Callable[[str], Any]) -> None:
    for stub, iterator in (("Pets", "AsyncIterator"), ("SyncPets", "Iterator")):
        returned = getattr(module("server.stub"), stub).watch.__annotations__["return"]
        assert returned.startswith(f"{iterator}[")
    assert module("server").create_app.__kwdefaults__["head_after"] == 0.1
