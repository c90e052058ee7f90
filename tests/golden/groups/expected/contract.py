"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .parameters import Parameter, Parameters
from .wire import Api, Operation, Response

COST_REPORTS_COST_CREATE: Operation[None] = Operation(
    name="cost_reports.cost_create",
    operation_id="cost_create_cost_create_post",
    method="POST",
    path="/cost/create",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

COST_REPORTS_GET_REPORTS_LINES: Operation[None] = Operation(
    name="cost_reports.get_reports_lines",
    operation_id="",
    method="GET",
    path="/reports/{id}/lines",
    parameters=Parameters(
        Parameter("id", int, location="path"),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

COST_REPORTS_PUT_LINES: Operation[None] = Operation(
    name="cost_reports.put_lines",
    operation_id="CostReports_PutLines",
    method="PUT",
    path="/reports/{id}/lines",
    parameters=Parameters(
        Parameter("id", int, location="path"),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_GET_HEALTH: Operation[None] = Operation(
    name="default.get_health",
    operation_id="",
    method="GET",
    path="/health",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_OPERATION_2_FAST: Operation[None] = Operation(
    name="default.operation_2_fast",
    operation_id="2-fast",
    method="TRACE",
    path="/health",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title="Groups",
    version="1",
    operations=(
        COST_REPORTS_COST_CREATE,
        COST_REPORTS_GET_REPORTS_LINES,
        COST_REPORTS_PUT_LINES,
        DEFAULT_GET_HEALTH,
        DEFAULT_OPERATION_2_FAST,
    ),
)
