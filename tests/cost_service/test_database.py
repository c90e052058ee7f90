"""The cost service and its databases: migrations, outages, and what is left after everything was killed."""

from __future__ import annotations

import itertools
import logging
import signal
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, inspect, select
from sqlalchemy.exc import ArgumentError
from weave_costs import errors
from weave_costs.client import Client
from weave_costs.models import CostCreateInput, CostCreateReq

from examples.cost_service import keys, migrations
from examples.cost_service.database import METADATA, PRICES, connect
from examples.cost_service.migrations import NewerSchemaError, migrate
from tests.support.cost_service import PostgreSQL, Service, add_key, postgresql, wait

EACH = 3  # costs in a request


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Give an empty database of each kind."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'costs.sqlite3'}")
    else:
        engine = connect(request.getfixturevalue("postgres").url)
    _drop_everything(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(postgres: PostgreSQL) -> Iterator[Engine]:
    """Give the server's database, empty."""
    engine = connect(postgres.url)
    _drop_everything(engine)
    yield engine
    engine.dispose()


def _drop_everything(engine: Engine) -> None:
    there = MetaData()
    there.reflect(engine)
    there.drop_all(engine)


def _request(number: int) -> CostCreateReq:
    """Return a request whose rows tell which one it was."""
    cost = CostCreateInput(prompt_token_cost=number, completion_token_cost=1, provider_id=str(number))
    return CostCreateReq(project_id="acme/demo", costs={f"{number}-{i}": cost for i in range(EACH)})


def _rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [*connection.execute(select(PRICES))]


# Migrations


def test_the_steps_make_what_queries_are_written_with(database: Engine) -> None:
    assert migrate(database) == len(migrations.STEPS)
    there = inspect(database)
    for table in METADATA.sorted_tables:
        found = {column["name"]: column for column in there.get_columns(table.name)}
        assert list(found) == [column.name for column in table.columns]
        assert {n: c["nullable"] for n, c in found.items()} == {c.name: c.nullable for c in table.columns}
        assert there.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
        if database.dialect.name == "postgresql":
            types = {c.name: c.type.compile(database.dialect) for c in table.columns}
            assert {n: c["type"].compile(database.dialect) for n, c in found.items()} == types


def test_a_database_of_the_first_version_keeps_its_rows(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as early:
        early.setattr(migrations, "STEPS", migrations.STEPS[:1])
        assert migrate(database) == 1
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO api_keys (id, digest, username, entity, created_at)"
            " VALUES ('1', 'd', 'alice', 'acme', '2026-01-01 00:00:00+00:00')"
        )
    assert migrate(database) == len(migrations.STEPS) - 1
    assert migrate(database) == 0
    assert [(key.username, key.revoked_at) for key in keys.everything(database)] == [("alice", None)]


def test_a_failing_step_leaves_nothing_behind(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (*migrations.STEPS, ("CREATE TABLE more (id TEXT)", "SELECT nonsense FROM nowhere"))
    with monkeypatch.context() as wrong:
        wrong.setattr(migrations, "STEPS", broken)
        with pytest.raises(Exception, match="nowhere"):
            migrate(database)
    assert inspect(database).get_table_names() == []
    assert migrate(database) == len(migrations.STEPS)


def test_several_processes_may_migrate_at_once(database: Engine) -> None:
    done: list[int] = []
    engines = [connect(database.url.render_as_string(hide_password=False)) for _ in range(4)]
    threads = [threading.Thread(target=lambda engine=engine: done.append(migrate(engine))) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sorted(done) == [0, 0, 0, len(migrations.STEPS)]


def test_a_later_version_is_left_alone(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(database)
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:1])
    with pytest.raises(NewerSchemaError, match="schema version 2"):
        migrate(database)


def test_urls() -> None:
    assert connect("postgres://u@h/d").url.drivername == "postgresql+psycopg"
    assert connect("postgresql://u@h/d").url.drivername == "postgresql+psycopg"
    with pytest.raises(ArgumentError, match="name a file"):
        connect("sqlite://")


# Stopping


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_under_way_is_stored_and_acknowledged_when_the_service_stops(tmp_path: Path, workers: int) -> None:
    """Another writer holds the database while SIGTERM arrives."""
    database = f"sqlite:///{tmp_path / 'costs.sqlite3'}"
    key = add_key(database)
    answers: list[list[tuple[str, str]]] = []
    with Service(tmp_path, database, workers=workers) as service, Client(service.url, key) as client:
        with closing(sqlite3.connect(tmp_path / "costs.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            creating = threading.Thread(target=lambda: answers.append(client.costs.create(_request(1)).ids))
            creating.start()
            time.sleep(0.5)
            stopping = threading.Thread(target=lambda: codes.append(service.stop()))
            codes: list[int] = []
            stopping.start()
            wait(lambda: service.log.read_text().count("Shutting down") == workers, "it does not stop")
            assert not answers
            other.execute("COMMIT")
        creating.join()
        stopping.join()
    engine = connect(database)
    assert [sorted((row.id, row.llm_id) for row in _rows(engine))] == [sorted(ids) for ids in answers]
    engine.dispose()
    assert codes[0] in (0, -signal.SIGTERM)
    assert service.log.read_text().count("Application shutdown complete") == workers


# Outages


def test_postgresql_stores_the_same(postgres: PostgreSQL, empty: Engine, tmp_path: Path) -> None:
    key = add_key(postgres.url)
    with Service(tmp_path, postgres.url, workers=2) as service, Client(service.url, ("api", key)) as client:
        answer = client.costs.create(_request(7))
    rows = _rows(empty)
    assert [(row.id, row.llm_id) for row in rows] == answer.ids
    assert {row.prompt_token_cost for row in rows} == {7.0}
    assert {row.created_by for row in rows} == {"alice"}
    assert {row.effective_date == row.created_at for row in rows} == {True}


def test_while_postgresql_is_away_503_then_back_by_itself(postgres: PostgreSQL, empty: Engine, tmp_path: Path) -> None:
    key = add_key(postgres.url)
    with Service(tmp_path, postgres.url) as service, Client(service.url, key) as client:
        client.costs.create(_request(1))
        postgres.kill()
        for _ in range(3):
            with pytest.raises(errors.ServiceUnavailable) as caught:
                client.costs.create(_request(2))
            assert int(caught.value.headers["retry-after"]) > 0
        postgres.start()
        client.costs.create(_request(3))
        # The client's own retries bridge an outage, where the caller says that they may.
        postgres.kill()
        threading.Timer(1, postgres.start).start()
        client.with_options(retries=5, idempotent=True).costs.create(_request(4))
    assert Counter(row.provider_id for row in _rows(empty)) == dict.fromkeys("134", EACH)


def test_a_commit_that_breaks_off_is_not_acknowledged(postgres: PostgreSQL, empty: Engine, tmp_path: Path) -> None:
    key = add_key(postgres.url)
    with empty.begin() as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER at_the_commit AFTER INSERT ON llm_token_prices"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.provider_id = '2') EXECUTE FUNCTION break_off()"
        )
    with Service(tmp_path, postgres.url) as service, Client(service.url, key) as client:
        client.costs.create(_request(1))
        with pytest.raises(errors.ServiceUnavailable) as caught:
            client.costs.create(_request(2))
        client.costs.create(_request(3))
    assert "during the commit" in caught.value.response.json()["detail"]
    assert {row.provider_id for row in _rows(empty)} == {"1", "3"}


def test_a_locked_sqlite_file_is_503(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("examples.cost_service.database.WAIT", 0.05)
    engine = connect(f"sqlite:///{tmp_path / 'costs.sqlite3'}")
    migrate(engine)
    with closing(sqlite3.connect(tmp_path / "costs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.WARNING), pytest.raises(errors.ServiceUnavailable, match="503") as caught:
            keys.add(engine, "alice", "acme")
        assert keys.everything(engine) == []  # readers go on
    assert caught.value.headers == {"Retry-After": "2"}
    assert "database is locked" in caplog.text
    keys.add(engine, "alice", "acme")
    engine.dispose()


# Faults under load


@dataclass
class Outcome:
    """What clients saw."""

    acknowledged: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    refused: int = 0
    broken: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def _load(url: str, key: str, clients: int) -> Iterator[Outcome]:
    """Create costs in several threads, each request with another number, until the end of the block."""
    outcome, numbers, end = Outcome(), itertools.count(), threading.Event()

    def create() -> None:
        with Client(url, key, timeout=20) as client:
            while not end.is_set():
                number = next(numbers)
                try:
                    outcome.acknowledged[number] = client.costs.create(_request(number)).ids
                except errors.ServiceUnavailable as error:
                    outcome.refused += 1
                    if not int(error.headers.get("retry-after", 0)):
                        outcome.wrong.append("no Retry-After")
                    end.wait(0.05)
                except errors.ConnectionFailed:
                    outcome.broken += 1
                    end.wait(0.05)
                except Exception as error:
                    outcome.wrong.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=create) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield outcome
    finally:
        end.set()
        for thread in threads:
            thread.join()


def _judge(engine: Engine, outcome: Outcome) -> int:
    """Hold what was acknowledged against what is stored; return how many requests are stored unacknowledged."""
    stored: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows(engine):
        stored[int(row.provider_id)].append((row.id, row.llm_id))
    assert outcome.wrong == []
    assert {number: ids for number, ids in outcome.acknowledged.items() if sorted(stored[number]) != sorted(ids)} == {}
    whole = {number: sorted(f"{number}-{i}" for i in range(EACH)) for number in stored if stored[number]}
    assert {number: sorted(llm for _, llm in ids) for number, ids in stored.items() if ids} == whole
    return len(whole) - len(outcome.acknowledged)


def _faults(service: Service, seconds: float, server: PostgreSQL | None) -> int:
    """Kill a worker every 1.5 seconds, in every third turn the database instead; return how often the latter."""
    start = time.monotonic()
    turns = int(seconds / 1.5)
    for turn in range(turns):
        time.sleep(max(0.0, start + 1.5 * (turn + 1) - time.monotonic()))
        if server and turn % 3 == 1:
            server.kill()
            time.sleep(0.3)
            server.start()
        else:
            service.kill_a_worker()
    return len(range(1, turns, 3)) if server else 0


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seconds"), [("sqlite", 3.0), ("postgresql", 9.0)])
def test_nothing_acknowledged_is_lost(
    kind: str, seconds: float, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with ExitStack() as stack:
        server: PostgreSQL | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
        url = server.url if server else f"sqlite:///{tmp_path / 'costs.sqlite3'}"
        engine = connect(url)
        stack.callback(engine.dispose)
        _drop_everything(engine)
        key = add_key(url)
        service = stack.enter_context(Service(tmp_path, url, workers=2))
        with _load(service.url, key, clients=6) as outcome:
            outages = _faults(service, seconds, server)
            before = len(outcome.acknowledged)
            wait(lambda: len(outcome.acknowledged) > before + 20, "the service did not come back by itself")
        unacknowledged = _judge(engine, outcome)
        print(
            f"{kind}: {len(outcome.acknowledged)} requests acknowledged, {unacknowledged} more stored whole, "
            f"{outcome.refused} answered 503, {outcome.broken} cut off; "
            f"{len(service.killed)} workers and {outages} databases killed"
        )
        assert len(outcome.acknowledged) > 100
        assert len(service.killed) >= 2
        assert outcome.broken
        assert 0 <= unacknowledged <= outcome.broken + outcome.refused
        assert server is None or (outages >= 2 and outcome.refused)
