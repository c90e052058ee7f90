"""The schemas of the document as Pydantic models."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .base import Absent, Model, UTCDateTime


class Price(Model):
    amount: Decimal
    at: Absent[UTCDateTime] = None
    for_: Annotated[Absent[timedelta], Field(alias="for")] = None
