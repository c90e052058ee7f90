"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .base import Value
from .content import Binary, Content, OneOf, Text
from .parameters import Header, Headers, Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_PUT_XML: Operation[bytes | None] = Operation(
    name="default.put_xml",
    operation_id="putXml",
    method="PUT",
    path="/xml",
    parameters=Parameters(
        Parameter("deep", list[str], location="query", required=False),
        Parameter(
            "filter", models.DefaultPutXmlFilter, location="query", style="deepObject", explode=True, required=False
        ),
        Parameter("order", models.Order, location="query", default="up"),
        Parameter("note", str, location="query", required=False),
    ),
    body=Binary("application/xml"),
    body_required=False,
    responses={
        "200": Response(Binary("application/xml"), headers=Headers(Header("X-Thing", str))),
        "204": Response(),
    },
    statuses=(200, 204),
)

DEFAULT_POST_PARTS: Operation[str | Content[bytes]] = Operation(
    name="default.post_parts",
    operation_id="postParts",
    method="POST",
    path="/parts",
    body=Binary("multipart/mixed"),
    body_required=False,
    responses={
        "200": Response(OneOf(Text("text/csv"), Binary("image/png"))),
    },
)

DEFAULT_POST_LINES: Operation[Value | Content[str]] = Operation(
    name="default.post_lines",
    operation_id="postLines",
    method="POST",
    path="/lines",
    body=Binary("application/jsonl"),
    body_required=False,
    responses={
        "200": Response(OneOf(Json(Value), Text())),
    },
)

API = Api(
    package="api",
    title="What falls back",
    version="1",
    operations=(
        DEFAULT_PUT_XML,
        DEFAULT_POST_PARTS,
        DEFAULT_POST_LINES,
    ),
)
