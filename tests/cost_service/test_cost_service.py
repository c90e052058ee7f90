"""The cost service over real sockets: answers, rows, credentials, what it keeps to itself."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from weave_costs import errors
from weave_costs.client import AsyncClient, Client
from weave_costs.models import CostCreateInput, CostCreateReq, HTTPValidationError
from weave_costs.server import create_app
from weave_costs.server.stub import Costs as NoCosts

from examples.cost_service import keys
from examples.cost_service.database import connect
from tests.support.cost_service import Service, add_key, run, served

COST = {"prompt_token_cost": 0.25, "completion_token_cost": 1.5}
BODY = {"project_id": "acme/demo", "costs": {"model": COST}}


@dataclass(frozen=True)
class Place:
    """A running service, its database, and a key for the projects of acme."""

    url: str
    file: Path
    database: str
    key: str
    log: Path

    def post(self, json: object = BODY, **options: Any) -> httpx2.Response:
        """Create costs as curl would."""
        merged: dict[str, Any] = {"json": json, "auth": ("api", self.key)} | options
        return httpx2.post(self.url + "/cost/create", **merged)

    def rows(self, **where: str) -> list[dict[str, Any]]:
        """Read the table as the sqlite3 shell would."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.row_factory = sqlite3.Row
            found = connection.execute("SELECT * FROM llm_token_prices ORDER BY rowid").fetchall()
        return [row for row in map(dict, found) if where.items() <= row.items()]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("service")
    database = f"sqlite:///{folder / 'costs.sqlite3'}"
    made = run(database, "keys", "add", "alice", "--project", "acme/demo")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    with Service(folder, database) as service:
        yield Place(url=service.url, file=folder / "costs.sqlite3", database=database, key=key, log=service.log)


def request(project: str, **costs: CostCreateInput) -> CostCreateReq:
    return CostCreateReq(project_id=project, costs=costs)


def a_cost(**more: Any) -> CostCreateInput:
    return CostCreateInput(prompt_token_cost=0.25, completion_token_cost=1.5, **more)


def test_three_ways_to_create_give_three_rows(place: Place) -> None:
    async def create() -> str:
        async with AsyncClient(place.url, place.key) as client:
            return (await client.costs.create(request("acme/three", third=a_cost()))).ids[0][0]

    curled = place.post({"project_id": "acme/three", "costs": {"first": COST}})
    assert curled.status_code == 200, curled.text
    with Client(place.url, ("api", place.key)) as client:
        second = client.costs.create(request("acme/three", second=a_cost())).ids[0][0]
    third = asyncio.run(create())

    rows = place.rows(pricing_level_id="acme/three")
    assert [(row["id"], row["llm_id"]) for row in rows] == [
        (curled.json()["ids"][0][0], "first"),
        (second, "second"),
        (third, "third"),
    ]


def test_a_row_says_everything(place: Place) -> None:
    cost = {
        **COST,
        "cache_read_input_token_cost": 0.125,
        "cache_creation_input_token_cost": 3,
        "prompt_token_cost_unit": "EUR",
        "completion_token_cost_unit": "원",
        "effective_date": "2026-01-02T03:04:05.678901+09:00",
        "provider_id": "openai",
    }
    answer = place.post({"project_id": "acme/all", "wb_user_id": "mallory", "costs": {"gpt/5 😀": cost}})
    (row,) = place.rows(pricing_level_id="acme/all")
    made = datetime.fromisoformat(row.pop("created_at")).replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)
    assert row == {
        "id": answer.json()["ids"][0][0],
        "pricing_level": "project",
        "pricing_level_id": "acme/all",
        "provider_id": "openai",
        "llm_id": "gpt/5 😀",
        "effective_date": "2026-01-01 18:04:05.678901",
        "prompt_token_cost": 0.25,
        "completion_token_cost": 1.5,
        "cache_read_input_token_cost": 0.125,
        "cache_creation_input_token_cost": 3.0,
        "prompt_token_cost_unit": "EUR",
        "completion_token_cost_unit": "원",
        "created_by": "alice",
    }


@pytest.mark.parametrize("given", [{}, dict.fromkeys(("provider_id", "effective_date"))], ids=["absent", "null"])
def test_defaults(place: Place, given: dict[str, None], request: pytest.FixtureRequest) -> None:
    project = f"acme/{request.node.callspec.id}"
    units: dict[str, None] = dict.fromkeys(("prompt_token_cost_unit", "completion_token_cost_unit")) if given else {}
    assert place.post({"project_id": project, "costs": {"m": {**COST, **given, **units}}}).status_code == 200
    (row,) = place.rows(pricing_level_id=project)
    assert row["provider_id"] == "default"
    assert row["prompt_token_cost_unit"] == row["completion_token_cost_unit"] == "USD"
    assert row["cache_read_input_token_cost"] == row["cache_creation_input_token_cost"] == 0
    assert row["effective_date"] == row["created_at"]
    assert row["created_by"] == "alice"


def test_a_date_without_offset_is_utc(place: Place) -> None:
    cost = {**COST, "effective_date": "2026-01-02T03:04:05"}
    assert place.post({"project_id": "acme/naive", "costs": {"m": cost}}).status_code == 200
    assert place.rows(pricing_level_id="acme/naive")[0]["effective_date"] == "2026-01-02 03:04:05.000000"


def test_the_answer_is_in_the_order_of_the_request(place: Place) -> None:
    names = [f"model-{n * 37 % 100}" for n in range(100)]
    answer = place.post({"project_id": "acme/order", "costs": dict.fromkeys(names, COST)})
    assert [name for _, name in answer.json()["ids"]] == names
    found = {row["id"]: row["llm_id"] for row in place.rows(pricing_level_id="acme/order")}
    assert found == dict(answer.json()["ids"])
    assert len(found) == 100


def test_no_costs_are_no_rows(place: Place) -> None:
    answer = place.post({"project_id": "acme/none", "costs": {}})
    assert (answer.status_code, answer.json()) == (200, {"ids": []})
    assert place.rows(pricing_level_id="acme/none") == []


def test_all_costs_or_none(tmp_path: Path) -> None:
    """The third insert fails in the database: the two before it are gone, and the answer tells nothing of it."""
    database = f"sqlite:///{tmp_path / 'costs.sqlite3'}"
    key = add_key(database)
    with closing(sqlite3.connect(tmp_path / "costs.sqlite3")) as connection:
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON llm_token_prices WHEN NEW.llm_id = 'c'"
            " BEGIN SELECT RAISE(ABORT, 'a secret of the database'); END"
        )
    with Service(tmp_path, database) as service:
        place = Place(url=service.url, file=tmp_path / "costs.sqlite3", database=database, key=key, log=service.log)
        answer = place.post({"project_id": "acme/demo", "costs": dict.fromkeys("abcd", COST)})
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert place.rows() == []
        assert place.post({"project_id": "acme/demo", "costs": dict.fromkeys("ab", COST)}).status_code == 200
        assert [row["llm_id"] for row in place.rows()] == ["a", "b"]
    log = service.log.read_text()
    assert "a secret of the database" in log  # with its traceback
    assert "0.25" not in log  # but without what was to be stored


# Who may


def test_both_kinds_of_credentials(place: Place) -> None:
    assert place.post(auth=("api", place.key)).status_code == 200
    assert place.post(auth=None, headers={"Authorization": f"Bearer {place.key}"}).status_code == 200


def other_keys(key: str) -> dict[str, str]:
    changed = "A" if key[-1] != "A" else "B"
    return {
        "empty": "",
        "shorter": key[:-1],
        "longer": key + "A",
        "another secret": key[:-1] + changed,
        "another id": key.replace(key[5:21], "0123456789abcdef"),
        "upper case": key.upper(),
        "SQL": "' OR 1=1 --",
        "its id": key[5:21],
        "digest": keys._digest(key),
        "NUL": key + "\0",
        "not ASCII": "ключ" * 10,
        "long": "cost_" + "a" * 30_000,
    }


@pytest.mark.parametrize("name", other_keys("x" * 70))
@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_other_keys_are_refused_alike(place: Place, name: str, scheme: str) -> None:
    key = other_keys(place.key)[name]
    if scheme == "basic":
        answer = place.post(auth=("api", key))
    else:
        answer = place.post(
            auth=None, headers={b"Authorization": b"Bearer " + (key.replace("\0", "%00") or "-").encode()}
        )
    assert answer.status_code == 401
    assert key not in answer.text or not key
    challenges = answer.headers["www-authenticate"]
    assert "Basic realm=" in challenges
    assert "Bearer" in challenges.partition("charset")[2]


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !", "Basic YXBp", "Bearer", "Digest x", "Negotiate", "key"],
)
def test_no_credentials_are_401_before_anything_else(place: Place, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = place.post(auth=None, headers=headers, json={"nothing": "valid"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_user_name_of_basic_is_api(place: Place) -> None:
    assert place.post(auth=("alice", place.key)).status_code == 401
    assert place.post(auth=("", place.key)).status_code == 401


@pytest.mark.parametrize(
    "project", ["other/demo", "acme2/demo", "Acme/demo", "/demo", "", "acm", " acme/demo", "demo/acme", "../acme/demo"]
)
def test_projects_of_others_are_403(place: Place, project: str) -> None:
    before = len(place.rows())
    answer = place.post({"project_id": project, "costs": {"m": COST}})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(place.rows()) == before
    with Client(place.url, place.key) as client, pytest.raises(errors.Forbidden):
        client.costs.create(request(project, m=a_cost()))


def test_a_key_of_another_entity_opens_its_own_projects_only(place: Place) -> None:
    foreign = add_key(place.database, "bob", "other")
    assert place.post(auth=("api", foreign)).status_code == 403
    assert place.post({"project_id": "other/new", "costs": {"m": COST}}, auth=("api", foreign)).status_code == 200
    assert place.rows(pricing_level_id="other/new")[0]["created_by"] == "bob"


def test_a_revoked_key_is_refused_at_once(place: Place) -> None:
    key = add_key(place.database, "carol")
    assert place.post(auth=("api", key)).status_code == 200
    identifier = key.split("_")[1]
    assert run(place.database, "keys", "revoke", identifier).returncode == 0
    assert place.post(auth=("api", key)).status_code == 401
    listed = [line for line in run(place.database, "keys", "list").stdout.splitlines() if line.startswith(identifier)]
    assert ["revoked" in line for line in listed] == [True]
    assert run(place.database, "keys", "revoke", identifier).returncode == 1


def test_digests_are_compared_in_constant_time_even_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weave_costs.server import Bearer, Presented, Unauthorized

    from examples.cost_service.migrations import migrate

    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    engine = connect(f"sqlite:///{tmp_path / 'keys.sqlite3'}")
    migrate(engine)
    key = keys.add(engine, "alice", "acme")
    monkeypatch.setattr(keys, "hmac", SimpleNamespace(compare_digest=compare))
    for number, name in enumerate(("another secret", "another id"), 1):
        presented = Presented(None, {"HTTPBearer": Bearer(other_keys(key)[name])}, {})  # type: ignore[arg-type]
        with pytest.raises(Unauthorized):
            keys.check(engine, presented)
        assert len(compared) == number
        assert {len(digest) for pair in compared for digest in pair} == {64}
    engine.dispose()


def test_keys_are_kept_nowhere(place: Place) -> None:
    assert place.post().status_code == 200
    place.post({"wrong": place.key})
    other = other_keys(place.key)["another secret"]
    place.post(auth=("api", other))
    with Client(place.url, ("api", other)) as client, pytest.raises(errors.Unauthorized) as caught:
        client.costs.create(request("acme/demo", m=a_cost()))
    assert other not in f"{caught.value!r} {caught.value} {client!r}"
    secrets = [key.rpartition("_")[2].encode() for key in (place.key, other)]
    kept = [file for file in place.file.parent.iterdir() if file.is_file()]
    assert place.log in kept
    assert place.file in kept
    for file in kept:
        assert not [secret for secret in secrets if secret in file.read_bytes()], file


# What does not fit


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            {"project_id": "acme/demo", "costs": {"m": {"completion_token_cost": "1"}}, "more": 1},
            [
                (["body", "costs", "m", "completion_token_cost"], "float_type", "Input should be a valid number"),
                (["body", "costs", "m", "prompt_token_cost"], "missing", "Field required"),
                (["body", "more"], "extra_forbidden", "Extra inputs are not permitted"),
            ],
        ),
        (
            {"costs": {}, "project_id": None},
            [(["body", "project_id"], "string_type", "Input should be a valid string")],
        ),
        ({"costs": {}, "project_id": "acme"}, [(["body", "project_id"], "value_error", "must be entity/project")]),
        ({"costs": {}, "project_id": "acme/"}, [(["body", "project_id"], "value_error", "must be entity/project")]),
        (
            {"costs": {}, "project_id": "acme/.."},
            [(["body", "project_id"], "value_error", "must have no part . or ..")],
        ),
        (
            {"costs": {}, "project_id": "acme/ demo"},
            [(["body", "project_id"], "value_error", "must have no blanks around a part")],
        ),
        (
            {"costs": {}, "project_id": "acme/de\u0085mo"},
            [(["body", "project_id"], "value_error", "must have no control characters")],
        ),
        ({"costs": {}, "project_id": "acme/a/b"}, [(["body", "project_id"], "value_error", "must be entity/project")]),
        (
            {"project_id": "acme/demo", "costs": {"a": COST, "b": {**COST, "provider_id": "\0"}}},
            [(["body", "costs", "b", "provider_id"], "value_error", "must not have NUL characters")],
        ),
        (
            {"project_id": "acme/demo", "costs": {"\0": COST}},
            [(["body", "costs", "\0"], "value_error", "must not have NUL characters")],
        ),
        (
            {"project_id": "acme/demo", "costs": {"m": {**COST, "effective_date": "0001-01-01T00:00:00+14:00"}}},
            [(["body", "costs", "m", "effective_date"], "value_error", "must be in the years 1 to 9999 in UTC")],
        ),
    ],
)
def test_422_is_what_the_document_says(place: Place, body: object, detail: list[tuple[list[str], str, str]]) -> None:
    before = len(place.rows())
    answer = place.post(body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert set(found) == {"detail"}
    assert sorted(found["detail"], key=str) == sorted(
        ({"loc": loc, "msg": message, "type": kind} for loc, kind, message in detail), key=str
    )
    assert len(place.rows()) == before


def test_422_reaches_the_client_typed(place: Place) -> None:
    with Client(place.url, place.key) as client, pytest.raises(errors.UnprocessableEntity) as caught:
        client.costs.create(request("acme", m=a_cost()))
    assert [detail.loc for detail in caught.value.body.detail or []] == [["body", "project_id"]]


@pytest.mark.parametrize("data", [b"{", b"\xff", b'{"project_id": NaN}', b"[]", b"null", b""])
def test_malformed_bodies_are_422(place: Place, data: bytes) -> None:
    answer = place.post(json=None, content=data, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "body"
    HTTPValidationError.model_validate_json(answer.content)


@pytest.mark.parametrize(
    "data",
    [
        '{"project_id": "acme/twice", "costs": {"m": COST, "m": COST}}',
        '{"project_id": "acme/twice", "project_id": "acme/twice", "costs": {}}',
        '{"project_id": "acme/twice", "costs": {"m": {"prompt_token_cost": 1, "prompt_token_cost": 2}}}',
        '{"project_id": "acme/twice", "costs": {"m": COST, "\\u006d": COST}}',
    ],
)
def test_a_repeated_key_is_400_and_stores_nothing(place: Place, data: str) -> None:
    content = data.replace("COST", json.dumps(COST)).encode()
    answer = place.post(json=None, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "is repeated" in answer.json()["detail"]
    assert not place.rows(pricing_level_id="acme/twice")


@pytest.mark.parametrize("number", ["0.1", "1e-6", "0.30000000000000004", "1.00000000000000005", "123456789.123456789"])
def test_numbers_are_rounded_once(place: Place, number: str) -> None:
    data = f'{{"project_id": "acme/{number}", "costs": {{"m": {{"prompt_token_cost": {number}, "completion_token_cost": 1}}}}}}'
    assert place.post(json=None, content=data.encode(), headers={"Content-Type": "application/json"}).status_code == 200
    (row,) = place.rows(pricing_level_id=f"acme/{number}")
    assert row["prompt_token_cost"] == float(number)


def test_other_content_types_are_415(place: Place) -> None:
    answer = place.post(json=None, content=b"<xml/>", headers={"Content-Type": "application/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")


def test_other_methods_are_405_and_other_paths_404(place: Place) -> None:
    with httpx2.Client(base_url=place.url, auth=("api", place.key)) as http:
        answer = http.get("/cost/create")
        assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
        for path in ("/", "/cost", "/cost/create/", "/cost/create/x", "/Cost/create"):
            assert http.post(path, json=BODY).status_code == 404, path


@pytest.mark.parametrize("said", [True, False], ids=["length said", "in chunks"])
def test_bodies_over_10_mib_are_413(place: Place, said: bool) -> None:
    size = 10 * 2**20 + 1
    with socket.create_connection((urlsplit(place.url).hostname or "", urlsplit(place.url).port or 0), 30) as raw:
        length = f"Content-Length: {size}" if said else "Transfer-Encoding: chunked"
        head = f"POST /cost/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {place.key}\r\n"
        raw.sendall(f"{head}Content-Type: application/json\r\n{length}\r\n\r\n".encode())
        if not said:
            raw.sendall(b"%x\r\n%s\r\n" % (size, b" " * size))
        assert raw.recv(64).startswith(b"HTTP/1.1 413 ")


# Other applications


def test_an_application_without_service_answers_501() -> None:
    with served(create_app(authenticate=lambda _: None)) as url:
        answer = httpx2.post(url + "/cost/create", json=BODY, auth=("api", "any"))
    assert answer.status_code == 501
    with (
        served(create_app(costs=lambda _: NoCosts(), authenticate=lambda _: None)) as url,
        Client(url, "any") as client,
        pytest.raises(errors.Unimplemented),
    ):
        client.costs.create(request("acme/demo", m=a_cost()))


def test_a_failing_service_answers_500_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(NoCosts):
        async def create(self, body: CostCreateReq) -> Any:
            raise RuntimeError(f"no room for {body.project_id} in /var/secret")

    with caplog.at_level(logging.ERROR), served(create_app(costs=lambda _: Failing(), authenticate=lambda _: 1)) as url:
        answer = httpx2.post(url + "/cost/create", json=BODY, auth=("api", "any"))
    assert answer.status_code == 500
    assert answer.json() == {"type": "about:blank", "title": "Internal Server Error", "status": 500}
    assert "RuntimeError: no room for acme/demo" in caplog.text


# The command line


def test_keys_are_listed_without_their_secrets(place: Place) -> None:
    key = add_key(place.database, "dave", "third")
    listed = run(place.database, "keys", "list")
    assert listed.returncode == 0
    assert [line.split()[2:] for line in listed.stdout.splitlines() if line.startswith(key.split("_")[1])] == [
        ["dave", "third/*", "valid"]
    ]
    assert key.rpartition("_")[2] not in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "database"),
    [
        (["keys", "add", "alice", "--project", "a/b/c"], ""),
        (["serve", "--workers", "0"], ""),
        (["keys", "list"], "sqlite://"),
        (["keys", "list"], "not a URL"),
        (["keys", "list"], "nosuch://localhost/db"),
        (["keys", "list"], "sqlite:////nowhere/at/all.sqlite3"),
    ],
)
def test_mistakes_are_told_in_a_line(tmp_path: Path, arguments: list[str], database: str) -> None:
    done = run(database or f"sqlite:///{tmp_path / 'costs.sqlite3'}", *arguments)
    assert done.returncode in {1, 2}
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
