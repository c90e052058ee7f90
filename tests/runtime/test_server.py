"""The server's engine: order of checks, limits, threads, errors, mounting; and the client's retries."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import httpx2
import pydantic
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from tests.support.clients import bound

Runtime = Callable[[str], Any]
GOOD = {"authorization": "Bearer key"}


@pytest.fixture
def made(runtime: Runtime) -> SimpleNamespace:
    """Return an application with one operation, and what it is made of."""
    wire, exceptions, core = runtime("wire.contract"), runtime("exceptions"), runtime("server.core")
    bearer = wire.SecurityScheme("B", "bearer")
    create = wire.Operation(
        name="things.create",
        operation_id="create",
        method="POST",
        path="/things",
        body=wire.Json(dict[str, int]),
        responses={"200": wire.Response(wire.Json(list[int]))},
        security=({bearer: ()},),
    )
    api = wire.Api(package="p", title='Tí"tle', version="1", operations=(create,), schemes=(bearer,))

    class Things:
        def __init__(self, who: str) -> None:
            self.who = who

        def create(self, body: dict[str, int]) -> Any:
            if "fail" in body:
                raise KeyError("hidden")
            if "missing" in body:
                raise exceptions.NotFound
            if "busy" in body:
                raise exceptions.ServiceUnavailable(headers={"Retry-After": "3"})
            if "wrong" in body:
                return ["x"]
            context = runtime("server.context").context()
            context.headers["x-thread"] = threading.current_thread().name
            context.headers["x-seen"] = context.request.headers["x-in"]
            return [*body.values()]

    def check(presented: Any) -> str:
        assert "key" not in repr(presented)
        if presented.credential.token != "key":
            raise exceptions.Unauthorized("unknown")
        return "who"

    app = core.application(api, {"things": Things}, check, max_body=100)
    client = TestClient(app, headers={"x-in": "1", **GOOD})
    return SimpleNamespace(api=api, app=app, client=client, core=core, Things=Things, check=check)


def test_a_sync_service_runs_in_a_thread_with_its_context(made: SimpleNamespace) -> None:
    answer = made.client.post("/things", json={"a": 1})
    assert (answer.status_code, answer.json()) == (200, [1])
    assert answer.headers["x-seen"] == "1"
    assert answer.headers["x-thread"] != threading.current_thread().name


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"headers": {"authorization": "Bearer other"}, "content": b"x" * 200}, 401),
        ({"headers": {"authorization": "Basic !"}, "json": {}}, 401),
        ({"content": b"x" * 101, "headers": {"content-type": "application/json"}}, 413),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
        ({}, 400),
        ({"json": {"a": "x"}}, 400),
        ({"json": {"fail": 1}}, 500),
        ({"json": {"missing": 1}}, 404),
        ({"json": {"wrong": 1}}, 500),
        ({"json": {"busy": 1}}, 503),
    ],
)
def test_refusals(made: SimpleNamespace, options: Any, status: int) -> None:
    answer = made.client.post("/things", **options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "hidden" not in answer.text
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if status == 503:
        assert answer.headers["retry-after"] == "3"


def test_a_body_without_length_has_the_limit_too(made: SimpleNamespace) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b"          "

    answer = made.client.post("/things", content=chunks(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_failures_are_logged_with_their_cause(made: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        made.client.post("/things", json={"fail": 1})
    assert "KeyError" in caplog.text
    assert "Bearer" not in caplog.text


def test_exception_handlers_of_the_application_are_asked_first(made: SimpleNamespace) -> None:
    @made.app.exception_handler(KeyError)  # type: ignore[untyped-decorator]
    def handle(request: Request, error: KeyError) -> PlainTextResponse:
        return PlainTextResponse("mine", 418)

    assert made.client.post("/things", json={"fail": 1}).text == "mine"


def test_mounted_under_a_prefix(made: SimpleNamespace) -> None:
    outer = FastAPI()
    outer.mount("/v 1", made.app)
    client = TestClient(outer, headers={"x-in": "1", **GOOD})
    assert client.post("/v%201/things", json={"a": 1}).json() == [1]
    assert client.get("/v%201/openapi.json").json() == {"openapi": "3.1.0"}
    assert "/v 1/openapi.json" in client.get("/v%201/docs").text
    assert client.get("/v%201/other").status_code == 404


def test_documentation_needs_no_network(made: SimpleNamespace) -> None:
    page = made.client.get("/docs").text
    assert "https://" not in page
    assert made.client.get("/docs/assets/swagger-ui-bundle.js").status_code == 200


def test_what_a_service_lacks_is_said_at_start(made: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match=r"create.*POST /things"):
        made.core.application(made.api, {"things": type("Nothing", (), {"__init__": lambda *_: None})}, made.check)
    with pytest.raises(TypeError, match="authenticate"):
        made.core.application(made.api, {"things": made.Things})


def test_middleware_of_the_user_is_around_the_operations(made: SimpleNamespace) -> None:
    app = made.core.application(made.api, {"things": made.Things}, made.check)

    @app.middleware("http")  # type: ignore[untyped-decorator, unused-ignore]
    async def mark(request: Request, call_next: Callable[..., Any]) -> Any:
        answer = await call_next(request)
        answer.headers["x-marked"] = request.scope["route"].path
        return answer

    @app.get("/mine")  # type: ignore[untyped-decorator, unused-ignore]
    def mine() -> str:
        return "mine"

    client = TestClient(app, headers={"x-in": "1", **GOOD})
    assert client.post("/things", json={"a": 1}).headers["x-marked"] == "/things"
    assert client.get("/mine").json() == "mine"


def test_an_encoded_slash_divides_nothing(made: SimpleNamespace) -> None:
    assert made.client.post("/%74hings", json={"a": 1}).status_code == 200
    assert made.client.post("/%2Fthings", json={"a": 1}).status_code == 404
    assert made.client.post("%2Fthings", json={"a": 1}).status_code == 404


def test_an_unknown_keyword_is_refused(made: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match=r"'thing'.*things"):
        made.core.application(made.api, {"things": made.Things}, made.check, thing=made.Things)


def test_the_document_can_be_hidden(made: SimpleNamespace) -> None:
    client = TestClient(made.core.application(made.api, {}, openapi_url=None))
    assert client.get("/openapi.json").status_code == client.get("/docs").status_code == 404


def test_no_service_is_501(made: SimpleNamespace) -> None:
    client = TestClient(made.core.application(made.api, {}))
    assert client.post("/things").status_code == 501


@pytest.fixture
def calls(made: SimpleNamespace, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that calls with answers to come, and returns how many requests there were and the waits."""
    core = runtime("client.core")
    waits: list[float] = []
    monkeypatch.setattr(core.BaseClient, "_pause", staticmethod(waits.append))

    def calls(answers: list[Any], **options: Any) -> tuple[int, list[float], Any]:
        left = list(answers)
        waits.clear()

        def answer(request: httpx2.Request) -> httpx2.Response:
            found = left.pop(0)
            if isinstance(found, Exception):
                raise found
            return httpx2.Response(found[0], headers=found[1], json=[1])

        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        client = bound(core.BaseClient, made.api)("http://t", "key", http=http).with_options(**options)
        try:
            result = client.invoke(made.api.operations[0], {})
        except runtime("exceptions").APIError as error:
            result = type(error).__name__
        return len(answers) - len(left), waits[:], result

    return calls


def test_retries(calls: Callable[..., Any]) -> None:
    busy: tuple[int, dict[str, str]] = (503, {"retry-after": "2"})
    fine: tuple[int, dict[str, str]] = (200, {})
    assert calls([busy, fine]) == (1, [], "ServiceUnavailable")
    assert calls([busy, fine], retries=2) == (1, [], "ServiceUnavailable")  # POST may have been done
    assert calls([busy, fine], retries=2, idempotent=True) == (2, [2.0], [1])
    assert calls([busy] * 3, retries=2, idempotent=True) == (3, [2.0, 2.0], "ServiceUnavailable")
    assert calls([(503, {"retry-after": "61"}), fine], retries=2, idempotent=True)[0] == 1
    count, waits, result = calls([httpx2.ConnectError("x"), fine], retries=1)  # certainly not processed
    assert (count, result) == (2, [1])
    assert 0.25 <= waits[0] <= 0.5
    assert calls([httpx2.ReadError("x"), fine], retries=1) == (1, [], "ConnectionFailed")
    assert calls([httpx2.ReadTimeout("x"), fine], retries=1) == (1, [], "TimedOut")


def test_secrets_are_not_shown(made: SimpleNamespace, runtime: Runtime) -> None:
    core = runtime("client.core")
    client = bound(core.BaseClient, made.api)(
        "http://t", "secret-key", http=httpx2.Client(transport=httpx2.MockTransport(_down))
    )
    with pytest.raises(runtime("exceptions").ConnectionFailed) as caught:
        client.invoke(made.api.operations[0], {})
    assert "secret-key" not in f"{caught.value!r}{caught.value}{client!r}{vars(caught.value)}"
    with pytest.raises(ValueError, match="control"):
        client.with_options(headers={"a": "b\r\nc: d"})


def _down(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("down")


@pytest.mark.parametrize("base_url", [None, "", "/relative", "ftp://x"])
def test_a_base_url_is_needed(made: SimpleNamespace, runtime: Runtime, base_url: str | None) -> None:
    with pytest.raises(ValueError, match="base_url"):
        bound(runtime("client.core").BaseClient, made.api)(base_url, None, http=None)


def test_a_fault_of_the_service_is_no_fault_of_the_request(made: SimpleNamespace, runtime: Runtime) -> None:
    exceptions = runtime("exceptions")

    class Reading(made.Things):
        def create(self, body: dict[str, int]) -> Any:
            raise exceptions.DecodeError.of("what the service reads is malformed", "value_error")

    app = made.core.application(made.api, {"things": Reading}, made.check)
    assert TestClient(app, headers=GOOD).post("/things", json={}).status_code == 500


@pytest.mark.parametrize(
    ("media", "status", "content_type", "body"),
    [
        (("Text", ()), 400, "text/plain; charset=utf-8", "no body"),
        (("Json", dict[str, str]), 400, "application/json", None),
        (("Json", list[int]), 400, "application/problem+json", None),
    ],
    ids=["text", "object", "nothing fits"],
)
def test_a_refusal_is_written_as_is_declared(
    made: SimpleNamespace, runtime: Runtime, media: Any, status: int, content_type: str, body: str | None
) -> None:
    wire, content = runtime("wire.contract"), runtime("wire.content")
    declared = content.Text() if media[0] == "Text" else wire.Json(media[1])
    made.api.operations[0].responses["400"] = wire.Response(declared)
    answer = runtime("server.refusals").refuse(made.api.operations[0], status, "no body")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert body is None or answer.body.decode() == body


def test_a_refusal_leaves_out_what_is_too_much_and_adds_what_is_asked_for(
    made: SimpleNamespace, runtime: Runtime
) -> None:
    class Problem(runtime("models.base").Model):
        model_config = pydantic.ConfigDict(extra="forbid")
        code: int
        reason: str
        fatal: bool
        causes: list[str]

    made.api.operations[0].responses["400"] = runtime("wire.contract").Response(runtime("wire.contract").Json(Problem))
    answer = runtime("server.refusals").refuse(made.api.operations[0], 400, "no body")
    assert json.loads(answer.body) == {"code": 400, "reason": "no body", "fatal": False, "causes": []}


@pytest.mark.parametrize(
    ("code", "said"), [(str, "404"), (Annotated[str, pydantic.Field(min_length=4)], "no such permit")]
)
def test_a_message_is_put_where_no_other_text_belongs(
    made: SimpleNamespace, runtime: Runtime, code: Any, said: str
) -> None:
    texts = {"code": code, "status": str, "type": str, "title": str, "error": str, "message": str, "reason": str}
    error = pydantic.create_model("Error", __base__=runtime("models.base").Model, **texts)
    wire, operation = runtime("wire.contract"), made.api.operations[0]
    operation.responses["404"] = wire.Response(wire.Json(error))
    assert json.loads(runtime("server.refusals").refuse(operation, 404, "no such permit").body) == {
        "code": said,
        "status": "404",
        **dict.fromkeys(("type", "title", "error"), "Not Found"),
        **dict.fromkeys(("message", "reason"), "no such permit"),
    }


def test_a_refusal_has_no_member_that_is_not_declared_unless_it_is_the_only_one_with_the_message(
    made: SimpleNamespace, runtime: Runtime
) -> None:
    class Error(runtime("models.base").Model):
        message: str

    class Numbered(runtime("models.base").Model):
        code: int

    wire, operation = runtime("wire.contract"), made.api.operations[0]
    operation.responses["400"] = wire.Response(wire.Json(Error))
    refuse = runtime("server.refusals").refuse
    assert json.loads(refuse(operation, 400, "no body").body) == {"message": "no body"}
    operation.responses["400"] = wire.Response(wire.Json(Numbered))
    assert json.loads(refuse(operation, 400, "no body").body).items() >= {"code": 400, "detail": "no body"}.items()


def test_a_refusal_is_the_only_item_where_a_list_of_problems_is_declared(
    made: SimpleNamespace, runtime: Runtime
) -> None:
    class Problem(runtime("models.base").Model):
        message: str

    wire, operation = runtime("wire.contract"), made.api.operations[0]
    operation.responses["401"] = wire.Response(wire.Json(list[Problem]))
    answer = runtime("server.refusals").refuse(operation, 401, "who are you?")
    assert json.loads(answer.body) == [{"message": "who are you?"}]
    operation.responses["401"] = wire.Response(wire.Json(list[str]))
    assert runtime("server.refusals").refuse(operation, 401, "no").headers["content-type"] == "application/problem+json"


def test_a_request_that_does_not_fit_is_400_where_422_says_something_else(
    made: SimpleNamespace, runtime: Runtime
) -> None:
    class Moderated(runtime("models.base").Model):
        status: Literal["moderated"]

    wire, operation = runtime("wire.contract"), made.api.operations[0]
    operation.responses["422"] = wire.Response(wire.Json(Moderated))
    answer = made.client.post("/things", json={"a": "x"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    operation.responses["400"] = wire.Response(wire.Json(dict[str, str]))
    answer = made.client.post("/things", json={"a": "x"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    operation.responses["422"] = wire.Response()
    assert made.client.post("/things", json={"a": "x"}).status_code == 422
