"""Answering operations: found by path and method; bytes to model to service to model to bytes."""

import html
import importlib.resources
import inspect
import json
import logging
from collections.abc import Callable, Mapping
from http.client import responses as phrases
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline  # carries the files of /docs
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.responses import Response as HTTPResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .. import exceptions
from ..exceptions import ContractError, DecodeError, EncodeError, StatusError
from ..wire.contract import Api, Json, Operation, Response, fields, joined
from .context import Context, Presented, answering
from .mock import Mock

MAX_BODY = 10 * 2**20  # bytes
UNDECLARED = frozenset({401, 403, 413, 415, 429, 501, 503})  # may be answered though the document does not say so
PACKAGE = __name__.partition("._runtime")[0]
log = logging.getLogger(f"{PACKAGE}.server")


def problem(status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> HTTPResponse:
    """Answer with problem details (RFC 9457)."""
    found = {"type": "about:blank", "title": phrases.get(status, "Error"), "status": status}
    given = {key: value for key, value in (("detail", detail), ("errors", errors)) if value}
    return JSONResponse(found | given, status, media_type="application/problem+json")


def _filled(media: Any, body: Any, times: int, detail: str, status: int) -> Any:
    """Return a body that fits: what is too much is taken out, what is missing or of another type put in; else None."""
    for _ in range(times):
        try:
            media.read(json.dumps(body).encode())
        except DecodeError as error:
            wrong = error.details if isinstance(body, dict) else ()  # of a list only the one item is tried
            for name, kind in ((d["loc"][0], d["type"].partition("_")[0]) for d in wrong if len(d["loc"]) == 1):
                other = {"int": status, "float": status, "bool": False, "list": [], "dict": {}, "model": {}}
                body = {k: v for k, v in body.items() if k != name}
                body |= {name: other.get(kind, detail)} if kind != "extra" else {}
        else:
            return body
    return None


def refuse(operation: Operation[Any], status: int, detail: str, errors: Any = None) -> HTTPResponse:
    """Answer with an error of ours: in the declared body where it can be filled, else as problem details."""
    title, declared = phrases.get(status, "Error"), operation.response(status)
    listed = errors or [{"loc": [], "msg": detail, "type": title.lower().replace(" ", "_")}]
    known = {"title": title, "status": status, "detail": detail, "error": title, "code": status, "message": detail}
    for media in declared.media.all if declared and declared.media else ():
        if media.type is str and not isinstance(media, Json):
            return HTTPResponse(detail, status, media_type=media.content_type)
        for body, times in (({"detail": listed}, 1), (known, 6), ([known], 1)) if isinstance(media, Json) else ():
            if (found := _filled(media, body, times, detail, status)) is not None:
                return JSONResponse(found, status, media_type=media.content_type)
    if errors and status == 422 and declared and declared.media:  # which can say something else only
        return refuse(operation, 400, detail, errors)
    return problem(status, detail, errors)


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


async def _run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function: in a thread, unless it is async."""
    result = function(*args, **kwargs) if _is_async(function) else await run_in_threadpool(function, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


class Endpoint:
    """Answers one operation. `path`, `name` and `methods` are what metrics read of a route."""

    def __init__(self, operation: Operation[Any], factory: Any, authenticate: Any, max_body: int) -> None:
        """Raise TypeError for what the service lacks."""
        self.operation, self._factory, self._authenticate, self._max_body = operation, factory, authenticate, max_body
        self.path, self.name, self.methods = operation.path, operation.operation_id, {operation.method}
        self._member = operation.name.rpartition(".")[2]
        kind = getattr(factory, "func", factory)  # of a partial, the class: made in the thread if it blocks
        if factory and not callable(getattr(kind, self._member, None) if inspect.isclass(kind) else kind):
            raise TypeError(f"{kind} makes nothing with a method {self._member}, for {operation.method} {self.path}")
        if factory and authenticate is None and operation.security and all(operation.security):
            raise TypeError(f"authenticate= is needed, for {operation.method} {self.path}")
        method = getattr(kind, self._member) if inspect.isclass(kind) else None
        self._blocks = method is not None and not _is_async(method)
        # Asked once: each time would cost a microsecond.
        self._awaits, self._asks = inspect.iscoroutinefunction(method), inspect.iscoroutinefunction(authenticate)
        silent = (s for s in operation.statuses if (d := operation.response(s)) and not d.media)
        self._success_of_none = next(silent, (*operation.statuses, 200)[0])  # errors may be all that is declared
        self._alternatives = [(tuple(a), {s.name: scopes for s, scopes in a.items()}) for a in operation.security]
        challenges = (scheme.challenge for alternative in operation.security for scheme in alternative)
        self._challenge = ", ".join(dict.fromkeys(filter(None, challenges)))

    async def answer(self, scope: Scope, receive: Receive, captured: Mapping[str, str]) -> ASGIApp:
        """Check security, parameters and body in this order; call the service; check what it returns."""
        headers, query, operation = joined(scope["headers"]), scope["query_string"].decode("latin-1"), self.operation
        current = Context(operation, scope)
        token = answering.set(current)
        try:
            if self._factory is None:
                raise exceptions.Unimplemented
            if operation.security:
                current.principal = await self._principal(headers, query)
            try:
                arguments = operation.parameters.read(captured, query, headers) if operation.parameters else {}
                body = [await self._body(headers, receive)] if operation.body else []
            except DecodeError as error:
                return refuse(operation, 422 if "422" in operation.responses else 400, str(error), error.details)
            return await self._success(current, await self._call(current.principal, body, arguments))
        except StatusError as error:
            return await self._error(error)
        finally:
            answering.reset(token)

    async def _principal(self, headers: Mapping[str, str], query: str) -> Any:
        """Find who asks; raise Unauthorized."""
        for schemes, scopes in self._alternatives:
            found = {scheme.name: scheme.find(headers, query) for scheme in schemes}
            if None not in found.values():
                if not found or not self._authenticate:
                    return None
                presented = Presented(self.operation, found, scopes)
                return await (self._authenticate(presented) if self._asks else _run(self._authenticate, presented))
        raise exceptions.Unauthorized("credentials are needed")

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> Any:
        """Receive the body and read it; raise DecodeError, ContentTooLarge or UnsupportedMediaType."""
        body: Any = self.operation.body
        length, content_type = headers.get("content-length", ""), headers.get("content-type", "")
        data, more, limit, said = bytearray(), True, self._max_body, float(length) if length.isdecimal() else 0
        while more:
            if len(data) > limit or said > limit:
                raise exceptions.ContentTooLarge(f"the body may have {limit} bytes")
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            data += message.get("body", b"")
            more = message.get("more_body", False) or len(data) > limit
        media = body.find(content_type)
        if not data and not (media and media.empty):
            if self.operation.body_required:
                raise DecodeError.of("Field required", "missing", "body")
            return None
        if media is None:
            raise exceptions.UnsupportedMediaType(f"the body must be {body.media_type}")
        try:
            return body.read(bytes(data), content_type)
        except DecodeError as error:
            raise DecodeError([{**d, "loc": ["body", *d["loc"]]} for d in error.details]) from None

    async def _call(self, principal: Any, body: list[Any], arguments: Mapping[str, Any]) -> Any:
        """Run the service's method: sync ones in a thread."""
        if self._awaits:
            return await getattr(self._factory(principal), self._member)(*body, **arguments)
        if self._blocks:
            return await _run(lambda: getattr(self._factory(principal), self._member)(*body, **arguments))
        return await _run(getattr(self._factory(principal), self._member), *body, **arguments)

    async def _success(self, current: Context, result: Any) -> ASGIApp:
        """Write what the service returned; raise ContractError."""
        operation, status = self.operation, current.status
        if status is None:
            status = self._success_of_none if result is None else operation.statuses[0]
        declared = operation.response(status)
        if declared is None or not operation.succeeds(status):
            raise ContractError(f"status {status} is no success of this operation")
        return await self._write(status, declared, result, current.headers)

    async def _error(self, error: StatusError[Any]) -> ASGIApp:
        """Write an error that the service or `authenticate` raised; raise ContractError."""
        status, body, declared = error.status, error.body, self.operation.response(error.status)
        if declared is None and status not in UNDECLARED:
            raise ContractError(f"status {status} is not declared") from error
        if declared and (body is not None or not declared.media):
            try:
                return await self._write(status, declared, body, error.headers)
            except ContractError:
                if not isinstance(body, str):  # a message alone is put into what is declared
                    raise
        answer = refuse(self.operation, status, str(body or phrases.get(status, "Error")))
        challenge = {"www-authenticate": self._challenge} if status == 401 and self._challenge else {}
        answer.raw_headers += fields({**challenge, **error.headers}.items())
        return answer

    async def _write(self, status: int, declared: Response, value: Any, given: Mapping[str, Any]) -> ASGIApp:
        """Write a body and headers, and read them back as a client will; raise ContractError."""
        media, body = declared.media, b""
        if media is None and value is not None:
            raise ContractError(f"status {status} carries no body")
        try:
            found = declared.headers.write(given) if declared.headers else given
            headers = fields(found.items()) if found else []
            if media:
                body, content_type = media.write(value)
                headers.append((b"content-type", content_type.encode()))
                if not isinstance(body, bytes):  # a stream
                    return await body.answer(status, headers)  # type: ignore[no-any-return]
                media.read(body, content_type)
        except (EncodeError, DecodeError) as error:
            raise ContractError(str(error)) from error
        if status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(body)))
        start = {"type": "http.response.start", "status": status, "headers": headers}

        async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:  # Starlette's, in half the time
            await send(start)
            await send({"type": "http.response.body", "body": body})

        return answer


class Operations:
    """Middleware that answers the operations: found by raw path (those with variables: routing.py), then by method.

    A HEAD that is not declared is 405 like any other method: GET's service must not run for it unasked.
    """

    def __init__(self, app: ASGIApp, endpoints: list[Endpoint]) -> None:
        self.app = app
        self.exact: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            self.exact.setdefault(endpoint.path, {})[endpoint.operation.method] = endpoint

    def find(self, path: str, scope: Scope) -> tuple[Mapping[str, Endpoint], Mapping[str, str]] | None:
        """Return the endpoints of a raw path by method, and the raw text of its variables."""
        found = self.exact.get(path)
        if found is None and "%" in path and "%2f" not in path.lower():  # an encoded slash divides nothing
            found = self.exact.get(unquote(path))
        return (found, {}) if found else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope, receive) if scope["type"] == "http" else self.app
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        path, root = scope.get("raw_path", b"").decode("latin-1") or quote(scope["path"]), scope.get("root_path", "")
        matched = self.find(path.removeprefix(quote(root)) if root else path, scope)
        if matched is None:
            return self.app
        methods, captured = matched
        endpoint = methods.get(scope["method"])
        if endpoint is None:
            answer = HTTPResponse(status_code=204) if scope["method"] == "OPTIONS" else problem(405)
            answer.headers["allow"] = ", ".join(sorted({*methods, "OPTIONS"}))
            return answer
        scope["route"] = endpoint
        try:
            return await endpoint.answer(scope, receive, captured)
        except ClientDisconnect:
            return problem(400)  # to nobody
        except Exception as error:
            known = scope["app"].exception_handlers
            handler = next((known[kind] for kind in type(error).__mro__ if kind in known), None)
            if handler and handler.__module__ != "fastapi.exception_handlers":  # which know of no contract
                return await _run(handler, Request(scope, receive), error)  # type: ignore[no-any-return]
            log.exception("%s %s failed", scope["method"], endpoint.path)
            return problem(500)


def application(
    api: Api,
    services: Mapping[str, Callable[[Any], Any] | None],
    authenticate: Callable[[Presented], Any] | None = None,
    *,
    max_body: int = MAX_BODY,
    mock: bool = False,
    operations: type[Operations] = Operations,
    **fastapi: Any,
) -> FastAPI:
    """Build the application: operations, the document and its page; raise TypeError for what a service lacks."""
    if mock:
        service, authenticate = Mock(), authenticate or (lambda _: None)
        services = {group: factory or (lambda _: service) for group, factory in services.items()}
    known = inspect.signature(FastAPI).parameters
    if unknown := [name for name in fastapi if name not in known]:
        raise TypeError(f"{unknown[0]!r} is no option of FastAPI and no group; there are {', '.join(services)}")
    pairs = [(operation, services.get(operation.name.rpartition(".")[0])) for operation in api.operations]
    endpoints = [Endpoint(operation, factory, authenticate, max_body) for operation, factory in pairs]
    options: dict[str, Any] = {"title": api.title or api.package, "version": api.version or "-"}  # none may be empty
    options |= {"redirect_slashes": False, "root_path_in_servers": False, "redoc_url": None, **fastapi}
    options["title"] = html.escape(options["title"])  # the page takes it for HTML
    # The last middleware is the innermost: operations need nothing of the layers that FastAPI puts below it.
    options["middleware"] = [*(fastapi.get("middleware") or ()), Middleware(operations, endpoints)]
    if "telemetry" in known:  # asking whether it is wanted costs 5 µs a request
        options.setdefault("telemetry", {"tracing": False, "metrics": False, "logs": False})
    shown = options.get("openapi_url", "/")
    app = FastAPIOffline(static_url="/docs/assets", **options) if shown else FastAPI(**options)
    package = importlib.resources.files(PACKAGE)
    document = json.loads(package.joinpath("openapi.json").read_bytes())
    app.openapi = lambda: document  # type: ignore[method-assign]
    app.router.default = problem(404)
    return app
