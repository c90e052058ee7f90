"""The operations tagged `Subscriptions`."""

from __future__ import annotations

from .. import contract
from ..api import SubscriptionsApi, SyncSubscriptionsApi
from .core import AsyncBaseClient, BaseClient


class Subscriptions(SyncSubscriptionsApi):
    """See `SyncSubscriptionsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def subscribe(self) -> None:
        return self._client.invoke(contract.SUBSCRIPTIONS_SUBSCRIBE)


class AsyncSubscriptions(SubscriptionsApi):
    """See `SubscriptionsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def subscribe(self) -> None:
        return await self._client.invoke(contract.SUBSCRIPTIONS_SUBSCRIBE)
