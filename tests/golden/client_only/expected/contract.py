"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .content import Text
from .wire import Api, Operation, Response

HEALTH_PING: Operation[str] = Operation(
    name="health.ping",
    operation_id="ping",
    method="GET",
    path="/ping",
    responses={
        "200": Response(Text()),
    },
)

API = Api(
    package="api",
    title="One side",
    version="1",
    operations=(HEALTH_PING,),
)
