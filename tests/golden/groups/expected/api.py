"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class CostReportsApi(Protocol):
    """The operations tagged `Cost reports`.

    What was spent.
    """

    async def cost_create(self) -> None:
        """`POST /cost/create`, `#/paths/~1cost~1create/post`; also tagged other

        Returns:
            Done
        """
        ...

    async def get_reports_lines(self, *, id: int) -> None:
        """`GET /reports/{id}/lines`, `#/paths/~1reports~1{id}~1lines/get`

        Returns:
            Done
        """
        ...

    async def put_lines(self, *, id: int) -> None:
        """Deprecated.

        `PUT /reports/{id}/lines`, `#/paths/~1reports~1{id}~1lines/put`

        Returns:
            Done
        """
        ...


class SyncCostReportsApi(Protocol):
    """The operations tagged `Cost reports`.

    What was spent.
    """

    def cost_create(self) -> None:
        """`POST /cost/create`, `#/paths/~1cost~1create/post`; also tagged other

        Returns:
            Done
        """
        ...

    def get_reports_lines(self, *, id: int) -> None:
        """`GET /reports/{id}/lines`, `#/paths/~1reports~1{id}~1lines/get`

        Returns:
            Done
        """
        ...

    def put_lines(self, *, id: int) -> None:
        """Deprecated.

        `PUT /reports/{id}/lines`, `#/paths/~1reports~1{id}~1lines/put`

        Returns:
            Done
        """
        ...


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def get_health(self) -> None:
        """`GET /health`, `#/paths/~1health/get`

        Returns:
            Done
        """
        ...

    async def operation_2_fast(self) -> None:
        """`TRACE /health`, `#/paths/~1health/trace`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def get_health(self) -> None:
        """`GET /health`, `#/paths/~1health/get`

        Returns:
            Done
        """
        ...

    def operation_2_fast(self) -> None:
        """`TRACE /health`, `#/paths/~1health/trace`

        Returns:
            Done
        """
        ...
