"""API keys: shown once, kept as digests, checked at each request so that a revoked one is refused at once."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update
from weave_costs.server import Basic, Bearer, Presented, Unauthorized

from .database import KEYS, reading, transaction

USERNAME = "api"  # what Basic credentials carry beside the key
_FORM = re.compile(r"cost_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")
_NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: a user, for the projects of an entity."""

    username: str
    entity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What may be shown of a key."""

    id: str
    username: str
    entity: str
    created_at: datetime
    revoked_at: datetime | None


def check(engine: Engine, presented: Presented) -> Principal:
    """Return whose key a request presents; raise Unauthorized or ServiceUnavailable. Blocks."""
    match presented.credential:
        case Basic(username=username, password=key) if username == USERNAME:
            pass
        case Bearer(token=key):
            pass
        case _:
            raise Unauthorized("the user name must be 'api', the password a key")
    form = _FORM.fullmatch(key)
    if form is None:
        raise Unauthorized("this is no valid key")
    with reading(engine) as connection:
        row = connection.execute(select(KEYS).where(KEYS.c.id == form[1])).one_or_none()
    # Compared in constant time, and also where there is nothing to compare with: the time taken tells nothing.
    same = hmac.compare_digest(_digest(key), row.digest if row else _NO_DIGEST)
    if row is None or not same or row.revoked_at:
        raise Unauthorized("this is no valid key")
    return Principal(username=row.username, entity=row.entity)


def add(engine: Engine, username: str, entity: str) -> str:
    """Make a key for a user and an entity's projects; return it: it cannot be shown again; raise ServiceUnavailable."""
    identifier = secrets.token_hex(8)
    key = f"cost_{identifier}_{secrets.token_urlsafe(32)}"
    values = {"id": identifier, "digest": _digest(key), "username": username, "entity": entity}
    with transaction(engine) as connection:
        connection.execute(insert(KEYS).values(**values, created_at=datetime.now(UTC)))
    return key


def everything(engine: Engine) -> list[Key]:
    """Return all keys, the oldest first; raise ServiceUnavailable."""
    columns = KEYS.c.id, KEYS.c.username, KEYS.c.entity, KEYS.c.created_at, KEYS.c.revoked_at
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).order_by(KEYS.c.created_at, KEYS.c.id)).all()
    return [
        Key(id=i, username=user, entity=entity, created_at=made, revoked_at=end) for i, user, entity, made, end in rows
    ]


def revoke(engine: Engine, identifier: str) -> bool:
    """Refuse a key from now on; return False where no valid key has this id; raise ServiceUnavailable."""
    valid = (KEYS.c.id == identifier) & KEYS.c.revoked_at.is_(None)
    with transaction(engine) as connection:
        return connection.execute(update(KEYS).where(valid).values(revoked_at=datetime.now(UTC))).rowcount == 1


def _digest(key: str) -> str:
    """Return the SHA-256 of a key: its 256 random bits cannot be guessed, so a slow hash would protect nothing more."""
    return hashlib.sha256(key.encode()).hexdigest()
