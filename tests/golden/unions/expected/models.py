"""The schemas of the document as Pydantic models."""

from typing import Annotated, Literal

from annotated_types import Le, MinLen
from typing_extensions import TypeAliasType

from .base import Absent, Model
from .schemas import Rule
from .shapes import Tagged


class Cat(Model):
    kind: Literal["cat"]
    lives: Absent[int] = None


class Dog(Model):
    kind: Literal["dog"]
    barks: Absent[bool] = None


Pet = TypeAliasType("Pet", "Annotated[Cat | Dog, Tagged('kind', {'cat': 'Cat', 'dog': 'Dog'})]")


Loud = TypeAliasType("Loud", 'Annotated[LoudOptionA | LoudOptionB, Rule("Loud")]')


class LoudOptionA(Model):
    a: Absent[str] = None


class LoudOptionB(Model):
    b: Absent[str] = None


Scalar = TypeAliasType("Scalar", Annotated[str, MinLen(2)] | Annotated[int, Le(9)] | None)


class Both(Model):
    kind: Literal["cat"]
    lives: Absent[int] = None
    owner: str


Described = TypeAliasType("Described", "Cat")
"""A cat by another name."""
