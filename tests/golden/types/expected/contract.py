"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .base import UTCDateTime
from .parameters import Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_PRICES: Operation[list[models.Price]] = Operation(
    name="default.prices",
    operation_id="prices",
    method="GET",
    path="/prices",
    parameters=Parameters(
        Parameter("after", UTCDateTime, location="query", required=False),
    ),
    responses={
        "200": Response(Json(list[models.Price])),
    },
)

API = Api(
    package="api",
    title="Types by format",
    version="1",
    operations=(DEFAULT_PRICES,),
)
