"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .servers import Server
from .wire import Api, Operation, Response

DEFAULT_A: Operation[None] = Operation(
    name="default.a",
    operation_id="a",
    method="GET",
    path="/a",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_UPLOADED: Operation[None] = Operation(
    name="default.uploaded",
    operation_id="uploaded",
    method="GET",
    path="/upload",
    responses={
        "204": Response(),
    },
    statuses=(204,),
    servers=(Server("https://read.example.com"),),
)

DEFAULT_UPLOAD: Operation[None] = Operation(
    name="default.upload",
    operation_id="upload",
    method="POST",
    path="/upload",
    responses={
        "204": Response(),
    },
    statuses=(204,),
    servers=(Server("https://upload.example.com"),),
)

API = Api(
    package="api",
    title="Servers",
    version="1",
    operations=(
        DEFAULT_A,
        DEFAULT_UPLOADED,
        DEFAULT_UPLOAD,
    ),
    servers=(
        Server("https://{region}.example.com/v1", variables={"region": "eu"}, choices={"region": ("eu", "us")}),
        Server("/relative"),
    ),
)
