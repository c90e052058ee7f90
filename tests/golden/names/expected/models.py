"""The schemas of the document as Pydantic models."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from .base import Absent, Model


class Pet(Model):
    class_: Annotated[Absent[str], Field(alias="class")] = None
    list_: Annotated[Absent[list[str]], Field(alias="list")] = None
    Pet_: Annotated[Absent["Pet"], Field(alias="Pet")] = None
    copy_: Annotated[Absent[bool], Field(alias="copy")] = None
    x_dash_y: Annotated[Absent[str], Field(alias="x-y")] = None
    x_y: Absent[str] = None
    field_id: Annotated[Absent[str], Field(alias="_id")] = None
    model_name_: Annotated[Absent[str], Field(alias="model_name")] = None


class pet(Model):
    name: Absent[str] = None


Model_ = TypeAliasType("Model_", str)


DottedName = TypeAliasType("DottedName", Literal["a", "b"])
