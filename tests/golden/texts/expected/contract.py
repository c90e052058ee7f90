"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Literal

from .parameters import Parameter, Parameters
from .wire import Api, Operation, Response

T_GET: Operation[None] = Operation(
    name="t.get",
    operation_id='get"""',
    method="GET",
    path="/a'\"{p}",
    parameters=Parameters(
        Parameter("p", Literal['"""', "\\", "'"], location="path"),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title='Texts "that" try to get out',
    version="1'\"",
    operations=(T_GET,),
)
