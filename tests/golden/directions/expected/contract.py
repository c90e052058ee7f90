"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .wire import Api, Json, Operation, Response

DEFAULT_CREATE_USER: Operation[models.User] = Operation(
    name="default.create_user",
    operation_id="createUser",
    method="POST",
    path="/users",
    body=Json(models.UserRequest),
    responses={
        "201": Response(Json(models.User)),
    },
    statuses=(201,),
)

API = Api(
    package="api",
    title="Directions",
    version="1",
    operations=(DEFAULT_CREATE_USER,),
)
