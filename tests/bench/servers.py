"""The same operation served in several ways, for `make bench`: `python -m tests.bench.servers NAME` prints its port."""

from __future__ import annotations

import base64
import hmac
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.bench.calls import TOKEN, Result
from tests.bench.calls import Request as Body
from tests.bench.measure import SPEC

MANY = 400
BASIC, BEARER = HTTPBasic(auto_error=False), HTTPBearer(auto_error=False)


def right(key: str) -> bool:
    """Compare a key in constant time."""
    return hmac.compare_digest(key.encode(), TOKEN.encode())


def ids(costs: dict[str, Any]) -> list[tuple[str, str]]:
    """What every service answers."""
    return [(f"01990f3e-0000-7000-8000-{position:012}", name) for position, name in enumerate(costs)]


def spectwin(package: str = "weave_costs", member: str = "create") -> Any:
    """A generated server."""
    server = importlib.import_module(f"{package}.server")
    stub = importlib.import_module(f"{package}.server.stub")
    models = importlib.import_module(f"{package}.models")
    exceptions = importlib.import_module(f"{package}.errors")

    async def create(self: Any, body: Any) -> Any:
        return models.CostCreateRes(ids=ids(body.costs))

    def __init__(self: Any, who: str) -> None:  # noqa: N807
        self.who = who

    service = type("Service", (stub.Costs,), {"__init__": __init__, member: create})

    async def check(presented: Any) -> str:
        match presented.credential:
            case server.Basic(username="api", password=key) if right(key):
                return "api"
            case server.Bearer(token=key) if right(key):
                return "bearer"
        raise exceptions.Unauthorized

    return server.create_app(costs=service, authenticate=check)


def last_of_many() -> Any:
    """A generated server of many operations, whose last one is asked."""
    return spectwin("many_costs", f"create_{MANY - 1}")


async def check(
    name: Annotated[HTTPBasicCredentials | None, Depends(BASIC)],
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> str:
    """Tell who asks, as a dependency."""
    if name and name.username == "api" and right(name.password):
        return "api"
    if token and right(token.credentials):
        return "bearer"
    raise HTTPException(401, headers={"WWW-Authenticate": "Basic, Bearer"})


async def create(body: Body, who: Annotated[str, Depends(check)]) -> Result:
    """The operation as an ordinary endpoint."""
    return Result(ids=ids(body.costs))


def fastapi() -> Any:
    """An ordinary FastAPI endpoint with Basic and Bearer dependencies."""
    app = FastAPI()
    app.post("/cost/create")(create)
    return app


def starlette() -> Any:
    """A bare Starlette route that does the same work by hand."""

    async def create(request: Request) -> Response:
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        key = rest if kind.lower() == "bearer" else base64.b64decode(rest).decode().partition(":")[2]
        if not right(key):
            return JSONResponse({"detail": "Unauthorized"}, 401)
        body = Body.model_validate_json(await request.body())
        result = Result(ids=ids(body.costs))
        return Response(result.model_dump_json(), media_type="application/json")

    return Starlette(routes=[Route("/cost/create", create, methods=["POST"])])


APPLICATIONS: dict[str, Callable[[], Any]] = {
    "spectwin": spectwin,
    "last": last_of_many,
    "fastapi": fastapi,
    "starlette": starlette,
}


def many_operations(folder: Path) -> Path:
    """Write a document of many operations like the one of the cost document; return its path."""
    document = json.loads(SPEC.read_text(encoding="utf-8"))
    [(path, item)] = document["paths"].items()
    document["paths"] = {
        f"{path}/{number}": {"post": {**item["post"], "operationId": f"create_{number}"}} for number in range(MANY)
    }
    target = folder / "many.json"
    target.write_text(json.dumps(document), encoding="utf-8")
    return target


def main() -> None:
    """Serve until the process is ended."""
    application = APPLICATIONS[sys.argv[1]]()
    # The protocol must be said: asyncio turns Nagle's algorithm off for TCP only, and create_server says nothing.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(256)
    print(listening.getsockname()[1], os.getpid(), flush=True)
    uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False)).run([listening])


if __name__ == "__main__":
    main()
