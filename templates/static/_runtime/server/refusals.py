"""What is answered without a service's result: refusals, in the declared body where it can be filled; header fields."""

import json
import re
from collections.abc import Iterator, Mapping
from http.client import responses as phrases
from typing import Any

from starlette.responses import JSONResponse
from starlette.responses import Response as HTTPResponse

from ..exceptions import DecodeError
from ..wire.contract import Fields, Json, Media, Operation, essence, fields

PROBLEM = "application/problem+json"
_STRUCTURED = re.compile(r"problem\+json|event-stream|jsonl|ndjson|json-seq")


def problem(status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> HTTPResponse:
    """Answer with problem details (RFC 9457)."""
    found = {"type": "about:blank", "title": phrases.get(status, "Error"), "status": status}
    given = {key: value for key, value in (("detail", detail), ("errors", errors)) if value}
    return JSONResponse(found | given, status, media_type=PROBLEM)


def takes_message(media: Media) -> bool:
    """Tell whether a message alone can be a body: not of problem details, nor where items are declared."""
    return not _STRUCTURED.search(essence(media.content_type))


def merged(ours: Fields, given: Mapping[str, Any]) -> Fields:
    """Join header fields: a given one replaces ours, whatever its case; a list is a field for each item (Set-Cookie).

    Raises EncodeError for what is no text, and for what no field can have.
    """
    values = {name.lower(): value if isinstance(value, list) else [value] for name, value in given.items()}
    kept = [(name, value) for name, value in ours if name.decode("latin-1") not in values]
    return kept + fields((name, one) for name, several in values.items() for one in several)


def _filled(media: Any, body: Any, times: int, detail: str, status: int) -> Any:
    """Return a body that fits: what is too much is taken out, what is missing or of another type put in; else None."""
    for _ in range(times):
        try:
            read = media.read(json.dumps(body).encode())
        except DecodeError as error:
            # Where texts are declared: the message is for what has another name.
            texts = {"code": str(status), "status": str(status), "type": phrases.get(status, "Error")}
            wrong = error.details if isinstance(body, dict) else ()  # of a list only the one item is tried
            for name, kind in ((d["loc"][0], d["type"].partition("_")[0]) for d in wrong if len(d["loc"]) == 1):
                other = {"int": status, "float": status, "bool": False, "list": [], "dict": {}, "model": {}}
                text = texts.get(name, detail)
                text = detail if body.get(name) == text else text  # which was refused
                body = {k: v for k, v in body.items() if k != name}
                body |= {name: other.get(kind, text)} if kind != "extra" else {}
        else:
            return body if essence(media.content_type) == PROBLEM else _declared(body, read, detail)
    return None


def _declared(body: Any, read: Any, detail: str) -> Any:
    """Leave out of a body what the document does not declare, unless nothing else holds the message."""
    if isinstance(body, list):
        return [_declared(item, one, detail) for item, one in zip(body, read, strict=True)]
    more = getattr(read, "model_extra", None) or ()
    own = {name: value for name, value in body.items() if name not in more}
    return own if detail in own.values() else body


def _bodies(media: Media, status: int, detail: str, errors: Any) -> Iterator[tuple[Any, int]]:
    """List the bodies to try, and how often each may be mended."""
    title = phrases.get(status, "Error")
    known: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    if essence(media.content_type) == PROBLEM:  # with the members of RFC 9457 alone
        yield {"type": "about:blank", **known}, 6
        return
    known |= {"error": title, "code": status, "message": detail}
    yield {"detail": errors or [{"loc": [], "msg": detail, "type": title.lower().replace(" ", "_")}]}, 1
    yield known, 6
    yield [known], 1


def refuse(operation: Operation[Any], status: int, detail: str, errors: Any = None) -> HTTPResponse:
    """Answer with an error of ours: in the declared body where it can be filled, else as problem details.

    A declared stream or download is no body for it.
    """
    if status == 304:  # which has no content (RFC 9110 section 15.4.5)
        return HTTPResponse(status_code=status)
    declared = operation.response(status)
    for media in declared.media.all if declared and declared.media else ():
        if isinstance(media, Json):
            tried = (
                _filled(media, body, times, detail, status) for body, times in _bodies(media, status, detail, errors)
            )
            if (found := next((body for body in tried if body is not None), None)) is not None:
                return JSONResponse(found, status, media_type=media.content_type)
        elif media.type is str and not media.stream and takes_message(media):
            return HTTPResponse(detail, status, media_type=media.content_type)
    if errors and status == 422 and declared and declared.media:  # which can say something else only
        return refuse(operation, 400, detail, errors)
    return problem(status, detail, errors)
