"""The schemas of the document as Pydantic models."""

from typing import Annotated

from annotated_types import Gt, MaxLen

from .base import Absent, Model


class Inner(Model):
    a: Absent[str] = None


class Outer(Model):
    given: Annotated[str, MaxLen(5)] | None
    must: Annotated[int, Gt(0)]
    optional: Absent[str] = None
    either: float | None = None
    inner: Inner | None = None
    many: Absent[list[str | None]] = None
