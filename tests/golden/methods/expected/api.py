"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def get_notes(self, body: list[str] | None = None) -> str:
        """`GET /notes`, `#/paths/~1notes/get`

        Returns:
            Notes
        """
        ...

    async def head_notes(self) -> None:
        """`HEAD /notes`, `#/paths/~1notes/head`

        Returns:
            There
        """
        ...

    async def options_notes(self) -> None:
        """`OPTIONS /notes`, `#/paths/~1notes/options`

        Returns:
            Done
        """
        ...

    async def query_notes(self, body: str) -> list[str]:
        """`QUERY /notes`, `#/paths/~1notes/query`

        Returns:
            Notes
        """
        ...

    async def copy_notes(self, *, destination: str) -> None:
        """`COPY /notes`, `#/paths/~1notes/additionalOperations/COPY`

        Returns:
            Copied
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def get_notes(self, body: list[str] | None = None) -> str:
        """`GET /notes`, `#/paths/~1notes/get`

        Returns:
            Notes
        """
        ...

    def head_notes(self) -> None:
        """`HEAD /notes`, `#/paths/~1notes/head`

        Returns:
            There
        """
        ...

    def options_notes(self) -> None:
        """`OPTIONS /notes`, `#/paths/~1notes/options`

        Returns:
            Done
        """
        ...

    def query_notes(self, body: str) -> list[str]:
        """`QUERY /notes`, `#/paths/~1notes/query`

        Returns:
            Notes
        """
        ...

    def copy_notes(self, *, destination: str) -> None:
        """`COPY /notes`, `#/paths/~1notes/additionalOperations/COPY`

        Returns:
            Copied
        """
        ...
