"""The schemas of the document as Pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from .base import Absent, Model
from .multipart import File


class Note(Model):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1)]
    """What it says."""

    tags: Absent[Annotated[list[str], Field(max_length=3)]] = None


class DefaultUploadRequest(Model):
    file: File
    more: Absent[list[File]] = None
    note: Absent[Note] = None
