"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Literal

from . import models
from .parameters import Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_LIST_COPIES: Operation[list[models.DefaultListOriginalsResponseItem]] = Operation(
    name="default.list_copies",
    operation_id="listCopies",
    method="GET",
    path="/copies",
    responses={
        "200": Response(Json(list[models.DefaultListOriginalsResponseItem])),
    },
)

DEFAULT_ADD_COPY: Operation[None] = Operation(
    name="default.add_copy",
    operation_id="addCopy",
    method="POST",
    path="/copies",
    body=Json(models.DefaultAddCopyRequest),
    body_required=False,
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_HALF: Operation[Literal["a%20b", "a b"]] = Operation(
    name="default.half",
    operation_id="half",
    method="GET",
    path="/50%25 of%20all/{name}",
    parameters=Parameters(
        Parameter("name", Literal["a%20b", "a b"], location="path"),
    ),
    responses={
        "200": Response(Json(Literal["a%20b", "a b"])),
    },
)

DEFAULT_PERCENT: Operation[Literal["a%20b", "a b"]] = Operation(
    name="default.percent",
    operation_id="percent",
    method="GET",
    path="/percent%25",
    responses={
        "200": Response(Json(Literal["a%20b", "a b"])),
    },
)

DEFAULT_LIST_ORIGINALS: Operation[list[models.DefaultListOriginalsResponseItem]] = Operation(
    name="default.list_originals",
    operation_id="listOriginals",
    method="GET",
    path="/originals",
    responses={
        "200": Response(Json(list[models.DefaultListOriginalsResponseItem])),
    },
)

API = Api(
    package="api",
    title="References into operations",
    version="1",
    operations=(
        DEFAULT_LIST_COPIES,
        DEFAULT_ADD_COPY,
        DEFAULT_HALF,
        DEFAULT_PERCENT,
        DEFAULT_LIST_ORIGINALS,
    ),
)
