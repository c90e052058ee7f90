"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from .content import Content


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def get_service(self, body: str | None = None, *, service_id: str) -> None:
        """`GET /services/{service-id}`, `#/paths/~1services~1{service-id}/get`

        Returns:
            Done
        """
        ...

    async def delete_service(self, *, name: str) -> None:
        """`DELETE /services/{name}`, `#/paths/~1services~1{name}/delete`

        Returns:
            Done
        """
        ...

    async def export(self, *, format: str) -> None:
        """`GET /export?format={format}`, `#/paths/~1export?format={format}/get`

        Returns:
            Done
        """
        ...

    async def rpc_list(self) -> None:
        """`POST /rpc#Target=List`, `#/paths/~1rpc#Target=List/post`

        Returns:
            Done
        """
        ...

    async def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        """`POST /kinds`, `#/paths/~1kinds/post`

        Returns:
            200: One spelling or the other.
            2XX: Anything else that is fine.

        Raises:
            errors.ClientError: Refused.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def get_service(self, body: str | None = None, *, service_id: str) -> None:
        """`GET /services/{service-id}`, `#/paths/~1services~1{service-id}/get`

        Returns:
            Done
        """
        ...

    def delete_service(self, *, name: str) -> None:
        """`DELETE /services/{name}`, `#/paths/~1services~1{name}/delete`

        Returns:
            Done
        """
        ...

    def export(self, *, format: str) -> None:
        """`GET /export?format={format}`, `#/paths/~1export?format={format}/get`

        Returns:
            Done
        """
        ...

    def rpc_list(self) -> None:
        """`POST /rpc#Target=List`, `#/paths/~1rpc#Target=List/post`

        Returns:
            Done
        """
        ...

    def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        """`POST /kinds`, `#/paths/~1kinds/post`

        Returns:
            200: One spelling or the other.
            2XX: Anything else that is fine.

        Raises:
            errors.ClientError: Refused.
        """
        ...
