"""What a type checker makes of the generated package, and of services and callers that drift from it."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.type_checker import mypy

# A comment `# E: text` marks a line where mypy must report an error with that text; any other error is one too many.
FITTING = """
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from weave_costs import errors, models
    from weave_costs.api import CostsApi, SyncCostsApi
    from weave_costs.client import AsyncClient, Client
    from weave_costs.server import Presented, create_app, stub

    BODY = models.CostCreateReq(project_id="a/b", costs={})

    class Service(stub.Costs):
        def __init__(self, who: str) -> None:
            self.who = who

        async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
            return models.CostCreateRes(ids=[(self.who, name) for name in body.costs])

    class OnItsOwn:
        def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
            return models.CostCreateRes(ids=[])

    async def use(costs: CostsApi) -> models.CostCreateRes:
        return await costs.create(BODY)

    async def everywhere(client: AsyncClient, service: Service) -> list[models.CostCreateRes]:
        return [await use(client.costs), await use(service), await use(stub.Costs())]

    def block(costs: SyncCostsApi) -> models.CostCreateRes:
        return costs.create(BODY)

    def blocking(client: Client) -> list[models.CostCreateRes]:
        return [block(client.costs), block(OnItsOwn()), client.raw(client.costs.create, BODY).value]

    def check(presented: Presented) -> str:
        return "who"

    create_app(costs=Service, authenticate=check)
    create_app(costs=lambda who: OnItsOwn(), authenticate=check)

    async def waited(who: str) -> Service:
        return Service(who)

    @asynccontextmanager
    async def lent(who: str) -> AsyncIterator[Service]:
        yield Service(who)

    create_app(costs=waited, authenticate=check)
    create_app(costs=lent, authenticate=check)

    def token() -> str:
        return "t"

    async def later() -> str:
        return "t"

    Client("http://h", token), Client("http://h", lambda: ("api", "key")), Client("http://h", {"HTTPBearer": token})
    AsyncClient("http://h", later), AsyncClient("http://h", token), AsyncClient("http://h", {"HTTPBearer": later})
    client = Client("http://h").with_options(headers={"Accept": None})
    status: int = client.request("GET", "/new", params={"a": 1}).status_code

    def caught(error: errors.UnprocessableEntity) -> list[models.ValidationError] | None:
        return error.body.detail

    def refused() -> errors.UnprocessableEntity:
        return errors.UnprocessableEntity("a message, which is put into the declared body")

    def handled(client: Client) -> list[models.ValidationError] | None:
        try:
            client.costs.create(BODY)
        except errors.UnprocessableEntity as error:
            return error.body.detail
        return None
"""
DRIFTING = """
    from typing_extensions import override

    from weave_costs import errors, models
    from weave_costs.client import Client

    async def later() -> str:
        return "t"

    Client("http://h", later)  # E: Argument 2 to "Client"
    from weave_costs.server import Presented, create_app, stub

    class WrongArgument(stub.Costs):
        async def create(self, body: models.CostCreateRes) -> models.CostCreateRes:  # E: Argument 1 of "create"
            return body

    class WrongReturn(stub.Costs):
        async def create(self, body: models.CostCreateReq) -> models.CostCreateReq:  # E: Return type
            return body

    class NotAsync(stub.Costs):
        def create(self, body: models.CostCreateReq) -> models.CostCreateRes:  # E: Return type
            return models.CostCreateRes(ids=[])

    class NotBlocking(stub.SyncCosts):
        async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:  # E: Return type
            return models.CostCreateRes(ids=[])

    class MoreArguments(stub.Costs):
        async def create(self, body: models.CostCreateReq, who: str) -> models.CostCreateRes:  # E: Signature
            return models.CostCreateRes(ids=[])

    class Missing:
        def creates(self, body: models.CostCreateReq) -> models.CostCreateRes:
            return models.CostCreateRes(ids=[])

    class Renamed(stub.Costs):
        @override
        async def creates(self, body: models.CostCreateReq) -> models.CostCreateRes:  # E: no base method
            return models.CostCreateRes(ids=[])

    class Listing:
        def list(self) -> str:
            return ""

        def names(self) -> list[str]:  # E: is not valid as a type
            return []

    async def waited(who: str) -> Missing:
        return Missing()

    class ForNumbers(stub.Costs):
        def __init__(self, number: int) -> None: ...

    def check(presented: Presented) -> str:
        return "who"

    create_app(costs=lambda who: Missing(), authenticate=check)  # E: Callable[[str], Missing]
    create_app(costs=ForNumbers, authenticate=check)  # E: "create_app"
    create_app(costs=waited, authenticate=check)  # E: Coroutine[Any, Any, Missing]

    def call(client: Client) -> None:
        client.costs.creates(models.CostCreateReq(project_id="a/b", costs={}))  # E: has no attribute "creates"
        client.costs.create({"project_id": "a/b", "costs": {}})  # E: Argument 1 to "create"
        client.costs.create(models.CostCreateReq(project_id="a/b"))  # E: Missing named argument "costs"
        try:
            client.costs.create(models.CostCreateReq(project_id="a/b", costs={}))
        except errors.UnprocessableEntity as error:
            errors.UnprocessableEntity(7)  # E: Argument 1 to "UnprocessableEntity"
            error.body.details  # E: has no attribute "details"
        models.CostCreateReq(project_id=1, costs={})  # E: Argument "project_id"
        models.CostCreateRes(ids=[("a", "b", "c")])  # E: List item 0
        print(client.costs.create(models.CostCreateReq(project_id="a/b", costs={})).id)  # E: has no attribute "id"
"""
STRICTLY = """
    # mypy: enable-error-code="explicit-override"
    from typing_extensions import override

    from weave_costs import models
    from weave_costs.server import stub

    class Without(stub.Costs):
        async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:  # E: not using @override
            return models.CostCreateRes(ids=[])

    class With(stub.Costs):
        @override
        async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
            return models.CostCreateRes(ids=[])
"""


@pytest.mark.slow
def test_mypy_takes_what_fits_and_points_at_what_drifts(tmp_path: Path, root: Path) -> None:
    sources = {"fitting.py": dedent(FITTING), "drifting.py": dedent(DRIFTING), "strictly.py": dedent(STRICTLY)}
    expected: dict[tuple[str, int], str] = {}
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
        for number, line in enumerate(text.splitlines(), 1):
            if found := re.search("# E: (.+)", line):
                expected[name, number] = found[1]
    assert len(expected) == 20
    package = root / "generated" / "weave_costs"
    environment = {"MYPYPATH": f"{package.parent}:{tmp_path}", "PATH": "/usr/bin:/bin"}
    options = "--python-version=3.11", "--explicit-package-bases", "--no-error-summary", "--hide-error-context"
    done = mypy(*options, package, *(tmp_path / name for name in sources), folder=tmp_path, environment=environment)
    assert done.stderr == ""
    found_errors = re.findall(r"^(\S+?):(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    reported: dict[tuple[str, int], str] = {}
    for file, line, message in found_errors:
        reported.setdefault((Path(file).name, int(line)), message)
    assert reported.keys() == expected.keys(), done.stdout
    assert {place: text for place, text in expected.items() if text not in reported[place]} == {}, done.stdout
    assert done.returncode == 1
