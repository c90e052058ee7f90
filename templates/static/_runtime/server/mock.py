"""Answers before there is a service: the document's examples, or values made of its schemas, as mock.jsonl keeps them."""

import importlib.resources
import json
from typing import Any

from ..exceptions import StatusError, Unimplemented
from ..wire.contract import Json
from .context import PACKAGE, context


def _value(type_: Any, body: Any) -> Any:
    """Return what a service would return; bytes are kept as text."""
    return body.encode() if type_ is bytes else Json(type_).read(json.dumps(body).encode())


class Mock:
    """A service for every group."""

    def __init__(self) -> None:
        text = importlib.resources.files(PACKAGE).joinpath("server", "mock.jsonl").read_bytes()
        self._answers = {answer["operation"]: answer for answer in map(json.loads, text.splitlines())}

    def __getattr__(self, name: str) -> Any:
        return self._answer

    async def _answer(self, *args: Any, **kwargs: Any) -> Any:
        current = context()
        answer = self._answers.get(current.operation.name)
        if answer is None:
            raise Unimplemented("no answer could be made of the document")
        current.status = answer["status"]
        declared: Any = current.operation.response(answer["status"])
        headers = answer.get("headers", {})
        known = (header for header in (declared.headers.all if headers else ()) if header.name in headers)
        current.headers |= {header.name: _value(header.type, headers[header.name]) for header in known}
        value = None
        if "body" in answer:
            media, body = declared.media.all[answer.get("media", 0)], answer["body"]
            value = [_value(media.type, item) for item in body] if media.stream else _value(media.type, body)
            value = declared.media.wrap(media, value, media.content_type) if answer.get("media") else value
        if not current.operation.succeeds(answer["status"]):  # all that is declared
            raise StatusError(value, status=answer["status"], headers=current.headers)
        return value
