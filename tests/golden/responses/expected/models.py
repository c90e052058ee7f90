"""The schemas of the document as Pydantic models."""

from typing import Annotated

from pydantic import Field

from .base import Absent, Model


class Item(Model):
    name: Absent[str] = None


class Problem(Model):
    detail: str


class DefaultGetItemResponseXRange(Model):
    from_: Annotated[Absent[int], Field(alias="from")] = None
