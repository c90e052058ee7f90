"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def order(self) -> None:
        """`POST /orders`, `#/paths/~1orders/post`

        Returns:
            Ordered.

        Raises:
            errors.NotFoundNoItemNoUser: One of two.
            errors.ConflictNoItemContentStr: Said in JSON or as text.
        """
        ...

    async def cancel(self) -> None:
        """`DELETE /orders`, `#/paths/~1orders/delete`

        Returns:
            Cancelled.

        Raises:
            errors.NotFoundNoUser: No user.
            errors.ConflictWithoutBody: Too late.
        """
        ...

    async def users(self) -> list[str]:
        """`GET /users`, `#/paths/~1users/get`

        Returns:
            Users.

        Raises:
            errors.NotFoundNoItem: No item.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def order(self) -> None:
        """`POST /orders`, `#/paths/~1orders/post`

        Returns:
            Ordered.

        Raises:
            errors.NotFoundNoItemNoUser: One of two.
            errors.ConflictNoItemContentStr: Said in JSON or as text.
        """
        ...

    def cancel(self) -> None:
        """`DELETE /orders`, `#/paths/~1orders/delete`

        Returns:
            Cancelled.

        Raises:
            errors.NotFoundNoUser: No user.
            errors.ConflictWithoutBody: Too late.
        """
        ...

    def users(self) -> list[str]:
        """`GET /users`, `#/paths/~1users/get`

        Returns:
            Users.

        Raises:
            errors.NotFoundNoItem: No item.
        """
        ...
