"""Documents that attack: each is refused with a place, or becomes a package in which its text is text and nothing runs."""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.diagnostics.diagnostic import Refused
from generator.document import load
from tests.hostile import payloads, places
from tests.hostile.battery import Battery
from tests.hostile.places import Place
from tests.support.folders import HOSTILE, ROOT
from tests.support.packages import build_tree

SEED: Mapping[str, Any] = yaml.safe_load((HOSTILE / "seed.yaml").read_text(encoding="utf-8"))
PLACES = [place for place in places.places(SEED) if place.kind != "fixed key"]
MIXED = [name for name in payloads.PAYLOADS if "surrogate" not in name]
TEXT = [place for place in PLACES if place.kind in places.TEXT]


@pytest.fixture
def battery(tmp_path: Path) -> Iterator[Battery]:
    made = Battery(folder=tmp_path, canaries=payloads.install())
    yield made
    assert made.tally.escaped == []
    assert made.tally.defects == {}


def where(kind: str, path: str = "") -> list[Place]:
    found = [one for one in PLACES if one.kind == kind and path in places.pointer(one.path)]
    assert found, f"the seed has no {kind} at {path}"
    return found


def test_the_seed_itself_goes_all_the_way(battery: Battery) -> None:
    battery.attack(SEED, {})
    assert battery.tally.generated == 1
    assert battery.tally.calls > 10


def test_the_canary_is_heard(tmp_path: Path) -> None:
    canaries = payloads.install()
    before = len(canaries.heard)
    exec(payloads.PAYLOADS["bare"])
    with canaries.watched():
        (tmp_path / "x").write_text("x")
    assert len(canaries.heard) == before + 2
    del canaries.heard[before:]


@pytest.mark.parametrize("turn", range(6))
def test_every_text_keeps_every_payload(battery: Battery, turn: int) -> None:
    """Over the turns each payload stands in many texts; all texts of the document are attacked at once."""
    names = [MIXED[(turn * len(TEXT) + index) % len(MIXED)] for index in range(len(TEXT))]
    battery.attack(SEED, {one: (name, payloads.PAYLOADS[name]) for one, name in zip(TEXT, names, strict=True)})
    assert battery.tally.generated == 1, "text is never refused"


KINDS = sorted({place.kind for place in PLACES})


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_lets_a_payload_out(battery: Battery, kind: str) -> None:
    rng = random.Random(kind)  # noqa: S311 - choices, no secrets
    for lenient in (False, True):
        chosen = {}
        for place in rng.sample(where(kind), min(8, len(where(kind)))):
            name = rng.choice(MIXED)
            chosen[place] = (name, payloads.PAYLOADS[name] if lenient else place.original + payloads.PAYLOADS[name])
        battery.attack(SEED, chosen, lenient=lenient)
    assert battery.tally.tried


@pytest.mark.parametrize("name", ["surrogate", "surrogate-low"])
def test_a_lone_surrogate_is_refused_where_it_stands(name: str, tmp_path: Path) -> None:
    spec = tmp_path / "a.json"
    spec.write_text('{"openapi": "3.1.0",\n"info": {"title": "x\\ud800", "version": "1"}, "paths": {}}')
    with pytest.raises(Refused, match=r"a\.json:2:"):
        load.load(spec)


@pytest.mark.parametrize("name", payloads.HUGE)
def test_a_megabyte_of_text_is_text(battery: Battery, name: str) -> None:
    battery.attack(SEED, {where("description", "/Cat")[0]: (name, payloads.HUGE[name])})
    assert battery.tally.generated == 1


C = payloads.CANARY
# Advisory → the kind of place and a part of its pointer, and what was put there. SECURITY.md of the project names them.
ADVISORIES: dict[str, tuple[str, str, str]] = {
    "CVE-2026-63471 fastapi-code-generator: path": ("key of paths", "", f'/a"); {C}(1); ("'),
    "CVE-2026-63469 fastapi-code-generator: response status": ("key of responses", "", f'200": {C}(1), "'),
    "CVE-2026-63470 fastapi-code-generator: summary": ("summary", "/get", f'"""\n    {C}(1)\n    """'),
    "CVE-2026-105801 openapi-python-client: any text": ("description", "/get", f'"""\n{C}(1)\n"""'),
    "CVE-2020-15142 openapi-python-client: default": ("default", "/properties", f'"; {C}(1); "'),
    "CVE-2020-15142 openapi-python-client: f-string": ("key of paths", "", f"/a/{{{C}(1)}}"),
    "CVE-2026-54621 datamodel-code-generator: carriage return": ("description", "/schemas", f"x\r{C}(1)\r#"),
    "CVE-2026-59862 Kiota: enum description": ("enum[]", "/schemas", f'a"\n{C}(1)\n#'),
    "CVE-2026-41134 Kiota: default value": ("default", "/properties/name", f'x"; {C}(1); "'),
    "GHSA-4vv7-jj25-4gh6 Kiota: property name": ("key of properties", "", f"a: {C}(1)\n    b"),
    "GHSA-4vv7-jj25-4gh6 Kiota: class name out of the folder": ("key of schemas", "", "../../evil"),
    "GHSA-hq9q-27g5-qwpj Kiota: namespace": ("title", "/info", f"a; {C}(1) #"),
    "CVE-2026-22785 orval: text": ("summary", "/post", f"*/ {C}(1) /*"),
    "CVE-2026-96759 orval: const": ("const", "", f"'; {C}(1); '"),
    "CVE-2026-96759 orval: path": ("key of paths", "", f"/`${{{C}(1)}}`"),
    "CVE-2026-96759 orval: server URL": ("url", "/servers/0", f"https://x/`${{{C}(1)}}'+{C}(1)+'"),
    "CVE-2026-96759 orval: parameter name": ("name", "/parameters/1", f"a'; {C}(1); '"),
    "CVE-2026-96759 orval: media type": ("key of content", "", f'application/json"; {C}(1); "'),
    "CVE-2026-96759 orval: operationId": ("operationId", "", f"a(): {C}(1)\ndef b"),
    "CVE-2026-54661 swagger-typescript-api: server URL": ("url", "/servers/0", f'https://x/"; {C}(1); "'),
    "CVE-2026-54662 swagger-typescript-api: enum": ("enum[]", "/schemas/Names", f'"] | {C}(1) | Literal["'),
    "CVE-2026-54666 swagger-typescript-api: path": ("key of paths", "", f"/${{{C}(1)}}"),
    "CVE-2020-15141 openapi-python-client: path traversal by title": ("title", "/info", "../../../evil"),
    "CVE-2020-15141 openapi-python-client: path traversal by tag": ("tags[]", "", "../../evil"),
    "CVE-2020-15141 openapi-python-client: path traversal by operationId": ("operationId", "", "../../evil"),
}


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_an_advisory_of_a_neighbour_does_not_hold_here(advisory: str, battery: Battery) -> None:
    kind, path, text = ADVISORIES[advisory]
    chosen = where(kind, path)[:4]
    battery.attack(SEED, dict.fromkeys(chosen, (advisory, text)), lenient=True)
    battery.attack(SEED, {place: (advisory, place.original + text) for place in chosen[:1]}, package=None)


VENDOR = {
    "CVE-2026-54653 datamodel-code-generator": "x-python-type",
    "CVE-2026-54655 datamodel-code-generator": "x-python-import",
    "CVE-2026-55415 datamodel-code-generator": "customTypePath",
    "CVE-2026-63720 datamodel-code-generator": "customBasePath",
    "CVE-2026-54654 datamodel-code-generator": "default_factory",
    "CVE-2026-54656 datamodel-code-generator": "x-template-data",
    "CVE-2026-54656 datamodel-code-generator, validators": "x-validators",
    "CVE-2026-119027 oapi-codegen": "x-go-name",
    "GHSA-9c2f-gr95-7wqw oapi-codegen": "x-go-type-import",
    "CVE-2026-59862 Kiota, enum descriptions": "x-ms-enum",
    "CVE-2026-41134 Kiota, install command": "x-install-command",
}


@pytest.fixture(scope="module")
def with_vendor_keys(tmp_path_factory: pytest.TempPathFactory) -> Battery:
    """Attack once with every vendor key in every object."""
    made = Battery(folder=tmp_path_factory.mktemp("vendor"), canaries=payloads.install())
    made.attack(places.with_vendor_keys(SEED), {}, lenient=True)
    return made


@pytest.mark.parametrize("advisory", VENDOR)
def test_a_key_that_another_generator_acts_upon_is_a_key_like_any_other(
    advisory: str, with_vendor_keys: Battery
) -> None:
    assert VENDOR[advisory] in payloads.VENDOR
    assert with_vendor_keys.tally.generated == 1
    assert with_vendor_keys.tally.escaped == []
    assert with_vendor_keys.tally.defects == {}


@pytest.mark.usefixtures("few_files")
def test_properties_that_are_called_as_such_keys_stay(tmp_path: Path) -> None:
    """Vendor keys are stripped from schemas, never a property of that name."""
    names = [*payloads.VENDOR, "SLOT_0_", "Class0Slot", "config_", "rule_", "pydantic_extra_"]
    tree = copy.deepcopy(dict(SEED))
    tree["components"]["schemas"]["Filter"]["properties"] = {name: {"type": "string"} for name in names}
    package = build_tree(tmp_path, tree)
    source = next(text for path, text in package.files.items() if path.name == "models.py")
    body = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Filter")
    fields = [ast.unparse(node) for node in body.body if isinstance(node, ast.AnnAssign)]
    assert len(fields) == len(names)
    for name in names:
        assert any(line.startswith(f"{name}:") or repr(name) in line for line in fields), name


def test_each_promise_of_the_security_policy_names_a_test() -> None:
    policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [
        line
        for line in policy.partition("## What we promise")[2].partition("\n## ")[0].splitlines()
        if line[:2] == "| "
    ]
    promises = [line for line in rows if not line.startswith(("| ---", "| promise"))]
    assert len(promises) > 30
    for line in promises:
        named = re.findall(r"`([a-z_]+)/([a-z_]+): ([a-z0-9_]+)`", line)
        assert named, line
        for folder, module, test in named:
            text = (ROOT / "tests" / folder / f"test_{module}.py").read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def test_{test}\(", text, re.MULTILINE), f"{folder}/{module}: {test}"


def test_each_advisory_of_the_security_policy_has_a_test_that_names_it() -> None:
    policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"CVE-\d{4}-\d+|GHSA(?:-[a-z0-9]{4}){3}|issue \d+", policy))
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    plain = tests.lower().replace("_", "-").replace("issue-", "issue ")
    assert len(named) > 30
    assert [one for one in sorted(named) if one.lower() not in plain] == []
