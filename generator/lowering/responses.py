"""Responses of an operation: what is a result, what is an error, and what each carries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .. import ir
from ..document.operations import Located, OperationView, contents
from ..pointer import join
from ..schemas.content import is_file
from .context import Lowering
from .media import STREAMS, essence, lower_headers, lower_media

EMPTY_STATUSES = frozenset({"204", "205", "304"})
"""Statuses whose messages have no content (RFC 9110, 15)."""


def lower_responses(run: Lowering, view: OperationView) -> tuple[ir.Response, ...]:
    """Lower the declared responses, their errors without a name yet; one response where none is declared."""
    results = _results(view.responses)
    found = [_response(run, view, status, one, success=status in results) for status, one in view.responses.items()]
    if not found:
        return (ir.Response(status="default", media=(), headers=(), success=True, error=None),)
    return tuple(_with_downloads(run, view, found))


def _results(statuses: Collection[str]) -> Collection[str]:
    """Choose the statuses whose responses are results: 2xx, else default, else those below 400."""
    return (
        [one for one in statuses if one.startswith("2")]
        or [one for one in statuses if one == "default"]
        or [one for one in statuses if one[0] in "13"]
    )


def _response(run: Lowering, view: OperationView, status: str, response: Located, *, success: bool) -> ir.Response:
    """Lower one response; messages that carry no content have none, whatever is declared."""
    media = tuple(lower_media(run, media_type, entry, "") for media_type, entry in contents(run.document, response))
    if media and status in EMPTY_STATUSES:
        run.note(f"a {status} response has no content (RFC 9110): what is declared is left out", response.pointer)
        media = ()
    elif media and view.method == "HEAD":
        run.note("an answer to HEAD has no content: what is declared is left out", response.pointer, "", "notice")
        media = ()
    if response.value.get("links"):
        run.note("links stand in openapi.json only", join(response.pointer, "links"), "", "notice")
    if not success:
        media = tuple(_whole(one) for one in media)
    return ir.Response(status=status, media=media, headers=lower_headers(run, response), success=success, error=None)


def _whole(media: ir.Media) -> ir.Media:
    """Take a stream as one body: an error is read whole."""
    if media.kind not in STREAMS:
        return media
    kind = "Binary" if media.kind in ("Download", "MultipartStream") else "Text"
    return replace(media, kind=kind, type=None, plain=False, item_type=None)


def _with_downloads(run: Lowering, view: OperationView, responses: list[ir.Response]) -> list[ir.Response]:
    """Make bytes a stream where they are all that the operation answers."""
    results = [one for one in responses if one.success]
    if not results or not all(_is_download(run, view, one) for one in results):
        return responses
    return [replace(one, media=(replace(one.media[0], kind="Download"),)) if one.success else one for one in responses]


def _is_download(run: Lowering, view: OperationView, response: ir.Response) -> bool:
    """Whether a response is bytes of a file, or of no known kind."""
    if len(response.media) != 1 or response.media[0].kind != "Binary":
        return False
    files = any(
        is_file(entry.value.get("schema")) for _, entry in contents(run.document, view.responses[response.status])
    )
    return files or essence(response.media[0].media_type) == "application/octet-stream"
