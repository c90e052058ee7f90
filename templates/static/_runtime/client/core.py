"""Sending operations: requests prepared once for each operation, responses read by the contract."""

from __future__ import annotations

import copy
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, Self, TypeAlias, TypeVar, cast
from urllib.parse import quote

import anyio
import httpx2

from ..exceptions import DecodeError, EncodeError, bare, status_class
from ..wire.contract import Api, Fields, Json, Media, Operation, Parts, Response, SecurityScheme, fields
from .sending import (
    BASE_URL,
    IDEMPOTENT,
    MAX_ANSWER,
    Connections,
    checked,
    completed,
    covered,
    credentials_of,
    delay,
    failure,
    lowered,
    send,
    settled,
    together,
    undeclared,
    variable,
    whole,
    with_response,
)

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C")
H = TypeVar("H")
# A credential, or what gives it for each call. `Credentials` are typed alike for both; a blocking client refuses to await.
CredentialOf: TypeAlias = T | Callable[[], T]
AsyncCredentialOf: TypeAlias = T | Callable[[], T | Awaitable[T]]
NONE: Mapping[str, Any] = MappingProxyType({})
TIMEOUT = 60.0  # seconds, for each of connecting, sending and receiving
LONGEST = 60.0  # seconds that a call may take with the waits between its attempts
WITH_LENGTH = frozenset({"POST", "PUT", "PATCH", "QUERY"})  # said even without a body (RFC 9110 section 8.6)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[T]):
    """A result with its message; `typed_headers` are the declared ones, by their wire names."""

    value: T
    status: int
    headers: httpx2.Headers
    typed_headers: Mapping[str, Any]
    response: httpx2.Response


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
    _http: Any = property(lambda self: self._connections.http())

    def __init__(
        self,
        base_url: str | None = None,
        credentials: C | None = None,
        *,
        http: H | None = None,
        timeout: float | httpx2.Timeout | None = None,
        retries: int = 2,
        environment: str | None = None,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        """Make a client; raise ValueError for a URL or credentials that can't be used.

        Args:
            base_url: where the service is; default: the variable `<environment>_BASE_URL`, the settings', the document's.
            credentials: by the name of their security scheme, or one alone where that is clear: (name, password), a
                token, or a function that gives it for each call; default: `<environment>_CREDENTIAL_<SCHEME>`.
            http: the HTTP client to use, which closes with this one; default: one of its own.
            timeout: seconds for each of connecting, sending and receiving; default: 60, or those of `http`.
            retries: how often a call is sent again where that is safe and may help.
            environment: begins the names of environment variables; without one, none is read. Default: the package's
                name, if whoever generated the package chose it; else none.
            max_answer: bytes that an answer may have which is read whole, once it is unpacked.
        """
        api, prefix = self._api, self._api.environment if environment is None else environment
        self._connections, self._retries = Connections(http, partial(self._engine, timeout=TIMEOUT)), retries
        given = base_url or variable(prefix, "base_url") or api.base_url
        self._is_given, self._url = bool(given), given or "".join(server.at() for server in api.servers[:1])
        if not BASE_URL.fullmatch(self._url):
            how = (f" (or {prefix.upper()}_BASE_URL)" if prefix else "") + (" must be" if given else " must be given:")
            raise ValueError(f"base_url{how} an absolute URL without user, password and query")
        self._credentials = credentials_of(api, credentials, prefix)
        # Parameters of the query whose values no message shows.
        self._hidden = frozenset(quote(getattr(scheme, "wire_name", ""), "") for scheme in api.schemes)
        own = self._connections.like
        self._headers: dict[str, str | None] = lowered(h for h in own.headers.items() if h != ("accept", "*/*"))
        self._timeout = (own.timeout if timeout is None else httpx2.Timeout(timeout)).as_dict()
        self._max_answer = max_answer
        self._ready: dict[str, tuple[httpx2.URL, Fields]] = {}

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str | None] = NONE,
        query: Mapping[str, str] = NONE,
        retries: int | None = None,
        idempotent: bool | None = None,
    ) -> Self:
        """Return a client that shares the connections.

        Args:
            timeout: seconds for each of connecting, sending and receiving.
            headers: these go out in place of the client's own fields; None takes a field out.
            query: what is added to the query of each request.
            retries: how often a call is sent again where that is safe and may help.
            idempotent: whether calls may be sent again whatever their method.
        """
        clone = copy.copy(self)
        for name in [one for one in vars(clone) if isinstance(getattr(type(self), one, None), cached_property)]:
            del vars(clone)[name]  # groups are made anew, for the clone
        clone._ready = {}
        clone._timeout = self._timeout if timeout is None else httpx2.Timeout(timeout).as_dict()
        clone._headers = self._headers | lowered(headers.items())
        fields(clone._headers.items())  # refused here, not at the first call
        clone._query += tuple(f"{quote(name, '')}={quote(value, '')}" for name, value in query.items())
        clone._hidden = self._hidden.union(quote(name, "") for name in query)
        clone._retries = self._retries if retries is None else retries
        clone._again = self._again if idempotent is None else idempotent
        return clone

    def _untyped(
        self, method: str, path: str, params: Mapping[str, Any], headers: Mapping[str, str | None], json: Any
    ) -> Any:
        """Call an operation that the document does not have; return a RawResponse without a value."""
        if not path.startswith("/"):
            raise ValueError("path must start with /: it is put after the base URL")
        path, query = path.partition("#")[0], str(httpx2.QueryParams(dict(params or {})))
        whole = path + (("&" if "?" in path else "?") + query if query else "")
        clone: Any = self.with_options(headers=headers or {})
        clone._raw, clone._tolerant = True, False  # nothing is declared that could be read in another way
        return clone.invoke(
            Operation[Any](
                name=whole,
                operation_id="",
                method=method.upper(),
                path=whole,
                body=Json(Any),
                body_required=False,
                responses={"2XX": Response()},
                security=({scheme: () for scheme in self._api.schemes if scheme.name in self._credentials},),
            ),
            json,
        )

    def _chosen_schemes(self, operation: Operation[Any]) -> Iterable[SecurityScheme]:
        """Find the first alternative of an operation's security that the client has credentials for."""
        known = self._credentials
        for option in operation.security:
            if any(s.name in known for s in option) and all(s.name in known or not s.sends for s in option):
                return option
        return ()

    async def _placed(self, operation: Operation[Any], parts: Parts) -> Parts:
        """Put credentials into a request; raise EncodeError for what is none."""
        for scheme in self._chosen_schemes(operation):
            given = self._credentials.get(scheme.name)
            scheme.place(checked(scheme, await settled(given()) if callable(given) else given), parts)
        return parts

    async def _line(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> tuple[httpx2.URL, Fields]:
        """Return URL and header fields of a request, save those of its body."""
        path, own = operation.path.partition("#")[0], self._headers
        parts = operation.parameters.write(path, arguments) if operation.parameters else Parts(path)
        parts.query.extend(self._query)
        placed = await self._placed(operation, Parts(query=parts.query, secrets=parts.secrets))
        query = "&".join(parts.query)
        base = operation.servers[0].at() if operation.servers and not self._is_given else self._url
        url = base.rstrip("/") + parts.path + (("&" if "?" in parts.path else "?") + query if query else "")
        try:
            found = covered(httpx2.URL(url), placed)
        except httpx2.InvalidURL:
            raise EncodeError("the arguments make a URL that is too long, or none") from None
        accepted = ", ".join(dict.fromkeys(r.media.media_type for r in operation.responses.values() if r.media))
        # An argument goes before an option, an option before what the client writes by itself.
        sent = {
            "host": found.netloc.decode(),
            "accept": accepted or "*/*",
            "cookie": "; ".join(placed.cookies),
            **lowered(reversed(placed.headers)),
            **own,
            **lowered(parts.headers),
        }
        sent["cookie"] = together("; ".join(parts.cookies), sent["cookie"] or "") or None
        line = found, fields(sent.items())
        if operation.parameters is None and not any(map(callable, self._credentials.values())):
            self._ready[operation.name] = line
        return line

    async def _request(
        self, operation: Operation[Any], content: Any, content_type: str, arguments: Mapping[str, Any]
    ) -> httpx2.Request:
        """Build a request; raise EncodeError."""
        url, headers = self._ready.get(operation.name) or await self._line(operation, arguments)
        length = len(content) if isinstance(content, bytes) else content.length
        if content_type and "content-type" not in self._headers:
            headers = [*headers, (b"content-type", content_type.encode())]
        if length is None:
            headers = [*headers, (b"transfer-encoding", b"chunked")]
        elif length or operation.method in WITH_LENGTH:
            headers = [*headers, (b"content-length", b"%d" % length)]
        # With stream= instead of content= the header fields are taken as they are, which is four times as fast.
        is_async = self._connections.is_async
        told = {"media": operation.body if content_type else None, "max_answer": self._max_answer}
        extensions = {"timeout": self._timeout, "hidden": self._hidden, **told}
        stream: Any = (
            httpx2.ByteStream(content)
            if isinstance(content, bytes)
            else httpx2.Request("PUT", "", content=content.later() if is_async else content).stream
        )
        request = httpx2.Request(operation.method, url, headers=headers, stream=stream, extensions=extensions)
        return completed(request, url, None if "cookie" in self._headers else self._http.cookies)

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        return await whole(await send(self._http, request), request)

    def _written(self, media: Media, body: object) -> tuple[Any, str]:
        """Write a body; raise EncodeError."""
        return cast("tuple[Any, str]", getattr(media, "upload", media.write)(body))

    async def _call(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> Any:
        """Send, and send again where that may help; raise APIError."""
        started, attempt, content, content_type = time.monotonic(), 0, b"", ""
        if operation.body and (body is not None or operation.body_required):
            content, content_type = self._written(operation.body, body)
        while True:
            request = await self._request(operation, content, content_type, arguments)
            outcome: httpx2.Response | httpx2.RequestError
            try:
                outcome = await self._send(operation, request)
            except httpx2.RequestError as error:
                outcome = error
            wait = (
                delay(outcome, attempt, self._again or operation.method in IDEMPOTENT, request)
                if attempt < self._retries and getattr(content, "again", True)
                else None
            )
            if wait is None or time.monotonic() - started + wait > LONGEST:
                if isinstance(outcome, httpx2.Response):
                    return await self._result(operation, outcome, request)
                raise failure(outcome, request) from outcome
            await settled(self._pause(wait))
            attempt += 1

    async def _result(self, operation: Operation[Any], response: httpx2.Response, request: httpx2.Request) -> Any:
        """Read a response to a request; raise StatusError or ContractError."""
        status, headers, typed = response.status_code, response.headers, NONE
        declared, is_answer = operation.response(status), operation.succeeds(status)
        try:
            if declared is None:
                raise DecodeError.of(
                    f"status {status} is not declared, only {', '.join(operation.responses)}", "status"
                )
            if self._raw and is_answer and declared.headers:
                typed = declared.headers.read(headers)
            value = self._read(operation, declared, response)
        except DecodeError as error:
            if is_answer:
                raise failure(error, request, response) from error
            value = undeclared(response)
        if not is_answer:
            failed = status_class(status, declared and declared.error)(value, status=status, headers=headers)
            if declared and declared.media and declared.media.conceals:  # what the body says may be secret
                failed.args = (failed.args[0].partition(":")[0],)
            if status == 401 and any(operation.security) and not self._chosen_schemes(operation):
                needed = " or ".join(" and ".join(s.name for s in option) for option in operation.security if option)
                failed.args = (f"{failed.args[0]}; no credentials were sent: {needed} is needed",)
            elif kept := response.extensions.get("kept"):
                failed.args = (f"{failed.args[0]}; {kept}",)
            raise failed.during(request, response)
        return RawResponse(value, status, headers, typed, bare(response, self._hidden)) if self._raw else value

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Read a body; raise DecodeError."""
        media, content_type = declared and declared.media, response.headers.get("content-type", "")
        if not media:
            return None
        if content_type and not media.find(content_type):
            raise DecodeError.of(f"{content_type!r} is not {media.media_type}", "content_type")
        return media.read(response.content, content_type)


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
        return cast("RawResponse[T]", with_response(method, *args, **kwargs))

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] = NONE,
        json: Any = None,
        headers: Mapping[str, str | None] = NONE,
    ) -> httpx2.Response:
        """Call what the document does not have (yet), with this client's credentials and retries; raise APIError."""
        return cast("httpx2.Response", self._untyped(method, path, params, headers, json).response)

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
        return cast("RawResponse[T]", await with_response(method, *args, **kwargs))

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] = NONE,
        json: Any = None,
        headers: Mapping[str, str | None] = NONE,
    ) -> httpx2.Response:
        """Call what the document does not have (yet), with this client's credentials and retries; raise APIError."""
        return cast("httpx2.Response", (await self._untyped(method, path, params, headers, json)).response)

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
