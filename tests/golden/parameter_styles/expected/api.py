"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models
from .formats import DateTime


class ThingsApi(Protocol):
    """The operations tagged `Things`."""

    async def get(
        self,
        *,
        simple: list[int],
        limit: int = 20,
        label: str,
        matrix: models.ThingsGetMatrix,
        order: str,
        form: list[str] | None = None,
        spaces: list[str] | None = None,
        pipes: list[str] | None = None,
        deep: dict[str, str] | None = None,
        filter: models.Filter | None = None,
        path: str | None = None,
        x_tags: list[str] | None = None,
        session: str,
        since: DateTime | None = None,
    ) -> None:
        """`GET /things/{simple}/{label}/{matrix}`, `#/paths/~1things~1{simple}~1{label}~1{matrix}/get`

        Args:
            limit: How many.

        Returns:
            Done
        """
        ...


class SyncThingsApi(Protocol):
    """The operations tagged `Things`."""

    def get(
        self,
        *,
        simple: list[int],
        limit: int = 20,
        label: str,
        matrix: models.ThingsGetMatrix,
        order: str,
        form: list[str] | None = None,
        spaces: list[str] | None = None,
        pipes: list[str] | None = None,
        deep: dict[str, str] | None = None,
        filter: models.Filter | None = None,
        path: str | None = None,
        x_tags: list[str] | None = None,
        session: str,
        since: DateTime | None = None,
    ) -> None:
        """`GET /things/{simple}/{label}/{matrix}`, `#/paths/~1things~1{simple}~1{label}~1{matrix}/get`

        Args:
            limit: How many.

        Returns:
            Done
        """
        ...
