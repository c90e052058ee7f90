"""The schemas of the document as Pydantic models."""

from .base import Absent, Model


class User(Model):
    id: int
    name: str
    address: Absent["Address"] = None


class UserRequest(Model):
    name: str
    password: str
    address: Absent["Address"] = None


class Address(Model):
    city: Absent[str] = None
