"""Fill the shop, and serve it: `python -m examples.bookshop`."""

from __future__ import annotations

import os
import secrets

import uvicorn

from .bookshop_api import models
from .database import ProductRow, connect
from .service import DATABASE_URL, application

STOCK: list[models.Product] = [
    models.Book(
        kind="book",
        sku="TIDE-2031",
        title="A Long Tide",
        price=1200,
        stock=3,
        authors=["Mara Quill"],
        isbn="9780000000002",
    ),
    models.Audiobook(
        kind="audiobook",
        sku="EMBER-AUDIO",
        title="Emberline",
        price=900,
        stock=50,
        authors=["Ivo Lantern"],
        minutes=980,
    ),
    models.GiftCard(kind="gift_card", sku="GIFT-20", title="Gift card", price=2000, stock=100, value=2000),
]


def main() -> None:
    """Put products into an empty shop, say which credentials it takes, and serve on 127.0.0.1:8010."""
    with connect(os.environ.get("DATABASE_URL", DATABASE_URL)).begin() as session:
        if not session.query(ProductRow).count():
            session.add_all(map(ProductRow.of, STOCK))
    for name in ("BOOKSHOP_TOKEN", "BOOKSHOP_STAFF_KEY"):
        print(f"{name}={os.environ.setdefault(name, secrets.token_urlsafe(16))}", flush=True)
    uvicorn.run(application(), port=8010)


if __name__ == "__main__":
    main()
