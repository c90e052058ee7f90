"""The schemas of the document as Pydantic models."""

from __future__ import annotations
