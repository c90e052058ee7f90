"""One call of clients over a mock transport, for `make bench`: ours, by hand, and those of other generators."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict
from weave_costs import models
from weave_costs.client import Client

from tests.bench.generators import other_clients
from tests.bench.measure import Row, cpu, say, take_turns

URL = "http://bench"
TOKEN = "a-key"
COST = {"prompt_token_cost": 0.01, "completion_token_cost": 0.02, "provider_id": "openai"}
BODY: dict[str, Any] = {"project_id": "acme/demo", "costs": {"gpt-4o": COST, "gpt-4o-mini": COST, "o3": COST}}
ANSWER = json.dumps(
    {"ids": [[f"01990f3e-0000-7000-8000-00000000000{n}", name] for n, name in enumerate(BODY["costs"])]}
)


class Cost(BaseModel):
    """What somebody would write by hand."""

    model_config = ConfigDict(extra="forbid")
    prompt_token_cost: float
    completion_token_cost: float
    cache_read_input_token_cost: float = 0
    cache_creation_input_token_cost: float = 0
    prompt_token_cost_unit: str | None = "USD"
    completion_token_cost_unit: str | None = "USD"
    provider_id: str | None = None


class Request(BaseModel):
    """The body, by hand."""

    model_config = ConfigDict(extra="forbid")
    project_id: str
    costs: dict[str, Cost]
    wb_user_id: str | None = None


class Result(BaseModel):
    """The answer, by hand."""

    ids: list[tuple[str, str]]


def by_hand() -> Callable[[], object]:
    """A call written with httpx2 and pydantic."""
    http = httpx2.Client(base_url=URL, headers={"Authorization": f"Bearer {TOKEN}"}, transport=mock(httpx2))
    body = Request.model_validate(BODY)

    def call() -> Result:
        content = body.model_dump_json(exclude_unset=True)
        response = http.post("/cost/create", content=content, headers={"Content-Type": "application/json"})
        response.raise_for_status()
        return Result.model_validate_json(response.content)

    return call


def generated() -> Callable[[], object]:
    """A call of the client that we generate."""
    client = Client(URL, TOKEN, http=httpx2.Client(transport=mock(httpx2)))
    return partial(client.costs.create, models.CostCreateReq.model_validate(BODY))


def openapi_python_client() -> Callable[[], object]:
    """A call of openapi-python-client's client."""
    client_module = importlib.import_module("opc_client.client")
    operation = importlib.import_module("opc_client.api.costs.cost_create_cost_create_post")
    request = importlib.import_module("opc_client.models").CostCreateReq
    transport = mock(importlib.import_module("httpx"))
    client = client_module.AuthenticatedClient(base_url=URL, token=TOKEN, httpx_args={"transport": transport})
    return partial(operation.sync, client=client, body=request.from_dict(BODY))


def datamodel_code_generator() -> Callable[[], object]:
    """A call of datamodel-code-generator's httpx2 client."""
    package = importlib.import_module("dmcg_client")
    request = importlib.import_module("dmcg_models").CostCreateReq
    client = package.Client(base_url=URL, http_bearer=TOKEN, http_client=httpx2.Client(transport=mock(httpx2)))
    return partial(client.costs.cost_create_cost_create_post, body=request.model_validate(BODY))


def mock(library: Any) -> Any:
    """A transport that answers at once, of httpx2 or httpx."""
    headers = {"content-type": "application/json"}
    return library.MockTransport(lambda _: library.Response(200, content=ANSWER.encode(), headers=headers))


def calls(folder: Path, rounds: int, times: int) -> list[Row]:
    """CPU time of one call, each client in turn."""
    other_clients(folder)
    sys.path.insert(0, str(folder))
    candidates = {
        "ours": generated(),
        "hand": by_hand(),
        "openapi-python-client": openapi_python_client(),
        "datamodel-code-generator": datamodel_code_generator(),
    }
    say("client calls")
    for name, call in candidates.items():
        if getattr(call(), "ids", None) is None:
            raise RuntimeError(f"the call of {name} gave no ids")
    median = take_turns({name: partial(cpu, call, times) for name, call in candidates.items()}, rounds)
    micro = {name: value * 1e6 for name, value in median.items()}
    against = {
        "hand": ("httpx2.Client.post and pydantic by hand", "≤ 0.6"),
        "openapi-python-client": ("openapi-python-client's client", "≤ 0.4"),
        "datamodel-code-generator": ("datamodel-code-generator's httpx2 client", "≤ 0.4"),
    }
    return [
        Row(
            what="client call, mock transport",
            against=text,
            measured=micro["ours"] / micro[name],
            target=target,
            note=f"{micro['ours']:.0f} µs / {micro[name]:.0f} µs",
        )
        for name, (text, target) in against.items()
    ]
