"""Answering one operation: bytes to model to service to model to bytes."""

import inspect
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from http.client import responses as phrases
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response as HTTPResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..exceptions import (
    ContentTooLarge,
    ContractError,
    DecodeError,
    EncodeError,
    StatusError,
    Unauthorized,
    Unimplemented,
    UnsupportedMediaType,
)
from ..wire.contract import Operation, Response, joined
from .context import PACKAGE, Context, Presented, answering
from .refusals import merged, refuse, takes_message

UNDECLARED = frozenset({401, 403, 413, 415, 429, 501, 503})  # may be answered though the document does not say so
_OF_A_BODY = frozenset({"content-length", "content-type"})
log = logging.getLogger(f"{PACKAGE}.server")


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


async def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function: in a thread, unless it is async."""
    result = function(*args, **kwargs) if _is_async(function) else await run_in_threadpool(function, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


def maker(factory: Any) -> Any:
    """Return what a factory calls in the end: the function or the class of a partial."""
    return maker(factory.func) if isinstance(factory, partial) else factory


class Endpoint:
    """Answers one operation, with the services that `factory` makes: it may be async, or make an async context manager.

    `strict` refuses undeclared statuses; `streams` sends bodies of items (streams.py); `judge` raises TypeError for a service
    that a function made.
    """

    def __init__(
        self,
        operation: Operation[Any],
        factory: Any,
        authenticate: Any,
        max_body: int,
        *,
        strict: bool,
        streams: Any,
        judge: Any,
    ) -> None:
        """Raise TypeError for what the service lacks."""
        self.operation, self._authenticate, self._max_body = operation, authenticate, max_body
        self._strict, self._streams, self._judge = strict, streams, judge
        self._judged: type | None = None
        self.path, self.method, self.__name__ = operation.path, operation.method, operation.name  # slowapi needs a name
        self.route: Any = None  # as tools know it
        self._member = operation.name.rpartition(".")[2]
        kind, self._factory = maker(factory), factory
        if inspect.isasyncgenfunction(kind):
            self._factory = asynccontextmanager(factory)
        if factory and not callable(getattr(kind, self._member, None) if inspect.isclass(kind) else kind):
            raise TypeError(f"{kind} makes nothing with a method {self._member}, for {self.method} {self.path}")
        if factory and self._authenticate is None and operation.security and all(operation.security):
            raise TypeError(f"authenticate= is needed, for {self.method} {self.path}")
        self._is_class = inspect.isclass(kind)  # whose services are made in the thread, if they block
        # Asked once: each time would cost a microsecond.
        self._blocks = self._is_class and not _is_async(getattr(kind, self._member))
        self._is_plain = self._is_class and inspect.iscoroutinefunction(getattr(kind, self._member))
        self._asks = inspect.iscoroutinefunction(self._authenticate)
        silent = (s for s in operation.statuses if (d := operation.response(s)) and not d.media)
        self._success_of_none = next(silent, (*operation.statuses, 200)[0])  # errors may be all that is declared
        self._alternatives = [(tuple(a), {s.name: scopes for s, scopes in a.items()}) for a in operation.security if a]
        challenges = (scheme.challenge for alternative in operation.security for scheme in alternative)
        challenge = ", ".join(dict.fromkeys(filter(None, challenges)))
        self._challenges = {"www-authenticate": challenge} if challenge else {}
        self._told = False  # that a status is not declared

    async def answer(self, scope: Scope, receive: Receive, send: Send, captured: Mapping[str, str]) -> ASGIApp | None:
        """Check security, parameters and body in this order; call the service; check what it returns.

        Returns what is to be sent, None for a stream: it has been sent. Raises what the service raises.
        """
        headers, query, operation = joined(scope["headers"]), scope["query_string"].decode("latin-1"), self.operation
        current = Context(operation, scope)
        token = answering.set(current)
        try:
            if self._factory is None:
                raise Unimplemented
            if operation.security and self._authenticate:
                current.principal = await self._principal(headers, query)
            try:
                arguments = operation.parameters.read(captured, query, headers) if operation.parameters else {}
                body = [await self._body(headers, receive)] if operation.body else []
            except DecodeError as error:
                plain = DecodeError(error.details)  # without the words, which have values
                return refuse(operation, 422 if "422" in operation.responses else 400, str(plain), error.details)
            if not self._is_class:
                return await self._serve(current, body, arguments, receive, send)
            if self._is_plain:
                result = await getattr(self._factory(current.principal), self._member)(*body, **arguments)
            else:
                result = await self._call(current.principal, body, arguments)
            return await self._success(current, result, receive, send)
        except StatusError as error:
            return self.error(error)
        finally:
            answering.reset(token)

    async def _principal(self, headers: Mapping[str, str], query: str) -> Any:
        """Find who asks by the first alternative that is accepted; raise Unauthorized, or the first refusal.

        Who presents nothing is nobody, where that is an alternative; whoever is refused never is.
        """
        refused: Exception | None = None
        for schemes, scopes in self._alternatives:
            found = {}
            for scheme in schemes:
                if not (one := scheme.find(headers, query)):
                    break
                found[scheme.name] = one
            else:
                asked = Presented(self.operation, found, scopes)
                try:
                    return await (self._authenticate(asked) if self._asks else run(self._authenticate, asked))
                except (StatusError, HTTPException) as error:
                    if (error.status_code if isinstance(error, HTTPException) else error.status) != 401:
                        raise
                    refused = refused or error
        every = (scheme for schemes, _ in self._alternatives for scheme in schemes if scheme.sends)
        if not all(self.operation.security) and all(scheme.find(headers, query) is None for scheme in every):
            return None
        raise refused or Unauthorized("credentials are needed")

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> Any:
        """Receive the body and read it; raise DecodeError, ContentTooLarge or UnsupportedMediaType."""
        body: Any = self.operation.body
        self._announced(headers)
        data, parts, more = b"", bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            data, more = message.get("body", b""), message.get("more_body", False)
            if len(parts) + len(data) > self._max_body:
                raise self._too_large()
            if more or parts:  # one message, as most bodies are, is not copied
                parts += data
        data, content_type = bytes(parts or data), headers.get("content-type", "")
        media = body.find(content_type)
        if not data and not (media and media.empty):
            if self.operation.body_required:
                raise DecodeError.of("Field required", "missing", "body")
            return None
        if media is None:
            raise UnsupportedMediaType(f"the body must be {body.media_type}")
        try:
            return body.read(data, content_type)
        except DecodeError as error:
            raise error.inside("body") from None

    def _announced(self, headers: Mapping[str, str]) -> None:
        """Refuse a body for what its header fields say; raise ContentTooLarge or UnsupportedMediaType."""
        encoding, length = headers.get("content-encoding"), headers.get("content-length", "")
        if encoding and encoding.strip().lower() not in ("", "identity"):
            raise UnsupportedMediaType("the body must not be encoded", headers={"Accept-Encoding": "identity"})
        if length.isdecimal() and float(length) > self._max_body:
            raise self._too_large()

    def _too_large(self) -> ContentTooLarge[str]:
        return ContentTooLarge(f"the body may have {self._max_body} bytes")

    async def _call(self, principal: Any, body: list[Any], arguments: Mapping[str, Any]) -> Any:
        """Make a service of a class and run its method: sync ones in a thread."""
        if self._blocks:
            return await run(lambda: getattr(self._factory(principal), self._member)(*body, **arguments))
        result = getattr(self._factory(principal), self._member)(*body, **arguments)
        return await result if inspect.isawaitable(result) else result

    async def _serve(
        self, current: Context, body: list[Any], arguments: Mapping[str, Any], receive: Receive, send: Send
    ) -> ASGIApp | None:
        """Let a function make the service. A context manager ends before an answer is sent, and after a stream was."""
        service = self._factory(current.principal)
        service = await service if inspect.isawaitable(service) else service
        lends = hasattr(service, "__aenter__") and not hasattr(service, self._member)
        async with service if lends else nullcontext(service) as lent:
            if self._judge and self._judged is not type(lent):
                self._judge(lent)
                self._judged = type(lent)
            result = await run(getattr(lent, self._member), *body, **arguments)
            return await self._success(current, result, receive, send)
        raise ContractError("the context manager of the service kept an error to itself")

    async def _success(self, current: Context, result: Any, receive: Receive, send: Send) -> ASGIApp | None:
        """Write what the service returned, and read it back as a client will; raise ContractError."""
        try:
            status, declared = self.declared(current, result)
            body, content_type = self.written(status, declared, result)
            if isinstance(body, bytes):
                return _sent(self.head(status, declared, current.headers, content_type, body), body)
        except ContractError as error:
            message = f"the answer of {self.operation.name}: {str(error).removeprefix('value: ')}"
            raise ContractError(message) from error.__cause__ or error
        return await self._streams.send(self, current, result, receive, send)  # type: ignore[no-any-return]

    def declared(self, current: Context, result: Any) -> tuple[int, Response]:
        """Find the status of a result and what is declared for it; raise ContractError."""
        operation, status = self.operation, current.status
        if status is None:
            status = self._success_of_none if result is None else operation.statuses[0]
        declared = operation.response(status)
        if declared is None or not operation.succeeds(status):
            raise ContractError(f"status {status} is no success of this operation")
        return status, declared

    def error(self, error: StatusError[Any]) -> ASGIApp:
        """Write an error that the service or `authenticate` raised; raise ContractError."""
        status, body, declared = error.status, error.body, self.operation.response(error.status)
        if declared is None and status not in UNDECLARED:
            if self._strict:
                raise ContractError(f"status {status} is not declared")
            if not self._told:
                log.warning("%s %s answers %d, which the document does not declare", self.method, self.path, status)
            self._told = True
        given = {**self._challenges, **error.headers} if status == 401 else error.headers
        media, kind = (declared.media, declared.error) if declared else (None, None)
        meant = not isinstance(body, str) or (kind is not None and isinstance(error, kind))
        if declared and (not media or (body is not None and (meant or takes_message(media)))):
            try:
                written, content_type = self.written(status, declared, body)
                if isinstance(written, bytes):  # no stream
                    return _sent(self.head(status, declared, given, content_type, written), written)
            except ContractError:
                if not isinstance(body, str):  # a message alone is put into what is declared
                    raise
        if declared is None and not isinstance(body, str | None):
            answer = HTTPResponse(to_json(body, by_alias=True), status, media_type="application/json")
        else:
            answer = refuse(self.operation, status, str(body or phrases.get(status, "Error")))
        given = {name: value for name, value in given.items() if name.lower() not in _OF_A_BODY}
        answer.raw_headers = merged(answer.raw_headers, given)
        return answer

    def raised(self, error: HTTPException) -> ASGIApp:
        """Write an exception of FastAPI's or Starlette's; raise ContractError."""
        body: Any = error.detail
        if not isinstance(body, str):
            body = json.dumps(body, default=str) if self.operation.response(error.status_code) else {"detail": body}
        return self.error(StatusError(body, status=error.status_code, headers=error.headers))

    def written(self, status: int, declared: Response, value: Any) -> tuple[Any, str]:
        """Write a body, b"" for none, or the items of one, with its content type; raise ContractError."""
        if declared.media is None:
            if value is not None:
                raise ContractError(f"status {status} carries no body: None is needed, not {type(value).__name__}")
            return b"", ""
        try:
            return declared.media.write(value)
        except EncodeError as error:
            raise ContractError(str(error)) from error

    def head(
        self, status: int, declared: Response, given: Mapping[str, Any], content_type: str, body: bytes | None = None
    ) -> Message:
        """Write status and headers, and read the body back, which a stream (None) can't be; raise ContractError."""
        media, ours = declared.media, [(b"content-type", content_type.encode())] if content_type else []
        if body is not None and status not in (204, 304) and self.method != "HEAD":
            ours.append((b"content-length", b"%d" % len(body)))
        headers = ours
        try:
            if found := declared.headers.write(given) if declared.headers else given:
                headers = merged(ours, found)
                said = joined(headers)
                content_type = said.get("content-type", "")
                if media and media.find(content_type) is None:
                    raise ContractError(f"content-type {content_type} is not {media.media_type}")
                if b"content-length" in dict(ours) and said["content-length"] != str(len(body or b"")):
                    raise ContractError("content-length is not that of the body")
            if media and body is not None:
                media.read(body, content_type)
        except (EncodeError, DecodeError) as error:
            raise ContractError(str(error)) from error
        # A 204 has no length (RFC 9110 section 8.6).
        headers = [one for one in headers if status != 204 or one[0] != b"content-length"]
        return {"type": "http.response.start", "status": status, "headers": headers}


def _sent(start: Message, body: bytes) -> ASGIApp:
    """Return an answer: Starlette's, in half the time."""

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return answer
