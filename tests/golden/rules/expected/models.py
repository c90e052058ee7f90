"""The schemas of the document as Pydantic models."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from .base import Absent, Value
from .schemas import Rule
from .shapes import RuledModel

Tags = TypeAliasType("Tags", 'Annotated[list[str], Rule("Tags")]')


class Either(RuledModel):
    __rule__ = Rule("Either")
    a: Absent[str] = None
    b: Absent[str] = None


Looks = TypeAliasType("Looks", 'Annotated[str, Rule("Looks")]')


Plain = TypeAliasType("Plain", Annotated[str, Field(pattern="^[a-z]+$")])


Step = TypeAliasType("Step", 'Annotated[float, Rule("Step")]')


Prefixed = TypeAliasType("Prefixed", 'Annotated[dict[str, Value], Rule("Prefixed")]')
