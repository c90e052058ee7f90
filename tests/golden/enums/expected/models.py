"""The schemas of the document as Pydantic models."""

from typing import Annotated, Literal

from typing_extensions import TypeAliasType

from .base import Model, Value
from .schemas import Rule
from .shapes import Exactly

Size = TypeAliasType("Size", Literal["small", "two words", "it's", ""])
"""How large."""


Level = TypeAliasType("Level", Annotated[Literal[1, 2, 3], Exactly])


Mixed = TypeAliasType("Mixed", Annotated[Literal["a", 1, True], Exactly] | None)


Odd = TypeAliasType("Odd", 'Annotated[Value, Rule("Odd")]')


Fixed = TypeAliasType("Fixed", Literal["only"])


class Holder(Model):
    size: Size = "small"
    level: Annotated[Literal[0, 1], Exactly] = 1
