"""Settings that change nothing for a document: each is a warning that says why, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import ir
from ..diagnostics.diagnostic import Diagnostic
from ..diagnostics.location import diagnose
from ..diagnostics.similar import Similar
from ..document.document import Document
from ..document.objects import walk
from ..settings.settings import Settings

_REMOVE = "remove it from the settings"
_SHOWN = 10  # formats that a hint names
_LONGEST = 30  # characters of a format that a hint names: ten of them can be read whole
_OF_A_CLIENT = {
    "base_url": "only a client has a base URL",
    "tolerant": "only a client reads answers that the document does not have yet",
}


def without_effect(document: Document, api: ir.Api, settings: Settings) -> Iterator[Diagnostic]:
    """Find the settings that change nothing, among those that a settings file states for this package alone."""
    for name, (reason, hint) in _reasons(document, api, settings):
        if name in settings.places:
            key = name if name.startswith("types.") else name.replace("_", "-")
            yield diagnose("warning", f"{key} has no effect: {reason}", settings.places[name], hint=hint)


def _reasons(document: Document, api: ir.Api, settings: Settings) -> Iterator[tuple[str, tuple[str, str]]]:
    if "client" not in api.sides:
        for name, reason in _OF_A_CLIENT.items():
            if getattr(settings, name):
                yield name, (f"{reason}, and sides has no client", f'{_REMOVE}, or write sides = "both"')
    if settings.watch and "server" not in api.sides:
        reason = "the middleware is part of the server, and sides has no server"
        yield "watch", (reason, f'{_REMOVE}, or write sides = "both"')
    if settings.stream_end is not None and not _has_events(api):
        reason = "no response of these operations is text/event-stream"
        yield "stream_end", (reason, f"{_REMOVE}, or give the stream's response that media type")
    if settings.places.keys() - {*_OF_A_CLIENT, "watch", "stream_end"}:
        yield from _of_schemas(document, settings)


def _of_schemas(document: Document, settings: Settings) -> Iterator[tuple[str, tuple[str, str]]]:
    schemas = [node.value for node in walk(document.root) if node.kind == "schema" and isinstance(node.value, dict)]
    formats = {schema["format"] for schema in schemas if isinstance(schema.get("format"), str)}
    if settings.naive_datetimes == "utc" and "date-time" not in formats:
        reason = "no schema has the format date-time"
        yield "naive_datetimes", (reason, f"{_REMOVE}, or give the schemas of points in time `format: date-time`")
    similar, known = Similar(), sorted(formats)
    for name in sorted(settings.types.keys() - formats):
        yield f"types.{name}", (f"no schema has the format {name}", _hint(name, known, similar))
    if settings.discriminator == "exact" and not any("discriminator" in schema for schema in schemas):
        yield "discriminator", ("no schema has a discriminator", f"{_REMOVE}: each oneOf is read exactly")


def _hint(name: str, formats: Sequence[str], similar: Similar) -> str:
    """Say which formats the document has: those that resemble the name most, and how many others."""
    candidates = (one for one in formats if len(one) <= _LONGEST)
    close = similar.find(name[:_LONGEST], candidates, most=_SHOWN, cutoff=0)
    if not close:
        return _REMOVE
    more = f" and {len(formats) - len(close):,} more" if len(formats) > len(close) else ""
    return f"write one of the document's formats: {', '.join(close)}{more}"


def _has_events(api: ir.Api) -> bool:
    return any(
        media.kind == "EventStream"
        for group in api.groups
        for operation in group.operations
        for response in operation.responses
        for media in response.media
    )
