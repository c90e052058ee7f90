"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class SubscriptionsApi(Protocol):
    """The operations tagged `Subscriptions`."""

    async def subscribe(self) -> None:
        """`POST /subscribe`, `#/paths/~1subscribe/post`

        Returns:
            Done
        """
        ...


class SyncSubscriptionsApi(Protocol):
    """The operations tagged `Subscriptions`."""

    def subscribe(self) -> None:
        """`POST /subscribe`, `#/paths/~1subscribe/post`

        Returns:
            Done
        """
        ...


class WebhookEventsApi(Protocol):
    """The operations without a tag."""

    async def created(self, body: models.Event) -> None:
        """`POST created`, `#/webhooks/created/post`

        Returns:
            Taken
        """
        ...

    async def on_event(self, body: models.Event) -> None:
        """`POST {$request.body#/url}`, `#/paths/~1subscribe/post/callbacks/onEvent/{$request.body#~1url}/post`

        Returns:
            Taken
        """
        ...


class SyncWebhookEventsApi(Protocol):
    """The operations without a tag."""

    def created(self, body: models.Event) -> None:
        """`POST created`, `#/webhooks/created/post`

        Returns:
            Taken
        """
        ...

    def on_event(self, body: models.Event) -> None:
        """`POST {$request.body#/url}`, `#/paths/~1subscribe/post/callbacks/onEvent/{$request.body#~1url}/post`

        Returns:
            Taken
        """
        ...
