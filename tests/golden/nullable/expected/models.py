"""The schemas of the document as Pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Absent, Model


class Inner(Model):
    a: Absent[str] = None


class Outer(Model):
    given: Annotated[str, Field(max_length=5)] | None
    must: Annotated[int, Field(gt=0)]
    optional: Absent[str] = None
    either: float | None = None
    inner: Inner | None = None
    many: Absent[list[str | None]] = None
