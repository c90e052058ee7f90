"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import SubscriptionsApi, SyncSubscriptionsApi


class Subscriptions(SubscriptionsApi):
    """A service of `SubscriptionsApi`."""

    async def subscribe(self) -> None:
        raise exceptions.Unimplemented


class SyncSubscriptions(SyncSubscriptionsApi):
    """A service of `SyncSubscriptionsApi`, run in threads."""

    def subscribe(self) -> None:
        raise exceptions.Unimplemented
