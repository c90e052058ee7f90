"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .wire import Api, Operation, Response

SUBSCRIPTIONS_SUBSCRIBE: Operation[None] = Operation(
    name="subscriptions.subscribe",
    operation_id="subscribe",
    method="POST",
    path="/subscribe",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title="Webhooks",
    version="1",
    operations=(SUBSCRIPTIONS_SUBSCRIBE,),
)
