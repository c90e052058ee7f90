"""The operations tagged `Subscriptions`."""

from __future__ import annotations

from .. import contract
from ..api import SubscriptionsApi, SyncSubscriptionsApi
from .core import AsyncSender, Sender


class Subscriptions(SyncSubscriptionsApi):
    """See `SyncSubscriptionsApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def subscribe(self) -> None:
        return self._sender.send(contract.SUBSCRIPTIONS_SUBSCRIBE)


class AsyncSubscriptions(SubscriptionsApi):
    """See `SubscriptionsApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def subscribe(self) -> None:
        return await self._sender.send(contract.SUBSCRIPTIONS_SUBSCRIBE)
