"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .wire import Api, Json, Operation, Response, SecurityScheme

USED = SecurityScheme("used", kind="bearer")

DEFAULT_CREATE: Operation[None] = Operation(
    name="default.create",
    operation_id="create",
    method="POST",
    path="/cost/create",
    body=Json(models.Cost),
    responses={
        "204": Response(),
    },
    statuses=(204,),
    security=({USED: ()},),
)

API = Api(
    package="api",
    title="Some operations",
    version="1",
    operations=(DEFAULT_CREATE,),
    schemes=(USED,),
)
