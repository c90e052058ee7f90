"""What README.md and docs/ say: code is run, commands are parsed, tables and links are looked up.

Fences: `python` runs (blocks of a page share their names), `py` is compiled only, `sh` are commands, `toml` settings.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import httpx2
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from weave_costs import models, server
from weave_costs.server import Basic, Bearer, Presented, Unauthorized, create_app

from generator.cli.app import commands
from generator.diagnostics.diagnostic import Refused
from generator.settings import settings
from tests.support.cost_service import served
from tests.support.folders import ROOT
from tests.support.packages import build_tree, imported
from tests.support.skips import not_tested
from tests.support.walkthrough import WALKS

ALL = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# The others lead through a project of the reader's own: test_walkthroughs.py does what they say.
PAGES = [page for page in ALL if page.name not in WALKS]
URL = "http://127.0.0.1:8000"
KEY = "a-secret"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def named(pages: list[Path], language: str) -> list[Path]:
    found = [page for page in pages if blocks(page, language)]
    assert found
    return found


def check(presented: Presented) -> str:
    match presented.credential:
        case Basic(username="api", password=key) | Bearer(token=key) if key == KEY:
            return "alice"
    raise Unauthorized


class Service:
    """What the pages' clients talk to."""

    def __init__(self, user: str) -> None:
        self.user = user

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return models.CostCreateRes(ids=[("1", name) for name in body.costs])


@pytest.fixture(autouse=True)
def with_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the example's package what the setting `watch` adds."""
    name, path = "weave_costs._runtime.server.watch", ROOT / "templates/static/_runtime/server/watch.py"
    found = importlib.util.spec_from_file_location(name, path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, name, module)
    found.loader.exec_module(module)
    monkeypatch.setattr(server, "Watch", module.Watch, raising=False)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(create_app(costs=Service, authenticate=check)) as found:
        yield found


# test_readme.py does what README.md says, in an empty folder.
@pytest.mark.parametrize("page", named(PAGES[1:], "python"), ids=lambda page: page.stem)
def test_code_runs(page: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KEY", KEY)
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    for number, text in enumerate(blocks(page, "python"), 1):
        code = compile(text.replace(URL, url), f"{page.name}, block {number}", "exec", dont_inherit=True)
        exec(code, vars(module))
    for name in ("client", "http"):
        if hasattr(module, name):
            getattr(module, name).close()
    if page.name == "client.md":
        assert "('1', 'gpt-4o')" in capsys.readouterr().out
    if hasattr(module, "app"):
        _ask(module.app)
    if page.name == "service.md":
        policy = TestClient(module.app).get("/docs").headers["content-security-policy"]
        assert policy == module.POLICY.decode()


def _ask(app: Any) -> None:
    """Ask the application that a page ends with."""
    body = {"project_id": "acme/demo", "costs": {"m": {"prompt_token_cost": 1, "completion_token_cost": 1}}}
    with served(app) as own:
        answer = httpx2.post(f"{own}/cost/create", json=body, headers={"authorization": f"Bearer {KEY}"})
        assert (answer.status_code, answer.json()) == (200, {"ids": [["alice-m", "m"]]})
        assert httpx2.post(f"{own}/cost/create", json=body, headers={"authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("page", named(PAGES, "py"), ids=lambda page: page.stem)
def test_code_is_python(page: Path) -> None:
    for text in blocks(page, "py"):
        ast.parse(text)


def test_the_stream_of_the_service_page_streams(tmp_path: Path) -> None:
    event = {"type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}}}
    content = {"text/event-stream": {"itemSchema": {"$ref": "#/components/schemas/Event"}}}
    watch = {
        "operationId": "watch_events",
        "tags": ["events"],
        "parameters": [{"name": "since", "in": "query", "schema": {"type": "integer"}}],
        "responses": {"200": {"description": "", "content": content}},
    }
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/events": {"get": watch}},
        "components": {"schemas": {"Event": event}},
    }
    imported(build_tree(tmp_path, document, package="events_of_the_page"), tmp_path)
    module = {
        name: importlib.import_module(f"events_of_the_page.{name}") for name in ("models", "server", "server.stub")
    }
    names: dict[str, Any] = {"models": module["models"], "stub": module["server.stub"], "AsyncIterator": AsyncIterator}
    names["context"] = module["server"].context

    class Source:
        async def after(self, since: int) -> AsyncIterator[Any]:
            for number in (since + 1, since + 2):
                yield module["models"].Event(number=number)

    [block] = blocks(ROOT / "docs" / "service.md", "py")
    exec(block, names)
    service = type("Service", (names["Events"],), {"source": Source()})
    answer = TestClient(module["server"].create_app(events=lambda _: service())).get("/events?since=3")
    assert answer.headers["x-source"] == "live"
    assert answer.text == 'data: {"number": 4}\n\ndata: {"number": 5}\n\n'


def test_the_statuses_that_have_a_class_are_listed() -> None:
    from weave_costs._runtime.exceptions import STATUS_CLASSES

    text = " ".join((ROOT / "docs" / "client.md").read_text(encoding="utf-8").split())
    listed = text.partition("There is a class for each of ")[2].partition("(")[0]
    first, last = map(int, re.findall(r"(\d+) to (\d+)", listed)[0])
    assert {*map(int, re.findall(r"\d+", listed))} | {*range(first, last + 1)} == STATUS_CLASSES.keys()


def lines(page: Path) -> Iterator[list[str]]:
    """The commands of a page as words, without variables, redirections and comments."""
    for text in blocks(page, "sh"):
        for line in text.replace("\\\n", " ").splitlines():
            inner = re.sub(r"^\w+=\$\((.*)\)$", r"\1", line)
            if words := shlex.split(inner, comments=True):
                yield words


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def parse(command: click.Command, name: str, arguments: list[str]) -> None:
    """Parse arguments down to the last command; raise ClickException."""
    if isinstance(command, click.Group):
        found = command.get_command(click.Context(command), arguments[0])
        assert found is not None, arguments[0]
        return parse(found, arguments[0], arguments[1:])
    with command.make_context(name, list(arguments)):
        return None


@pytest.mark.parametrize("page", named(PAGES, "sh"), ids=lambda page: page.stem)
def test_commands_exist_with_their_options(page: Path) -> None:
    from examples.cost_service.__main__ import main as cost_service

    for words in lines(page):
        match words:
            case ["make", target, *rest]:
                assert target in targets()
                assert all(word.startswith("ARGS=") for word in rest)
            case [".venv/bin/spectwin" | "spectwin", *arguments]:
                parse(commands, "spectwin", arguments)
            case [".venv/bin/python", "-m", "examples.cost_service", *arguments]:
                parse(cost_service, "cost_service", arguments)
            case ["python", "-m", "weave_costs.server", *options]:
                source = (ROOT / "generated/weave_costs/server/__main__.py").read_text(encoding="utf-8")
                assert [one for one in options if f'"{one}"' not in source] == []
            case _ if page.name == "README.md":  # test_readme.py runs it; the call with curl: test_curl_creates_a_cost
                assert words[0] in {
                    "printf",
                    "python3",
                    ".venv/bin/pip",
                    ".venv/bin/python",
                    "cp",
                    "cat",
                    "git",
                    "curl",
                }
            case _:
                pytest.fail(f"{page.name}: nothing checks {shlex.join(words)}")


def test_the_commands_of_tox_and_nox_exist_with_their_options() -> None:
    page = ROOT / "docs" / "builds.md"
    [tox], [nox] = blocks(page, "ini"), blocks(page, "py")
    commands_of_tox = [shlex.split(line)[1:] for line in tox.splitlines() if line.startswith("    spectwin ")]
    runs = [
        node
        for node in ast.walk(ast.parse(nox))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".run")
    ]
    commands_of_nox = [[ast.literal_eval(one) for one in node.args][1:] for node in runs]
    assert len(commands_of_tox) == len(commands_of_nox) == 2
    for arguments in (*commands_of_tox, *commands_of_nox):
        parse(commands, "spectwin", arguments)


RUN = {"python": "test_code_runs", "sh": "test_commands_exist_with_their_options", "toml": "test_settings_are_read"}
ELSEWHERE = {
    "builds.md": {
        **dict.fromkeys(("bash", "make", "yaml"), "tests/project/test_builds.py"),
        **dict.fromkeys(("ini", "py"), "test_the_commands_of_tox_and_nox_exist_with_their_options"),
    },
    "client.md": {"py": "tests/world/test_traces.py"},
    "service.md": {"py": "test_the_stream_of_the_service_page_streams"},
    "templates.md": {"jinja": "tests/render/test_own_templates.py"},
    "from-0.1.md": {"py": "compiled only: it needs an error of the server", "jinja": "not run: a part of a template"},
    "reference/commands.md": {"text": "made from the code"},
    "reference/package.md": {"py": "made from the code"},
}
"""What runs the blocks of a language that not every page has, or why nothing does; README.md has a test of its own."""


def test_every_block_is_run_or_has_a_reason() -> None:
    for page in PAGES[1:]:
        name = page.relative_to(ROOT / "docs").as_posix() if (ROOT / "docs") in page.parents else page.name
        found = set(re.findall(r"^ *```(\w*)\n.*?^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
        assert found - RUN.keys() == set(ELSEWHERE.get(name, ())), name


def test_every_make_command_in_the_text_exists() -> None:
    for page in ALL:
        for target in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert target in targets(), f"{page.name}: make {target}"


def test_the_table_of_commands_is_what_help_says() -> None:
    said = re.findall(r"^\| `(\w+)[ `]", README, re.MULTILINE)
    there = commands.list_commands(click.Context(commands))
    assert [name for name in there if name not in said] == [], "README.md's table of commands lacks these"
    for name, options in re.findall(r"^\| `(\w+) ([^`]*)`", README, re.MULTILINE):
        helped = CliRunner().invoke(commands, [name, "--help"]).output
        for option in re.findall(r"--?[a-z-]+", options):
            assert option in helped, f"{name} {option}"


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_curl_creates_a_cost(url: str) -> None:
    if shutil.which("curl") is None:
        not_tested("the README's call with curl", "curl")
    [words] = [words for words in lines(ROOT / "README.md") if words[0] == "curl"]
    command = [word.replace("$KEY", KEY).replace(URL, url) for word in [*words, "--silent", "--fail"]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"ids": [["1", "gpt-4o"]]}


def test_the_tables_of_settings_are_complete() -> None:
    keys = {name.replace("_", "-") for name in settings.Settings.__dataclass_fields__} - {
        "made-by",
        "places",
    }  # are found out
    assert set(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == keys
    [first, *_] = blocks(ROOT / "docs" / "settings.md", "toml")
    assert set(tomllib.loads(first)["tool"]["spectwin"]) == keys


@pytest.mark.parametrize("page", named(PAGES, "toml"), ids=lambda page: page.stem)
def test_settings_are_read(page: Path, tmp_path: Path) -> None:
    for text in blocks(page, "toml"):
        if text.startswith("[[accepted]]"):
            continue  # another file: tests/changes/test_accepted.py reads it
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert settings.read(tmp_path, {})


def test_a_wrong_setting_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.spectwin]\nspecs = "x.json"\n')
    with pytest.raises(Refused, match="specs"):
        settings.read(tmp_path, {})


def test_links_lead_somewhere() -> None:
    for page in ALL:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_modules_in_the_architecture_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]*)`", text)) - {"templates/static/", "generated/"}
    assert len(places) > 15
    code = ROOT / "generator"
    roots = (code, ROOT)
    found = [place for place in places if not any((root / f"{place}.py").is_file() for root in roots)]
    found = [place for place in found if not (ROOT / place).is_dir()]
    assert [place for place in found if not (code / place).is_dir()] == []


def test_what_the_wire_page_says_is_refused_is_refused() -> None:
    from tests.runtime import test_wire

    text = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in text.splitlines() if re.match(r"\| (path|query|header|cookie) \|", row)]
    assert len(rows) == 22
    for row in rows:
        location, style, explode, type_, value = (
            unescape(re.sub("</?code>", "", cell)).strip(" `") for cell in row[1:6]
        )
        parameter = test_wire.Parameter(
            "p",
            eval(type_, {}),  # noqa: S307 - our own documentation
            location=location,
            style=style,
            explode=explode == "yes",
        )
        with pytest.raises(test_wire.exceptions.EncodeError):
            print(row, test_wire.write(parameter, ast.literal_eval(value)))


FORMATS = {
    "date-time": ("2024-01-01T00:00:00.5Z", "datetime"),
    "date": ("2024-01-01", "date"),
    "time": ("10:00:00", "time"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "UUID"),
    "byte": ("YQ==", "bytes"),
    "ipv4": ("10.0.0.1", "IPv4Address"),
    "ipv6": ("::1", "IPv6Address"),
    "duration": ("P1D", "str"),
    "email": ("a@b.c", "str"),
    "uri": ("https://a.b", "str"),
}


def test_what_the_wire_page_says_of_formats_is_true(tmp_path: Path) -> None:
    from tests.support.packages import build_tree, imported

    fields = {name.replace("-", "_"): {"type": "string", "format": name} for name in FORMATS}
    schema = {"type": "object", "properties": fields}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    package = build_tree(tmp_path, {**head, "components": {"schemas": {"A": schema}}}, package="formats_of_the_page")
    texts = {name.replace("-", "_"): text for name, (text, _) in FORMATS.items()}
    found = imported(package, tmp_path).models.A.model_validate_json(json.dumps(texts))
    assert {name: type(getattr(found, name)).__name__ for name in texts} == {
        name.replace("-", "_"): class_ for name, (_, class_) in FORMATS.items()
    }
    page = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8").partition("## Types in JSON")[2]
    rows = [row.split(" | ") for row in page.partition("\n## ")[0].splitlines() if row.startswith("| `")]
    typed = {name: set(re.findall(r"`(\w+)`", row[1])) for row in rows for name in re.findall(r"`([\w-]+)`", row[0])}
    for name, (_, class_) in FORMATS.items():
        assert (class_ == "str") == (name not in typed), name
        assert f"`{name}`" in page
        assert class_ == "str" or class_ in typed[name]
