"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class DefaultListOriginalsResponseItem(Model):
    name: Absent[str] = None


class DefaultAddCopyRequest(Model):
    name: Absent[str] = None
