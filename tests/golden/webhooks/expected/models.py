"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class Event(Model):
    id: Absent[str] = None
