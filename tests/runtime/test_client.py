"""The client's engine: when it sends again, what its errors tell, what its options change."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from tests.support.clients import bound

Runtime = Callable[[str], Any]


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """Return an API with one operation for each method, and what it is made of."""
    wire, schemes, exceptions = runtime("wire.contract"), runtime("wire.schemes"), runtime("exceptions")

    class Problem(runtime("models.base").Model):
        reason: str

    class Conflict(exceptions.Conflict[Problem]):
        pass

    bearer = wire.SecurityScheme("B", "bearer")
    key = schemes.KeyScheme("K", location="query", wire_name="key")
    responses = {
        "200": wire.Response(wire.Json(dict[str, int])),
        "409": wire.Response(wire.Json(Problem), error=Conflict),
    }
    operations = {
        method: wire.Operation(
            name=f"all.{method.lower()}",
            operation_id=method.lower(),
            method=method,
            path="/things",
            responses=responses,
            security=({bearer: ()}, {key: ()}, {}),
        )
        for method in ("GET", "PUT", "DELETE", "POST", "PATCH")
    }
    api = wire.Api(package="p", title="T", version="1", operations=(*operations.values(),), schemes=(bearer, key))
    return SimpleNamespace(api=api, core=runtime("client.core"), exceptions=exceptions, Conflict=Conflict, **operations)


class Answers(httpx2.BaseTransport):
    """Gives the answers of a list, the last again and again; keeps what was asked and how long was waited."""

    def __init__(self, *answers: Any) -> None:
        self.left, self.seen, self.waits, self.now = [*answers], list[httpx2.Request](), list[float](), 1000.0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(found, Exception):
            raise found
        status, headers = found if isinstance(found, tuple) else (found, {})
        return httpx2.Response(status, headers=headers, json={"reason": "taken"} if status == 409 else {"n": 1})

    def pause(self, seconds: float) -> None:
        """Wait, on this clock alone."""
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def client(made: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that makes a client of answers to come, whose time passes by its waits only."""

    def client(answers: Answers, credentials: Any = None, **options: Any) -> Any:
        monkeypatch.setattr(made.core.BaseClient, "_pause", staticmethod(answers.pause))
        monkeypatch.setattr(made.core, "time", SimpleNamespace(monotonic=lambda: answers.now, time=time.time))
        http = httpx2.Client(transport=answers)
        return bound(made.core.BaseClient, made.api)("http://h/v1", credentials, http=http, **options)

    return client


PASSING = [408, 429, 502, 503, 504, httpx2.ReadError("x"), httpx2.ReadTimeout("x"), httpx2.RemoteProtocolError("x")]


@pytest.mark.parametrize("outcome", PASSING, ids=str)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "PATCH"])
def test_what_may_be_sent_again(made: SimpleNamespace, client: Callable[..., Any], method: str, outcome: Any) -> None:
    answers = Answers(outcome, 200)
    caller = client(answers, retries=1)
    if method in ("POST", "PATCH"):
        with pytest.raises(made.exceptions.APIError):
            caller.invoke(getattr(made, method))
        assert len(answers.seen) == 1
        answers.left = [outcome, 200]
        caller = caller.with_options(idempotent=True)
    assert caller.invoke(getattr(made, method)) == {"n": 1}


@pytest.mark.parametrize("outcome", [400, 404, 409, 500, 501])
def test_what_helps_nothing_is_not_sent_again(made: SimpleNamespace, client: Callable[..., Any], outcome: Any) -> None:
    answers = Answers(outcome)
    with pytest.raises(made.exceptions.APIError):
        client(answers, retries=3).invoke(made.GET)
    assert len(answers.seen) == 1


@pytest.mark.parametrize("outcome", [httpx2.ConnectError("x"), httpx2.ConnectTimeout("x"), httpx2.PoolTimeout("x")])
def test_what_never_arrived_is_sent_again_whatever_the_method(
    made: SimpleNamespace, client: Callable[..., Any], outcome: Exception
) -> None:
    assert client(Answers(outcome, outcome, 200), retries=2).invoke(made.POST) == {"n": 1}


@pytest.mark.parametrize(("status", "sent"), [(303, 2), (302, 2), (307, 6)])
def test_what_was_answered_with_a_redirect_is_not_sent_again(
    made: SimpleNamespace, client: Callable[..., Any], status: int, sent: int
) -> None:
    """303 says that a POST was processed; 307 that it was not."""
    answers = Answers(*[(status, {"location": "/new"}), httpx2.ConnectError("x")] * 4)
    caller = client(answers, retries=2)
    caller._http.follow_redirects = True
    with pytest.raises(made.exceptions.ConnectionFailed):
        caller.invoke(made.POST)
    assert len(answers.seen) == sent


def test_a_call_is_sent_again_twice_where_nothing_is_said(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    answers = Answers(503)
    with pytest.raises(made.exceptions.ServiceUnavailable):
        client(answers).invoke(made.GET)
    assert len(answers.seen) == 3


def test_waits_grow_at_random_and_the_whole_is_bounded(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    runs = []
    for _ in range(20):
        answers = Answers(503)
        with pytest.raises(made.exceptions.ServiceUnavailable):
            client(answers, retries=100).invoke(made.GET)
        assert sum(answers.waits) <= 60
        assert len(answers.seen) == len(answers.waits) + 1
        for number, wait in enumerate(answers.waits):
            longest = min(0.5 * 2**number, 8)
            assert longest / 2 <= wait <= longest
        runs.append(tuple(answers.waits))
    assert len(set(runs)) == 20


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        (timedelta(seconds=20), 17, 20),
        (timedelta(seconds=-20), 0, 0),
        ("soon", 0.25, 0.5),
        ("-1", 0.25, 0.5),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", 0.25, 0.5),
        ("Mon, 01 Jan 99999 00:00:00 GMT", 0.25, 0.5),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(
    made: SimpleNamespace, client: Callable[..., Any], said: Any, least: float, most: float
) -> None:
    if isinstance(said, timedelta):
        said = format_datetime(datetime.now(UTC) + said, usegmt=True)
    answers = Answers((429, {"retry-after": said}), 200)
    assert client(answers, retries=1).invoke(made.GET) == {"n": 1}
    assert least <= answers.waits[0] <= most


@pytest.mark.parametrize("said", ["61", "9" * 400, timedelta(minutes=2)])
def test_who_asks_for_more_than_a_minute_is_not_waited_for(
    made: SimpleNamespace, client: Callable[..., Any], said: Any
) -> None:
    if isinstance(said, timedelta):
        said = format_datetime(datetime.now(UTC) + said, usegmt=True)
    answers = Answers((503, {"retry-after": said}))
    with pytest.raises(made.exceptions.ServiceUnavailable):
        client(answers, retries=3).invoke(made.GET)
    assert (len(answers.seen), answers.waits) == (1, [])


def test_an_async_client_waits_without_blocking(made: SimpleNamespace) -> None:
    answers = [httpx2.Response(503, headers={"retry-after": "0"}), httpx2.Response(200, json={"n": 1})]
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: answers.pop(0)))

    async def call() -> Any:
        async with bound(made.core.AsyncBaseClient, made.api)("http://h", None, http=http, retries=1) as client:
            return await client.invoke(made.GET)

    assert asyncio.run(call()) == {"n": 1}


def test_options_make_another_view_of_the_same_connections(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    answers = Answers(200)
    first = client(answers)
    second = first.with_options(headers={"X-A": "1"}, query={"a b": "c&d"}, timeout=3)
    third = second.with_options(headers={"x-a": "2", "X-B": "3"}, query={"e": "é"})
    fourth = first.with_options(timeout=httpx2.Timeout(9, read=4))
    assert first._http is second._http is third._http is fourth._http
    for one in (first, second, third, fourth):
        one.invoke(made.GET)
    assert [str(request.url).partition("?")[2] for request in answers.seen] == [
        "",
        "a%20b=c%26d",
        "a%20b=c%26d&e=%C3%A9",
        "",
    ]
    assert [request.headers.get("x-a") for request in answers.seen] == [None, "1", "2", None]
    assert [request.headers.get("x-b") for request in answers.seen] == [None, None, "3", None]
    assert [request.extensions["timeout"]["read"] for request in answers.seen] == [5.0, 3, 3, 4]
    assert answers.seen[3].extensions["timeout"]["connect"] == 9


def test_an_error_tells_of_its_call(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    answers = Answers((409, {"x-limit": "3"}))
    with pytest.raises(made.exceptions.Conflict) as caught:
        client(answers, {"K": "s3cret"}).with_options(query={"token": "s3cret"}).invoke(made.POST)
    error = caught.value
    assert isinstance(error, made.Conflict)
    assert (error.method, error.url, error.status) == ("POST", "http://h/v1/things?token=…&key=…", 409)
    assert (error.body.reason, error.headers["x-limit"]) == ("taken", "3")
    assert error.response.json() == {"reason": "taken"}
    assert str(error) == "POST http://h/v1/things?token=…&key=…: 409 Conflict"
    assert b"s3cret" in answers.seen[0].url.raw_path
    assert "s3cret" not in repr(error) + str(error) + repr(vars(error))
    assert issubclass(made.Conflict, made.exceptions.StatusError)
    bases = ("ConnectionFailed", "TimedOut", "ContractError", "StatusError", "EncodeError", "DecodeError")
    assert all(issubclass(getattr(made.exceptions, name), made.exceptions.APIError) for name in bases)


@pytest.mark.parametrize(
    "url", ["http://user:s3cret@h/v1", "http://s3cret@h", "http://h/?key=s3cret", "http://h#s3cret"]
)
def test_a_base_url_holds_no_secret(made: SimpleNamespace, url: str) -> None:
    with pytest.raises(ValueError, match="base_url") as caught:
        bound(made.core.BaseClient, made.api)(url, None, http=None)
    assert "s3cret" not in str(caught.value)


def test_redirects_are_not_followed(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    answers = Answers((307, {"location": "http://elsewhere/"}), 200)
    with pytest.raises(made.exceptions.StatusError) as caught:
        client(answers, {"B": "s3cret"}).invoke(made.GET)
    assert (caught.value.status, [request.url.host for request in answers.seen]) == (307, ["h"])


def test_fresh_credentials_for_each_call(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    tokens = iter(["one", "two"])
    answers = Answers(200)
    caller = client(answers, {"B": lambda: next(tokens)})
    caller.invoke(made.GET)
    caller.invoke(made.GET)
    assert [request.headers["authorization"] for request in answers.seen] == ["Bearer one", "Bearer two"]

    async def later() -> str:
        await asyncio.sleep(0)
        return "three"

    with pytest.raises(TypeError, match="async"):
        client(answers, {"B": later}).invoke(made.GET)


def test_a_user_name_with_a_colon_would_be_another_one(runtime: Runtime) -> None:
    basic, parts = runtime("wire.contract").SecurityScheme("B", "basic"), runtime("wire.contract").Parts()
    with pytest.raises(runtime("exceptions").EncodeError, match="colon"):
        basic.place(("us:er", "password"), parts)
    basic.place(("", "a:b"), parts)
    assert basic.find(dict(parts.headers), "") == runtime("wire.contract").Basic("", "a:b")


def test_logs_are_httpx2s_and_hold_no_secret(
    made: SimpleNamespace, client: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for credentials in ({"K": "s3cret"}, {"B": "s3cret"}):
        client(Answers(200), credentials).invoke(made.GET)
    assert [(one.name, one.levelname) for one in caplog.records] == [("httpx2", "INFO")] * 2
    assert "GET http://h/v1/things" in caplog.text
    assert "200 OK" in caplog.text
    assert "s3cret" not in caplog.text
    client(Answers(200)).with_options(query={"trace": "of-the-options"}).invoke(made.GET)
    assert "trace=of-the-options" in caplog.text  # which the client can't tell from what a server may log


def test_many_threads_share_a_client_from_its_first_call_on(made: SimpleNamespace, client: Callable[..., Any]) -> None:
    """Serializers and request lines are prepared at first use: by all threads at once."""
    made.GET.responses["200"].media.__dict__.pop("adapter", None)
    start, wrong, count = threading.Barrier(16), list[Any](), 50

    def echo(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"n": int(request.headers["x-n"])})

    with bound(made.core.BaseClient, made.api)(
        "http://h", {}, http=httpx2.Client(transport=httpx2.MockTransport(echo))
    ) as shared:

        def work(number: int) -> None:
            start.wait()
            for turn in range(count):
                n = number * count + turn
                try:
                    if shared.with_options(headers={"x-n": str(n)}).invoke(made.GET) != {"n": n}:
                        wrong.append(n)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert shared._http.is_closed
    shared.close()  # twice does no harm


def test_many_tasks_share_a_client(made: SimpleNamespace) -> None:
    async def echo(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0.001)
        return httpx2.Response(200, json={"n": int(request.headers["x-n"])})

    async def main() -> list[Any]:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(echo))
        async with bound(made.core.AsyncBaseClient, made.api)("http://h", {}, http=http) as client:
            calls = (client.with_options(headers={"x-n": str(n)}).invoke(made.GET) for n in range(200))
            found = await asyncio.gather(*calls)
        assert http.is_closed
        return [one["n"] for one in found]

    assert asyncio.run(main()) == [*range(200)]
