"""A generated client and service: what was changed in place arrives, what does not fit is sent by neither."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from tests.support.packages import build_tree, imported

REF = "#/components/schemas/"


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


CART = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "items": {"type": "array", "items": {"type": "string"}, "default": []},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
        "users": {"type": "array", "items": {"$ref": REF + "User"}},
        "inner": {"$ref": REF + "Cart"},
    },
}
SCHEMAS = {
    "Cart": CART,
    "User": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "UserCreate": {"type": "object", "required": ["name", "password"], "properties": {"password": {}, "name": {}}},
}
LIMIT = {"X-Limit": {"schema": {"type": "integer", "maximum": 10}}}
TREE = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "http://carts"}],
    "paths": {
        "/cart": {
            "post": {
                "operationId": "change",
                "requestBody": {"required": True, **_json({"$ref": REF + "Cart"})},
                "responses": {"200": {"description": "", "headers": LIMIT, **_json({"$ref": REF + "Cart"})}},
            }
        }
    },
    "components": {"schemas": SCHEMAS},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Return the modules of the package."""
    folder = tmp_path_factory.mktemp("exact_calls")
    imported(build_tree(folder, TREE, package="exact_calls"), folder)
    names = ("models", "errors", "client", "server", "server.stub")
    return SimpleNamespace(**{n.rpartition(".")[2]: importlib.import_module(f"exact_calls.{n}") for n in names})


@pytest.fixture
def call(package: SimpleNamespace) -> Callable[[Any, Any, list[Any]], Any]:
    """Return a function that sends a body to a service that gives an answer and remembers the bodies that it got."""

    def call(body: Any, answer: Any, got: list[Any], headers: dict[str, Any] | None = None) -> Any:
        class Service(package.stub.Default):
            def __init__(self, principal: object) -> None:
                pass

            async def change(self, body: Any) -> Any:
                got.append(body)
                package.server.context().headers.update(headers or {})
                return answer

        async def send() -> Any:
            transport = httpx2.ASGITransport(package.server.create_app(default=Service))
            async with package.client.AsyncClient(http=httpx2.AsyncClient(transport=transport)) as client:
                return await client.default.change(body)

        return asyncio.run(send())

    return call


def test_what_was_changed_in_place_arrives_both_ways(package: SimpleNamespace, call: Callable[..., Any]) -> None:
    cart, answer = (package.models.Cart(id=n, inner=package.models.Cart(id=n)) for n in (1, 2))
    cart.items.append("apple")
    cart.inner.labels["a"] = "b"
    answer.labels["c"] = "d"
    answer.inner.items.append("pear")
    got: list[Any] = []
    back = call(cart, answer, got)
    assert (got[0].items, got[0].labels, got[0].inner.items, got[0].inner.labels) == (["apple"], {}, [], {"a": "b"})
    assert got[0].model_fields_set == {"id", "items", "inner"}
    assert (back.items, back.labels, back.inner.items, back.inner.labels) == ([], {"c": "d"}, ["pear"], {})


def _user_in_db(models: Any) -> Any:
    kind: Any = type("UserInDB", (models.User,), {"__annotations__": {"hash": str}, "__module__": __name__})
    return kind(name="x", hash="secret")


WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another class": (lambda m: m.User(name="x"), "value: Cart is needed, not User"),
    "a class inside": (
        lambda m: m.Cart(id=1).model_copy(update={"users": [m.UserCreate(name="x", password="secret")]}),
        "users.0: User is needed, not UserCreate",
    ),
    "a subclass with more": (
        lambda m: m.Cart(id=1, users=[_user_in_db(m)]),
        "users.0: UserInDB has fields that User has not: hash",
    ),
    "a dict": (lambda m: m.Cart(id=1).model_copy(update={"inner": {"id": 1}}), "inner: Cart is needed, not dict"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_client_sends_nothing_that_does_not_fit(
    package: SimpleNamespace, call: Callable[..., Any], name: str
) -> None:
    make, message = WRONG[name]
    got: list[Any] = []
    with pytest.raises(package.errors.EncodeError) as caught:
        call(make(package.models), None, got)
    assert str(caught.value).endswith(message)
    assert "secret" not in str(caught.value)
    assert got == []


@pytest.mark.parametrize("name", WRONG)
def test_a_service_answers_500_and_the_place_is_in_the_log(
    package: SimpleNamespace, call: Callable[..., Any], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    make, message = WRONG[name]
    with caplog.at_level(logging.ERROR), pytest.raises(package.errors.StatusError) as caught:
        call(package.models.Cart(id=1), make(package.models), [])
    assert caught.value.status == 500
    assert message in caplog.text
    assert "secret" not in caplog.text + str(caught.value.response.content)


def test_a_service_sends_no_header_that_does_not_fit(
    package: SimpleNamespace, call: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    cart = package.models.Cart(id=1)
    assert call(cart, cart, [], {"X-Limit": 10}).id == 1
    with caplog.at_level(logging.ERROR), pytest.raises(package.errors.StatusError, match="500"):
        call(cart, cart, [], {"X-Limit": 11})
    assert "header X-Limit: 11 is above 10" in caplog.text
