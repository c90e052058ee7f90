"""Classes whose schema has no `type` and leads back to itself."""

from __future__ import annotations

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

from .reading import nested
from .shapes import LooseModel


class NestingLooseModel(LooseModel):
    """A LooseModel, objects of which may hold others of its class."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        return nested(schema) if schema["type"] == "tagged-union" else schema
