"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class Item(Model):
    name: str
    parent: Absent["Item"] = None
