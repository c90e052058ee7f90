"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import SyncThingsApi, ThingsApi
from ..formats import DateTime


class Things(ThingsApi):
    """A service of `ThingsApi`."""

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
        raise exceptions.Unimplemented


class SyncThings(SyncThingsApi):
    """A service of `SyncThingsApi`, run in threads."""

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
        raise exceptions.Unimplemented
