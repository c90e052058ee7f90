"""Reading documents: formats, positions, pages, bounds."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics.diagnostic import Diagnostic, Refused, show
from generator.document.document import Document
from generator.document.load import load
from generator.parsing.limits import Limits
from generator.pointer import get, join, split
from tests.support.folders import PAGE

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Tea house", "version": "1"}, "paths": {}}


def _write(folder: Path, files: dict[str, Any]) -> Path:
    """Write files, the first of which is the document; what is no text is written as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8"
        )
    return folder / next(iter(files))


def _load(folder: Path, files: dict[str, Any], **options: Any) -> Document:
    return load(_write(folder, files), **options)


def _refused(folder: Path, files: dict[str, Any], **options: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        _load(folder, files, **options)
    return caught.value.diagnostics


# Formats


def test_json_and_yaml_give_the_same_tree(tmp_path: Path) -> None:
    tree = {**HEAD, "x-values": [1, 1.5, True, None, "no", "2020-01-01", {"200": "é"}]}
    as_json = _load(tmp_path, {"a.json": tree}).root
    as_yaml = _load(tmp_path, {"b.yaml": yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)}).root
    assert as_json == as_yaml == tree
    assert list(as_yaml) == list(tree)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("on", "on"),
        ("2020-01-01", "2020-01-01"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-1", -1),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("~", None),
        ("Null", None),
        ("", None),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("|\n  1\n", "1\n"),
        ("!!str 1", "1"),
        ("=", "="),
    ],
)
def test_yaml_scalars_are_those_of_the_core_schema(tmp_path: Path, written: str, read: object) -> None:
    text = f"openapi: 3.1.0\ninfo: {{title: a, version: '1'}}\npaths: {{}}\nx-value: {written}\n"
    value = _load(tmp_path, {"a.yaml": text}).root["x-value"]
    assert value == read
    assert type(value) is type(read)


def test_yaml_keys_are_strings_and_merge_keys_are_merged(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\nx-base: &base {a: 1, b: 1}\nx-made: {200: x, true: y, b: 2, <<: *base}\n"
    root = _load(tmp_path, {"a.yaml": text}).root
    assert root["x-made"] == {"200": "x", "true": "y", "b": 2, "a": 1}
    assert root["x-base"] is not root["x-made"]


def test_what_an_alias_repeats_is_a_copy(tmp_path: Path) -> None:
    root = _load(tmp_path, {"a.yaml": "openapi: 3.1.0\nx-a: &a {b: [1]}\nx-c: *a\n"}).root
    assert root["x-a"] == root["x-c"]
    assert root["x-a"]["b"] is not root["x-c"]["b"]


def test_byte_order_mark_and_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + b"openapi: 3.1.0\r\ninfo:\r\n  title: a\r\n")
    document = load(path)
    assert document.root == {"openapi": "3.1.0", "info": {"title": "a"}}
    location = document.locate("#/info/title")
    assert (location.line, location.column, location.source) == (3, 3, "  title: a")


def test_json_in_a_yaml_file_is_read_fast(tmp_path: Path) -> None:
    document = _load(tmp_path, {"a.yaml": {**HEAD, "x-a": {"b": 1}}})
    assert document.root["x-a"] == {"b": 1}
    assert document.sources[0].format == "json"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe{\0}\0", "UTF-16"),
        (b"{}".decode().encode("utf-16-be"), "UTF-16"),
        (b'{"openapi":\n "\xc3("}', "the byte 0xc3 has no meaning"),
        (b"  \n ", "empty"),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(Refused, match=message):
        load(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        load(tmp_path / "none.json")
    with pytest.raises(Refused, match="folder"):
        load(tmp_path)


# Positions


@given(
    st.recursive(
        st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=20,
    )
)
def test_every_value_of_a_json_text_is_found(value: Any) -> None:
    from generator.parsing.json_positions import JsonIndex

    text = json.dumps({"v": value}, indent=2, ensure_ascii=False)
    index = JsonIndex(text)
    lines = text.split("\n")
    for tokens, key in _places(value, ("v",)):
        line, column = index.find(tokens)
        shown = json.dumps(key, ensure_ascii=False)
        assert lines[line - 1][column - 1 :].startswith(shown[:1] if isinstance(key, list | dict) else shown)


def _places(value: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    """Each path with what stands at its place: the key of a member, the value of an item."""
    found: list[tuple[tuple[str, ...], Any]] = []
    if isinstance(value, dict):
        for key, part in value.items():
            found += [((*path, key), key), *_places(part, (*path, key))]
    elif isinstance(value, list):
        for index, part in enumerate(value):
            found += [((*path, str(index)), part), *_places(part, (*path, str(index)))]
    return found


def test_positions_in_yaml_and_of_what_is_not_there(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\npaths:\n  /a~b/c:\n    get:\n      tags: [x, y]\n"
    document = _load(tmp_path, {"a.yaml": text})
    path = join("#", "paths", "/a~b/c")
    assert path == "#/paths/~1a~0b~1c"
    assert split(path) == ("paths", "/a~b/c")
    assert get(document.root, path) == {"get": {"tags": ["x", "y"]}}
    places = {
        path: (3, 3),
        f"{path}/get/tags/1": (5, 17),
        f"{path}/get/responses": (4, 5),
        f"{path}/put/x": (3, 3),
        "#/nothing": (1, 1),
        "#": (1, 1),
    }
    found = {key: document.locate(key) for key in places}
    assert {key: (location.line, location.column) for key, location in found.items()} == places


def test_long_lines_are_cut_around_the_place(tmp_path: Path) -> None:
    document = _load(tmp_path, {"a.json": {**HEAD, "x-a": "a" * 500, "x-b": {"찻잔": 1}, "x-c": "c" * 500}})
    found = document.diagnostic("error", "message", "#/x-b/찻잔")
    assert len(found.source) < 140
    assert found.source[found.caret :].startswith('"찻잔"')
    _, source, caret = show([found]).split("\n")
    assert source.index('"찻잔"') == caret.index("^")


# Pages


def test_positions_in_a_page_are_those_of_the_page() -> None:
    location = load(PAGE).locate("#/paths/~1cups/post/summary")
    assert PAGE.read_text(encoding="utf-8").split("\n")[location.line - 1] == location.source
    assert location.source.strip() == "summary: 찻잔을 만듭니다"
    assert location.file.endswith("tests/support/tea-house.md")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("# Nothing\n```yaml\ntitle: a\n```\n", "no fenced block"),
        ('```yaml\nopenapi: 3.1.0\n```\n~~~json\n{"openapi": "3.1.0"}\n~~~\n', "2 fenced blocks"),
        ("```python\nopenapi: 3.1.0\n```\n", "no fenced block"),
    ],
)
def test_pages_without_one_document(tmp_path: Path, page: str, message: str) -> None:
    assert message in _refused(tmp_path, {"a.md": page})[0].message


def test_yaml_with_fences_in_its_text_is_no_page(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\ninfo:\n  description: |\n  \n    ```yaml\n    openapi: 3.0.0\n    ```\n"
    assert _load(tmp_path, {"a.txt": text}).version == (3, 1)


# Bounds


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "inside one another"),
        ("a.json", "[" * 100_000, "inside one another"),
        ("a.json", '{"' + "k" * 10_000_000 + '": 1}', "a key has 10,000,000 characters"),
        ("a.json", '{"x": [' + "0," * 2_000_001 + "0]}", "more than 2,000,000 values"),
        ("a.yaml", "[" * 100_000, "inside one another"),
        ("a.yaml", "a: " + "{a: " * 100_000, "inside one another"),
        ("a.yaml", "".join(" " * depth + "a:\n" for depth in range(1_000)), "inside one another"),
        ("a.yaml", "? " + "k" * 2_000 + "\n: 1\n", "a key has 2,000 characters"),
        (
            "a.yaml",
            "a: &a [" + "x," * 99 + "x]\nb: [" + "*a," * 12_000 + "*a]\n",
            "more than 1,000,000 values would be made",
        ),
    ],
    ids=["deep", "open", "key", "nodes", "deep-flow", "deep-map", "deep-block", "yaml-key", "aliases"],
)
def test_bounds_hold_before_time_is_spent(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = _write(tmp_path, {name: text})
    begin = time.perf_counter()
    with pytest.raises(Refused) as caught:
        load(path)
    assert time.perf_counter() - begin < 5
    assert message in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].line > 0
    assert len(show(caught.value.diagnostics)) < 2_000


def test_bounds_can_be_set(tmp_path: Path) -> None:
    assert "more than 10 bytes" in _refused(tmp_path, {"a.json": HEAD}, limits=Limits(bytes=10))[0].message
    assert "more than 3 values" in _refused(tmp_path, {"a.json": HEAD}, limits=Limits(nodes=3))[0].message
    assert "more than 1 objects" in _refused(tmp_path, {"a.json": HEAD}, limits=Limits(depth=1))[0].message


def test_a_large_json_document_is_read_without_the_yaml_parser(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from generator.document.load import load; load(Path(sys.argv[1]));"
        "sys.exit(' '.join({'yaml', 'jsonschema_rs', 'openapi_spec_validator'} & set(sys.modules)) or 0)"
    )
    command = [sys.executable, "-c", code, str(_write(tmp_path, {"a.json": HEAD}))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "text",
    ["openapi: 3.1.0\ninfo:\n\ttitle: T\n", "openapi: 3.1.0\r\ninfo:\r\n\ttitle: T\r\n", "tags:\n-\tname: a\n"],
)
def test_a_tab_is_called_a_tab(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(Refused) as refused:
        load(path)
    (found,) = refused.value.diagnostics
    assert "a tab stands where only spaces may" in found.message
    assert found.line == (2 if text.startswith("tags") else 3)


@pytest.mark.parametrize(
    ("line", "hint"),
    [("  title: City: Parking", 'quote the value: there is a second ": " in this line'), ("   title: Parking", "")],
)
def test_a_value_with_a_colon_is_to_be_quoted(tmp_path: Path, line: str, hint: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(f"openapi: 3.1.0\ninfo:\n  version: '1'\n{line}\n")
    with pytest.raises(Refused) as refused:
        load(path)
    (found,) = refused.value.diagnostics
    assert (found.line, found.hint) == (4, hint)
