"""The database: tables, and how rows become the models of the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import JSON, ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

from .bookshop_api import models

Sessions = sessionmaker[Session]
_PRODUCT: TypeAdapter[models.Product] = TypeAdapter(models.Product)


class Base(DeclarativeBase):
    """The base of all tables."""


class ProductRow(Base):
    """A product of any kind; `details` has what the kinds do not share."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    price: Mapped[int]
    stock: Mapped[int]
    blurb: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    sold: Mapped[int] = mapped_column(default=0)
    cover: Mapped[bytes | None] = mapped_column(deferred=True)
    cover_alt: Mapped[str | None]

    @classmethod
    def of(cls, product: models.Product) -> ProductRow:
        """Make the row of a new product."""
        details = product.model_dump(mode="json", exclude_none=True)
        shared = {name: details.pop(name, None) for name in ("sku", "kind", "title", "price", "stock", "blurb")}
        return cls(**shared, details=details)

    def product(self) -> models.Product:
        """Return what the API shows: a Book, an Audiobook or a GiftCard, as `kind` says."""
        shared = {name: getattr(self, name) for name in ("sku", "kind", "title", "price", "stock")}
        blurb = {} if self.blurb is None else {"blurb": self.blurb}
        return _PRODUCT.validate_python(shared | blurb | self.details)


class LineRow(Base):
    """A line of an order."""

    __tablename__ = "order_lines"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("products.sku"))
    quantity: Mapped[int]


class OrderRow(Base):
    """An order of a customer."""

    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    customer: Mapped[str] = mapped_column(index=True)
    note: Mapped[str | None]
    total: Mapped[int]
    shipped: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    lines: Mapped[list[LineRow]] = relationship(order_by=LineRow.number)

    def order(self) -> models.Order:
        """Return what the API shows."""
        return models.Order(
            id=self.id,
            status="shipped" if self.shipped else "placed",
            total=self.total,
            placed_at=self.placed_at.replace(tzinfo=UTC),  # SQLite stores no offset
            note=self.note,
            lines=[models.OrderLine(sku=line.sku, quantity=line.quantity) for line in self.lines],
        )


def connect(url: str) -> Sessions:
    """Return what opens sessions of a database; its tables are made if they are not there."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    return sessionmaker(engine)
