"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models
from .content import Content


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        """`GET /items/{id}`, `#/paths/~1items~1{id}/get`

        Returns:
            200: The item.
            202: Later.

        Raises:
            errors.NotFoundProblem: Not there.
            errors.Conflict: Taken.
            errors.ServerError: Broken.
            errors.DefaultError: Else.
        """
        ...

    async def head_item(self, *, id: str) -> None:
        """`HEAD /items/{id}`, `#/paths/~1items~1{id}/head`

        Returns:
            There.
        """
        ...

    async def put_item(self, *, id: str) -> models.Item:
        """`PUT /items/{id}`, `#/paths/~1items~1{id}/put`

        Returns:
            The item.
        """
        ...

    async def delete_item(self, *, id: str) -> None:
        """`DELETE /items/{id}`, `#/paths/~1items~1{id}/delete`

        Returns:
            Gone.

        Raises:
            errors.NotFoundItem: Missing.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        """`GET /items/{id}`, `#/paths/~1items~1{id}/get`

        Returns:
            200: The item.
            202: Later.

        Raises:
            errors.NotFoundProblem: Not there.
            errors.Conflict: Taken.
            errors.ServerError: Broken.
            errors.DefaultError: Else.
        """
        ...

    def head_item(self, *, id: str) -> None:
        """`HEAD /items/{id}`, `#/paths/~1items~1{id}/head`

        Returns:
            There.
        """
        ...

    def put_item(self, *, id: str) -> models.Item:
        """`PUT /items/{id}`, `#/paths/~1items~1{id}/put`

        Returns:
            The item.
        """
        ...

    def delete_item(self, *, id: str) -> None:
        """`DELETE /items/{id}`, `#/paths/~1items~1{id}/delete`

        Returns:
            Gone.

        Raises:
            errors.NotFoundItem: Missing.
        """
        ...
