"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .content import Text
from .parameters import Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_GET_NOTES: Operation[str] = Operation(
    name="default.get_notes",
    operation_id="getNotes",
    method="GET",
    path="/notes",
    body=Json(list[str]),
    body_required=False,
    responses={
        "200": Response(Text()),
    },
)

DEFAULT_HEAD_NOTES: Operation[None] = Operation(
    name="default.head_notes",
    operation_id="headNotes",
    method="HEAD",
    path="/notes",
    responses={
        "200": Response(),
    },
)

DEFAULT_OPTIONS_NOTES: Operation[None] = Operation(
    name="default.options_notes",
    operation_id="optionsNotes",
    method="OPTIONS",
    path="/notes",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_QUERY_NOTES: Operation[list[str]] = Operation(
    name="default.query_notes",
    operation_id="queryNotes",
    method="QUERY",
    path="/notes",
    body=Json(str),
    responses={
        "200": Response(Json(list[str])),
    },
)

DEFAULT_COPY_NOTES: Operation[None] = Operation(
    name="default.copy_notes",
    operation_id="copyNotes",
    method="COPY",
    path="/notes",
    parameters=Parameters(
        Parameter("Destination", str, name="destination", location="header"),
    ),
    responses={
        "201": Response(),
    },
    statuses=(201,),
)

API = Api(
    package="api",
    title="Methods",
    version="1",
    operations=(
        DEFAULT_GET_NOTES,
        DEFAULT_HEAD_NOTES,
        DEFAULT_OPTIONS_NOTES,
        DEFAULT_QUERY_NOTES,
        DEFAULT_COPY_NOTES,
    ),
)
