"""The schemas of the document as Pydantic models."""

from typing import Annotated

from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType

from .base import Absent, Model, Value
from .formats import Date
from .shapes import LooseModel


class Open(Model):
    """Keeps what it does not know."""

    model_config = ConfigDict(title="An open one")

    a: Absent[str] = None


class Closed(Model):
    model_config = ConfigDict(extra="forbid")

    a: str
    """Deprecated."""


class Typed(Model):
    __pydantic_extra__: dict[str, int] = Field(init=False)
    a: Absent[str] = None


Map = TypeAliasType("Map", "dict[str, Open]")


Free = TypeAliasType("Free", dict[str, Value])


class Untyped(LooseModel):
    a: Absent[str] = None


Anything = TypeAliasType("Anything", Value)


class Nested(Model):
    inline: Absent["NestedInline"] = None
    items: Absent[list["NestedItemsItem"]] = None
    values: Absent[dict[str, "NestedValuesValue"]] = None
    pair: Absent[tuple[str, int]] = None


class NestedInline(Model):
    deep: Absent["NestedInlineDeep"] = None


class NestedInlineDeep(Model):
    x: Absent[int] = None


class NestedItemsItem(Model):
    y: Absent[int] = None


class NestedValuesValue(Model):
    z: Absent[int] = None


class Tree(Model):
    children: list["Tree"]


class Defaults(Model):
    text: str = 'it\'s "quoted"'
    number: float = 1
    flag: bool = False
    list_: Annotated[list[str], Field(alias="list")] = ["a"]
    when: Absent[Date] = None
    """Default: '2020-01-01'"""

    nothing: str | None = None
