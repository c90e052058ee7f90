"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le

from . import models
from .formats import DateTime
from .parameters import Parameter, Parameters
from .wire import Api, Operation, Response

THINGS_GET: Operation[None] = Operation(
    name="things.get",
    operation_id="getThings",
    method="GET",
    path="/things/{simple}/{label}/{matrix}",
    parameters=Parameters(
        Parameter("simple", list[int], location="path"),
        Parameter("limit", Annotated[int, Ge(1), Le(100)], location="query", default=20),
        Parameter("label", str, location="path", style="label", explode=True),
        Parameter("matrix", models.ThingsGetMatrix, location="path", style="matrix"),
        Parameter("order", str, location="query"),
        Parameter("form", list[str], location="query", explode=False, required=False),
        Parameter("spaces", list[str], location="query", style="spaceDelimited", required=False),
        Parameter("pipes", list[str], location="query", style="pipeDelimited", required=False),
        Parameter("deep", dict[str, str], location="query", style="deepObject", required=False),
        Parameter("filter", models.Filter, location="query", required=False, media_type="application/json"),
        Parameter("path", str, location="query", required=False, allow_reserved=True),
        Parameter("X-Tags", list[str], name="x_tags", location="header", required=False),
        Parameter("session", str, location="cookie"),
        Parameter("since", DateTime, location="query", required=False),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title="Parameter styles",
    version="1",
    operations=(THINGS_GET,),
)
