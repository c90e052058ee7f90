"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import errors
from .content import Binary, Content, OneOf
from .parameters import Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_GET_SERVICE: Operation[None] = Operation(
    name="default.get_service",
    operation_id="getService",
    method="GET",
    path="/services/{service-id}",
    parameters=Parameters(
        Parameter("service-id", str, name="service_id", location="path"),
    ),
    body=Json(str),
    body_required=False,
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_DELETE_SERVICE: Operation[None] = Operation(
    name="default.delete_service",
    operation_id="deleteService",
    method="DELETE",
    path="/services/{name}",
    parameters=Parameters(
        Parameter("name", str, location="path"),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_EXPORT: Operation[None] = Operation(
    name="default.export",
    operation_id="export",
    method="GET",
    path="/export?format={format}",
    parameters=Parameters(
        Parameter("format", str, location="path"),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_RPC_LIST: Operation[None] = Operation(
    name="default.rpc_list",
    operation_id="rpcList",
    method="POST",
    path="/rpc#Target=List",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_POST_KIND: Operation[int | Content[str] | Content[bytes] | None] = Operation(
    name="default.post_kind",
    operation_id="postKind",
    method="POST",
    path="/kinds",
    body=OneOf(
        Json(int),
        Binary("application/xml"),
        Binary("multipart/mixed"),
        Binary("application/x-www-form-urlencoded"),
        Json(int, media_type="application/*+json"),
    ),
    responses={
        "200": Response(
            OneOf(Json(int), Json(str, media_type='application/json; profile="CamelCase"'), Binary("image/*"))
        ),
        "2XX": Response(),
        "4XX": Response(Json(list[str]), error=errors.ClientError),
    },
    statuses=(200, 200),
)

API = Api(
    package="api",
    title="What is rare",
    version="1",
    operations=(
        DEFAULT_GET_SERVICE,
        DEFAULT_DELETE_SERVICE,
        DEFAULT_EXPORT,
        DEFAULT_RPC_LIST,
        DEFAULT_POST_KIND,
    ),
)
