"""The schemas of the document as Pydantic models."""

from typing import Literal

from typing_extensions import TypeAliasType

from .base import Absent, Model

Order = TypeAliasType("Order", Literal["up", "down"])


class Thing(Model):
    name: Absent[str] = None


class DefaultPutXmlFilter(Model):
    a: Absent[int] = None
