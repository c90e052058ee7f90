"""The services for products, their covers and their stock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
from anyio.to_thread import run_sync
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from typing_extensions import override

from .bookshop_api import errors, models
from .bookshop_api.server import context, stub
from .database import ProductRow, Sessions

INTERVAL = 0.2  # seconds between two looks at the stock
PNG = b"\x89PNG\r\n\x1a\n"


class Products(stub.SyncProducts):
    """Sync: its methods run in threads, as drivers of databases block."""

    def __init__(self, sessions: Sessions, _who: object) -> None:
        self._sessions = sessions

    @override
    def search(
        self,
        *,
        q: str | None = None,
        kind: list[models.Kind] | None = None,
        max_price: int | None = None,
        in_stock: bool = False,
        sort: models.Sort = "title",
        limit: int = 20,
        after: str | None = None,
    ) -> models.ProductPage:
        query = select(ProductRow)
        for word in (q or "").split():
            query = query.where(ProductRow.title.icontains(word, autoescape=True))
        if kind is not None:
            query = query.where(ProductRow.kind.in_(kind))
        if max_price is not None:
            query = query.where(ProductRow.price <= max_price)
        if in_stock:
            query = query.where(ProductRow.stock > 0)
        start = _offset(after)
        with self._sessions() as session:
            rows = session.scalars(_sorted(query, sort).offset(start).limit(limit + 1)).all()
            page = models.ProductPage(items=[row.product() for row in rows[:limit]])
        if len(rows) > limit:
            page.next = str(start + limit)
        return page

    @override
    def add(self, body: models.Product) -> models.Product:
        try:
            with self._sessions.begin() as session:
                session.add(ProductRow.of(body))
        except IntegrityError:
            raise errors.Conflict(f"there is a product {body.sku} already") from None
        context().headers["Location"] = f"/products/{body.sku}"
        return body

    @override
    def get(self, *, sku: str) -> models.Product:
        with self._sessions() as session:
            return find(session, sku).product()

    @override
    def change(self, body: models.ProductPatch, *, sku: str) -> models.Product:
        with self._sessions.begin() as session:
            row = find(session, sku)
            for name, value in body.model_dump(exclude_unset=True).items():  # what was sent, null too
                setattr(row, name, value)
            return row.product()

    @override
    def list_bestsellers(self) -> list[models.Product]:
        return self.search(sort="sold", limit=10).items


class Covers(stub.SyncCovers):
    """Pictures are kept in the database: they are small."""

    def __init__(self, sessions: Sessions, _who: object) -> None:
        self._sessions = sessions

    @override
    def upload(self, body: models.CoverForm, *, sku: str) -> None:
        picture = body.picture.read()
        if not picture.startswith(PNG):
            raise errors.UnprocessableEntity("the picture is no PNG")
        with self._sessions.begin() as session:
            row = find(session, sku)
            row.cover, row.cover_alt = picture, body.alt

    @override
    def download(self, *, sku: str) -> Iterator[bytes]:
        with self._sessions() as session:
            row = find(session, sku)
            if row.cover is None:
                raise errors.NotFound(f"{sku} has no cover")
            if row.cover_alt:
                context().headers["Content-Description"] = row.cover_alt
            yield row.cover


class Stock(stub.Stock):
    """Async: a stream that waits must not keep a thread."""

    def __init__(self, sessions: Sessions, _who: object) -> None:
        self._sessions = sessions

    @override
    async def watch(self, *, sku: str) -> AsyncIterator[models.StockLevel]:
        last = -1
        while last:
            if (now := await run_sync(self._read, sku)) != last:
                yield models.StockLevel(sku=sku, stock=now)
                last = now
            else:
                await anyio.sleep(INTERVAL)

    def _read(self, sku: str) -> int:
        with self._sessions() as session:
            return find(session, sku).stock


def find(session: Session, sku: str) -> ProductRow:
    """Return the row of a product; raise NotFound."""
    row = session.get(ProductRow, sku)
    if row is None:
        raise errors.NotFound(f"there is no product {sku}")
    return row


def _sorted(query: Select[Any], sort: models.Sort) -> Select[Any]:
    """Sort by a field, then by SKU, so that pages have a fixed order."""
    fields: dict[str, Any] = {"title": ProductRow.title, "price": ProductRow.price, "sold": ProductRow.sold.desc()}
    return query.order_by(fields[sort], ProductRow.sku)


def _offset(after: str | None) -> int:
    """Read what `next` of a page was; raise UnprocessableEntity for anything else."""
    if after is None:
        return 0
    if after.isdecimal() and len(after) < 10:
        return int(after)
    raise errors.UnprocessableEntity("after must be the `next` of a page")
