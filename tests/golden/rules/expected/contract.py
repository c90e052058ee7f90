"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from typing import Annotated

from . import models
from .parameters import Parameter, Parameters
from .schemas import Rule
from .wire import Api, Json, Operation, Response

DEFAULT_LIST_TAGS: Operation[models.Tags] = Operation(
    name="default.list_tags",
    operation_id="listTags",
    method="GET",
    path="/tags",
    parameters=Parameters(
        Parameter("tag", Annotated[list[str], Rule("DefaultListTagsTag")], location="query", required=False),
    ),
    responses={
        "200": Response(Json(models.Tags)),
    },
)

API = Api(
    package="api",
    title="What types can't hold",
    version="1",
    operations=(DEFAULT_LIST_TAGS,),
)
