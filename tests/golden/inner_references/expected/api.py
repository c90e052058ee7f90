"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Literal, Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        """`GET /copies`, `#/paths/~1copies/get`

        Returns:
            Originals.
        """
        ...

    async def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        """`POST /copies`, `#/paths/~1copies/post`

        Returns:
            Done
        """
        ...

    async def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        """`GET /50%25 of%20all/{name}`, `#/paths/~150%25 of%20all~1{name}/get`

        Returns:
            The name.
        """
        ...

    async def percent(self) -> Literal["a%20b", "a b"]:
        """`GET /percent%25`, `#/paths/~1percent%25/get`

        Returns:
            The name.
        """
        ...

    async def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        """`GET /originals`, `#/paths/~1originals/get`

        Returns:
            Originals.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        """`GET /copies`, `#/paths/~1copies/get`

        Returns:
            Originals.
        """
        ...

    def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        """`POST /copies`, `#/paths/~1copies/post`

        Returns:
            Done
        """
        ...

    def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        """`GET /50%25 of%20all/{name}`, `#/paths/~150%25 of%20all~1{name}/get`

        Returns:
            The name.
        """
        ...

    def percent(self) -> Literal["a%20b", "a b"]:
        """`GET /percent%25`, `#/paths/~1percent%25/get`

        Returns:
            The name.
        """
        ...

    def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        """`GET /originals`, `#/paths/~1originals/get`

        Returns:
            Originals.
        """
        ...
