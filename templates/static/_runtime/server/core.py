"""The application: operations found by path and method, listed for tools; the document and its page."""

import contextlib
import html
import importlib.resources
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast, get_type_hints
from urllib.parse import quote, unquote

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline  # carries the files of /docs
from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HTTPResponse
from starlette.routing import BaseRoute, Match, NoMatchFound, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from ..wire.contract import Api
from .context import PACKAGE, Authenticate, BrokenOffError, Services
from .endpoint import Endpoint, log, maker, run
from .mock import Mock
from .refusals import problem

MAX_BODY = 10 * 2**20  # bytes
STUB = f"{PACKAGE}.server.stub"


def path_of(scope: Scope) -> str:
    """Return the raw path below `root_path`, which ends at a segment's end.

    Servers may leave `raw_path` out or None, and a middleware may have changed `path` alone, which counts. One that mounts
    applications may have taken `root_path` out of `path`.
    """
    path, root = (scope.get("raw_path") or b"").decode("latin-1"), scope.get("root_path", "").rstrip("/")
    path = path if {path, unquote(path)} & {scope["path"], root + scope["path"]} else quote(scope["path"])
    if not root:
        return path
    own = path.split("/", root.count("/") + 1)
    return f"/{own[-1]}" if unquote("/".join(own[:-1])) == root else path


class Route(BaseRoute):
    """An operation as tools look for it in `app.routes`. It matches and builds URLs; `Dispatcher` is what answers."""

    def __init__(self, endpoint: Endpoint, operations: Any) -> None:
        self.endpoint, self._operations, operation = endpoint, operations, endpoint.operation
        endpoint.route = self
        self.path, self.methods = operation.path, {operation.method}
        self.name = operation.operation_id or operation.name

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether this is the operation of a request, or one of its path (`PARTIAL`)."""
        found = self._operations.find(path_of(scope), scope) if scope["type"] == "http" else None
        if found is None or found[0].get(self.endpoint.method) is not self.endpoint:
            return Match.NONE, {}
        return (Match.FULL if scope["method"] in self.methods else Match.PARTIAL), {"path_params": dict(found[1])}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the path; raise NoMatchFound."""
        if name != self.name or path_params:
            raise NoMatchFound(name, path_params)
        return URLPath(self.path, protocol="http")


class Operations:
    """The operations of an API: found by raw path (those with variables: routing.py), then by method."""

    route = Route

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.exact: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            self.exact.setdefault(endpoint.path, {})[endpoint.method] = endpoint

    def find(self, path: str, scope: Scope) -> tuple[Mapping[str, Endpoint], Mapping[str, str]] | None:
        """Return the endpoints of a raw path by method, and the raw text of its variables."""
        found = self.exact.get(path)
        if found is None and "%" in path and "%2f" not in path.lower():  # an encoded slash divides nothing
            found = self.exact.get(unquote(path))
        return (found, {}) if found else None


class Application(FastAPI):
    """A FastAPI application whose `routes` show the operations too. Its router holds the others, and asks only them."""

    operations: tuple[Route, ...] = ()

    @property
    def routes(self) -> list[BaseRoute]:
        """All routes, to be read: what is added belongs into `app.router.routes`."""
        return cast("list[BaseRoute]", (*self.operations, *self.router.routes))

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        return Router(self.routes).url_path_for(name, **path_params)

    def build_middleware_stack(self) -> ASGIApp:
        """Put the operations before FastAPI's own layers, of which they need none, unless somebody added a layer."""
        stack: Any = super().build_middleware_stack()
        layers: list[Any] = [layer.cls for layer in self.user_middleware]
        if layers == [Dispatcher] and getattr(self, "max_body_size", None) is None:
            above: list[Any] = [stack]
            while not isinstance(above[-1], Dispatcher) and hasattr(above[-1], "app"):
                above.append(above[-1].app)
            moved = above.pop()
            if isinstance(moved, Dispatcher) and len(above) > 1:  # older releases have no layer between
                above[-1].app, moved.app, stack.app = moved.app, stack.app, moved
        return cast("ASGIApp", stack)


class Dispatcher:
    """Middleware that answers the operations.

    A HEAD that is not declared is 405 like any other method: GET's service must not run for it unasked.
    """

    def __init__(self, app: ASGIApp, operations: Operations) -> None:
        self.app, self._operations = app, operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        matched = self._operations.find(path_of(scope), scope) if scope["type"] == "http" else None
        methods, captured = matched or ({}, {})
        endpoint = methods.get(scope["method"]) if methods else None
        answer: ASGIApp | None
        if endpoint is None:
            answer = _not_allowed(scope["method"], methods) if methods else self.app
        else:
            scope["route"] = endpoint.route
            try:
                answer = await endpoint.answer(scope, receive, send, captured)
            except ClientDisconnect:
                answer = problem(400)  # to nobody
            except BrokenOffError:
                raise
            except Exception as error:
                answer = await self._failed(endpoint, Request(scope, receive), error)
        if answer:  # a stream has been sent
            await answer(scope, receive, send)

    async def _failed(self, endpoint: Endpoint, request: Request, error: Exception) -> ASGIApp:
        """Answer what a service raised: by a handler of the user's own, as it is if it has a status, else with a 500."""
        known = request.app.exception_handlers
        kinds = (error.status_code if isinstance(error, HTTPException) else None, *type(error).__mro__)
        handler = next((known[kind] for kind in kinds if kind in known), None)
        if handler and _is_own(handler):
            return await run(handler, request, error)  # type: ignore[no-any-return]
        if isinstance(error, HTTPException):
            try:
                return endpoint.raised(error)
            except Exception as broken:  # of the contract, or an answer that can't be written
                return await self._failed(endpoint, request, broken)
        log.error("%s %s failed", endpoint.method, endpoint.path, exc_info=error)
        return await run(known[500], request, error) if 500 in known else problem(500)


def _is_own(handler: Any) -> bool:
    """Whether a handler of exceptions is not one of FastAPI's, which know of no contract."""
    return bool(handler.__module__ != "fastapi.exception_handlers")


def _not_allowed(method: str, methods: Mapping[str, Endpoint]) -> ASGIApp:
    """Say which methods a path has (RFC 9110 sections 9.3.7 and 15.5.6)."""
    answer = HTTPResponse(status_code=204) if method == "OPTIONS" else problem(405)
    answer.headers["allow"] = ", ".join(sorted({*methods, "OPTIONS"}))
    return answer


def _kind(group: str, factory: Any, members: Sequence[str]) -> Any:
    """Return the class of a factory's services: the factory itself, or what a function is annotated to return; else None.

    Raises TypeError for what can't be called with a principal.
    """
    kind, hint = maker(factory), None
    try:
        inspect.signature(factory).bind(None)
    except TypeError as error:
        why = f"can't be called with the principal alone: {error}" if callable(factory) else "makes no service"
        name = getattr(kind, "__name__", type(kind).__name__)
        raise TypeError(f"{group}: {name} {why}; give a function that makes it: {group}=lambda _: …") from None
    except ValueError:  # what is not written in Python may have no signature
        pass
    if inspect.isclass(kind):
        return kind
    with contextlib.suppress(Exception):  # annotations may name what is not there when the application runs
        hint = get_type_hints(kind).get("return")
    is_service = inspect.isclass(hint) and all(hasattr(hint, member) for member in members)
    return hint if is_service and hint.__module__ != STUB else None


def _report(group: str, members: Sequence[str], complete: bool, service: Any) -> None:
    """Log the methods that a service, or a class of services, leaves out, and those that belong to no operation.

    `complete`: raise TypeError.
    """
    kind = service if inspect.isclass(service) else type(service)
    methods = inspect.getmembers(kind, inspect.isfunction)
    own = {name: method.__module__ for name, method in methods if name[0] != "_"}
    found = {
        "leaves out": [name for name in members if own.get(name) == STUB or not hasattr(service, name)],
        "has no operation for": sorted({*own} - {*members}),
    }
    text = "; ".join(
        f"{kind.__name__} {what} {', '.join(names[:9] + ['…'] * (len(names) > 9))}"
        for what, names in found.items()
        if names
    )
    if complete and text:
        raise TypeError(f"{group}: {text}")
    if text:
        log.warning("%s: %s", group, text)


def application(
    api: Api,
    services: Services,
    authenticate: Authenticate[Any] | None = None,
    *,
    max_body: int = MAX_BODY,
    mock: bool = False,
    strict: bool = False,
    complete: bool = False,
    operations: type[Operations] = Operations,
    streams: Callable[[float], Any] | None = None,
    head_after: float = 0.1,
    **fastapi: Any,
) -> Application:
    """Build the application: operations, the document and its page; raise TypeError for what a service lacks."""
    if mock:
        service, authenticate = Mock(), authenticate or (lambda _: None)
        services = {group: factory or (lambda _: service) for group, factory in services.items()}
    known = inspect.signature(FastAPI).parameters
    if unknown := [name for name in fastapi if name not in known]:
        raise TypeError(f"{unknown[0]!r} is no option of FastAPI and no group; there are {', '.join(services)}")
    sending, kinds, reports = streams(head_after) if streams else None, dict[str, Any](), dict[str, Any]()
    for group, factory in services.items():
        members = [one.name.rpartition(".")[2] for one in api.operations if one.name.rpartition(".")[0] == group]
        reports[group] = partial(_report, group, members, complete)
        if factory is not None:
            kinds[group] = _kind(group, factory, members)
        elif complete:
            raise TypeError(f"{group}: there is no service")
    endpoints = [
        Endpoint(
            one,
            services.get(group := one.name.rpartition(".")[0]),
            authenticate,
            max_body,
            strict=strict,
            streams=sending,
            judge=reports.get(group) if complete else None,
        )
        for one in api.operations
    ]
    for group, kind in kinds.items():
        if kind:
            reports[group](kind)
    found = operations(endpoints)
    options: dict[str, Any] = {"title": api.title or api.package, "version": api.version or "-"}  # none may be empty
    options |= {"redirect_slashes": False, "root_path_in_servers": False, "redoc_url": None, **fastapi}
    options["title"] = html.escape(options["title"])  # the page takes it for HTML
    # The last middleware is the innermost: operations need nothing of the layers that FastAPI puts below it.
    options["middleware"] = [*(fastapi.get("middleware") or ()), Middleware(Dispatcher, found)]
    if "telemetry" in known:  # asking whether it is wanted costs 5 µs a request
        options.setdefault("telemetry", {"tracing": False, "metrics": False, "logs": False})
    plain = (
        FastAPIOffline(static_url="/docs/assets", **options) if options.get("openapi_url", "/") else FastAPI(**options)
    )
    app = cast("Application", plain)
    app.__class__ = Application  # FastAPIOffline is a function, which takes no class
    app.operations = tuple(operations.route(endpoint, found) for endpoint in endpoints)
    document = json.loads(importlib.resources.files(PACKAGE).joinpath("openapi.json").read_bytes())
    app.openapi = lambda: document  # type: ignore[method-assign]
    raising, answer = app.router.default, problem(404)

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        known: Any = app.exception_handlers  # which the user may have added to meanwhile
        await (raising if _is_own(known.get(404) or known[HTTPException]) else answer)(scope, receive, send)

    app.router.default = nothing
    return app
