"""The generated cost client and the generated server, over a real socket: each seen from the other side."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from weave_costs import errors, models
from weave_costs.api import CostsApi
from weave_costs.client import AsyncClient, Client, Credentials
from weave_costs.server import Basic, Bearer, Presented, Unauthorized, context, create_app
from weave_costs.server.stub import Costs, SyncCosts

from tests.support.cost_service import served

KEY = "a key"
GOOD: list[Any] = [("api", KEY), KEY, {"HTTPBasic": ("api", KEY)}, {"HTTPBearer": KEY}]
BODY: dict[str, Any] = {"project_id": "acme/demo", "costs": {}}
JSON = {"content-type": "application/json"}
HEADERS = {**JSON, "authorization": f"Bearer {KEY}"}
LIMIT = 2000


def check(presented: Presented) -> str:
    """Tell who presents the key, and how."""
    match presented.credential:
        case Basic(username="api", password=password) if password == KEY:
            return "basic"
        case Bearer(token=token) if token == KEY:
            return "bearer"
    raise Unauthorized("this is no valid key")


def answer(who: str, body: models.CostCreateReq) -> models.CostCreateRes:
    """Do what the first part of the project's name says."""
    match body.project_id.partition("/")[0]:
        case "refuse":
            found = models.ValidationError(loc=["body", "project_id"], msg="is taken", type="taken")
            raise errors.UnprocessableEntity(models.HTTPValidationError(detail=[found]))
        case "fail":
            raise RuntimeError("a hidden cause")
        case "break":
            return models.CostCreateRes.model_construct(ids="no list")
        case "undeclared":
            raise errors.Conflict("the document knows no 409")
    context().headers["x-agent"] = context().request.headers["user-agent"]
    return models.CostCreateRes(ids=[(f"{who} {position}", name) for position, name in enumerate(body.costs)])


class Blocking(SyncCosts):
    """Runs in threads."""

    def __init__(self, who: str) -> None:
        self.who = who

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return answer(self.who, body)


class Async(Costs):
    """Runs in the event loop."""

    def __init__(self, who: str) -> None:
        self.who = who

    async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        if body.project_id == "slow/slow":
            await asyncio.sleep(1)
        return answer(self.who, body)


@pytest.fixture(scope="module", params=[Blocking, Async])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The server of a blocking or an async service."""
    with served(create_app(costs=request.param, authenticate=check, max_body=LIMIT)) as found:
        yield found


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    """A server without a service."""
    with served(create_app(authenticate=check)) as found:
        yield found


def full() -> models.CostCreateReq:
    """A request with two costs, one of them with everything said."""
    costs = {
        "모델-1": models.CostCreateInput(prompt_token_cost=1.5, completion_token_cost=2),
        "model-2": models.CostCreateInput(
            prompt_token_cost=0,
            completion_token_cost=1e-9,
            cache_read_input_token_cost=3,
            cache_creation_input_token_cost=4,
            prompt_token_cost_unit=None,
            completion_token_cost_unit="원",
            effective_date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            provider_id="openai",
        ),
    }
    return models.CostCreateReq(project_id="acme/demo", costs=costs)


def post(url: str, **options: Any) -> httpx2.Response:
    """Send by hand what the client would never send."""
    return httpx2.post(f"{url}/cost/create", **{"headers": HEADERS, **options})


@pytest.mark.parametrize("credentials", GOOD)
def test_both_clients_with_both_credentials(url: str, credentials: Credentials | tuple[str, str] | str) -> None:
    bearer = credentials == KEY or "HTTPBearer" in credentials
    who = "bearer" if bearer else "basic"
    expected = models.CostCreateRes(ids=[(f"{who} 0", "모델-1"), (f"{who} 1", "model-2")])
    with Client(url, credentials) as client:
        assert client.costs.create(full()) == expected

    async def call() -> models.CostCreateRes:
        async with AsyncClient(url, credentials) as client:
            return await client.costs.create(full())

    assert asyncio.run(call()) == expected


def test_what_was_not_set_is_not_sent_and_none_is(url: str) -> None:
    sent: list[bytes] = []
    with (
        httpx2.Client(event_hooks={"request": [lambda request: sent.append(request.read())]}) as http,
        Client(url, KEY, http=http) as client,
    ):
        client.costs.create(full())
    costs = json.loads(sent[0])["costs"]
    assert costs["모델-1"] == {"prompt_token_cost": 1.5, "completion_token_cost": 2}
    assert costs["model-2"]["prompt_token_cost_unit"] is None
    assert costs["model-2"]["effective_date"] == "2026-01-02T03:04:05Z"
    assert json.loads(sent[0]).keys() == {"project_id", "costs"}


def test_the_raw_response_and_options_of_one_call(url: str) -> None:
    with Client(url, KEY) as client:
        polite = client.with_options(headers={"User-Agent": "tests/1"})
        raw = polite.raw(polite.costs.create, full())
    assert (raw.status, raw.headers["x-agent"], len(raw.value.ids)) == (200, "tests/1", 2)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer another"},
        {"authorization": "Basic YXBpOndyb25n"},
        {"authorization": "Basic ???"},
        {"authorization": f"Digest {KEY}"},
    ],
)
def test_401_with_both_challenges(url: str, headers: dict[str, str]) -> None:
    answer = post(url, headers={**JSON, **headers}, json=BODY)
    assert answer.status_code == 401
    assert re.fullmatch(r'Basic realm="[^"]+", charset="UTF-8", Bearer', answer.headers["www-authenticate"])
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("credentials", [None, "another", ("api", "another")])
def test_401_reaches_the_client(url: str, credentials: str | tuple[str, str] | None) -> None:
    with Client(url, credentials) as client, pytest.raises(errors.Unauthorized) as caught:
        client.costs.create(full())
    assert caught.value.status == 401
    assert "another" not in str(caught.value) + repr(caught.value)


def costs(**fields: Any) -> dict[str, Any]:
    """A request with one cost, of these fields beside the required ones."""
    return {**BODY, "costs": {"m": {"prompt_token_cost": 1, "completion_token_cost": 1, **fields}}}


BROKEN: dict[str, tuple[Any, list[str], str]] = {
    "a missing field": ({"costs": {}}, ["project_id"], "missing"),
    "an unknown field": ({**BODY, "more": 1}, ["more"], "extra_forbidden"),
    "a wrong type": (costs(prompt_token_cost="1"), ["costs", "m", "prompt_token_cost"], "float_type"),
    "a null": (costs(cache_read_input_token_cost=None), ["costs", "m", "cache_read_input_token_cost"], "float_type"),
    "a wrong date": (costs(effective_date="today"), ["costs", "m", "effective_date"], "datetime_parsing"),
    "no object": ([], [], "model_type"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_422_in_the_documents_form(url: str, case: str) -> None:
    body, loc, kind = BROKEN[case]
    answer = post(url, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/json")
    [detail] = models.HTTPValidationError.model_validate_json(answer.content).detail or []
    assert (detail.loc, detail.type) == (["body", *loc], kind)
    assert detail.msg


@pytest.mark.parametrize("text", [b'{"costs": ', b"\xff", b'{"project_id": "a", "costs": {}} more'])
def test_malformed_json_is_422(url: str, text: bytes) -> None:
    answer = post(url, content=text)
    [detail] = answer.json()["detail"]
    assert (answer.status_code, detail["loc"][0], detail["type"]) == (422, "body", "json_invalid")


def test_no_body_is_422(url: str) -> None:
    answer = post(url, headers={"authorization": f"Bearer {KEY}"})
    [detail] = answer.json()["detail"]
    assert (answer.status_code, detail["loc"][0], detail["type"]) == (422, "body", "missing")


def test_422_of_the_service_is_typed_in_both_clients(url: str) -> None:
    body = models.CostCreateReq(project_id="refuse/it", costs={})
    with Client(url, KEY) as client, pytest.raises(errors.UnprocessableEntity) as caught:
        client.costs.create(body)
    assert [(one.loc, one.msg) for one in caught.value.body.detail or []] == [(["body", "project_id"], "is taken")]

    async def call() -> None:
        async with AsyncClient(url, KEY) as client:
            await client.costs.create(body)

    with pytest.raises(errors.UnprocessableEntity) as again:
        asyncio.run(call())
    assert again.value.body == caught.value.body


def test_415_405_413_and_404(url: str) -> None:
    assert post(url, content=b"a=b", headers={**HEADERS, "content-type": "text/plain"}).status_code == 415
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = httpx2.request(method, f"{url}/cost/create", headers=HEADERS)
        assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert post(url, content=b" " * (LIMIT + 1)).status_code == 413
    chunks = (b" " * 500 for _ in range(10))  # without a content-length
    assert post(url, content=chunks).status_code == 413
    assert httpx2.post(f"{url}/cost/created", headers=HEADERS, json=BODY).status_code == 404


def test_501_without_a_service(bare: str) -> None:
    with Client(bare, KEY) as client, pytest.raises(errors.Unimplemented):
        client.costs.create(full())


def test_an_undeclared_error_is_answered_as_raised(url: str) -> None:
    with Client(url, KEY) as client, pytest.raises(errors.APIError) as caught:
        client.costs.create(models.CostCreateReq(project_id="undeclared/it", costs={}))
    found = json.loads(caught.value.response.content)
    assert (found["status"], found["detail"]) == (409, "the document knows no 409")


@pytest.mark.parametrize(("what", "cause"), [("fail", "a hidden cause"), ("break", "ids")])
def test_500_tells_nothing_and_is_logged(url: str, what: str, cause: str, caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.ERROR, logger="weave_costs"),
        Client(url, KEY) as client,
        pytest.raises(errors.InternalServerError) as caught,
    ):
        client.costs.create(models.CostCreateReq(project_id=f"{what}/it", costs={}))
    assert json.loads(caught.value.response.content) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
    }
    assert "Traceback" in caplog.text
    assert cause in caplog.text
    assert KEY not in caplog.text


def test_timeouts_and_lost_connections_are_errors_of_ours() -> None:
    slow = models.CostCreateReq(project_id="slow/slow", costs={})
    with (
        served(create_app(costs=Async, authenticate=check)) as url,
        Client(url, KEY, timeout=0.1) as client,
        pytest.raises(errors.TimedOut, match="POST"),
    ):
        client.costs.create(slow)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}", KEY, retries=0) as client, pytest.raises(errors.ConnectionFailed):
        client.costs.create(slow)


def test_the_document_is_served_as_it_is(url: str, root: Path) -> None:
    answer = httpx2.get(f"{url}/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    document = json.loads((root / "spec" / "openapi.json").read_bytes())
    assert json.dumps(answer.json()) == json.dumps(document)  # every member, in the document's order


def test_the_documentation_needs_nothing_from_elsewhere(url: str) -> None:
    page = httpx2.get(f"{url}/docs")
    assert page.status_code == 200
    links = [*re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", page.text), *re.findall(r"url\(([^)]+)\)", page.text)]
    assert len(links) >= 2
    assert "//" not in "".join([*links, *re.findall(r"url: *['\"]([^'\"]+)", page.text)])
    for link in links:
        asset = httpx2.get(url + link)
        assert (asset.status_code, len(asset.content) > 100) == (200, True), link
    assert "/openapi.json" in page.text


def test_an_async_client_serves_where_a_service_does() -> None:
    """What comes in goes out to another server, under the same types."""
    clients: list[AsyncClient] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncClient(behind, ("api", KEY)) as client:
            clients.append(client)
            yield

    def relay(who: str) -> CostsApi:
        assert who == "bearer"
        return clients[0].costs

    with served(create_app(costs=Async, authenticate=check)) as behind:
        front = create_app(costs=relay, authenticate=check, lifespan=lifespan)
        with served(front) as url, Client(url, KEY) as client:
            assert client.costs.create(full()).ids == [("basic 0", "모델-1"), ("basic 1", "model-2")]
