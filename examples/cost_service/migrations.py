"""The tables' history: each step is applied once, in order, and never changed after it was released."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, func, insert, select, update

from .database import transaction

VERSION = Table("schema_version", MetaData(), Column("version", Integer, nullable=False))  # one row

# The statements are written once for SQLite and PostgreSQL: both take these types.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE llm_token_prices (
            id TEXT NOT NULL PRIMARY KEY,
            pricing_level TEXT NOT NULL,
            pricing_level_id TEXT NOT NULL,
            provider_id TEXT NOT NULL,
            llm_id TEXT NOT NULL,
            effective_date TIMESTAMP WITH TIME ZONE NOT NULL,
            prompt_token_cost DOUBLE PRECISION NOT NULL,
            completion_token_cost DOUBLE PRECISION NOT NULL,
            cache_read_input_token_cost DOUBLE PRECISION NOT NULL,
            cache_creation_input_token_cost DOUBLE PRECISION NOT NULL,
            prompt_token_cost_unit TEXT NOT NULL,
            completion_token_cost_unit TEXT NOT NULL,
            created_by TEXT NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL
        )
        """,
        """
        CREATE TABLE api_keys (
            id TEXT NOT NULL PRIMARY KEY,
            digest TEXT NOT NULL,
            username TEXT NOT NULL,
            entity TEXT NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL
        )
        """,
    ),
    ("ALTER TABLE api_keys ADD COLUMN revoked_at TIMESTAMP WITH TIME ZONE",),
)
LOCK = 4_207_315_113  # any number of our own: PostgreSQL's advisory locks are known by their numbers


class NewerSchemaError(Exception):
    """The database belongs to a later version of this service."""


def migrate(engine: Engine) -> int:
    """Apply the steps that the database lacks, all or none; return how many there were.

    Several processes may do this at once: SQLite's transactions and PostgreSQL's lock let one after the other in.

    Raises:
        NewerSchemaError: the database has steps that are not known here.
        weave_costs.errors.ServiceUnavailable: the database is away.
    """
    with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        done = _version(connection)
        if done > len(STEPS):
            raise NewerSchemaError(f"the database has schema version {done}, this service knows {len(STEPS)}")
        for step in STEPS[done:]:
            for statement in step:
                connection.exec_driver_sql(statement)
        connection.execute(update(VERSION).values(version=len(STEPS)))
    return len(STEPS) - done


def _version(connection: Connection) -> int:
    """Return how many steps were applied."""
    VERSION.create(connection, checkfirst=True)
    found: int | None = connection.execute(select(VERSION.c.version)).scalar()
    if found is None:
        connection.execute(insert(VERSION).values(version=0))
    return found or 0
