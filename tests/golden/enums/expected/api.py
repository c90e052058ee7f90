"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations
