"""Proving a generated package: every operation there and back, by what its document says."""

from __future__ import annotations

from .command import verify

__all__ = ["verify"]
