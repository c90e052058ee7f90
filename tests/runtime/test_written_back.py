"""What a tolerant client has read is written back as it was read, as long as nobody changes it."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.support.packages import build_tree, imported

PET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "colour": {"enum": ["red", "blue"]},
        "level": {"enum": [1, 2]},
        "sort": {"$ref": "#/components/schemas/Sort"},
        "friends": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
        "open": {"type": "object", "properties": {"colours": {"type": "array", "items": {"enum": ["red"]}}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}, "default": {"type": "literal"}},
    },
}
SORTS = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]


def _kind(name: str) -> dict[str, Any]:
    return {"type": "object", "required": ["kind"], "properties": {"kind": {"const": name}}}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a package with the setting `tolerant`."""
    folder = tmp_path_factory.mktemp("written_back")
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    path = {
        "get": {"operationId": "show", "responses": {"200": {"description": "", **content}}},
        "put": {"operationId": "store", "requestBody": content, "responses": {"204": {"description": ""}}},
    }
    file: dict[str, Any] = {"content": {"application/octet-stream": {"schema": {}}}}
    upload = {"operationId": "upload", "requestBody": file, "responses": {"204": {"description": ""}}}
    schemas = {
        "Pet": PET,
        "Sort": {"oneOf": SORTS, "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}}},
        "Cat": _kind("cat"),
        "Dog": _kind("dog"),
    }
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "http://pets"}],
        "paths": {"/pet": path, "/file": {"put": upload}},
        "components": {"schemas": schemas},
    }
    imported(build_tree(folder, tree, package="written_back", tolerant=True), folder)
    return "written_back"


@pytest.fixture
def client(package: str) -> Callable[..., Any]:
    """Return a function that makes a client, whose server answers with a pet and remembers what it is sent."""

    def client(pet: Any, sent: list[Any], **options: Any) -> Any:
        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.method == "GET":
                return httpx2.Response(200, json=pet)
            sent.append(json.loads(request.content))
            return httpx2.Response(204)

        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        return importlib.import_module(f"{package}.client").Client(http=http, **options).default

    return client


NEW: dict[str, Any] = {
    "name": "Tom",
    "colour": "mauve",
    "level": 7,
    "sort": {"kind": "cow", "milk": [1, {"fat": True}]},
    "friends": [{"name": "Jim", "colour": "green", "age": 3}, {"name": "Kim", "colour": "red"}],
    "open": {"colours": ["red", "pink"], "more": None},
    "born": {"year": 2020, "exact": False},
}


def test_what_was_read_is_written_back(client: Callable[..., Any]) -> None:
    sent: list[Any] = []
    pets = client(NEW, sent, tolerant=True)
    pet = pets.show()
    for same in (pet, copy.copy(pet), copy.deepcopy(pet), pickle.loads(pickle.dumps(pet)), pet.model_copy()):  # noqa: S301 - ours
        pets.store(same)
    assert sent == [NEW] * 5
    assert (pet.colour, pet.level, pet.sort["milk"][0], pet.model_extra["born"]["year"]) == ("mauve", 7, 1, 2020)


def test_what_is_changed_beside_it_is_sent_with_it(client: Callable[..., Any]) -> None:
    sent: list[Any] = []
    pets = client(NEW, sent, tolerant=True)
    pet = pets.show()
    pet.name = "Bob"
    pet.friends.pop()
    pet.colour = "red"
    pets.store(pet)
    assert sent == [{**NEW, "name": "Bob", "colour": "red", "friends": NEW["friends"][:1]}]


def test_what_the_contract_does_not_have_and_nobody_read_is_refused(client: Callable[..., Any], package: str) -> None:
    sent: list[Any] = []
    pets = client(NEW, sent, tolerant=True)
    models, errors = importlib.import_module(f"{package}.models"), importlib.import_module(f"{package}.errors")

    def refused(change: Callable[[Any], Any], place: str) -> None:
        pet = pets.show()
        change(pet)
        with pytest.raises(errors.EncodeError, match=f"^{place}: "):
            pets.store(pet)

    refused(lambda pet: setattr(pet, "colour", "violet"), "colour")
    refused(lambda pet: setattr(pet, "level", 8), "level")
    refused(lambda pet: setattr(pet, "sort", {"kind": "cow"}), "sort")
    refused(lambda pet: setattr(pet, "sort", models.Pet(name="x")), "sort")
    for change in (lambda pet: pet.sort.update(kind="bull"), lambda pet: pet.sort["milk"][1].update(fat=False)):
        refused(change, "sort")
    refused(lambda pet: pet.model_extra.update(born=1), "born")
    refused(lambda pet: pet.friends[0].model_extra.update(other=1), "friends.0.[a-z]+")
    assert sent == []


def test_a_strict_client_of_the_package_writes_it_back_too(client: Callable[..., Any]) -> None:
    sent: list[Any] = []
    client(NEW, sent).store(client(NEW, sent, tolerant=True).show())
    assert sent == [NEW]


def test_what_the_document_does_not_have_is_not_kept(package: str) -> None:
    widened = importlib.import_module(f"{package}._runtime.client.tolerant").widened
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    caller = importlib.import_module(f"{package}.client").Client(http=http, tolerant=True)
    kept = widened.cache_info().currsize
    for number in range(3):
        caller.request("GET", f"/new/{number}")
    assert widened.cache_info().currsize == kept


@pytest.mark.parametrize("tolerant", [True, False])
def test_what_was_taken_of_an_iterator_is_not_sent_again(package: str, tolerant: bool) -> None:
    received: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        received.append(request.read())
        return httpx2.Response(204)

    def parts() -> Iterator[Any]:
        yield b"first "
        yield "oops"
        yield b"rest"

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    caller = importlib.import_module(f"{package}.client").Client(http=http, tolerant=tolerant)
    with pytest.raises(importlib.import_module(f"{package}.errors").APIError):
        caller.default.upload(parts())
    assert received == []
