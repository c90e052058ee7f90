"""Middleware for production: request identifiers in and out, a line of log for each request, a limit in time."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import quote
from uuid import uuid4

import anyio
from anyio.lowlevel import checkpoint
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .context import PACKAGE
from .refusals import problem

log = logging.getLogger(f"{PACKAGE}.server.watch")


class Watch:
    """Put it first. `max_seconds` bounds the time to the beginning of an answer: later ones are 503."""

    def __init__(self, app: ASGIApp, *, max_seconds: float | None = None, access_log: bool = True) -> None:
        self.app, self.max_seconds, self.access_log = app, max_seconds, access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given if re.fullmatch(rb"[\w.-]{1,128}", given) else uuid4().hex.encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        begin, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                if bound.cancel_called:  # while a thread ran: nothing of what comes too late is sent
                    await checkpoint()
                bound.deadline, status = float("inf"), message["status"]
                kept = [one for one in message["headers"] if one[0] != b"x-request-id"]
                message = {**message, "headers": [*kept, (b"x-request-id", request_id)]}
            await send(message)

        try:
            with anyio.move_on_after(self.max_seconds) as bound:
                await self.app(scope, receive, sent)
            if bound.cancelled_caught and not status:
                await problem(503, "the answer took too long")(scope, receive, sent)
        except Exception:
            status = status or 500  # as what is outside of this will answer
            raise
        finally:
            path = getattr(scope.get("route"), "path", quote(scope["path"]))
            fields = {"method": scope["method"], "path": path, "status": status, "request_id": request_id.decode()}
            fields |= {"seconds": round(time.perf_counter() - begin, 6), "client": (scope.get("client") or [None])[0]}
            if self.access_log:
                log.info(
                    "%(method)s %(path)s %(status)s %(seconds)s s %(request_id)s", fields, extra={"access": fields}
                )
