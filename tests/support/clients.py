"""Clients of a contract that is made in a test."""

from __future__ import annotations

from typing import Any


def bound(client: Any, api: Any) -> Any:
    """Return the class of a client that has a contract, as a generated one has its own."""
    return type(client.__name__, (client,), {"_api": api})
