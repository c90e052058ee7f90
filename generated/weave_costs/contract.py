"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import errors, models
from .wire import Api, Json, Operation, Response, SecurityScheme

HTTP_BASIC = SecurityScheme("HTTPBasic", kind="basic", challenge='Basic realm="FastAPI", charset="UTF-8"')
HTTP_BEARER = SecurityScheme("HTTPBearer", kind="bearer")

COSTS_CREATE: Operation[models.CostCreateRes] = Operation(
    name="costs.create",
    operation_id="cost_create_cost_create_post",
    method="POST",
    path="/cost/create",
    body=Json(models.CostCreateReq),
    responses={
        "200": Response(Json(models.CostCreateRes)),
        "422": Response(Json(models.HTTPValidationError), error=errors.UnprocessableEntity),
    },
    security=({HTTP_BASIC: ()}, {HTTP_BEARER: ()}),
)

API = Api(
    package="weave_costs",
    title="FastAPI",
    version="0.1.0",
    operations=(COSTS_CREATE,),
    schemes=(HTTP_BASIC, HTTP_BEARER),
)
