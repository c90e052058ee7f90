"""Errors that the document declares: raised by a service, caught from a client."""

from __future__ import annotations

from . import exceptions


class ClientError(exceptions.StatusError[list[str]]):
    """4XX with `list[str]`."""
