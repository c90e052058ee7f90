"""JSON objects with the same key twice are refused: readers keep one of the values, and the other would vanish."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 2**20
"""Octets of a body that is looked at; the application refuses larger ones by itself (`max_body`)."""


class UniqueKeys:
    """Answers 400 to a JSON body with a repeated key (RFC 8259 section 4: the names within an object should be unique)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, look at it, and hand it on as it came."""
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if scope["type"] != "http" or (length.isdecimal() and int(length) > LARGEST):
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        body = b""
        while len(body) <= LARGEST:
            messages.append(await receive())
            body += messages[-1].get("body", b"")
            if not messages[-1].get("more_body"):
                break
        if (key := _repeated(body)) is not None:
            problem = {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "detail": f"the key {key!r} is repeated",
            }
            await JSONResponse(problem, 400, media_type="application/problem+json")(scope, receive, send)
            return

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, again, send)


def _repeated(body: bytes) -> str | None:
    """Find a key that an object of a JSON text has twice; None if there is none, or if it is no JSON text."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len({*names}) < len(names):
            found.append(next(name for index, name in enumerate(names) if name in names[:index]))

    try:
        json.loads(body, object_pairs_hook=look)
    except (ValueError, RecursionError):  # the application says what is wrong with it
        return None
    return found[0] if found else None
