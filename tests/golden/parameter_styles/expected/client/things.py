"""The operations tagged `Things`."""

from __future__ import annotations

from .. import contract, models
from ..api import SyncThingsApi, ThingsApi
from ..formats import DateTime
from .core import AsyncBaseClient, BaseClient


class Things(SyncThingsApi):
    """See `SyncThingsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

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
        return self._client.invoke(
            contract.THINGS_GET,
            None,
            {
                "simple": simple,
                "limit": limit,
                "label": label,
                "matrix": matrix,
                "order": order,
                "form": form,
                "spaces": spaces,
                "pipes": pipes,
                "deep": deep,
                "filter": filter,
                "path": path,
                "x_tags": x_tags,
                "session": session,
                "since": since,
            },
        )


class AsyncThings(ThingsApi):
    """See `ThingsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

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
        return await self._client.invoke(
            contract.THINGS_GET,
            None,
            {
                "simple": simple,
                "limit": limit,
                "label": label,
                "matrix": matrix,
                "order": order,
                "form": form,
                "spaces": spaces,
                "pipes": pipes,
                "deep": deep,
                "filter": filter,
                "path": path,
                "x_tags": x_tags,
                "session": session,
                "since": since,
            },
        )
