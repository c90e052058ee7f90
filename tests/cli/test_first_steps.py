"""What `generate` says of a new package can be done as it is printed: commands, and settings in place of arguments."""

from __future__ import annotations

import json
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from generator.cli.app import commands
from generator.settings.settings import Settings
from tests.cli.test_app import DOCUMENT, Run, run

__all__ = ["run"]
OVERLAY = """\
overlay: 1.0.0
info: {title: Fixes, version: "1"}
actions: [{target: "$.info", update: {description: Pets of all kinds.}}]
"""
OPTIONS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "output": (["-o", "my src"], {"output": "my src"}),
    "package": (["--package", "cats"], {"package": "cats"}),
    "only": (["--only", "GET /pets/*"], {"operations": ["GET /pets/*"]}),
    "overlays": (["--overlay", "fix ##[é].yaml"], {"overlays": ["fix ##[é].yaml"]}),
    "templates": (["--templates", "own"], {"templates": "own"}),
    "discriminator": (["--discriminator", "exact"], {"discriminator": "exact"}),
    "layout": (["--layout", "split"], {"layout": "split"}),
    "lenient": (["--lenient"], {"lenient": True}),
    "limits": (["--limit", "nodes=1900", "--limit", "made-text=9_000"], {"limits": {"nodes": 1900, "made-text": 9000}}),
    "spec": ([], {}),
}
"""How an option is given, and the setting that says the same."""


@pytest.fixture(autouse=True)
def project(run: Run) -> Path:
    Path("fix ##[é].yaml").write_text(OVERLAY)
    Path("own").mkdir()
    return Path()


def shown(output: str) -> str:
    """The settings that are recommended."""
    return "".join(f"{line[2:]}\n" for line in output.splitlines() if line.startswith("  "))


def test_each_option_that_is_a_setting_is_among_these() -> None:
    names = {one.name for one in fields(Settings)} - {"watch"} | {"only"}  # --watch keeps running, the setting does not
    assert {one.name for one in commands.commands["generate"].params} & names == OPTIONS.keys()


@pytest.mark.parametrize("options", [(), tuple(OPTIONS)], ids=["none", "all"])
def test_the_settings_do_what_the_arguments_did(run: Run, options: tuple[str, ...]) -> None:
    arguments = [argument for option in options for argument in OPTIONS[option][0]]
    expected = {key: value for option in options for key, value in OPTIONS[option][1].items()}
    status, output, errors = run("generate", "openapi.yaml", *arguments)
    assert (status, errors) == (0, "")
    assert tomllib.loads(shown(output)) == {"tool": {"spectwin": {"spec": "openapi.yaml", **expected}}}
    Path("pyproject.toml").write_text(shown(output))
    assert run("check")[0] == 0


def test_a_bound_that_was_raised_is_raised_by_the_settings(run: Run) -> None:
    names = ", ".join(f"a{number}" for number in range(10_001))
    Path("openapi.yaml").write_text(f"{DOCUMENT}    Name: {{type: string, enum: [{names}]}}\n")
    assert run("generate", "openapi.yaml")[0] == 2
    _, output, _ = run("generate", "openapi.yaml", "--limit", "enum-values=20000")
    Path("pyproject.toml").write_text(shown(output))
    assert run("check")[0] == 0


def test_the_settings_of_another_folder_are_relative_to_it(run: Run) -> None:
    Path(".git").mkdir()
    Path("api").mkdir()
    _, output, _ = run("generate", "openapi.yaml", "-o", "src", "--package", "pets", "--project", "api")
    assert "next: put this into api/pyproject.toml, so" in output
    Path("api/pyproject.toml").write_text(shown(output))
    assert run("check", "--project", "api")[0] == 0


def test_no_settings_are_recommended_that_would_be_refused(run: Run) -> None:
    Path("api").mkdir()
    _, output, _ = run("generate", "openapi.yaml", "--project", "api")
    assert shown(output) == ""
    assert "next: put openapi.yaml into the project; then settings in api/pyproject.toml save the arguments" in output


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        ('[{url: "https://api.example.com/{version}/", variables: {version: {default: v1}}}]', "/v1"),
        ("[{url: /v2}]", "/v2"),
        ('[{url: "https://api.example.com/"}]', ""),
        ('[{url: "https://[your-domain]/api/v1"}]', ""),
        ("[{url: ./v1}]", ""),
        ('[{url: "https://api.example.com/a%20%22b"}]', '/a "b'),
    ],
)
def test_a_server_with_a_path_is_named_with_what_to_do(run: Run, servers: str, path: str) -> None:
    Path("openapi.yaml").write_text(f"{DOCUMENT}servers: {servers}\n")
    lines = run("generate", "openapi.yaml", "--package", "pets")[1].splitlines()
    said = [line for line in lines if line.startswith("serve it: ")]
    assert said == (
        [f"serve it: a service answers at /, and the document says {path}: mount({json.dumps(path)}, create_app(...))"]
        if path
        else []
    )


@pytest.mark.parametrize("folder", ["my src", "it's", "a$b`c", "-x"])
def test_commands_can_be_pasted(run: Run, folder: str) -> None:
    lines = run("generate", "openapi.yaml", f"--output={folder}", "--package", "pets")[1].splitlines()
    [trial] = [line.removeprefix("try it: ") for line in lines if line.startswith("try it: ")]
    change, target, also, *_ = shlex.split(trial)
    assert (change, also, Path(target)) == ("cd", "&&", Path(folder))
    assert not target.startswith("-")
    Path("pyproject.toml").write_text(
        '[tool.spectwin]\nspec = "openapi.yaml"\ndistribution = "dogs"\npackage = "dogs"\n'
    )
    lines = run("generate", f"--output={folder}")[1].splitlines()
    [install] = [line.removeprefix("to use it: ") for line in lines if line.startswith("to use it: ")]
    assert shlex.split(install) == ["pip", "install", f"./{folder}[client,server]"]
