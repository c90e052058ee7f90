"""The database: tables, connections, transactions."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Double,
    Engine,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from weave_costs.errors import ServiceUnavailable

DEFAULT_URL = "sqlite:///costs.sqlite3"  # in the working directory
RETRY_AFTER = 2  # seconds
WAIT = 5  # seconds to wait for a connection or, in SQLite, for another writer
CONNECTIONS = 10  # of each worker, at most: PostgreSQL allows 100 in all unless told otherwise
log = logging.getLogger(__name__)


class Instant(TypeDecorator[datetime]):
    """A point in time, kept in UTC: SQLite does not store offsets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what is stored."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what was stored, aware."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


# What queries are written with; migrations.py creates the tables.
METADATA = MetaData()

PRICES = Table(
    "llm_token_prices",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("pricing_level", Text, nullable=False),
    Column("pricing_level_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("llm_id", Text, nullable=False),
    Column("effective_date", Instant, nullable=False),
    Column("prompt_token_cost", Double, nullable=False),
    Column("completion_token_cost", Double, nullable=False),
    Column("cache_read_input_token_cost", Double, nullable=False),
    Column("cache_creation_input_token_cost", Double, nullable=False),
    Column("prompt_token_cost_unit", Text, nullable=False),
    Column("completion_token_cost_unit", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)


def connect(url: str) -> Engine:
    """Return the engine for a database URL; opens no connection yet.

    Raises:
        sqlalchemy.exc.ArgumentError: not the URL of a database that this service can use.
        ImportError: the database's driver is not installed.
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database in {None, "", ":memory:"}:
        raise ArgumentError("a database in memory is not kept: name a file")
    waiting = {"timeout": WAIT} if sqlite else {"connect_timeout": WAIT}
    if {*waiting} & {*parsed.query}:
        waiting = {}  # the URL says how long
    engine = create_engine(
        parsed,
        connect_args=waiting,
        hide_parameters=True,  # errors are logged, values are not
        pool_pre_ping=True,  # connections from before the database restarted are noticed before they are used
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=WAIT,
    )
    if sqlite:
        event.listen(engine, "connect", _write_ahead)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _write_ahead(connection: sqlite3.Connection, _record: object) -> None:
    """Let readers and one writer work side by side; a commit is on the disk before it returns."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_immediate(connection: Connection) -> None:
    """Wait for other writers at the start: one that began by reading would fail instead of waiting."""
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for single statements that only read; raise ServiceUnavailable."""
    with _available("the database cannot be used now"), engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection, and commit what was done on it: all or nothing; raise ServiceUnavailable."""
    with _available("the database cannot be used now: nothing was stored"), engine.connect() as connection:
        yield connection
        # A connection that breaks here leaves open whether the commit came through.
        with _available("the database went away during the commit: see what was stored before trying again"):
            connection.commit()


@contextmanager
def _available(detail: str) -> Iterator[None]:
    """Answer 503 where the database is away or overloaded (RFC 9110 section 15.6.4)."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and not _is_passing(error):
            raise
        log.warning("%s (%s)", detail, error.orig if isinstance(error, DBAPIError) else error)
        raise ServiceUnavailable(detail, headers={"Retry-After": str(RETRY_AFTER)}) from error


def _is_passing(error: DBAPIError) -> bool:
    """Tell a database that will come back from a mistake of ours."""
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:  # a wrong statement
        return False
    return isinstance(error, OperationalError) or error.connection_invalidated
