"""Errors that the document declares: raised by a service, caught from a client."""

from __future__ import annotations

from . import exceptions, models


class UnprocessableEntity(exceptions.UnprocessableEntity[models.HTTPValidationError]):
    """422 with `HTTPValidationError`."""
