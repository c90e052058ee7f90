"""What a client takes from the environment, and reading what the contract does not have yet."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from weave_costs import errors, models
from weave_costs.client import AsyncClient, Client

from tests.support.packages import build_tree, imported

BODY = models.CostCreateReq(project_id="a/b", costs={})
BASIC = "Basic dXNlcjpwYTpzcw=="  # user, pa:ss


def answering(seen: list[httpx2.Request], status: int = 200, content: bytes = b'{"ids":[]}') -> httpx2.MockTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(status, content=content, headers={"content-type": "application/json"})

    return httpx2.MockTransport(handle)


@pytest.fixture
def sent() -> tuple[list[httpx2.Request], Callable[..., str]]:
    """Requests that went out, and a function that makes a client, calls and says what credentials it sent."""
    seen: list[httpx2.Request] = []

    def call(*args: Any) -> str:
        with Client(*args, http=httpx2.Client(transport=answering(seen))) as client:
            client.costs.create(BODY)
        return seen[-1].headers.get("authorization", "")

    return seen, call


def test_base_url_and_credentials_come_from_the_environment(
    sent: tuple[list[httpx2.Request], Callable[..., str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, call = sent
    with pytest.raises(ValueError, match="WEAVE_COSTS_BASE_URL"):
        call()
    monkeypatch.setenv("WEAVE_COSTS_BASE_URL", "http://from.env/v1/")
    assert call() == ""
    assert str(seen[-1].url) == "http://from.env/v1/cost/create"
    monkeypatch.setenv("WEAVE_COSTS_CREDENTIAL_HTTPBEARER", "token")
    assert call() == "Bearer token"
    monkeypatch.setenv("WEAVE_COSTS_CREDENTIAL_HTTPBASIC", "user:pa:ss")
    assert call() == BASIC  # the first alternative of the document
    assert call("http://given") == BASIC
    assert str(seen[-1].url) == "http://given/cost/create"
    assert call("http://given", "mine") == "Bearer mine"
    assert call("http://given", {}) == ""
    monkeypatch.setenv("WEAVE_COSTS_CREDENTIAL_HTTPBASIC", "")  # as good as none
    assert call() == "Bearer token"


async def _create(client: AsyncClient) -> None:
    async with client:
        await client.costs.create(BODY)


def test_the_async_client_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setenv("WEAVE_COSTS_BASE_URL", "http://from.env")
    monkeypatch.setenv("WEAVE_COSTS_CREDENTIAL_HTTPBEARER", "token")
    seen: list[httpx2.Request] = []
    asyncio.run(_create(AsyncClient(http=httpx2.AsyncClient(transport=answering(seen)))))
    assert (str(seen[0].url), seen[0].headers["authorization"]) == ("http://from.env/cost/create", "Bearer token")


def document(closed: dict[str, Any]) -> dict[str, Any]:
    responses = {
        "200": {"description": "", "content": {"application/json": {"schema": closed}}},
        "404": {"description": "", "content": {"application/json": {"schema": closed}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "http://document"}],
        "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}},
    }


CLOSED = {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": {"enum": ["x", "y"]}}}


def test_reading_tolerantly_is_chosen_by_client_and_by_call(tmp_path: Path) -> None:
    imported(build_tree(tmp_path, document(CLOSED), package="tolerant_reading", tolerant=True), tmp_path)
    made = importlib.import_module("tolerant_reading.client").Client
    broken = importlib.import_module("tolerant_reading.errors").ContractError
    new = b'{"a": "z", "more": 1}'
    strict = made(http=httpx2.Client(transport=answering([], 200, new)))
    with pytest.raises(broken):
        strict.default.a()
    loose = strict.with_options(tolerant=True)
    found = loose.default.a()
    assert (found.a, found.model_extra) == ("z", {"more": 1})
    assert loose.with_options(timeout=3).default.a().a == "z"  # kept
    with pytest.raises(broken):
        loose.with_options(tolerant=False).default.a()
    failing = made(http=httpx2.Client(transport=answering([], 404, new)), tolerant=True)
    with pytest.raises(Exception, match="404") as caught:
        failing.default.a()
    assert caught.value.body.a == "z"  # type: ignore[attr-defined]
    wrong = made(http=httpx2.Client(transport=answering([], 200, b'{"a": 1}')), tolerant=True)
    with pytest.raises(broken):
        wrong.default.a()


WORDS = (
    "type ref schema fields choices definitions default function metadata serialization pattern le max_length".split()
)
"""What stands in core schemas of pydantic, as names of properties."""


def test_names_of_properties_and_tags_mean_nothing_to_a_tolerant_reader(tmp_path: Path) -> None:
    properties = {word: {"enum": ["x"]} for word in WORDS}
    tagged = {
        word: {"type": "object", "required": ["kind"], "properties": {"kind": {"const": word}, "a": {"enum": ["x"]}}}
        for word in WORDS
    }
    schema = {
        "type": "object",
        "required": [*WORDS, "one"],
        "properties": {**properties, "one": {"oneOf": [*tagged.values()], "discriminator": {"propertyName": "kind"}}},
    }
    imported(build_tree(tmp_path, document(schema), package="tolerant_words", tolerant=True), tmp_path)
    made = importlib.import_module("tolerant_words.client").Client
    broken = importlib.import_module("tolerant_words.errors").ContractError
    for word in WORDS:
        value = {**dict.fromkeys(WORDS, "new"), "one": {"kind": word, "a": "new"}}
        client = made(http=httpx2.Client(transport=answering([], 200, json.dumps(value).encode())), tolerant=True)
        found = client.default.a()
        assert not found.model_extra
        assert found.model_dump(by_alias=True, warnings=False) == value
        assert (found.one.kind, found.one.a) == (word, "new")
        del value[word]
        client = made(http=httpx2.Client(transport=answering([], 200, json.dumps(value).encode())), tolerant=True)
        with pytest.raises(broken, match=f"{word}: a value is needed"):
            client.default.a()


def test_reading_tolerantly_reaches_the_items_of_streams(tmp_path: Path) -> None:
    tree = document(CLOSED)
    tree["openapi"] = "3.2.0"
    bodies = {
        "application/jsonl": b'{"a": "x"}\n{"a": "z", "more": 1}\n',
        "text/event-stream": b'data: {"a": "x"}\n\ndata: {"a": "z", "more": 1}\n\n',
    }
    for number, media_type in enumerate(bodies):
        content = {media_type: {"itemSchema": CLOSED}}
        operation = {"operationId": f"s{number}", "responses": {"200": {"description": "", "content": content}}}
        tree["paths"][f"/s{number}"] = {"get": operation}
    imported(build_tree(tmp_path, tree, package="tolerant_streams", tolerant=True), tmp_path)
    made = importlib.import_module("tolerant_streams.client").Client
    broken = importlib.import_module("tolerant_streams.errors").ContractError
    for number, (media_type, sent) in enumerate(bodies.items()):
        answer = httpx2.Response(200, content=sent, headers={"content-type": media_type})
        client = made(http=httpx2.Client(transport=httpx2.MockTransport(lambda _, answer=answer: answer)))
        items = getattr(client.with_options(tolerant=True).default, f"s{number}")()
        assert [(item.a, item.model_extra) for item in items] == [("x", {}), ("z", {"more": 1})]
        items = getattr(client.default, f"s{number}")()
        assert next(items).a == "x"
        with pytest.raises(broken):
            next(items)


def test_a_package_without_the_setting_says_so() -> None:
    with pytest.raises(TypeError, match="tolerant"):
        Client("http://x").with_options(tolerant=True)  # type: ignore[call-arg]


def test_the_environment_goes_before_the_settings_base_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = build_tree(tmp_path, document({}), package="based", base_url="http://settings/v1")
    imported(package, tmp_path)
    made = importlib.import_module("based.client").Client
    seen: list[httpx2.Request] = []
    http = httpx2.Client(transport=answering(seen, 200, b"1"))
    made(http=http).default.a()
    monkeypatch.setenv("BASED_BASE_URL", "http://environment")
    made(http=http).default.a()
    made("http://argument", http=http).default.a()
    assert [one.url.host for one in seen] == ["settings", "environment", "argument"]


def test_a_package_that_nobody_named_reads_no_environment_variable_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = document({}) | {"security": [{"secret_access_key": []}]}
    tree["info"]["title"] = "Vault of mine"
    tree["components"] = {"securitySchemes": {"secret_access_key": {"type": "http", "scheme": "bearer"}}}
    for prefix in ("VAULT_OF_MINE", "MINE"):
        monkeypatch.setenv(f"{prefix}_SECRET_ACCESS_KEY", "old")
        monkeypatch.setenv(f"{prefix}_CREDENTIAL_SECRET_ACCESS_KEY", prefix)
        monkeypatch.setenv(f"{prefix}_BASE_URL", "http://environment")
    imported(build_tree(tmp_path, tree, package=None), tmp_path)
    clients = importlib.import_module("vault_of_mine.client")
    seen: list[httpx2.Request] = []
    http = httpx2.Client(transport=answering(seen, 200, b"1"))
    for options in ({}, {"environment": "mine"}, {"environment": ""}):
        clients.Client(http=http, **options).default.a()
    asked = [(one.url.host, one.headers.get("authorization")) for one in seen]
    assert asked == [("document", None), ("environment", "Bearer MINE"), ("document", None)]
    assert "No environment variable is read" in " ".join(clients.AsyncClient.__doc__.split())


def test_a_package_with_a_prefix_can_be_told_to_read_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAVE_COSTS_BASE_URL", "http://environment")
    with pytest.raises(ValueError, match=r"^base_url must be given"):
        Client(environment="")
    with pytest.raises(ValueError, match=r"^base_url \(or OTHER_BASE_URL\) must be given"):
        Client(environment="other")


def test_secrets_of_the_environment_are_nowhere_to_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAVE_COSTS_CREDENTIAL_HTTPBEARER", "s3cret")
    transport = httpx2.MockTransport(lambda request: httpx2.Response(503))
    client = Client("http://x", http=httpx2.Client(transport=transport), retries=0)
    with pytest.raises(errors.ServiceUnavailable) as caught:
        client.costs.create(BODY)
    assert "s3cret" not in repr(client) + repr(vars(caught.value)) + str(caught.value) + repr(caught.value)


def test_a_clone_keeps_what_a_subclass_has_and_makes_its_own_groups() -> None:
    class Mine(Client):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            self.tenant = "acme"

    client = Mine("http://h")
    first = client.costs
    clone = client.with_options(timeout=1)
    assert clone.tenant == "acme"
    assert clone.costs is not first
    assert client.costs is first
