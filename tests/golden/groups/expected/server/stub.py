"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import CostReportsApi, DefaultApi, SyncCostReportsApi, SyncDefaultApi


class CostReports(CostReportsApi):
    """A service of `CostReportsApi`."""

    async def cost_create(self) -> None:
        raise exceptions.Unimplemented

    async def get_reports_lines(self, *, id: int) -> None:
        raise exceptions.Unimplemented

    async def put_lines(self, *, id: int) -> None:
        raise exceptions.Unimplemented


class SyncCostReports(SyncCostReportsApi):
    """A service of `SyncCostReportsApi`, run in threads."""

    def cost_create(self) -> None:
        raise exceptions.Unimplemented

    def get_reports_lines(self, *, id: int) -> None:
        raise exceptions.Unimplemented

    def put_lines(self, *, id: int) -> None:
        raise exceptions.Unimplemented


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def get_health(self) -> None:
        raise exceptions.Unimplemented

    async def operation_2_fast(self) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def get_health(self) -> None:
        raise exceptions.Unimplemented

    def operation_2_fast(self) -> None:
        raise exceptions.Unimplemented
