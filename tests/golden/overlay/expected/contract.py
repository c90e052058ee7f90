"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .wire import Api, Json, Operation, Response

ITEMS_LIST_ITEMS: Operation[list[models.Item]] = Operation(
    name="items.list_items",
    operation_id="list_items",
    method="GET",
    path="/items",
    responses={
        "200": Response(Json(list[models.Item])),
    },
)

API = Api(
    package="api",
    title="Overlaid",
    version="1",
    operations=(ITEMS_LIST_ITEMS,),
)
