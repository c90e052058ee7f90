"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import errors, models
from .content import Content, OneOf, Text
from .parameters import Header, Headers, Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_GET_ITEM: Operation[models.Item | Content[str] | None] = Operation(
    name="default.get_item",
    operation_id="getItem",
    method="GET",
    path="/items/{id}",
    parameters=Parameters(
        Parameter("id", str, location="path"),
    ),
    responses={
        "200": Response(
            OneOf(Json(models.Item), Text("text/csv")),
            headers=Headers(
                Header("X-Total", int, required=True),
                Header("X-Range", models.DefaultGetItemResponseXRange, explode=True),
                Header("X-Item", models.Item, media_type="application/json"),
            ),
        ),
        "202": Response(),
        "404": Response(Json(models.Problem, media_type="application/problem+json"), error=errors.NotFoundProblem),
        "409": Response(Json(models.Item), error=errors.Conflict),
        "5XX": Response(Json(models.Problem), error=errors.ServerError),
        "default": Response(Json(models.Problem), error=errors.DefaultError),
    },
    statuses=(200, 202),
)

DEFAULT_HEAD_ITEM: Operation[None] = Operation(
    name="default.head_item",
    operation_id="headItem",
    method="HEAD",
    path="/items/{id}",
    parameters=Parameters(
        Parameter("id", str, location="path"),
    ),
    responses={
        "200": Response(),
    },
)

DEFAULT_PUT_ITEM: Operation[models.Item] = Operation(
    name="default.put_item",
    operation_id="putItem",
    method="PUT",
    path="/items/{id}",
    parameters=Parameters(
        Parameter("id", str, location="path"),
    ),
    responses={
        "default": Response(Json(models.Item)),
    },
)

DEFAULT_DELETE_ITEM: Operation[None] = Operation(
    name="default.delete_item",
    operation_id="deleteItem",
    method="DELETE",
    path="/items/{id}",
    parameters=Parameters(
        Parameter("id", str, location="path"),
    ),
    responses={
        "204": Response(),
        "404": Response(Json(models.Item), error=errors.NotFoundItem),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title="Responses",
    version="1",
    operations=(
        DEFAULT_GET_ITEM,
        DEFAULT_HEAD_ITEM,
        DEFAULT_PUT_ITEM,
        DEFAULT_DELETE_ITEM,
    ),
)
