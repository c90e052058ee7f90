"""The schemas of the document as Pydantic models."""

from .base import Model


class NoItem(Model):
    item: int


class NoUser(Model):
    user: str
