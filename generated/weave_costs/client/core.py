"""Sending operations: requests prepared once for each operation, responses read by the contract."""

from __future__ import annotations

import copy
import inspect
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, Self, TypedDict, TypeVar, Unpack, cast
from urllib.parse import quote

import anyio
import httpx2

from .. import environment
from ..exceptions import STATUS_CLASSES, CallError, ConnectionFailed, ContractError, DecodeError, StatusError, TimedOut
from ..wire import Api, Fields, Operation, Parts, Response, fields, read, write

T = TypeVar("T")
P = ParamSpec("P")
NONE: Mapping[str, Any] = MappingProxyType({})
TIMEOUT = 60.0  # seconds, for each of connecting, sending and receiving
LONGEST = 60.0  # seconds that a call may take with the waits between its attempts
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})  # RFC 9110 section 9.2.2
WITH_LENGTH = frozenset({"POST", "PUT", "PATCH", "QUERY"})  # said even without a body (RFC 9110 section 8.6)
PASSING = frozenset({408, 429, 502, 503, 504})
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[T]):
    """A result with its message; `typed_headers` are the declared ones, by their wire names."""

    value: T
    status: int
    headers: httpx2.Headers
    typed_headers: Mapping[str, Any]
    response: httpx2.Response


class Options(TypedDict, total=False):
    """What `with_options` takes. `idempotent`: the calls may be sent again, whatever their method.

    `tolerant`: bodies may hold what the contract does not have yet (needs the setting of that name).
    """

    timeout: float | httpx2.Timeout | None
    headers: Mapping[str, str]
    query: Mapping[str, str]
    retries: int
    idempotent: bool
    tolerant: bool


def _by_name(api: Api, credentials: Any) -> dict[str, Any]:
    """Return credentials by the name of their scheme; raise ValueError where that is not clear."""
    if isinstance(credentials, str | tuple) or callable(credentials):
        pair = isinstance(credentials, tuple)
        fitting = [s.name for s in api.schemes if s.sends and (s.kind == "basic") == pair]
        credentials = {fitting[0]: credentials} if len(fitting) == 1 else {"": credentials}
    if set(credentials or ()) - {s.name for s in api.schemes}:
        names = ", ".join(s.name for s in api.schemes)
        raise ValueError(f"give credentials as a dict, by the name of their scheme; there are: {names or 'none'}")
    return {name: value for name, value in (credentials or {}).items() if value is not None}


async def settled(value: Any) -> Any:
    """Await what must be awaited. Nothing that a blocking client returns must be."""
    return await value if inspect.isawaitable(value) else value


class Sending:
    """What both senders share; the async methods wait for nothing where the HTTP client is a blocking one."""

    raw = False
    again = False  # whether any method may be sent again
    retries = 0
    query: tuple[str, ...] = ()
    readable: Callable[[Any], Any] = staticmethod(lambda media: media)
    engine: Callable[..., Any]
    pause: Callable[[float], Any]

    def __init__(self, api: Api, base_url: str | None, credentials: Any, http: Any) -> None:
        self.api, self.http = api, http or self.engine(timeout=TIMEOUT)
        self.base_url = base_url or environment.variable(api, "base_url") or api.base_url
        self.credentials = _by_name(api, environment.credentials(api) if credentials is None else credentials)
        self.headers = {k: v for k, v in self.http.headers.items() if (k, v) != ("accept", "*/*")}
        self.timeout = self.http.timeout.as_dict()
        self._ready: dict[str, tuple[httpx2.URL, Fields]] = {}
        self._base(())

    def having(self, *, raw: bool = False, **given: Unpack[Options]) -> Self:
        """Return a sender with other options over the same connections."""
        clone = copy.copy(self)
        clone._ready, clone.raw = {}, raw
        clone.again, clone.retries = given.get("idempotent", self.again), given.get("retries", self.retries)
        if given.get("tolerant") is not None:
            clone.readable = (
                import_module("..tolerant", __package__).readable if given["tolerant"] else Sending.readable
            )
        if (timeout := given.get("timeout")) is not None:
            clone.timeout = httpx2.Timeout(timeout).as_dict()
        clone.headers = self.headers | {k.lower(): v for k, v in given.get("headers", NONE).items()}
        fields(clone.headers.items())  # refused here, not at the first call
        clone.query += tuple(f"{quote(k, '')}={quote(v, '')}" for k, v in given.get("query", NONE).items())
        return clone

    def _base(self, servers: tuple[Any, ...]) -> str:
        base = self.base_url or "".join(s.at() for s in [*servers, *self.api.servers][:1])
        if not re.match("https?://", base):
            name = f"{self.api.package}_base_url".upper()
            raise ValueError(f"base_url (or {name}) must be given, as an absolute URL, not {base!r}")
        return base.rstrip("/")

    async def _line(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> tuple[httpx2.URL, Fields]:
        """Return URL and header fields of a request, save those of its body."""
        base, path = self._base(operation.servers), operation.path.partition("#")[0]
        parts = operation.parameters.write(path, arguments) if operation.parameters else Parts(path)
        parts.query.extend(self.query)
        known = self.credentials
        options = ([(r.scheme, known.get(r.scheme.name)) for r in option] for option in operation.security)
        secrets = next((o for o in options if all(value is not None or not scheme.sends for scheme, value in o)), [])
        for scheme, value in secrets:
            scheme.place(await settled(value()) if callable(value) else value, parts)
        if parts.cookies:
            parts.headers.append(("cookie", "; ".join(parts.cookies)))
        query = "&".join(parts.query)
        url = httpx2.URL(base + parts.path + (("&" if "?" in parts.path else "?") + query if query else ""))
        accepted = ", ".join(dict.fromkeys(m.media_type for r in operation.responses.values() for m in r.media))
        fixed = {"host": url.netloc.decode(), "accept": accepted or "*/*", **self.headers}
        line = parts.cover(url) if parts.cover else url, fields([*fixed.items(), *parts.headers])
        if operation.parameters is None and not any(callable(value) for _, value in secrets):
            self._ready[operation.name] = line
        return line

    async def _request(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> httpx2.Request:
        """Build a request; raise EncodeError."""
        url, headers = self._ready.get(operation.name) or await self._line(operation, arguments)
        content = b""
        if operation.bodies and (body is not None or operation.body_required):
            content, content_type = write(operation.bodies, body)
            headers = [*headers, (b"content-type", content_type.encode())]
        if content or operation.method in WITH_LENGTH:
            headers = [*headers, (b"content-length", b"%d" % len(content))]
        # With stream= instead of content= the header fields are taken as they are, which is four times as fast.
        stream, extensions = httpx2.ByteStream(content), {"timeout": self.timeout}
        request = httpx2.Request(operation.method, url, headers=headers, stream=stream, extensions=extensions)
        request.url = url  # as it is, instead of a copy
        if self.http.cookies.jar:
            self.http.cookies.set_cookie_header(request)
        return request

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        return cast("httpx2.Response", await settled(self.http.send(request)))

    async def _call(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> Any:
        """Send, and send again where that may help; raise APIError."""
        started, attempt = time.monotonic(), 0
        while True:
            request = await self._request(operation, body, arguments)
            outcome: httpx2.Response | httpx2.RequestError
            try:
                outcome = await self._send(operation, request)
            except httpx2.RequestError as error:
                outcome = error
            wait = self._delay(operation.method, attempt, outcome) if attempt < self.retries else None
            if wait is None or time.monotonic() - started + wait > LONGEST:
                if isinstance(outcome, httpx2.Response):
                    return self._result(operation, outcome)
                raise failure(outcome, request) from outcome
            await settled(self.pause(wait))
            attempt += 1

    def _delay(self, method: str, attempt: int, outcome: httpx2.Response | httpx2.RequestError) -> float | None:
        """Return the seconds to wait before another attempt, or None where there must be none."""
        status, headers = getattr(outcome, "status_code", 0), getattr(outcome, "headers", NONE)
        passes = status in PASSING or isinstance(outcome, httpx2.TransportError)
        if not isinstance(outcome, NOT_SENT) and not (passes and (self.again or method in IDEMPOTENT)):
            return None
        asked = retry_after(headers.get("retry-after", ""))
        return min(0.5 * 2**attempt, 8.0) * random.uniform(0.5, 1.0) if asked is None else asked

    def _result(self, operation: Operation[Any], response: httpx2.Response) -> Any:
        """Read a response; raise StatusError or ContractError."""
        status, headers, request, typed = response.status_code, response.headers, response.request, {}
        declared, kind = operation.response(status), STATUS_CLASSES.get(status, StatusError)
        is_answer = operation.succeeds(status)
        try:
            if declared is None and operation.responses:
                raise DecodeError.of(f"status {status} is not declared", "status")
            value = self._read(operation, declared, response)
            kind = (declared and declared.error) or kind
            if self.raw and is_answer and declared:
                typed = {h.name: h.parse(headers) for h in declared.headers}
        except DecodeError as error:
            if is_answer:
                raise ContractError(str(error)).during(request, response) from error
            value = response.content
        if not is_answer:
            raise kind(value, status=status, headers=headers).during(request, response)
        return RawResponse(value, status, headers, typed, response) if self.raw else value

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Read a body; raise DecodeError."""
        if declared is None or not declared.media or operation.method == "HEAD":
            return None
        return read(self.readable(declared.media), response.content, response.headers.get("content-type", ""))


def retry_after(text: str) -> float | None:
    """Read Retry-After in seconds, or a date (RFC 9110 section 10.2.3)."""
    from email.utils import parsedate_to_datetime

    try:
        return float(text) if text.isdecimal() else max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def failure(error: Exception, request: httpx2.Request) -> CallError:
    """Return the error of ours for one of httpx2's, or for an item that does not fit."""
    kind: type[CallError] = TimedOut if isinstance(error, httpx2.TimeoutException) else ConnectionFailed
    if isinstance(error, DecodeError | httpx2.DecodingError):
        kind = ContractError
    return kind(f"{type(error).__name__} {error}".strip()).during(request)


class Sender(Sending):
    """Sends operations and waits."""

    engine = httpx2.Client
    pause = staticmethod(time.sleep)

    def send(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        try:
            self._call(operation, body, arguments).send(None)
        except StopIteration as end:
            return cast("T", end.value)
        raise TypeError("a blocking client takes no async credentials")


class AsyncSender(Sending):
    """Sends operations and awaits."""

    engine = httpx2.AsyncClient
    pause = staticmethod(lambda seconds: anyio.sleep(seconds))  # not anyio.sleep, which imports more of it

    async def send(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        return cast("T", await self._call(operation, body, arguments))


class _Client:
    """What both clients share."""

    _kind: type[Sending]
    _sender: Any

    def __init__(
        self, api: Api, base_url: str | None, credentials: Any, *, http: Any, **options: Unpack[Options]
    ) -> None:
        self._bind(self._kind(api, base_url, credentials, http).having(**options))

    def _bind(self, sender: Any) -> None:
        self._sender = sender

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options that shares the connections."""
        clone = copy.copy(self)
        clone._bind(self._sender.having(**options))
        return clone


def _raw(method: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a group's method with a sender whose results are RawResponse."""
    group = copy.copy(method.__self__)
    group._sender = group._sender.having(raw=True)
    return getattr(group, method.__name__)(*args, **kwargs)


class BaseClient(_Client):
    """What every blocking client has. Safe to share between threads."""

    _kind = Sender

    def raw(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[T]", _raw(method, *args, **kwargs))

    def close(self) -> None:
        """Close the connections."""
        self._sender.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBaseClient(_Client):
    """What every async client has. Safe to share between tasks."""

    _kind = AsyncSender

    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[T]", await _raw(method, *args, **kwargs))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._sender.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
