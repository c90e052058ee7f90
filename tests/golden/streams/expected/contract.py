"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Any

from . import models
from .content import Content, OneOf
from .streaming import Download, EventStream, JsonLines
from .wire import Api, Json, Operation, Response

DEFAULT_WATCH_EVENTS: Operation[models.Event] = Operation(
    name="default.watch_events",
    operation_id="watchEvents",
    method="GET",
    path="/events",
    responses={
        "200": Response(EventStream(models.Event, whole=True)),
    },
)

DEFAULT_READ_LINES: Operation[models.Event] = Operation(
    name="default.read_lines",
    operation_id="readLines",
    method="GET",
    path="/lines",
    responses={
        "200": Response(JsonLines(models.Event)),
    },
)

DEFAULT_DOWNLOAD: Operation[bytes] = Operation(
    name="default.download",
    operation_id="download",
    method="GET",
    path="/file",
    responses={
        "200": Response(Download()),
    },
)

DEFAULT_COMPLETE: Operation[models.Event | Content[Any]] = Operation(
    name="default.complete",
    operation_id="complete",
    method="POST",
    path="/either",
    responses={
        "200": Response(OneOf(Json(models.Event), EventStream(models.Event, whole=True))),
    },
)

API = Api(
    package="api",
    title="Streams",
    version="1",
    operations=(
        DEFAULT_WATCH_EVENTS,
        DEFAULT_READ_LINES,
        DEFAULT_DOWNLOAD,
        DEFAULT_COMPLETE,
    ),
)
