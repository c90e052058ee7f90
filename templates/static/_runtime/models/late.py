"""Rules of a split package: the schemas, and what judges by them, are imported when a value is first judged."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")
_SCHEMAS = f"{__name__.partition('._runtime')[0]}.schemas"


class Rule:
    """Judges values by one of the schemas in schemas.py."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _rule(self) -> Any:
        return import_module(_SCHEMAS).Rule(self._name)

    def judge(self, value: T) -> T:
        """Return the value; raise PydanticCustomError with the rule that it breaks and the path to where."""
        return self._rule.judge(value)  # type: ignore[no-any-return]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))
