"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class Event(Model):
    data: str
    id: Absent[str] = None
