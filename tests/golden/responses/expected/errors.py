"""Errors that the document declares: raised by a service, caught from a client."""

from __future__ import annotations

from . import exceptions, models


class NotFoundItem(exceptions.NotFound[models.Item]):
    """404 with `Item`."""


class NotFoundProblem(exceptions.NotFound[models.Problem]):
    """404 with `Problem`."""


class Conflict(exceptions.Conflict[models.Item]):
    """409 with `Item`."""


class ServerError(exceptions.StatusError[models.Problem]):
    """5XX with `Problem`."""


class DefaultError(exceptions.StatusError[models.Problem]):
    """default with `Problem`."""
