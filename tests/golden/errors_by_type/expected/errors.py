"""Errors that the document declares: raised by a service, caught from a client."""

from __future__ import annotations

from . import exceptions, models
from .content import Content


class NotFoundNoItem(exceptions.NotFound[models.NoItem]):
    """404 with `NoItem`."""


class NotFoundNoItemNoUser(exceptions.NotFound[models.NoItem | models.NoUser]):
    """404 with `NoItem | NoUser`."""


class NotFoundNoUser(exceptions.NotFound[models.NoUser]):
    """404 with `NoUser`."""


class ConflictNoItemContentStr(exceptions.Conflict[models.NoItem | Content[str]]):
    """409 with `NoItem | Content[str]`."""


class ConflictWithoutBody(exceptions.Conflict[None]):
    """409."""
