"""Answering operations: one route, found by path and method; bytes to model to service to model to bytes."""

from __future__ import annotations

import inspect
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote, unquote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from ..exceptions import (
    ContentTooLarge,
    DecodeError,
    EncodeError,
    StatusError,
    Unauthorized,
    Unimplemented,
    UnsupportedMediaType,
)
from ..wire import Api, Content, Fields, Json, Operation, Response, choose, essence, fields, pick
from . import docs

MAX_BODY = 10 * 2**20  # bytes
UNDECLARED = frozenset({401, 403, 413, 415, 429, 501, 503})  # may be answered though the document does not say so
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """The credentials of a request, by their schemes' names, for the first alternative that it satisfies."""

    operation: Operation[Any]
    credentials: Mapping[str, Any]
    scopes: Mapping[str, tuple[str, ...]]

    @property
    def credential(self) -> Any:
        """The only credential, or the first."""
        return next(iter(self.credentials.values()))


@dataclass(slots=True)
class Context:
    """The request being answered, and what a service may set on its answer: status, headers by wire name."""

    operation: Operation[Any]
    scope: Scope
    principal: Any = None
    status: int | None = None
    headers: dict[str, Any] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        """The request: headers, client, path; its body has been read."""
        return Request(self.scope)


_context: ContextVar[Context] = ContextVar("context")


def context() -> Context:
    """Return the context of the request being answered; raise LookupError outside of one."""
    return _context.get()


class BrokenContract(Exception):  # noqa: N818
    """A service's answer does not fit the contract."""


@dataclass(slots=True)
class Answer:
    """A response, of bytes or chunks."""

    status: int
    body: bytes | AsyncIterator[bytes]
    headers: Fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not isinstance(self.body, bytes):
            response = StreamingResponse(self.body, self.status)
            response.raw_headers = self.headers
            await response(scope, receive, send)
            return
        headers = self.headers
        if self.status not in (204, 304):  # RFC 9110 section 8.6
            headers = [*headers, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def problem(status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> Answer:
    """Answer with problem details (RFC 9457)."""
    title = HTTPStatus(status).phrase
    found = {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": errors}
    body = json.dumps({k: v for k, v in found.items() if v}).encode()
    return Answer(status, body, [(b"content-type", b"application/problem+json")])


def refuse(operation: Operation[Any], status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> Answer:
    """Answer with an error of ours: in the declared body where it can be filled, else as problem details."""
    declared = operation.response(status)
    title = HTTPStatus(status).phrase
    listed = errors or [{"loc": [], "msg": detail, "type": title.lower().replace(" ", "_")}]
    known = {"title": title, "status": status, "detail": detail, "code": status, "message": detail, "error": title}
    for media in declared.media if declared else ():
        if not isinstance(media, Json):
            continue
        for body in ({"detail": listed}, known, {"code": status, "message": detail}, {"message": detail}):
            try:
                media.read(data := json.dumps(body).encode(), media.media_type)
            except DecodeError:
                continue
            return Answer(status, data, [(b"content-type", media.content_type.encode())])
    return problem(status, detail, errors)


class Endpoint:
    """Answers one operation. `path`, `name` and `methods` are what metrics read of a route."""

    def __init__(
        self,
        operation: Operation[Any],
        factory: Callable[[Any], Any] | None,
        authenticate: Callable[[Presented], Any] | None,
        max_body: int,
        realm: str,
    ) -> None:
        self.operation = operation
        self.path, self.name, self.methods = operation.path, operation.operation_id, {operation.method}
        self._factory = factory
        self._member = operation.name.rpartition(".")[2]
        self._blocking = inspect.isclass(factory) and not _is_async(getattr(factory, self._member))
        self._async: dict[type, bool] = {}
        self._asks_async = _is_async(authenticate) if authenticate else False
        self._authenticate = authenticate
        self._max_body = max_body
        said = (r.scheme.challenge(realm) for alternative in operation.security for r in alternative)
        self._challenge = ", ".join(dict.fromkeys(c for c in said if c))
        refusals = ((422, "422"), (400, "400"), (400, "4XX"), (400, "default"))
        self._invalid = next((status for status, key in refusals if key in operation.responses), 400)

    async def answer(self, scope: Scope, receive: Receive, captured: Mapping[str, str]) -> Answer:
        """Check security, parameters and body in this order; call the service; check what it returns."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        if len(headers) < len(scope["headers"]):
            headers = joined(scope["headers"])
        query = scope["query_string"].decode("latin-1")
        operation = self.operation
        current = Context(operation, scope)
        token = _context.set(current)
        try:
            if self._factory is None:
                raise Unimplemented
            if operation.security:
                current.principal = await self._principal(headers, query)
            arguments = operation.parameters.read(captured, query, headers) if operation.parameters else {}
            body = [await self._body(headers, receive)] if operation.bodies else []
            return await self._success(current, await self._call(current.principal, body, arguments))
        except DecodeError as error:
            return refuse(operation, self._invalid, str(error), error.details)
        except StatusError as error:
            return await self._error(error)
        finally:
            _context.reset(token)

    async def _principal(self, headers: Mapping[str, str], query: str) -> Any:
        """Find who asks; raise Unauthorized."""
        for alternative in self.operation.security:
            found = {r.scheme.name: r.scheme.find(headers, query) for r in alternative}
            if None in found.values():
                continue
            if not found or self._authenticate is None:
                return None
            presented = Presented(self.operation, found, {r.scheme.name: r.scopes for r in alternative})
            return await _run(self._asks_async, self._authenticate, presented)
        raise Unauthorized("credentials are needed")

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> Any:
        """Read the body; raise DecodeError, ContentTooLarge or UnsupportedMediaType."""
        bodies = self.operation.bodies
        data = await _read(receive, headers.get("content-length", ""), self._max_body)
        content_type = headers.get("content-type", "")
        media = bodies[0] if content_type == bodies[0].media_type else choose(bodies, content_type)
        if not data and not (media and media.empty):
            if self.operation.body_required:
                raise DecodeError.of("Field required", "missing", "body")
            return None
        if media is None:
            raise UnsupportedMediaType(f"the body must be {', '.join(m.media_type for m in bodies)}")
        try:
            value = media.read(data, content_type)
        except DecodeError as error:
            raise DecodeError([{**d, "loc": ["body", *d["loc"]]} for d in error.details]) from None
        return value if media is bodies[0] else Content(essence(content_type), value)

    async def _call(self, principal: Any, body: list[Any], arguments: Mapping[str, Any]) -> Any:
        """Run the service's method: sync ones in a thread."""
        factory, member = cast("Callable[[Any], Any]", self._factory), self._member
        if self._blocking:  # the whole service is, its construction too
            return await _run(False, lambda: getattr(factory(principal), member)(*body, **arguments))
        service = factory(principal)
        method = getattr(service, member)
        known = self._async.get(type(service))
        if known is None:
            known = self._async[type(service)] = _is_async(method)
        return await _run(known, method, *body, **arguments)

    async def _success(self, current: Context, result: Any) -> Answer:
        """Write what the service returned; raise BrokenContract."""
        operation, status = self.operation, current.status
        if status is None:
            empty = [s for s in operation.statuses if (d := operation.response(s)) and not d.media]
            status = empty[0] if result is None and empty else operation.statuses[0]
        declared = operation.response(status)
        if not operation.succeeds(status) or (declared is None and operation.responses):
            raise BrokenContract(f"status {status} is no success of this operation")
        return await self._write(status, declared, result, current.headers)

    async def _error(self, error: StatusError[Any]) -> Answer:
        """Write an error that the service or `authenticate` raised; raise BrokenContract."""
        status, body = error.status, error.body
        declared = self.operation.response(status)
        if declared and (body is not None or not declared.media):
            try:
                return await self._write(status, declared, body, error.headers)
            except BrokenContract:
                if not isinstance(body, str):  # a message alone is put into what is declared
                    raise
        elif not declared and status not in UNDECLARED:
            raise BrokenContract(f"status {status} is not declared") from error
        detail = str(body or HTTPStatus(status).phrase)
        answer = refuse(self.operation, status, detail)
        challenge = {"www-authenticate": self._challenge} if status == 401 and self._challenge else {}
        answer.headers += fields({**challenge, **error.headers}.items())
        return answer

    async def _write(self, status: int, declared: Response | None, value: Any, given: Mapping[str, Any]) -> Answer:
        """Write a body and headers, and read them back as a client will; raise BrokenContract."""
        try:
            values = dict(given)
            for header in declared.headers if declared else ():
                if text := header.write(values.pop(header.name, None)):
                    values[header.name] = text
            headers = fields(values.items())
            if declared is None or not declared.media or self.operation.method == "HEAD":
                if value is not None:
                    raise BrokenContract(f"status {status} carries no body")
                return Answer(status, b"", headers)
            media, value, chosen = pick(declared.media, value)
            if media.stream:
                return Answer(
                    status,
                    await media.stream.frames(value),
                    [(b"content-type", (chosen or media.content_type).encode()), *headers],
                )
            body, content_type = media.write(value)
            media.read(body, content_type)
        except (EncodeError, DecodeError) as error:
            raise BrokenContract(str(error)) from error
        return Answer(status, body, [(b"content-type", (chosen or content_type).encode()), *headers])


def joined(fields: Fields) -> dict[str, str]:
    """Return header fields with repeated ones joined (RFC 9110 section 5.3, RFC 9113 section 8.2.3 for cookies)."""
    found: dict[str, str] = {}
    for key, value in fields:
        name, text = key.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}{'; ' if name == 'cookie' else ', '}{text}" if name in found else text
    return found


def _is_async(function: Callable[..., Any]) -> bool:
    """Tell whether a function must be called in the event loop."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


async def _run(is_async: bool, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function: in a thread, unless it is async."""
    result = function(*args, **kwargs) if is_async else await run_in_threadpool(function, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


async def _read(receive: Receive, length: str, limit: int) -> bytes:
    """Read a request's body; raise ContentTooLarge."""
    chunks: list[bytes] = []
    size = int(length) if length.isdigit() else 0
    more = True
    while more and size <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size = sum(map(len, chunks))
        more = message.get("more_body", False)
    if size > limit:
        raise ContentTooLarge(f"the body may have {limit} bytes")
    return b"".join(chunks)


class Paths:
    """Finds the endpoints of a path. This one knows paths without variables; for others see routing.py."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.exact: dict[str, dict[str, list[Endpoint]]] = {}
        for endpoint in endpoints:
            methods = self.exact.setdefault(endpoint.path, {})
            methods.setdefault(endpoint.operation.method, []).append(endpoint)

    def find(self, path: str) -> tuple[Mapping[str, list[Endpoint]], Mapping[str, str]] | None:
        """Return the endpoints of a raw path by method, and the raw text of its variables."""
        found = self.exact.get(path) or self.exact.get(unquote(path))
        return (found, {}) if found else None

    def select(self, found: list[Endpoint], scope: Scope, captured: Mapping[str, str]) -> Endpoint | None:
        """Choose between operations that share path and method; None where none fits."""
        return found[0]


class OperationsRoute(BaseRoute):
    """All operations behind one route: an indexed lookup by raw path, then by method.

    A HEAD that is not declared is 405 like any other method: GET's service must not run for it unasked.
    """

    path = "/{path:path}"

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        root = scope.get("root_path", "")
        path = raw.decode("latin-1")
        found = self.paths.find(path.removeprefix(quote(root)) if root else path)
        if found is None:
            return Match.NONE, {}
        return (Match.FULL if scope["method"] in found[0] else Match.PARTIAL), {"operations": found}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods, captured = scope["operations"]
        found = methods.get(scope["method"])
        if not found:
            allowed = ", ".join(sorted({*methods, "OPTIONS"}))
            answer = Answer(204, b"", []) if scope["method"] == "OPTIONS" else problem(405)
            answer.headers.append((b"allow", allowed.encode()))
            return await answer(scope, receive, send)
        endpoint = found[0] if len(found) == 1 else self.paths.select(found, scope, captured)
        if endpoint is None:
            return await problem(404)(scope, receive, send)
        scope["route"] = endpoint
        try:
            answer = await endpoint.answer(scope, receive, captured)
        except ClientDisconnect:
            return None
        except Exception as error:
            handlers = scope["app"].exception_handlers if "app" in scope else {}
            if any(kind in handlers for kind in type(error).__mro__):
                raise
            log.exception("%s %s failed", scope["method"], endpoint.path)
            answer = problem(500)
        return await answer(scope, receive, send)


def _check(api: Api, services: Mapping[str, Any], authenticate: Any) -> None:
    """Raise TypeError for what a service lacks."""
    for operation in api.operations:
        group, _, member = operation.name.rpartition(".")
        factory = services.get(group)
        if inspect.isclass(factory) and not callable(getattr(factory, member, None)):
            raise TypeError(f"{factory.__name__} has no method {member}, for {operation.method} {operation.path}")
        if factory and authenticate is None and all(operation.security) and operation.security:
            raise TypeError(f"authenticate= is needed, for {operation.method} {operation.path}")


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(404)(scope, receive, send)


def application(
    api: Api,
    services: Mapping[str, Callable[[Any], Any] | None],
    authenticate: Callable[[Presented], Any] | None = None,
    *,
    max_body: int = MAX_BODY,
    paths: type[Paths] = Paths,
    **fastapi: Any,
) -> FastAPI:
    """Build the application; raise TypeError where a service is not complete."""
    _check(api, services, authenticate)
    realm = re.sub(r"[^\x20-\x7e]|[\"\\]", "", api.title) or api.package
    endpoints = [
        Endpoint(o, services.get(o.name.rpartition(".")[0]), authenticate, max_body, realm) for o in api.operations
    ]
    options = {"title": api.title, "version": api.version, "redirect_slashes": False, **fastapi}
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, **options)
    app.router.routes.append(OperationsRoute(paths(endpoints)))
    app.router.default = _not_found
    docs.add(app, api)
    return app
