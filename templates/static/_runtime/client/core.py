"""Sending operations: requests prepared once for each operation, responses read by the contract."""

from __future__ import annotations

import contextlib
import copy
import inspect
import os
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, Self, TypeVar, cast
from urllib.parse import quote

import anyio
import httpx2

from ..exceptions import STATUS_CLASSES, CallError, ConnectionFailed, ContractError, DecodeError, StatusError, TimedOut
from ..wire.contract import Api, Fields, Operation, Parts, Response, fields

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C")
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


def _variable(api: Api, name: str) -> str | None:
    """Return an environment variable that is named after the package, such as WEAVE_COSTS_BASE_URL."""
    return os.environ.get(re.sub(r"\W", "_", f"{api.package}_{name}").upper()) or None


def _by_name(api: Api, given: Any) -> dict[str, Any]:
    """Return credentials by the name of their scheme; raise ValueError where that is not clear."""
    if given is None:  # those of a basic scheme are name:password
        found = {scheme: _variable(api, scheme.name) for scheme in api.schemes if scheme.sends}
        given = {s.name: tuple(v.split(":", 1)) if v and s.kind == "basic" else v for s, v in found.items()}
    if isinstance(given, str | tuple) or callable(given):
        fitting = [s.name for s in api.schemes if s.sends and (s.kind == "basic") == isinstance(given, tuple)]
        given = {fitting[0] if len(fitting) == 1 else "": given}
    names = [scheme.name for scheme in api.schemes]
    if not given.keys() <= {*names}:
        known = ", ".join(names) or "none"
        raise ValueError(f"give credentials as a dict, by the name of their scheme; there are: {known}")
    return {name: value for name, value in given.items() if value is not None}


async def settled(value: Any) -> Any:
    """Await what must be awaited. Nothing that a blocking client returns must be."""
    return await value if inspect.isawaitable(value) else value


class Caller(Generic[C, H]):
    """What both clients share; the async methods wait for nothing where the HTTP client is a blocking one.

    C is what credentials may be, H the HTTP client. Groups of operations are cached properties.
    """

    _api: Api
    _raw = False  # whether results are RawResponse
    _again = False  # whether any method may be sent again
    _query: tuple[str, ...] = ()
    _engine: Callable[..., Any]
    _pause: Callable[[float], Any]

    def __init__(
        self,
        base_url: str | None = None,
        credentials: C | None = None,
        *,
        http: H | None = None,
        timeout: float | httpx2.Timeout | None = None,
        retries: int = 2,
    ) -> None:
        """Make a client; raise ValueError for a URL or credentials that can't be used.

        Args:
            base_url: where the service is; default: the environment's `<PACKAGE>_BASE_URL`, the settings', the document's.
            credentials: by the name of their security scheme, or one alone where that is clear: (name, password), a
                token, or a function that gives it for each call; default: the environment's `<PACKAGE>_<SCHEME>`.
            http: the HTTP client to use, which stays yours to close; default: one of its own.
            timeout: seconds for each of connecting, sending and receiving; default: 60, or those of `http`.
            retries: how often a call is sent again where that is safe and may help.
        """
        api = self._api
        self._http = cast("Any", http or self._engine(timeout=TIMEOUT))
        self._retries = retries
        given = base_url or _variable(api, "base_url") or api.base_url
        self._is_given, self._url = bool(given), given or "".join(server.at() for server in api.servers[:1])
        if not re.match("https?://[^@?#]+$", self._url):
            name = f"{api.package}_base_url".upper()
            raise ValueError(f"base_url (or {name}) must be given: an absolute URL without user, password and query")
        self._credentials = _by_name(api, credentials)
        self._headers = {k: v for k, v in self._http.headers.items() if (k, v) != ("accept", "*/*")}
        self._timeout = (self._http.timeout if timeout is None else httpx2.Timeout(timeout)).as_dict()
        self._ready: dict[str, tuple[httpx2.URL, Fields]] = {}

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str] = NONE,
        query: Mapping[str, str] = NONE,
        retries: int | None = None,
        idempotent: bool | None = None,
    ) -> Self:
        """Return a client that shares the connections. `idempotent`: calls may be sent again, whatever their method."""
        clone = copy.copy(self)
        for name in [one for one in vars(clone) if isinstance(getattr(type(self), one, None), cached_property)]:
            del vars(clone)[name]  # groups are made anew, for the clone
        clone._ready = {}
        if timeout is not None:
            clone._timeout = httpx2.Timeout(timeout).as_dict()
        clone._headers = self._headers | {name.lower(): value for name, value in headers.items()}
        fields(clone._headers.items())  # refused here, not at the first call
        clone._query += tuple(f"{quote(name, '')}={quote(value, '')}" for name, value in query.items())
        clone._retries = self._retries if retries is None else retries
        clone._again = self._again if idempotent is None else idempotent
        return clone

    async def _line(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> tuple[httpx2.URL, Fields]:
        """Return URL and header fields of a request, save those of its body."""
        path, known = operation.path.partition("#")[0], self._credentials
        parts = operation.parameters.write(path, arguments) if operation.parameters else Parts(path)
        parts.query.extend(self._query)
        usable = (option for option in operation.security if all(s.name in known or not s.sends for s in option))
        for scheme in next(usable, ()):
            value = known.get(scheme.name)
            scheme.place(await settled(value()) if callable(value) else value, parts)
        if parts.cookies:
            parts.headers.append(("cookie", "; ".join(parts.cookies)))
        query = "&".join(parts.query)
        base = operation.servers[0].at() if operation.servers and not self._is_given else self._url
        url = base.rstrip("/") + parts.path + (("&" if "?" in parts.path else "?") + query if query else "")
        found = parts.cover(httpx2.URL(url)) if parts.cover else httpx2.URL(url)
        accepted = ", ".join(dict.fromkeys(r.media.media_type for r in operation.responses.values() if r.media))
        fixed = {"host": found.netloc.decode(), "accept": accepted or "*/*", **self._headers}
        line = found, fields([*fixed.items(), *parts.headers])
        if operation.parameters is None and not any(map(callable, known.values())):
            self._ready[operation.name] = line
        return line

    async def _request(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> httpx2.Request:
        """Build a request; raise EncodeError."""
        url, headers = self._ready.get(operation.name) or await self._line(operation, arguments)
        content = b""
        if operation.body and (body is not None or operation.body_required):
            content, content_type = operation.body.write(body)
            headers = [*headers, (b"content-type", content_type.encode())]
        if content or operation.method in WITH_LENGTH:
            headers = [*headers, (b"content-length", b"%d" % len(content))]
        # With stream= instead of content= the header fields are taken as they are, which is four times as fast.
        stream, extensions = httpx2.ByteStream(content), {"timeout": self._timeout}
        request = httpx2.Request(operation.method, url, headers=headers, stream=stream, extensions=extensions)
        request.url = url  # as it is, instead of a copy
        if self._http.cookies.jar:
            self._http.cookies.set_cookie_header(request)
        return request

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        return cast("httpx2.Response", await settled(self._http.send(request)))

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
            wait = self._delay(operation.method, attempt, outcome) if attempt < self._retries else None
            if wait is None or time.monotonic() - started + wait > LONGEST:
                if isinstance(outcome, httpx2.Response):
                    return self._result(operation, outcome)
                raise failure(outcome, request) from outcome
            await settled(self._pause(wait))
            attempt += 1

    def _delay(self, method: str, attempt: int, outcome: httpx2.Response | httpx2.RequestError) -> float | None:
        """Return the seconds to wait before another attempt, or None where there must be none."""
        passes = getattr(outcome, "status_code", 0) in PASSING or isinstance(outcome, httpx2.TransportError)
        if not isinstance(outcome, NOT_SENT) and not (passes and (self._again or method in IDEMPOTENT)):
            return None
        from email.utils import parsedate_to_datetime as date  # rarely needed, and slow to import

        # Seconds, or a date (RFC 9110 section 10.2.3).
        asked: str = getattr(outcome, "headers", NONE).get("retry-after", "")
        with contextlib.suppress(ValueError, OverflowError):
            return float(asked) if asked.isdecimal() else max(0.0, date(asked).timestamp() - time.time())
        return min(0.5 * 2.0**attempt, 8.0) * random.uniform(0.5, 1.0)

    def _result(self, operation: Operation[Any], response: httpx2.Response) -> Any:
        """Read a response; raise StatusError or ContractError."""
        status, headers, request, typed = response.status_code, response.headers, response.request, NONE
        declared, kind = operation.response(status), STATUS_CLASSES.get(status, StatusError)
        is_answer = operation.succeeds(status)
        try:
            if declared is None:
                raise DecodeError.of(f"status {status} is not declared", "status")
            value = self._read(operation, declared, response)
            kind = declared.error or kind
            if self._raw and is_answer and declared.headers:
                typed = declared.headers.read(headers)
        except DecodeError as error:
            if is_answer:
                raise ContractError(str(error)).during(request, response) from error
            value = response.content
        if not is_answer:
            raise kind(value, status=status, headers=headers).during(request, response)
        return RawResponse(value, status, headers, typed, response) if self._raw else value

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Read a body; raise DecodeError."""
        media, content_type = declared and declared.media, response.headers.get("content-type", "")
        if not media:
            return None
        if content_type and not media.find(content_type):
            raise DecodeError.of(f"{content_type!r} is not {media.media_type}", "content_type")
        return media.read(response.content, content_type)


def failure(error: Exception, request: httpx2.Request) -> CallError:
    """Return the error of ours for one of httpx2's, or for an item that does not fit."""
    kind: type[CallError] = TimedOut if isinstance(error, httpx2.TimeoutException) else ConnectionFailed
    if isinstance(error, DecodeError | httpx2.DecodingError):
        kind = ContractError
    return kind(f"{type(error).__name__} {error}".strip()).during(request)


def _with_response(method: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a method of a group so that its result is a RawResponse."""
    group = copy.copy(method.__self__)
    group._client = copy.copy(group._client)
    group._client._raw = True
    return getattr(group, method.__name__)(*args, **kwargs)


class BaseClient(Caller[C, httpx2.Client]):
    """What every blocking client has. Safe to share between threads."""

    _engine = httpx2.Client
    _pause = staticmethod(time.sleep)

    def invoke(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        try:
            self._call(operation, body, arguments).send(None)
        except StopIteration as end:
            return cast("T", end.value)
        raise TypeError("a blocking client takes no async credentials")

    def raw(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[T]", _with_response(method, *args, **kwargs))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBaseClient(Caller[C, httpx2.AsyncClient]):
    """What every async client has. Safe to share between tasks."""

    _engine = httpx2.AsyncClient
    _pause = staticmethod(lambda seconds: anyio.sleep(seconds))  # not anyio.sleep, which imports more of it

    async def invoke(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> T:
        """Call an operation; raise APIError."""
        return cast("T", await self._call(operation, body, arguments))

    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return cast("RawResponse[T]", await _with_response(method, *args, **kwargs))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class Group:
    """The operations of a group, called by a blocking client."""

    def __init__(self, client: BaseClient[Any]) -> None:
        self._client = client


class AsyncGroup:
    """The operations of a group, called by an async client."""

    def __init__(self, client: AsyncBaseClient[Any]) -> None:
        self._client = client
