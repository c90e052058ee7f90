"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import errors, models
from .parameters import Header, Headers, Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_GET_ITEM: Operation[models.Item] = Operation(
    name="default.get_item",
    operation_id="getItem",
    method="GET",
    path="/items/{id}",
    parameters=Parameters(
        Parameter("id", int, location="path"),
    ),
    responses={
        "200": Response(Json(models.Item)),
    },
)

DEFAULT_ADD_ITEM: Operation[models.Item] = Operation(
    name="default.add_item",
    operation_id="addItem",
    method="POST",
    path="/items",
    body=Json(models.Item),
    responses={
        "2XX": Response(Json(models.Item)),
        "default": Response(headers=Headers(Header("X-Reason", str)), error=errors.DefaultError),
    },
)

API = Api(
    package="api",
    title="Several files",
    version="1",
    operations=(
        DEFAULT_GET_ITEM,
        DEFAULT_ADD_ITEM,
    ),
)
