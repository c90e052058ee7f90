"""The schemas of the document as Pydantic models."""

from typing import Annotated

from annotated_types import MaxLen, MinLen
from pydantic import ConfigDict

from .base import Absent, Model
from .multipart import File


class Note(Model):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, MinLen(1)]
    """What it says."""

    tags: Absent[Annotated[list[str], MaxLen(3)]] = None


class DefaultUploadRequest(Model):
    file: File
    more: Absent[list[File]] = None
    note: Absent[Note] = None
