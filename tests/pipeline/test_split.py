"""A split package: what it has is imported when it is used, and is what a single one has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.changes.surface.compare import compare_python
from generator.changes.surface.knowledge import texts_of
from tests.support.folders import GOLDEN
from tests.support.packages import build, build_tree, write
from tests.support.type_checker import mypy

FEATURES = sorted(path.parent.name for path in GOLDEN.glob("*/spec.yaml"))
OWN = "sorted(one[4:] for one in sys.modules if one[:4] == 'api.' and '_runtime' not in one)"
SCHEMAS = {
    "Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "Order": {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/Pet"}}},
    "Problem": {"type": "object", "properties": {"detail": {"type": "string"}}},
}


def operation(name: str, tag: str, **more: Any) -> dict[str, Any]:
    return {"operationId": name, "tags": [tag], "responses": {"200": answer(tag), "404": answer("Problem")}, **more}


def answer(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": "It", "content": {"application/json": {"schema": schema}}}


SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {"/pet": {"get": operation("get_pet", "Pet")}, "/order": {"get": operation("get_order", "Order")}},
    "components": {"schemas": SCHEMAS},
}


def run(code: str, folder: Path) -> list[str]:
    """What code prints in a process of its own, line by line."""
    command = [sys.executable, "-W", "error", "-c", f"import sys\n{code}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write(build_tree(folder, SHOP, layout="split"), folder)
    return folder


def of_groups(line: str) -> set[str]:
    """The modules of groups, and of models, in a list that was printed."""
    return {one for one in json.loads(line.replace("'", '"')) if one.partition(".")[2] not in ("", "stub")}


def test_touching_one_group_imports_no_other(shop: Path) -> None:
    code = f"""
from api import Client
print({OWN})
client = Client("http://127.0.0.1:1")
client.pet.get
print({OWN})
"""
    core, touched = map(of_groups, run(code, shop))
    assert core == set()
    assert touched == {"api.pet", "client.pet", "contract.pet"}


def test_calling_one_operation_imports_the_models_that_it_reaches(shop: Path) -> None:
    code = f"""
import httpx2
from api import Client
transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={{"name": "Tom"}}))
client = Client("http://127.0.0.1:1", http=httpx2.Client(transport=transport))
print(client.pet.get())
print({OWN})
"""
    said, touched = run(code, shop)
    assert said == "name='Tom'"
    assert of_groups(touched) == {"api.pet", "client.pet", "contract.pet", "models.pet", "models.problem"}


def test_importing_the_server_imports_no_group_and_an_application_has_all(shop: Path) -> None:
    code = f"""
from api.server import create_app
print({OWN})
create_app(mock=True)
print({OWN})
"""
    imported, made = map(of_groups, run(code, shop))
    assert imported == set()
    assert made == {"contract.order", "contract.pet", "models.order", "models.pet", "models.problem"}


def test_showing_the_contract_imports_nothing(shop: Path) -> None:
    code = f"""
from api.contract import API
print(API)
print({OWN})
"""
    shown, imported = run(code, shop)
    assert shown == "LazyApi(package='api', groups=('pet', 'order'))"
    assert of_groups(imported) == set()


def test_threads_may_ask_for_the_same_at_once(shop: Path) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from api import Client, models
client, begin = Client("http://127.0.0.1:1"), Barrier(24)
def ask(at):
    begin.wait()
    group, model = ("pet", "order")[at % 2], ("Order", "Pet", "Problem")[at % 3]
    return type(getattr(client, group)).__name__, getattr(models, model).__name__
with ThreadPoolExecutor(24) as threads:
    print(sorted(set(threads.map(ask, range(24)))))
"""
    pairs = [(group, model) for group in ("Order", "Pet") for model in ("Order", "Pet", "Problem")]
    assert [run(code, shop) for _ in range(3)] == [[str(pairs)]] * 3


def test_types_of_the_server_can_be_asked_for(shop: Path) -> None:
    code = """
import typing
from api.server import create_app
print(sorted(typing.get_type_hints(create_app))[:3])
"""
    assert run(code, shop) == ["['complete', 'fastapi', 'max_body']"]


def test_a_copy_of_a_client_has_groups_of_its_own(shop: Path) -> None:
    code = """
from api import AsyncClient, Client
for client in Client("http://127.0.0.1:1"), AsyncClient("http://127.0.0.1:1"):
    own, other = client.pet, client.with_options(retries=0).pet
    print(own is client.pet, own is other, other._client._retries)
"""
    assert run(code, shop) == ["True False 0"] * 2


def test_names_are_where_those_of_a_single_package_are(shop: Path) -> None:
    code = """
from api.api import PetApi, SyncPetApi
from api.client import AsyncPet, Pet
from api.contract import API
import api.client, api.contract
print(SyncPetApi in Pet.__mro__, PetApi in AsyncPet.__mro__, [one.name for one in API.operations])
for module, name in (api.client, "Dog"), (api.api, "DogApi"), (API, "dogs"):
    try:
        getattr(module, name)
    except AttributeError as error:
        print(error)
"""
    assert run(code, shop) == [
        "True True ['pet.get', 'order.get']",
        "module 'api.client' has no attribute 'Dog'",
        "module 'api.api' has no attribute 'DogApi'",
        "LazyApi has no attribute 'dogs'",
    ]


def test_an_operation_is_made_once(shop: Path) -> None:
    code = """
from api.contract import API, pet
print(pet.pet_get() is pet.pet_get() is API.operations[0])
"""
    assert run(code, shop) == ["True"]


@pytest.mark.parametrize("feature", FEATURES)
def test_importers_see_what_they_see_of_a_single_package(feature: str) -> None:
    spec = GOLDEN / feature / "spec.yaml"
    path = spec.parent / "options.json"
    options = {**(json.loads(path.read_text("utf-8")) if path.exists() else {})}
    single = build(spec, **{**options, "layout": "single"})
    split = build(spec, **{**options, "layout": "split"})
    moved = ["python-layout-changed"] * any(one.startswith("class ") for one in texts_of(single.files).values())
    assert [one.identifier for one in compare_python(single.files, split.files)] == moved  # which pickles alone see
    assert [one.identifier for one in compare_python(split.files, single.files)] == moved
    assert single.api
    assert split.api
    names = [[one.name for group in each.groups for one in group.operations] for each in (single.api, split.api)]
    assert names[0] == names[1]


ODD = [
    "annotations",
    "attributes",
    "cache",
    "operations",
    "lazy",
    "schemes",
    "認証",
    "データ",
    "import",
    "Select",
    "members",
]


def test_groups_may_be_called_anything(tmp_path: Path) -> None:
    """Also as a scheme is, in a script without capitals: modules and constants would meet in the contract."""
    paths = {f"/p{at}": {"get": operation(f"{tag}_get", tag)} for at, tag in enumerate(ODD)}
    for item in paths.values():
        item["get"]["responses"] = {"200": answer("Pet")}
        item["get"]["security"] = [{"認証": []}, {"データ": []}]
    schemes = {name: {"type": "http", "scheme": "bearer"} for name in ("認証", "データ", "annotations")}
    root = {**SHOP, "paths": paths, "components": {"schemas": SCHEMAS, "securitySchemes": schemes}}
    package = build_tree(tmp_path, root, layout="split", lenient=True)
    write(package, tmp_path)
    assert package.api
    groups = [group.name for group in package.api.groups]
    assert len(groups) == len(ODD)
    code = f"""
import importlib
import httpx2
from api import Client
from api.contract import API
transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={{"name": request.headers["authorization"]}}))
client = Client("http://127.0.0.1:1", {{"データ": "x"}}, http=httpx2.Client(transport=transport))
for group in {groups!r}:
    importlib.import_module(f"api.contract.{{group}}")
print(len(API.operations))
print({{getattr(getattr(client, one.name.partition(".")[0]), one.name.partition(".")[2])().name for one in API.operations}})
"""
    assert run(code, tmp_path) == [str(len(ODD)), "{'Bearer x'}"]
    done = mypy("api", folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_list_of_operations_leads_to_the_modules_of_groups(shop: Path) -> None:
    page = (shop / "api" / "API.md").read_text("utf-8")
    assert "[`GET /pet`](api/pet.py)" in page
    assert (shop / "api" / "api" / "pet.py").is_file()


def test_a_new_operation_changes_the_modules_of_its_group(tmp_path: Path) -> None:
    more = {**SHOP, "paths": {**SHOP["paths"], "/pets": {"get": operation("list_pets", "Pet")}}}
    old, new = (build_tree(tmp_path, root, layout="split").files for root in (SHOP, more))
    changed = {path.relative_to("api") for path in new if old.get(path) != new[path]}
    mine = {f"{folder}/pet.py" for folder in ("api", "client", "contract")}
    beside = {"API.md", "openapi.json", "server/mock.jsonl", "server/stub.py"}
    assert changed == {PurePosixPath(name) for name in mine | beside}


DONE = {"204": {"description": "Done"}}


@pytest.mark.parametrize(
    "more", [{}, {"webhooks": {"gone": {"post": {"responses": DONE}}}}], ids=["schemas", "webhooks"]
)
def test_without_operations_there_is_no_contract(tmp_path: Path, more: dict[str, Any]) -> None:
    root = {"openapi": "3.1.0", "info": SHOP["info"], "components": {"schemas": SCHEMAS}, **more}
    files = write(build_tree(tmp_path, root, layout="split"), tmp_path)
    folders = {path.name for path in files.iterdir() if path.is_dir() and path.name != "_runtime"}
    assert folders == {"models"} | ({"api"} if more else set())
    assert run("from api import errors, models; print(models.Order(pet=models.Pet(name='Tom')))", tmp_path) == [
        "pet=Pet(name='Tom')"
    ]
    if more:
        assert run(
            "from api.api import WebhookEventsApi as Api; print(*[one for one in vars(Api) if one[0] != '_'])", tmp_path
        ) == ["post_gone"]


@pytest.mark.parametrize("layout", ["single", "split"])
def test_a_notice_names_the_file_that_describes_a_webhook(tmp_path: Path, layout: str) -> None:
    root = {**SHOP, "webhooks": {"gone": {"post": {"responses": DONE}}}}
    package = build_tree(tmp_path, root, layout=layout)
    (notice,) = (one.message for one in package.warnings if "not routed" in one.message)
    path = "api/webhook_events.py" if layout == "split" else "api.py"
    assert notice == f"POST gone is described in {path}; it is not routed"
    assert "class WebhookEventsApi" in package.files[PurePosixPath(package.name, path)]
