"""The schemas of the document as Pydantic models."""

from .base import Model


class Item(Model):
    name: str
