"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Annotated

from . import errors, models
from .content import OneOf, Text
from .schemas import Rule
from .wire import Api, Json, Operation, Response

DEFAULT_ORDER: Operation[None] = Operation(
    name="default.order",
    operation_id="order",
    method="POST",
    path="/orders",
    responses={
        "201": Response(),
        "404": Response(
            Json(Annotated[models.NoItem | models.NoUser, Rule("DefaultOrderNotFound")]),
            error=errors.NotFoundNoItemNoUser,
        ),
        "409": Response(OneOf(Json(models.NoItem), Text()), error=errors.ConflictNoItemContentStr),
    },
    statuses=(201,),
)

DEFAULT_CANCEL: Operation[None] = Operation(
    name="default.cancel",
    operation_id="cancel",
    method="DELETE",
    path="/orders",
    responses={
        "204": Response(),
        "404": Response(Json(models.NoUser), error=errors.NotFoundNoUser),
        "409": Response(error=errors.ConflictWithoutBody),
    },
    statuses=(204,),
)

DEFAULT_USERS: Operation[list[str]] = Operation(
    name="default.users",
    operation_id="users",
    method="GET",
    path="/users",
    responses={
        "200": Response(Json(list[str])),
        "404": Response(Json(models.NoItem), error=errors.NotFoundNoItem),
    },
)

API = Api(
    package="api",
    title="Errors with several bodies",
    version="1",
    operations=(
        DEFAULT_ORDER,
        DEFAULT_CANCEL,
        DEFAULT_USERS,
    ),
)
