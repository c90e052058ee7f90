"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class Item(Model):
    name: Absent[str] = None


class Problem(Model):
    detail: str
