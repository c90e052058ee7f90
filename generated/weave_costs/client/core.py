"""Sending operations: requests prepared once for each operation, responses read by the contract."""

from __future__ import annotations

import contextlib
import copy
import email.utils
import inspect
import random
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NoReturn, ParamSpec, Self, TypedDict, TypeVar, Unpack, cast, overload
from urllib.parse import quote

import anyio
import httpx2

from ..exceptions import STATUS_CLASSES, CallError, ConnectionFailed, ContractError, DecodeError, StatusError, TimedOut
from ..wire import Api, Content, Fields, Operation, Parts, Response, SecurityScheme, choose, essence, fields, pick

T = TypeVar("T")
P = ParamSpec("P")
H = TypeVar("H")
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


class _HiddenURL(httpx2.URL):
    """A URL with a secret in its query, which is never shown."""

    def __str__(self) -> str:
        return super().__str__().partition("?")[0] + "?…"

    __repr__ = __str__


def _by_name(api: Api, credentials: Any) -> dict[str, Any]:
    """Return credentials by the name of their scheme; raise ValueError where that is not clear."""
    names = [s.name for s in api.schemes]
    if credentials is None or isinstance(credentials, Mapping):
        if unknown := [name for name in credentials or () if name not in names]:
            raise ValueError(f"no security scheme is called {unknown[0]!r}; there are {', '.join(names)}")
        return {name: value for name, value in (credentials or {}).items() if value is not None}
    pair = isinstance(credentials, tuple)
    fitting = [s.name for s in api.schemes if s.kind != "mutualTLS" and (s.kind == "basic") == pair]
    if len(fitting) != 1:
        raise ValueError(f"say which scheme the credentials are for, as a dict; there are {', '.join(names)}")
    return {fitting[0]: credentials}


def _where(request: httpx2.Request) -> dict[str, str]:
    """Return the method and the URL without its query."""
    return {"method": request.method, "url": str(request.url).partition("?")[0]}


def _retry_after(text: str) -> float | None:
    """Read Retry-After in seconds, or a date (RFC 9110 section 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


class Options(TypedDict, total=False):
    """What `with_options` takes. `idempotent`: the calls may be sent again, whatever their method."""

    timeout: float | httpx2.Timeout
    headers: Mapping[str, str]
    query: Mapping[str, str]
    retries: int
    idempotent: bool


class Given(TypedDict, total=False):
    """What a client takes; None for the timeout means that of the http client."""

    timeout: float | httpx2.Timeout | None
    retries: int


class Core:
    """What both senders share: options, building requests, reading responses. Does no I/O."""

    raw = False
    again = False  # whether any method may be sent again
    retries = 0
    query: tuple[str, ...] = ()

    def __init__(
        self, api: Api, base_url: str | None, credentials: Any, http: httpx2.Client | httpx2.AsyncClient
    ) -> None:
        self.api = api
        self.base_url = base_url
        self.credentials = _by_name(api, credentials)
        self._callables = {name: value for name, value in self.credentials.items() if callable(value)}
        self.headers: Fields = [(k.lower(), v) for k, v in http.headers.raw if k.lower() != b"accept" or v != b"*/*"]
        self.timeout = http.timeout.as_dict()
        self._fixed: dict[str, tuple[str, Fields, tuple[SecurityScheme, ...]]] = {}
        self._ready: dict[str, tuple[httpx2.URL, Fields]] = {}
        self._base(())

    def options(self, raw: bool, **given: Unpack[Options]) -> Self:
        """Return a copy with other options."""
        clone = copy.copy(self)
        clone._fixed, clone._ready = {}, {}
        clone.raw = raw
        clone.again = given.get("idempotent", self.again)
        clone.retries = given.get("retries", self.retries)
        clone.timeout = httpx2.Timeout(given["timeout"]).as_dict() if "timeout" in given else self.timeout
        added = fields([*given.get("headers", NONE).items()])
        clone.headers = [*(f for f in self.headers if f[0] not in dict(added)), *added]
        query = given.get("query", NONE).items()
        clone.query = (*self.query, *(f"{quote(k, '')}={quote(v, '')}" for k, v in query))
        return clone

    def _base(self, servers: tuple[Any, ...]) -> str:
        base = self.base_url or "".join(s.at() for s in [*servers, *self.api.servers][:1])
        if not re.match("https?://", base):
            raise ValueError(f"base_url must be given, as an absolute URL, not {base!r}")
        return base.rstrip("/")

    def _fix(self, operation: Operation[Any]) -> tuple[str, Fields, tuple[SecurityScheme, ...]]:
        """Return the base URL, the header fields and the security schemes of an operation."""
        fixed = self._fixed.get(operation.name)
        if fixed is None:
            schemes: tuple[SecurityScheme, ...] = ()
            for alternative in operation.security:
                if all(r.scheme.kind == "mutualTLS" or r.scheme.name in self.credentials for r in alternative):
                    schemes = tuple(r.scheme for r in alternative)
                    break
            base = self._base(operation.servers)
            media = dict.fromkeys(m.media_type for r in operation.responses.values() for m in r.media)
            own = {name for name, _ in self.headers}
            ours = [(b"host", httpx2.URL(base).netloc), (b"accept", (", ".join(media) or "*/*").encode())]
            fixed = base, [*(f for f in ours if f[0] not in own), *self.headers], schemes
            self._fixed[operation.name] = fixed
        return fixed

    def pending(self, operation: Operation[Any]) -> dict[str, Callable[[], Any]]:
        """Return the credentials that are asked for at each call."""
        if not self._callables:
            return {}
        return {s.name: self._callables[s.name] for s in self._fix(operation)[2] if s.name in self._callables}

    def _line(
        self, operation: Operation[Any], arguments: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> tuple[httpx2.URL, Fields]:
        """Return URL and header fields, save those of the body."""
        base, fixed, schemes = self._fix(operation)
        path = operation.path.partition("#")[0]
        parts = operation.parameters.write(path, arguments) if operation.parameters else Parts(path)
        secrets = Parts()
        for scheme in schemes:
            scheme.place(asked.get(scheme.name, self.credentials.get(scheme.name)), secrets)
        headers = [*fixed, *fields(parts.headers + secrets.headers)]
        if cookies := parts.cookies + secrets.cookies:
            headers += fields([("cookie", "; ".join(cookies))])
        query = "&".join([*parts.query, *self.query, *secrets.query])
        text = base + parts.path + (("&" if "?" in parts.path else "?") + query if query else "")
        return (_HiddenURL if secrets.query else httpx2.URL)(text), headers

    def request(
        self, operation: Operation[Any], body: object, arguments: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> httpx2.Request:
        """Build a request; raise EncodeError."""
        ready = self._ready.get(operation.name)
        if ready is None:
            ready = self._line(operation, arguments, asked)
            if operation.parameters is None and not asked:
                self._ready[operation.name] = ready
        url, headers = ready
        content = b""
        if operation.bodies and (body is not None or operation.body_required):
            media, value, chosen = pick(operation.bodies, body)
            content, content_type = media.write(value)
            headers = [*headers, (b"content-type", (chosen or content_type).encode())]
        if content or operation.method in WITH_LENGTH:
            headers = [*headers, (b"content-length", b"%d" % len(content))]
        # With stream= instead of content= the header fields are taken as they are, which is four times as fast.
        stream = httpx2.ByteStream(content)
        extensions = {"timeout": self.timeout}
        request = httpx2.Request(operation.method, url, headers=headers, stream=stream, extensions=extensions)
        if isinstance(url, _HiddenURL):
            request.url = url  # as it is, instead of the copy that the request made
        return request

    def delay(self, method: str, attempt: int, started: float, outcome: httpx2.Response | Exception) -> float | None:
        """Return the seconds to wait before another attempt, or None where there must be none."""
        if attempt >= self.retries:
            return None
        safe = self.again or method in IDEMPOTENT
        wait = min(0.5 * 2**attempt, 8.0) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        if isinstance(outcome, httpx2.Response):
            if outcome.status_code not in PASSING or not safe:
                return None
            asked = _retry_after(outcome.headers.get("retry-after", ""))
            wait = wait if asked is None else asked
        elif not isinstance(outcome, NOT_SENT) and not (safe and isinstance(outcome, httpx2.TransportError)):
            return None
        return wait if time.monotonic() - started + wait <= LONGEST else None

    def streaming(self, operation: Operation[Any], response: httpx2.Response) -> bool:
        """Tell whether the response is to be read item by item."""
        declared = operation.response(response.status_code)
        media = choose(declared.media, response.headers.get("content-type", "")) if declared else None
        return operation.succeeds(response.status_code) and media is not None and bool(media.stream)

    def result(self, operation: Operation[Any], response: httpx2.Response) -> Any:
        """Read a response; raise StatusError or ContractError."""
        status = response.status_code
        declared = operation.response(status)
        if not operation.succeeds(status):
            self._fail(operation, declared, response)
        if declared is None and operation.responses:
            raise ContractError(f"status {status} is not declared", response=response, **_where(response.request))
        try:
            value = self._read(operation, declared, response)
            if not self.raw:
                return value
            typed = {h.name: h.parse(response.headers) for h in declared.headers} if declared else {}
        except DecodeError as error:
            raise ContractError(str(error), response=response, **_where(response.request)) from error
        return RawResponse(value, status, response.headers, typed, response)

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Read a body; raise DecodeError."""
        if declared is None or not declared.media or operation.method == "HEAD":
            return None
        first = declared.media[0]
        content_type = response.headers.get("content-type", first.media_type)
        media = first if content_type == first.media_type else choose(declared.media, content_type)
        if media is None:
            raise DecodeError.of(f"content type {content_type!r} is not declared", "content_type")
        value = media.stream.open(response, failure) if media.stream else media.read(response.content, content_type)
        return value if media is first else Content(essence(content_type), value)

    def _fail(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> NoReturn:
        kind = (declared and declared.error) or STATUS_CLASSES.get(response.status_code, StatusError)
        try:
            body = self._read(operation, declared, response) if declared else response.content
        except DecodeError:
            kind = STATUS_CLASSES.get(response.status_code, StatusError)
            body = response.content
        error = kind(body, status=response.status_code, headers=response.headers)
        error.response, error.method, error.url = response, *_where(response.request).values()
        raise error


def failure(error: Exception, request: httpx2.Request) -> CallError:
    """Return the error of ours for one of httpx2's, or for an item that does not fit."""
    kind: type[CallError] = TimedOut if isinstance(error, httpx2.TimeoutException) else ConnectionFailed
    if isinstance(error, DecodeError | httpx2.DecodingError):
        kind = ContractError
    return kind(f"{type(error).__name__} {error}".strip(), **_where(request))


class _Sender(Generic[H]):
    def __init__(self, core: Core, http: H) -> None:
        self.core = core
        self.http = http

    def having(self, *, raw: bool = False, **options: Unpack[Options]) -> Self:
        """Return a sender with other options over the same connections."""
        return type(self)(self.core.options(raw, **options), self.http)


class Sender(_Sender[httpx2.Client]):
    """Sends operations and waits."""

    def send(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        core, started, attempt = self.core, time.monotonic(), 0
        while True:
            asked = {name: ask() for name, ask in core.pending(operation).items()}
            request = core.request(operation, body, arguments, asked)
            if self.http.cookies.jar:
                self.http.cookies.set_cookie_header(request)
            try:
                response = self.http.send(request, stream=operation.streams)
                if operation.streams and not core.streaming(operation, response):
                    response.read()
            except httpx2.RequestError as error:
                wait = core.delay(operation.method, attempt, started, error)
                if wait is None:
                    raise failure(error, request) from error
            else:
                wait = core.delay(operation.method, attempt, started, response)
                if wait is None:
                    return cast("T", core.result(operation, response))
            time.sleep(wait)
            attempt += 1

    def stream(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> Iterator[T]:
        """Call an operation that answers with a stream; closing the iterator closes the response."""
        return cast("Iterator[T]", self.send(operation, body, arguments))


class AsyncSender(_Sender[httpx2.AsyncClient]):
    """Sends operations and awaits."""

    async def send(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        core, started, attempt = self.core, time.monotonic(), 0
        while True:
            asked = {name: ask() for name, ask in core.pending(operation).items()}
            asked = {name: await value if inspect.isawaitable(value) else value for name, value in asked.items()}
            request = core.request(operation, body, arguments, asked)
            if self.http.cookies.jar:
                self.http.cookies.set_cookie_header(request)
            try:
                response = await self.http.send(request, stream=operation.streams)
                if operation.streams and not core.streaming(operation, response):
                    await response.aread()
            except httpx2.RequestError as error:
                wait = core.delay(operation.method, attempt, started, error)
                if wait is None:
                    raise failure(error, request) from error
            else:
                wait = core.delay(operation.method, attempt, started, response)
                if wait is None:
                    return cast("T", core.result(operation, response))
            await anyio.sleep(wait)
            attempt += 1

    def stream(
        self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE
    ) -> AsyncIterator[T]:
        """Call an operation that answers with a stream, when its first item is asked for."""
        sent = self.send(operation, body, arguments)
        return cast("AsyncIterator[T]", sent) if self.core.raw else _items(cast("Awaitable[AsyncGenerator[T]]", sent))


async def _items(sent: Awaitable[AsyncGenerator[T]]) -> AsyncIterator[T]:
    async with contextlib.aclosing(await sent) as items:
        async for item in items:
            yield item


class _Client:
    _sender: Any

    def _bind(self, sender: Any) -> None:
        self._sender = sender

    def _open(self, sender: Any, **given: Unpack[Given]) -> None:
        self._bind(sender.having(**{name: value for name, value in given.items() if value is not None}))

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options that shares the connections."""
        clone = copy.copy(self)
        clone._bind(self._sender.having(**options))
        return clone


def _raw(method: Any) -> Callable[..., Any]:
    """Return a group's method, bound to a sender whose results are RawResponse."""
    group = copy.copy(method.__self__)
    group._sender = group._sender.having(raw=True)
    return cast("Callable[..., Any]", getattr(group, method.__name__))


class BaseClient(_Client):
    """What every blocking client has. Safe to share between threads."""

    def __init__(
        self, api: Api, base_url: str | None, credentials: Any, *, http: httpx2.Client | None, **given: Unpack[Given]
    ) -> None:
        http = http or httpx2.Client(timeout=TIMEOUT)
        self._open(Sender(Core(api, base_url, credentials, http), http), **given)

    def raw(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[T]", _raw(method)(*args, **kwargs))

    def close(self) -> None:
        """Close the connections."""
        self._sender.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBaseClient(_Client):
    """What every async client has. Safe to share between tasks."""

    def __init__(
        self,
        api: Api,
        base_url: str | None,
        credentials: Any,
        *,
        http: httpx2.AsyncClient | None,
        **given: Unpack[Given],
    ) -> None:
        http = http or httpx2.AsyncClient(timeout=TIMEOUT)
        self._open(AsyncSender(Core(api, base_url, credentials, http), http), **given)

    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    @overload
    async def raw(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncIterator[T]]: ...
    async def raw(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> RawResponse[Any]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[Any]", await _raw(method)(*args, **kwargs))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._sender.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
