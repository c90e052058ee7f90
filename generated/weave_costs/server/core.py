"""Answering operations: found by path and method; bytes to model to service to model to bytes."""

from __future__ import annotations

import contextlib
import inspect
import json
import logging
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from .. import exceptions
from ..exceptions import DecodeError, EncodeError, StatusError
from ..wire import Api, Fields, Json, Operation, Response, choose, fields, joined, read, write
from . import docs

MAX_BODY = 10 * 2**20  # bytes
UNDECLARED = frozenset({401, 403, 413, 415, 429, 501, 503})  # may be answered though the document does not say so
log = logging.getLogger(__name__)


@dataclass(slots=True)
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
context = _context.get
"""Return the context of the request being answered; raise LookupError outside of one."""


class BrokenContract(Exception):
    """A service's answer does not fit the contract."""


@dataclass(slots=True)
class Answer:
    """A response of bytes."""

    status: int
    body: bytes
    headers: Fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = [] if self.status in (204, 304) else [(b"content-length", b"%d" % len(self.body))]  # RFC 9110, 8.6
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers + length})
        await send({"type": "http.response.body", "body": self.body})


def problem(status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> Answer:
    """Answer with problem details (RFC 9457)."""
    found = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body = json.dumps(found | ({"detail": detail} if detail else {}) | ({"errors": errors} if errors else {})).encode()
    return Answer(status, body, [(b"content-type", b"application/problem+json")])


def refuse(operation: Operation[Any], status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> Answer:
    """Answer with an error of ours: in the declared body where it can be filled, else as problem details."""
    title, declared = HTTPStatus(status).phrase, operation.response(status)
    listed = errors or [{"loc": [], "msg": detail, "type": title.lower().replace(" ", "_")}]
    short = {"code": status, "message": detail}
    known = {"title": title, "status": status, "detail": detail, "error": title, **short}
    for media in declared.media if declared else ():
        for body in ({"detail": listed}, known, short, {"message": detail}) if isinstance(media, Json) else ():
            data = json.dumps(body).encode()
            with contextlib.suppress(DecodeError):
                media.read(data)
                return Answer(status, data, [(b"content-type", media.content_type.encode())])
    return problem(status, detail, errors)


class Endpoint:
    """Answers one operation. `path`, `name` and `methods` are what metrics read of a route."""

    def __init__(self, operation: Operation[Any], factory: Any, authenticate: Any, max_body: int, realm: str) -> None:
        self.operation, self._factory, self._authenticate, self._max_body = operation, factory, authenticate, max_body
        self.path, self.name, self.methods = operation.path, operation.operation_id, {operation.method}
        self._member = operation.name.rpartition(".")[2]
        self._is_async: dict[Any, bool] = {None: _is_async(authenticate)}  # and by the type of the service
        # Where the factory is a class of blocking methods, its objects are made in the thread too.
        self._blocks = inspect.isclass(factory) and not _is_async(getattr(factory, self._member))
        challenges = [r.scheme.challenge(realm) for alternative in operation.security for r in alternative]
        self._challenge = ", ".join(dict.fromkeys(filter(None, challenges)))
        refusals = ((422, "422"), (400, "400"), (400, "4XX"), (400, "default"))
        self._invalid = next((status for status, key in refusals if key in operation.responses), 400)

    async def answer(self, scope: Scope, receive: Receive, captured: Mapping[str, str]) -> ASGIApp:
        """Check security, parameters and body in this order; call the service; check what it returns."""
        headers, query, operation = joined(scope["headers"]), scope["query_string"].decode("latin-1"), self.operation
        current = Context(operation, scope)
        token = _context.set(current)
        try:
            if self._factory is None:
                raise exceptions.Unimplemented
            if operation.security:
                current.principal = await self._principal(headers, query)
            try:
                arguments = operation.parameters.read(captured, query, headers) if operation.parameters else {}
                body = [await self._body(headers, receive)] if operation.bodies else []
            except DecodeError as error:
                return refuse(operation, self._invalid, str(error), error.details)
            return await self._success(current, await self._call(current.principal, body, arguments))
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
            return await _run(self._is_async[None], self._authenticate, presented)
        raise exceptions.Unauthorized("credentials are needed")

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> Any:
        """Read the body; raise DecodeError, ContentTooLarge or UnsupportedMediaType."""
        bodies, content_type = self.operation.bodies, headers.get("content-type", "")
        data = await _received(receive, headers.get("content-length", ""), self._max_body)
        media = choose(bodies, content_type)
        if not data and not (media and media.empty):
            if self.operation.body_required:
                raise DecodeError.of("Field required", "missing", "body")
            return None
        if media is None:
            raise exceptions.UnsupportedMediaType(f"the body must be {', '.join(m.media_type for m in bodies)}")
        try:
            return read(bodies, data, content_type)
        except DecodeError as error:
            raise DecodeError([{**d, "loc": ["body", *d["loc"]]} for d in error.details]) from None

    async def _call(self, principal: Any, body: list[Any], arguments: Mapping[str, Any]) -> Any:
        """Run the service's method: sync ones in a thread."""
        if self._blocks:
            return await _run(False, lambda: getattr(self._factory(principal), self._member)(*body, **arguments))
        service = self._factory(principal)
        method, kind = getattr(service, self._member), type(service)
        if kind not in self._is_async:
            self._is_async[kind] = _is_async(method)
        return await _run(self._is_async[kind], method, *body, **arguments)

    async def _success(self, current: Context, result: Any) -> ASGIApp:
        """Write what the service returned; raise BrokenContract."""
        operation, status = self.operation, current.status
        if status is None:
            empty = [s for s in operation.statuses if (d := operation.response(s)) and not d.media]
            status = empty[0] if result is None and empty else operation.statuses[0]
        declared = operation.response(status)
        if not operation.succeeds(status) or (declared is None and operation.responses):
            raise BrokenContract(f"status {status} is no success of this operation")
        return await self._write(status, declared, result, current.headers)

    async def _error(self, error: StatusError[Any]) -> ASGIApp:
        """Write an error that the service or `authenticate` raised; raise BrokenContract."""
        status, body = error.status, error.body
        declared = self.operation.response(status)
        if declared is None and status not in UNDECLARED:
            raise BrokenContract(f"status {status} is not declared") from error
        if declared and (body is not None or not declared.media):
            try:
                return await self._write(status, declared, body, error.headers)
            except BrokenContract:
                if not isinstance(body, str):  # a message alone is put into what is declared
                    raise
        answer = refuse(self.operation, status, str(body or HTTPStatus(status).phrase))
        challenge = {"www-authenticate": self._challenge} if status == 401 and self._challenge else {}
        answer.headers += fields({**challenge, **error.headers}.items())
        return answer

    async def _write(self, status: int, declared: Response | None, value: Any, given: Mapping[str, Any]) -> ASGIApp:
        """Write a body and headers, and read them back as a client will; raise BrokenContract."""
        try:
            values = dict(given)
            for header in declared.headers if declared else ():
                if text := header.write(values.pop(header.name, None)):
                    values[header.name] = text
            headers = fields(values.items()) if values else []
            if declared is None or not declared.media or self.operation.method == "HEAD":
                if value is not None:
                    raise BrokenContract(f"status {status} carries no body")
                return Answer(status, b"", headers)
            body, content_type = write(declared.media, value)
            headers.append((b"content-type", content_type.encode()))
            if not isinstance(body, bytes):  # a stream
                return await body.answer(status, headers)  # type: ignore[no-any-return]
            read(declared.media, body, content_type)
        except (EncodeError, DecodeError) as error:
            raise BrokenContract(str(error)) from error
        return Answer(status, body, headers)


def _is_async(function: Any) -> bool:
    """Tell whether a function must be called in the event loop."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


async def _run(is_async: bool, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function: in a thread, unless it is async."""
    result = function(*args, **kwargs) if is_async else await run_in_threadpool(function, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


async def _received(receive: Receive, length: str, limit: int) -> bytes:
    """Receive a request's body; raise ContentTooLarge."""
    data, more = bytearray(), True
    while more:
        if len(data) > limit or (length.isdecimal() and int(length) > limit):
            raise exceptions.ContentTooLarge(f"the body may have {limit} bytes")
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        data += message.get("body", b"")
        more = message.get("more_body", False) or len(data) > limit
    return bytes(data)


class Paths:
    """Finds the endpoints of a path by method. This one knows paths without variables; for others see routing.py."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.exact: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            self.exact.setdefault(endpoint.path, {})[endpoint.operation.method] = endpoint

    def find(self, path: str, scope: Scope) -> tuple[Mapping[str, Endpoint], Mapping[str, str]] | None:
        """Return the endpoints of a raw path by method, and the raw text of its variables."""
        found = self.exact.get(path)
        if found is None and "%" in path and "%2f" not in path.lower():  # an encoded slash divides nothing
            found = self.exact.get(unquote(path))
        return (found, {}) if found else None


class Operations:
    """Middleware that answers the operations, innermost: an indexed lookup by raw path, then by method.

    A HEAD that is not declared is 405 like any other method: GET's service must not run for it unasked.
    """

    def __init__(self, app: ASGIApp, paths: Paths) -> None:
        self.app, self.paths = app, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope, receive) if scope["type"] == "http" else self.app
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        path, root = scope.get("raw_path", b"").decode("latin-1") or quote(scope["path"]), scope.get("root_path", "")
        matched = self.paths.find(path.removeprefix(quote(root)) if root else path, scope)
        if matched is None:
            return self.app
        methods, captured = matched
        endpoint = methods.get(scope["method"])
        if endpoint is None:
            answer = Answer(204, b"", []) if scope["method"] == "OPTIONS" else problem(405)
            answer.headers.append((b"allow", ", ".join(sorted({*methods, "OPTIONS"})).encode()))
            return answer
        scope["route"] = endpoint
        try:
            return await endpoint.answer(scope, receive, captured)
        except ClientDisconnect:
            return Answer(400, b"", [])  # to nobody
        except Exception as error:
            handlers = scope["app"].exception_handlers
            if handler := next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None):
                return await _run(_is_async(handler), handler, Request(scope, receive), error)  # type: ignore[no-any-return]
            log.exception("%s %s failed", scope["method"], endpoint.path)
            return problem(500)


def _check(api: Api, services: Mapping[str, Any], authenticate: Any, options: Mapping[str, Any]) -> None:
    """Raise TypeError for what a service lacks, and for options that nobody takes."""
    for operation in api.operations:
        group, _, member = operation.name.rpartition(".")
        factory = services.get(group)
        if inspect.isclass(factory) and not callable(getattr(factory, member, None)):
            raise TypeError(f"{factory.__name__} has no method {member}, for {operation.method} {operation.path}")
        if factory and authenticate is None and all(operation.security) and operation.security:
            raise TypeError(f"authenticate= is needed, for {operation.method} {operation.path}")
    if unknown := [name for name in options if name not in inspect.signature(FastAPI).parameters]:
        raise TypeError(f"{unknown[0]!r} is no option of FastAPI and no group; there are {', '.join(services)}")


def application(
    api: Api,
    services: Mapping[str, Callable[[Any], Any] | None],
    authenticate: Callable[[Presented], Any] | None = None,
    *,
    max_body: int = MAX_BODY,
    mock: bool = False,
    paths: type[Paths] = Paths,
    **fastapi: Any,
) -> FastAPI:
    """Build the application; raise TypeError where a service is not complete."""
    if mock:
        from .mock import Mock

        service, authenticate = Mock(), authenticate or (lambda _: None)
        services = {group: factory or (lambda _: service) for group, factory in services.items()}
    _check(api, services, authenticate, fastapi)
    realm = re.sub(r"[^\x20-\x7e]|[\"\\]", "", api.title) or api.package
    factories = [services.get(o.name.rpartition(".")[0]) for o in api.operations]
    pairs = zip(api.operations, factories, strict=True)
    endpoints = paths([Endpoint(o, factory, authenticate, max_body, realm) for o, factory in pairs])
    # The last middleware is the innermost: operations need nothing of the layers that FastAPI puts below it.
    middleware = [*(fastapi.pop("middleware", None) or ()), Middleware(Operations, paths=endpoints)]
    app = docs.fastapi({"title": api.title, "version": api.version, **fastapi, "middleware": middleware})
    app.router.default = problem(404)
    return app
