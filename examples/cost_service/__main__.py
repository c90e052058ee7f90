"""Run the service and keep its keys: `python -m examples.cost_service --help`."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError
from weave_costs.errors import ServiceUnavailable

from . import keys, projects
from .database import DEFAULT_URL, connect
from .migrations import NewerSchemaError, migrate

GRACE = 10  # seconds that requests under way have when the service stops


def _database() -> Engine:
    """Return the engine for DATABASE_URL, with all tables in place."""
    engine = connect(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    migrate(engine)
    return engine


def _entity(_context: click.Context, _parameter: click.Parameter, project: str) -> str:
    """Return the entity of a project; raise BadParameter."""
    if wrong := projects.fault(project):
        raise click.BadParameter(f"{project!r} {wrong}")
    return project.partition("/")[0]


@click.group(epilog=f"The database is that of the environment variable DATABASE_URL, by default {DEFAULT_URL}.")
def main() -> None:
    """A service that stores the prices of tokens."""


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes; lost ones return.")
def serve(port: int, workers: int) -> None:
    """Serve on 127.0.0.1."""
    import uvicorn

    _database().dispose()  # the workers connect by themselves
    uvicorn.run(
        "examples.cost_service.service:application",
        factory=True,
        host="127.0.0.1",
        port=port,
        workers=workers,
        timeout_graceful_shutdown=GRACE,
    )


@main.group(name="keys")
def manage() -> None:
    """Add, list and revoke API keys."""


@manage.command()
@click.argument("user")
@click.option("--project", "entity", required=True, callback=_entity, help="entity/project: the entity's are opened.")
def add(user: str, entity: str) -> None:
    """Make a key for USER and print it, this once."""
    click.echo(keys.add(_database(), user, entity))
    click.echo(f"It opens the projects of {entity}. It cannot be shown again: only its digest is kept.", err=True)


@manage.command(name="list")
def list_keys() -> None:
    """Print the keys without their secrets: id, time, user, projects, state."""
    for row in keys.everything(_database()):
        state = f"revoked {row.revoked_at:%Y-%m-%dT%H:%M:%SZ}" if row.revoked_at else "valid"
        click.echo(f"{row.id}  {row.created_at:%Y-%m-%dT%H:%M:%SZ}  {row.username}  {row.entity}/*  {state}")


@manage.command()
@click.argument("identifier", metavar="ID")
def revoke(identifier: str) -> None:
    """Refuse the key with this ID (of `keys list`) from now on."""
    if not keys.revoke(_database(), identifier):
        raise click.ClickException(f"there is no valid key {identifier!r}")


if __name__ == "__main__":
    try:
        main(prog_name="python -m examples.cost_service")
    except ServiceUnavailable as error:
        sys.exit(f"Error: {error.body}")
    except (ArgumentError, ImportError, NewerSchemaError) as error:
        sys.exit(f"Error: DATABASE_URL: {error}")
