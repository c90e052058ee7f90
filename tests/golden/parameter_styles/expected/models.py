"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class Filter(Model):
    field: str


class ThingsGetMatrix(Model):
    a: Absent[int] = None
