"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models
from .base import Value
from .content import Content


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        """`PUT /xml`, `#/paths/~1xml/put`

        Returns:
            200: The thing.
            204: Nothing.
        """
        ...

    async def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        """`POST /parts`, `#/paths/~1parts/post`

        Returns:
            A list.
        """
        ...

    async def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        """`POST /lines`, `#/paths/~1lines/post`

        Returns:
            A number.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        """`PUT /xml`, `#/paths/~1xml/put`

        Returns:
            200: The thing.
            204: Nothing.
        """
        ...

    def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        """`POST /parts`, `#/paths/~1parts/post`

        Returns:
            A list.
        """
        ...

    def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        """`POST /lines`, `#/paths/~1lines/post`

        Returns:
            A number.
        """
        ...
