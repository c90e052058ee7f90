"""The bookshop, through its generated client. A TestClient is an httpx2 client whose requests go straight to the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, get_ident
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import Engine, event

from .__main__ import STOCK
from .access import Access, Token
from .bookshop_api import errors, models
from .bookshop_api.client import Client, Credentials, File
from .catalogue import PNG
from .database import ProductRow, connect
from .orders import Events
from .service import build

TOKENS = {
    "alice-token": Token("alice", frozenset({"orders:read", "orders:write"})),
    "bob-token": Token("bob", frozenset({"orders:read"})),
}
TIDE, EMBER, GIFT = STOCK
ONE_TIDE = models.NewOrder(lines=[models.OrderLine(sku="TIDE-2031", quantity=1)])


class Partner:
    """Who is told of orders."""

    def __init__(self) -> None:
        self.orders: list[models.Order] = []

    def take(self, request: httpx2.Request) -> httpx2.Response:
        self.orders.append(models.Order.model_validate_json(request.content))
        return httpx2.Response(204)


@dataclass
class Shop:
    """A client for each who asks; they share one application, which `http` leads to."""

    http: TestClient
    nobody: Client
    alice: Client
    bob: Client
    staff: Client


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def shop(tmp_path: Path, partner: Partner) -> Iterator[Shop]:
    """A shop that has three products."""
    sessions = connect(f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    with sessions.begin() as session:
        session.add_all(map(ProductRow.of, STOCK))
    events = Events(["http://partner/hook"], httpx2.Client(transport=httpx2.MockTransport(partner.take)))
    with TestClient(build(sessions, Access(TOKENS, "staff-key"), events)) as http:

        def client(credentials: Credentials) -> Client:
            return Client("http://shop", credentials, http=http)

        alice, bob = client({"customer": "alice-token"}), client({"customer": "bob-token"})
        yield Shop(http=http, nobody=client({}), alice=alice, bob=bob, staff=client({"staff": "staff-key"}))


def test_search_by_words_kind_price_and_stock(shop: Shop) -> None:
    def found(**query: Any) -> list[str]:
        return [product.sku for product in shop.nobody.products.search(**query).items]

    assert found() == ["TIDE-2031", "EMBER-AUDIO", "GIFT-20"]
    assert found(q="tid lon") == ["TIDE-2031"]
    assert found(q="50%") == []  # no pattern
    assert found(kind=["audiobook", "gift_card"], max_price=1000) == ["EMBER-AUDIO"]
    assert found(sort="price") == ["EMBER-AUDIO", "TIDE-2031", "GIFT-20"]
    shop.staff.products.change(models.ProductPatch(stock=0), sku="GIFT-20")
    assert found(in_stock=True) == ["TIDE-2031", "EMBER-AUDIO"]


def test_pages_lead_to_each_other(shop: Shop) -> None:
    first = shop.nobody.products.search(limit=2)
    second = shop.nobody.products.search(limit=2, after=first.next)
    assert [len(first.items), len(second.items), second.next] == [2, 1, None]
    with pytest.raises(errors.UnprocessableEntity, match="after must be"):
        shop.nobody.products.search(after="elsewhere")


def test_a_product_is_what_its_kind_says(shop: Shop) -> None:
    assert [type(product) for product in shop.nobody.products.search().items] == [
        models.Book,
        models.Audiobook,
        models.GiftCard,
    ]
    assert shop.nobody.products.get(sku="TIDE-2031") == TIDE
    with pytest.raises(errors.NotFound) as caught:
        shop.nobody.products.get(sku="NO-SUCH")
    assert caught.value.body == models.Problem(title="Not Found", status=404, detail="there is no product NO-SUCH")


def test_the_staff_adds_products(shop: Shop) -> None:
    card = models.GiftCard(kind="gift_card", sku="GIFT-50", title="Gift card", price=5000, stock=9, value=5000)
    raw = shop.staff.raw(shop.staff.products.add, card)
    assert (raw.status, raw.typed_headers["Location"], raw.value) == (201, "/products/GIFT-50", card)
    with pytest.raises(errors.Conflict, match="there is a product GIFT-50 already"):
        shop.staff.products.add(card)
    with pytest.raises(errors.Unauthorized, match="staff is needed"):
        shop.alice.products.add(card)


def test_a_patch_changes_what_it_names_and_null_removes(shop: Shop) -> None:
    def change(patch: models.ProductPatch) -> models.Product:
        return shop.staff.products.change(patch, sku="TIDE-2031")

    changed = change(models.ProductPatch(blurb="Waves.", price=1000))
    assert (changed.blurb, changed.price, changed.title) == ("Waves.", 1000, "A Long Tide")
    assert change(models.ProductPatch(stock=2)).blurb == "Waves."
    assert change(models.ProductPatch(blurb=None)).blurb is None


def test_a_cover_goes_up_and_comes_down(shop: Shop, tmp_path: Path) -> None:
    picture = tmp_path / "tide.png"
    picture.write_bytes(PNG + bytes(100_000))
    with pytest.raises(errors.NotFound, match="has no cover"):
        list(shop.nobody.covers.download(sku="TIDE-2031"))
    shop.staff.covers.upload(models.CoverForm(picture=File(picture), alt="The sea"), sku="TIDE-2031")
    assert b"".join(shop.nobody.covers.download(sku="TIDE-2031")) == picture.read_bytes()
    with pytest.raises(errors.UnprocessableEntity, match="no PNG"):
        shop.staff.covers.upload(models.CoverForm(picture=File(b"GIF89a")), sku="TIDE-2031")


@pytest.mark.parametrize("alt", ["two\nlines", "end\n", "a\tb", " edge", "edge ", "\0", "\x7f", ""])
def test_what_no_header_can_carry_is_refused_where_it_comes_in(shop: Shop, alt: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        models.CoverForm(picture=File(PNG), alt=alt)
    raw = shop.http.put(
        "http://shop/products/TIDE-2031/cover",
        files={"picture": ("tide.png", PNG, "image/png")},
        data={"alt": alt},
        headers={"X-Staff-Key": "staff-key"},
    )
    assert raw.status_code == 422


def test_the_stock_is_watched_until_none_is_left(shop: Shop) -> None:
    shop.staff.products.change(models.ProductPatch(stock=0), sku="GIFT-20")
    assert list(shop.nobody.stock.watch(sku="GIFT-20")) == [models.StockLevel(sku="GIFT-20", stock=0)]
    with pytest.raises(errors.NotFound):
        list(shop.nobody.stock.watch(sku="NO-SUCH"))


def test_an_order_takes_from_the_stock_or_is_refused_whole(shop: Shop) -> None:
    raw = shop.alice.raw(shop.alice.orders.place, ONE_TIDE)
    order = raw.value
    assert (raw.status, raw.typed_headers["Location"]) == (201, f"/orders/{order.id}")
    assert (order.total, order.status, order.lines) == (1200, "placed", ONE_TIDE.lines)
    both = models.NewOrder(lines=[*ONE_TIDE.lines, models.OrderLine(sku="TIDE-2031", quantity=2)])
    with pytest.raises(errors.Conflict, match="TIDE-2031: 1 left, 2 ordered"):
        shop.alice.orders.place(both)
    assert shop.nobody.products.get(sku="TIDE-2031").stock == 2
    assert shop.alice.orders.list() == [order]


def at_once(do: Callable[[], object]) -> list[str]:
    """Do it in two threads, neither of which writes before the other is about to; returns what came of each."""
    both, waited = Barrier(2, timeout=10), set[int]()

    def meet(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SELECT") and get_ident() not in waited:
            waited.add(get_ident())
            both.wait()

    def one(_: int) -> str:
        try:
            return type(do()).__name__
        except errors.APIError as error:
            return type(error).__name__

    event.listen(Engine, "before_cursor_execute", meet)
    try:
        with ThreadPoolExecutor(2) as threads:
            return sorted(threads.map(one, range(2)))
    finally:
        event.remove(Engine, "before_cursor_execute", meet)


def test_the_last_one_is_sold_once(shop: Shop) -> None:
    shop.staff.products.change(models.ProductPatch(stock=1), sku="TIDE-2031")
    assert at_once(lambda: shop.alice.orders.place(ONE_TIDE)) == ["Conflict", "Order"]
    assert shop.nobody.products.get(sku="TIDE-2031").stock == 0
    assert len(shop.alice.orders.list()) == 1


def test_an_order_is_shipped_once(shop: Shop, partner: Partner) -> None:
    order = shop.alice.orders.place(ONE_TIDE)
    assert at_once(lambda: shop.staff.orders.ship(order_id=order.id)) == ["Conflict", "Order"]
    assert [told.id for told in partner.orders] == [order.id]


def test_orders_belong_to_their_customer_and_need_scopes(shop: Shop) -> None:
    order = shop.alice.orders.place(ONE_TIDE)
    assert shop.alice.orders.get(order_id=order.id) == order
    with pytest.raises(errors.NotFound):
        shop.bob.orders.get(order_id=order.id)
    with pytest.raises(errors.Forbidden, match="lacks orders:write"):
        shop.bob.orders.place(ONE_TIDE)
    with pytest.raises(errors.Unauthorized):
        shop.nobody.orders.list()


def test_shipping_an_order_tells_the_partner(shop: Shop, partner: Partner) -> None:
    order = shop.alice.orders.place(ONE_TIDE)
    shipped = shop.staff.orders.ship(order_id=order.id)
    assert shipped.status == "shipped"
    assert partner.orders == [shipped]
    with pytest.raises(errors.Conflict, match="shipped already"):
        shop.staff.orders.ship(order_id=order.id)
    with pytest.raises(errors.NotFound):
        shop.staff.orders.ship(order_id=uuid4())


def test_the_deprecated_list_is_still_there(shop: Shop) -> None:
    shop.alice.orders.place(ONE_TIDE)
    first, *_ = shop.nobody.products.list_bestsellers()
    assert first.sku == "TIDE-2031"
