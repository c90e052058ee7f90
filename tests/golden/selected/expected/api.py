"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def create(self, body: models.Cost) -> None:
        """`POST /cost/create`, `#/paths/~1cost~1create/post`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def create(self, body: models.Cost) -> None:
        """`POST /cost/create`, `#/paths/~1cost~1create/post`

        Returns:
            Done
        """
        ...
