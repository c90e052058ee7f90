"""A document reaches nothing but itself: no network, no file elsewhere, no time and memory beyond bounds."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document import load
from generator.output.fingerprint import inputs_digest
from generator.settings.settings import Settings
from generator.validation import validate
from tests.hostile.limited import generate
from tests.support.folders import GOLDEN

EMPTY: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
SECRET = "a secret of this machine"


def with_schemas(schemas: Any) -> str:
    return json.dumps({**EMPTY, "components": {"schemas": schemas}})


def with_ref(target: str) -> str:
    return with_schemas({"A": {"$ref": target}, "B": {"type": "object", "properties": {"b": {"$ref": target}}}})


def bomb() -> str:
    lines = ["openapi: 3.1.0", "info: {title: T, version: '1'}", "paths: {}", "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


def merge_bomb() -> str:
    lines = ["openapi: 3.1.0", "info: {title: T, version: '1'}", "paths: {}", "x-0: &a0 {k: v}"]
    lines += [
        f"x-{n}: &a{n} {{a: *a{n - 1}, b: *a{n - 1}, <<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 40)
    ]
    return "\n".join(lines)


def chain(count: int) -> dict[str, Any]:
    return {f"S{n}": {"$ref": f"#/components/schemas/S{n + 1}"} for n in range(count)} | {
        f"S{count}": {"type": "string"}
    }


def widening(depth: int) -> dict[str, Any]:
    """2 ** depth paths lead from the first schema to the last."""
    found: dict[str, Any] = {
        f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 2, "type": "object"} for n in range(depth)
    }
    return found | {f"S{depth}": {"type": "object", "properties": {"a": {"type": "string"}}}}


def unions(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"S{n}": {"oneOf": [{"$ref": f"#/components/schemas/S{n + 1}"}, {"$ref": f"#/components/schemas/S{n + 1}"}]}
        for n in range(depth)
    }
    return found | {f"S{depth}": {"type": "object", "properties": {"a": {"type": "string"}}}}


CYCLES: dict[str, Any] = {
    "ref-to-itself": {"A": {"$ref": "#/components/schemas/A"}},
    "refs-in-a-ring": {
        "A": {"$ref": "#/components/schemas/B"},
        "B": {"$ref": "#/components/schemas/C"},
        "C": {"$ref": "#/components/schemas/A"},
    },
    "allOf-itself": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}], "type": "object"}},
    "allOf-in-a-ring": {
        "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"properties": {"a": {"type": "string"}}}]},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"type": "string"}}}]},
    },
    "oneOf-itself": {"A": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}},
    "anyOf-in-a-ring": {
        "A": {"anyOf": [{"$ref": "#/components/schemas/B"}]},
        "B": {"anyOf": [{"$ref": "#/components/schemas/A"}]},
    },
    "not-itself": {"A": {"not": {"$ref": "#/components/schemas/A"}}},
    "items-itself": {"A": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
    "additional-itself": {"A": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/A"}}},
    "inside-itself": {"A": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A/properties/a"}}}},
    "the-whole-document": {"A": {"$ref": "#"}},
}


def wide(count: int) -> dict[str, Any]:
    return {f"S{n}": {"type": "object", "properties": {"a": {"type": "string"}}} for n in range(count)}


BOUNDS: dict[str, tuple[str, Callable[[], str], str]] = {
    "CVE-2026-72923 yaml-bomb": ("a.yaml", bomb, "alias"),
    "CVE-2026-72923 yaml-merge-bomb": ("a.yaml", merge_bomb, ""),
    "json-100000-deep": (
        "a.json",
        lambda: '{"openapi": "3.1.0", "x-a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "inside",
    ),
    "json-100000-deep-open": ("a.json", lambda: '{"a":' * 100_000, ""),
    "yaml-100000-deep": ("a.yaml", lambda: "openapi: 3.1.0\nx-a: " + "[" * 100_000 + "]" * 100_000, ""),
    "yaml-100000-deep-block": ("a.yaml", lambda: "\n".join(" " * n + "a:" for n in range(3_000)), ""),
    "yaml-dashes": ("a.yaml", lambda: "openapi: 3.1.0\nx-a:\n  " + "- " * 100_000 + "x", ""),
    "key-of-10-mb": ("a.json", lambda: json.dumps({**EMPTY, "k" * 10_000_000: 1}), "characters"),
    "yaml-key-of-10-mb": ("a.yaml", lambda: f"openapi: 3.1.0\n? {'k' * 10_000_000}\n: 1", ""),
    "schema-name-of-10-mb": ("a.json", lambda: with_schemas({"k" * 10_000_000: {"type": "string"}}), "characters"),
    "string-of-10-mb": (
        "a.json",
        lambda: json.dumps({**EMPTY, "info": {"title": "t" * 10_000_000, "version": "1"}}),
        "",
    ),
    "document-of-40-mb": ("a.json", lambda: json.dumps({**EMPTY, "x": "x" * 40_000_000}), "bytes"),
    "million-enum-values": (
        "a.json",
        lambda: with_schemas({"A": {"type": "string", "enum": [f"v{n}" for n in range(1_000_000)]}}),
        "enum",
    ),
    "million-enum-values-of-many-enums": (
        "a.json",
        lambda: with_schemas({f"A{n}": {"enum": [f"{n}-{m}" for m in range(9_999)]} for n in range(101)}),
        "enums together",
    ),
    "hundred-thousand-properties": (
        "a.json",
        lambda: with_schemas({"A": {"type": "object", "properties": {f"p{n}": {} for n in range(100_000)}}}),
        "properties",
    ),
    "three-million-nodes": ("a.json", lambda: json.dumps({**EMPTY, "x-a": [0] * 3_000_000}), "values"),
    "number-of-a-million-digits": ("a.json", lambda: '{"openapi": "3.1.0", "x-a": ' + "9" * 1_000_000 + "}", ""),
    "yaml-number-of-a-million-digits": ("a.yaml", lambda: "openapi: 3.1.0\nx-a: " + "9" * 1_000_000, ""),
    "yaml-hexadecimal": ("a.yaml", lambda: "openapi: 3.1.0\nx-a: 0x" + "f" * 1_000_000, ""),
    "huge-exponent": ("a.json", lambda: '{"openapi": "3.1.0", "x-a": 1e999999999}', ""),
    "chain-of-refs": ("a.json", lambda: with_schemas(chain(2_000)), ""),
    "allOf-widening": ("a.json", lambda: with_schemas(widening(40)), ""),
    "unions-widening": ("a.json", lambda: with_schemas(unions(40)), ""),
    "flat-arrays-in-arrays": (
        "a.json",
        lambda: with_schemas({"A": json.loads('{"type": "array", "minItems": 1, "items": ' * 90 + "{}" + "}" * 90)}),
        "",
    ),
    "objects-in-objects": (
        "a.json",
        lambda: with_schemas(
            {"A": json.loads('{"type": "object", "properties": {"a": ' * 90 + '{"type": "string"}' + "}}" * 90)}
        ),
        "",
    ),
}
"""Documents that take time or memory where nothing holds them: the text, and a word of the refusal where it is one."""


def written(folder: Path, texts: dict[str, tuple[str, str]]) -> dict[str, Path]:
    """Write documents, each in a folder of its own: (file name, text) by case."""
    made = {}
    for case, (name, text) in texts.items():
        (folder / case.replace(" ", "-")).mkdir(parents=True)
        made[case] = folder / case.replace(" ", "-") / name
        made[case].write_text(text, encoding="utf-8")
    return made


def test_no_golden_document_asks_for_the_network() -> None:
    """The child refuses every socket, of this machine too."""
    specs = sorted(GOLDEN.glob("*/spec.yaml"))
    ends = zip(specs, generate(specs, lenient=True), strict=True)
    assert {path.parent.name: ended.said for path, ended in ends if ended.end != "generated"} == {}


def test_tests_reach_no_other_machine() -> None:
    with socket.socket() as one, pytest.raises(AssertionError, match="the network was asked for"):
        one.connect(("192.0.2.1", 80))


def test_documents_end_within_bounds(tmp_path: Path) -> None:
    specs = written(tmp_path, {case: (name, text()) for case, (name, text, _) in BOUNDS.items()})
    problems = {}
    for case, ended in zip(specs, generate(specs.values()), strict=True):
        word = BOUNDS[case][2]
        if problem := ended.problem():
            problems[case] = problem
        elif word and (ended.end != "refused" or word not in ended.said or f"{specs[case].name}:" not in ended.said):
            problems[case] = f"{ended.end}: {ended.said[:300]}"
    assert problems == {}


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_circles_end_within_bounds(lenient: bool, tmp_path: Path) -> None:
    specs = written(tmp_path, {case: ("a.json", with_schemas(schemas)) for case, schemas in CYCLES.items()})
    ends = zip(specs, generate(specs.values(), lenient=lenient), strict=True)
    assert {case: problem for case, ended in ends if (problem := ended.problem())} == {}


ELSEWHERE = {
    "CVE-2026-54690 remote reference": "http://127.0.0.1:9/schema.json",
    "CVE-2026-54691 remote reference after a redirect": "https://example.com/redirect?to=http://127.0.0.1/",
    "CVE-2026-59867 remote reference with a fragment": "http://127.0.0.1:9/schema.json#/A",
    "CVE-2026-54663 metadata service": "http://169.254.169.254/latest/meta-data/",
    "CVE-2026-54660 reference that would carry a token": "https://user:token@example.com/a.json",
    "CVE-2026-55389 file URL": "file:///etc/passwd",
    "CVE-2026-55389 file URL with a host": "file://localhost/etc/passwd",
    "CVE-2026-55389 parent folder": "../secret.json",
    "parent folder in the middle": "below/../../secret.json",
    "parent folder, percent-encoded": "%2e%2e/secret.json",
    "parent folder, encoded slash": "..%2fsecret.json",
    "absolute path": "/etc/passwd",
    "absolute path, encoded": "%2fetc%2fpasswd",
    "network path": "//127.0.0.1/share/a.json",
    "windows path": "..\\secret.json",
    "windows network path": "\\\\127.0.0.1\\share\\a.json",
    "link to a file": "link.json",
    "link to a folder": "folder/secret.json",
    "link to a link": "second.json",
    "data URL": "data:application/json,{}",
    "ftp": "ftp://127.0.0.1/a.json",
    "jar": "jar:file:///x.jar!/a",
    "nul in a path": "a\0.json",
    "device": "/dev/zero",
    "home folder": "~/secret.json",
    "variable": "$HOME/secret.json",
}


@pytest.mark.parametrize("case", ELSEWHERE)
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_reference_to_another_place_is_refused(case: str, suffix: str, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text(json.dumps({"type": "string", "description": SECRET}), encoding="utf-8")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "below").mkdir()
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "second.json").symlink_to(folder / "link.json")
    (folder / "folder").symlink_to(tmp_path, target_is_directory=True)
    spec = folder / f"a.{suffix}"
    spec.write_text(with_ref(ELSEWHERE[case]), encoding="utf-8")
    for lenient in (False, True):
        with pytest.raises(Refused) as refusal:
            validate.validate(load.load(spec), lenient=lenient)
        said = str(refusal.value)
        assert SECRET not in said
        assert f"a.{suffix}:1:" in said, "the error says where"


REFERRING: dict[str, dict[str, Any]] = {
    "path item": {"paths": {"/a": {"$ref": "@"}}},
    "parameter": {"paths": {"/a": {"get": {"parameters": [{"$ref": "@"}], "responses": {}}}}},
    "response": {"paths": {"/a": {"get": {"responses": {"200": {"$ref": "@"}}}}}},
    "request body": {"paths": {"/a": {"post": {"requestBody": {"$ref": "@"}, "responses": {}}}}},
    "example": {"components": {"examples": {"a": {"$ref": "@"}}}},
    "mapping": {
        "components": {
            "schemas": {
                "A": {"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "a", "mapping": {"a": "@"}}}
            }
        }
    },
    "dynamic": {"components": {"schemas": {"A": {"$dynamicRef": "@"}}}},
    "identified": {"components": {"schemas": {"A": {"$id": "http://127.0.0.1:9/", "$ref": "@"}}}},
    "dialect": {"jsonSchemaDialect": "@"},
    "schema dialect": {"components": {"schemas": {"A": {"$schema": "@", "type": "string", "default": "x"}}}},
    "external value": {"components": {"examples": {"a": {"externalValue": "@"}}}},
    "operationRef": {"components": {"links": {"a": {"operationRef": "@"}}}},
    "self": {"$self": "@"},
}


def test_no_place_of_a_document_makes_us_read_elsewhere(tmp_path: Path) -> None:
    texts: dict[str, tuple[str, str]] = {}
    for case, tree in REFERRING.items():
        version = "3.2.0" if case == "self" else "3.1.0"
        text = json.dumps({**EMPTY, "openapi": version, **tree})
        for target in ("http://127.0.0.1:9/a.json", "../secret.json#/a", "file:///etc/passwd"):
            texts[f"{case} {len(texts)}"] = ("a.json", text.replace('"@"', json.dumps(target)))
    (tmp_path / "secret.json").write_text(json.dumps({"a": {"description": SECRET}}), encoding="utf-8")
    specs = written(tmp_path, texts)
    for case, ended in zip(specs, generate(specs.values(), lenient=True), strict=True):
        assert not ended.problem(), f"{case}: {ended.problem()}"  # the child refuses every connection
        assert SECRET not in ended.said


def test_cve_2017_1000207_yaml_tags_construct_nothing(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for tag in ("python/object/apply:os.system", "python/object/new:os.system", "python/name:os.system", "js/function"):
        spec = tmp_path / "a.yaml"
        spec.write_text(f"openapi: 3.1.0\nx-a: !!{tag} ['touch {target}']\n", encoding="utf-8")
        with pytest.raises(Refused):
            load.load(spec)
    assert not target.exists()


def test_a_fifo_or_device_as_a_document_does_not_hang(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    os.mkfifo(folder / "pipe.json")
    spec = folder / "a.json"
    spec.write_text(with_ref("pipe.json"), encoding="utf-8")
    os.mkfifo(folder / "b.json")
    (folder / "c.json").symlink_to("/dev/zero")
    ends = generate([spec, folder / "b.json", folder / "c.json", Path("/dev/zero")])
    assert [one.end for one in ends] == ["refused"] * 4, ends
    assert "a.json:1:" in ends[0].said
    assert all("it is a pipe: use - for" in one.said or "it is a device" in one.said for one in ends)
    assert max(one.seconds for one in ends) < 1.0


def test_an_overlay_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    spec, pipe = tmp_path / "a.json", tmp_path / "overlay.yaml"
    spec.write_text(json.dumps(EMPTY), encoding="utf-8")
    os.mkfifo(pipe)
    with pytest.raises(Refused, match="it is a pipe"):
        load.load(spec, overlays=[pipe])
    with pytest.raises(OSError, match="it is a pipe"):
        inputs_digest(Settings(spec=spec, overlays=(pipe,)), {})
