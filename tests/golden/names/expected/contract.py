"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .parameters import Parameter, Parameters
from .wire import Api, Json, Operation, Response

DEFAULT_GETTHING: Operation[None] = Operation(
    name="default.getThing",
    operation_id="getThing",
    method="GET",
    path="/thing",
    parameters=Parameters(
        Parameter("self", str, name="self_", location="query", required=False),
        Parameter("body", str, name="body_", location="query", required=False),
        Parameter("class", str, name="class_", location="query", required=False),
        Parameter("url", str, location="query", required=False),
        Parameter("request", str, location="query", required=False),
        Parameter("response", str, location="query", required=False),
        Parameter("client", str, location="query", required=False),
        Parameter("timeout", str, location="query", required=False),
        Parameter("id", str, name="id_query", location="query", required=False),
        Parameter("id", str, name="id_header", location="header", required=False),
        Parameter("filter[name]", str, name="filter_open_name_close", location="query", required=False),
        Parameter("filterName", str, location="query", required=False),
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_GET_THING: Operation[None] = Operation(
    name="default.get_thing",
    operation_id="get_thing",
    method="POST",
    path="/thing",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

PETS_GET_PETS_BY_PET_ID: Operation[models.Pet] = Operation(
    name="pets.get_pets_by_pet_id",
    operation_id="",
    method="GET",
    path="/pets/{pet-id}",
    parameters=Parameters(
        Parameter("pet-id", int, name="pet_id", location="path"),
    ),
    responses={
        "200": Response(Json(models.Pet)),
    },
)

PETS_LIST_PETS: Operation[list[models.pet]] = Operation(
    name="pets.list_pets",
    operation_id="listPets",
    method="GET",
    path="/pets",
    responses={
        "200": Response(Json(list[models.pet])),
    },
)

API = Api(
    package="api",
    title="Names that meet",
    version="1",
    operations=(
        DEFAULT_GETTHING,
        DEFAULT_GET_THING,
        PETS_GET_PETS_BY_PET_ID,
        PETS_LIST_PETS,
    ),
)
