"""The application: every service with what it needs."""

from __future__ import annotations

import os
from functools import partial

import httpx2
from fastapi import FastAPI

from .access import Access, Token
from .bookshop_api.api import SyncWebhookEventsApi
from .bookshop_api.server import create_app
from .catalogue import Covers, Products, Stock
from .database import Sessions, connect
from .orders import Events, Orders

DATABASE_URL = "sqlite:///bookshop.sqlite3"  # in the working directory


def build(sessions: Sessions, access: Access, events: SyncWebhookEventsApi) -> FastAPI:
    """Build the application; `complete` refuses to start while an operation has no method."""
    return create_app(
        products=partial(Products, sessions),
        covers=partial(Covers, sessions),
        stock=partial(Stock, sessions),
        orders=partial(Orders, sessions, events),
        authenticate=access.check,
        complete=True,
    )


def application() -> FastAPI:
    """Build what uvicorn serves, from the environment: see README.md."""
    alice = Token("alice", frozenset({"orders:read", "orders:write"}))
    access = Access({os.environ["BOOKSHOP_TOKEN"]: alice}, os.environ["BOOKSHOP_STAFF_KEY"])
    events = Events(os.environ.get("BOOKSHOP_WEBHOOKS", "").split(), httpx2.Client(timeout=5))
    return build(connect(os.environ.get("DATABASE_URL", DATABASE_URL)), access, events)
