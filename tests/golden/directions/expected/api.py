"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def create_user(self, body: models.UserRequest) -> models.User:
        """`POST /users`, `#/paths/~1users/post`

        Returns:
            Created
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def create_user(self, body: models.UserRequest) -> models.User:
        """`POST /users`, `#/paths/~1users/post`

        Returns:
            Created
        """
        ...
