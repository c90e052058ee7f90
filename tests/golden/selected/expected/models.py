"""The schemas of the document as Pydantic models."""

from typing import Literal

from typing_extensions import TypeAliasType

from .base import Absent, Model


class Cost(Model):
    unit: Absent["Unit"] = None


Unit = TypeAliasType("Unit", Literal["EUR", "USD"])
