"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models
from .content import Content


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        """`PUT /json`, `#/paths/~1json/put`

        Args:
            body: One of two.

        Returns:
            Done
        """
        ...

    async def post_form(self, body: models.Note) -> None:
        """`POST /form`, `#/paths/~1form/post`

        Returns:
            Done
        """
        ...

    async def upload(self, body: models.DefaultUploadRequest) -> None:
        """`POST /upload`, `#/paths/~1upload/post`

        Returns:
            Done
        """
        ...

    async def delete_bytes(self, body: bytes) -> None:
        """`DELETE /bytes`, `#/paths/~1bytes/delete`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        """`PUT /json`, `#/paths/~1json/put`

        Args:
            body: One of two.

        Returns:
            Done
        """
        ...

    def post_form(self, body: models.Note) -> None:
        """`POST /form`, `#/paths/~1form/post`

        Returns:
            Done
        """
        ...

    def upload(self, body: models.DefaultUploadRequest) -> None:
        """`POST /upload`, `#/paths/~1upload/post`

        Returns:
            Done
        """
        ...

    def delete_bytes(self, body: bytes) -> None:
        """`DELETE /bytes`, `#/paths/~1bytes/delete`

        Returns:
            Done
        """
        ...
