"""The service for orders, and the webhook that tells others of them."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Iterable
from uuid import UUID

import httpx2
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from typing_extensions import override

from .bookshop_api import errors, models
from .bookshop_api.api import SyncWebhookEventsApi
from .bookshop_api.server import context, stub
from .catalogue import find
from .database import LineRow, OrderRow, ProductRow, Sessions

log = logging.getLogger(__name__)


class Orders(stub.SyncOrders):
    """Orders of one customer; the staff ships them."""

    def __init__(self, sessions: Sessions, events: SyncWebhookEventsApi, who: str) -> None:
        self._sessions = sessions
        self._events = events
        self._who = who

    @override
    def list(self) -> builtins.list[models.Order]:
        query = select(OrderRow).where(OrderRow.customer == self._who).order_by(OrderRow.placed_at.desc())
        with self._sessions() as session:
            return [row.order() for row in session.scalars(query)]

    @override
    def place(self, body: models.NewOrder) -> models.Order:
        lines = [LineRow(number=number, sku=line.sku, quantity=line.quantity) for number, line in enumerate(body.lines)]
        with self._sessions.begin() as session:  # all or nothing
            # Always in one order, so that no two orders wait for each other's products.
            total = sum(_take(session, line) for line in sorted(body.lines, key=lambda line: line.sku))
            row = OrderRow(customer=self._who, note=body.note, total=total, lines=lines)
            session.add(row)
            session.flush()
            order = row.order()
        context().headers["Location"] = f"/orders/{order.id}"
        return order

    @override
    def get(self, *, order_id: UUID) -> models.Order:
        with self._sessions() as session:
            row = _find(session, order_id)
            if row.customer != self._who:
                raise errors.NotFound(f"there is no order {order_id}")  # as if it were not there
            return row.order()

    @override
    def ship(self, *, order_id: UUID) -> models.Order:
        ship = update(OrderRow).where(OrderRow.id == order_id, OrderRow.shipped.is_(False)).values(shipped=True)
        with self._sessions.begin() as session:
            shipped = session.scalar(ship.returning(OrderRow.id)) is not None
            order = _find(session, order_id).order()
            if not shipped:
                raise errors.Conflict("the order was shipped already")
        self._events.order_shipped(order)
        return order


def _take(session: Session, line: models.OrderLine) -> int:
    """Take what a line orders off the stock; returns what it costs, in cents. Raise NotFound, or Conflict if too few are left.

    One statement compares and takes: if the stock were read first, two orders could both find the last one.
    """
    enough = update(ProductRow).where(ProductRow.sku == line.sku, ProductRow.stock >= line.quantity)
    take = enough.values(stock=ProductRow.stock - line.quantity, sold=ProductRow.sold + line.quantity)
    price: int | None = session.scalar(take.returning(ProductRow.price))
    if price is None:  # no row was changed
        left = find(session, line.sku).stock
        raise errors.Conflict(f"{line.sku}: {left} left, {line.quantity} ordered")
    return price * line.quantity


def _find(session: Session, order_id: UUID) -> OrderRow:
    """Return the row of an order; raise NotFound."""
    row = session.get(OrderRow, order_id)
    if row is None:
        raise errors.NotFound(f"there is no order {order_id}")
    return row


class Events(SyncWebhookEventsApi):
    """Sends the document's webhooks to URLs: the Protocol says which there are, and what they carry."""

    def __init__(self, urls: Iterable[str], http: httpx2.Client) -> None:
        self._urls = tuple(urls)
        self._http = http

    @override
    def order_shipped(self, body: models.Order) -> None:
        content, headers = body.model_dump_json(), {"Content-Type": "application/json"}
        for url in self._urls:
            try:
                self._http.post(url, content=content, headers=headers).raise_for_status()
            except httpx2.HTTPError as error:  # the order is shipped all the same
                log.warning("order %s: %s was not told: %s", body.id, url, error)
