"""The schemas of the document as Pydantic models."""

from ipaddress import IPv4Address, IPv6Address
from typing import Annotated
from uuid import UUID

from annotated_types import MinLen

from .base import Model
from .formats import Base64, Date, DateTime, Time


class All(Model):
    at: DateTime
    day: Date
    hour: Time
    id: UUID
    four: IPv4Address
    six: IPv6Address
    data: Base64
    mail: str
    password: Annotated[str, MinLen(8)]
    big: int
