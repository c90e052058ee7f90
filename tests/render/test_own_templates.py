"""Templates of a project in place of ours."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path, PurePosixPath

import pytest

from generator import ir
from generator.cli import fast_path
from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.render.marks import HEADS
from tests.support.folders import ROOT
from tests.support.packages import build

pytestmark = pytest.mark.usefixtures("single")

OF_SINGLE = """class Costs(Group):
    def create(self) -> None:
        return self._client.invoke(contract.COSTS_CREATE)
"""
HEAD = f"{{# spectwin variables {ir.VERSION} #}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def errors(root: Path, folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        build(root / "spec" / "openapi.json", templates=folder)
    return caught.value.diagnostics


def written(root: Path, folder: Path, name: str) -> str:
    files = build(root / "spec" / "openapi.json", templates=folder).files
    text = next(text for path, text in files.items() if path.as_posix() == f"api/{name}")
    return text.removeprefix(HEADS[PurePosixPath(name).suffix])


def put(folder: Path, name: str, text: str, head: str = HEAD) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(head + text, "utf-8")


def test_a_template_takes_the_place_of_ours(root: Path, folder: Path) -> None:
    put(
        folder,
        "API.md.jinja",
        "{% include '_head.md' %}{% for group in api.groups %}{{ group.name | md }}{% endfor %}\n",
    )
    (folder / "_head.md").write_text("Ours: ", "utf-8")
    assert written(root, folder, "API.md") == "Ours: costs\n"
    plain = build(root / "spec" / "openapi.json").files
    mine = build(root / "spec" / "openapi.json", templates=folder).files
    assert {path.name for path in plain if plain[path] != mine[path]} == {"API.md"}


def test_a_template_may_build_on_ours(root: Path, folder: Path) -> None:
    put(folder, "__init__.py.jinja", "{% include 'spectwin/__init__.py.jinja' %}\n\n__all__ = []\n")
    mine = written(root, folder, "__init__.py")
    assert mine.startswith('"""FastAPI"""\n\n')
    assert mine.endswith("\n\n__all__ = []\n")


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        (
            "__init__.py.jinja",
            '"""x"""\nimport os\n',
            3,
            "what the template prints is refused: __init__.py:3: an import of os",
        ),
        ("api.py.jinja", '"""x"""\n\nx = open("/etc/passwd")\n', 4, "what the template prints is refused: api.py:3: "),
        ("client/group.py.jinja", "x = (\n", 2, "what the template prints is not Python: '(' was never closed"),
        ("__init__.py.jinja", "x = (\n", 2, "what the template prints is not Python: '(' was never closed"),
        ("api.py.jinja", "\n{{ api.titel | py }}\n", 3, "a name here is not defined"),
        ("api.py.jinja", "\n\n{% for %}\n", 4, "Expected an expression"),
        ("api.py.jinja", "{{ ''.__class__.__mro__ | py }}\n", 2, "SecurityError: "),
        ("API.md.jinja", "{{ api.title | mdd }}\n", 2, "No filter named 'mdd'"),
        ("contract.py.jinja", "{{ api.groups | ident }}\n", 2, "AttributeError: "),
        ("api.py.jinja", "\n{% include 'api.py.jinja' %}\n", 3, "the template includes or calls itself without end"),
        ("api.py.jinja", "{% include self %}\n", 2, ""),
        (
            "api.py.jinja",
            "{% macro m() %}\n{{ m() }}\n{% endmacro %}{{ m() }}\n",
            3,
            "the template includes or calls itself without end",
        ),
        ("api.py.jinja", f"{{{{ {'(' * 3_000}1{')' * 3_000} | py }}}}\n", 1, "the template can't be compiled: "),
        ("api.py.jinja", f"{{{{ {'not ' * 3_000}1 | py }}}}\n", 1, "the template can't be compiled: "),
        ("api.py.jinja", f"{{{{ api{'.a' * 3_000} | py }}}}\n", 1, "the template can't be compiled: "),
        ("api.py.jinja", f"{{{{ {'1 + ' * 9_000}1 | py }}}}\n", 1, "the template can't be compiled: "),
        ("api.py.jinja", "{% for a in b %}" * 30 + "{% endfor %}" * 30, 1, "the template can't be compiled: too many "),
        ("api.py.jinja", "{% if a %}" * 300 + "{% endif %}" * 300, 1, "the template can't be compiled: "),
    ],
)
def test_what_a_template_does_wrong_is_told_with_its_place(
    root: Path, folder: Path, name: str, text: str, line: int, message: str
) -> None:
    put(folder, name, text)
    [found] = errors(root, folder)
    assert found.message.startswith(message), found
    assert (found.file.endswith(f"templates/{name}"), found.line) == (True, line), found


@pytest.mark.parametrize(
    ("name", "head", "message"),
    [
        ("api.py.jinja", "{# spectwin variables 999 #}\n", "the template is for version 999 of the variables"),
        ("api.py.jinja", "", "the template does not say which version"),
        ("apy.py.jinja", HEAD, "there is no template called apy.py.jinja"),
        ("client/groups.py.jinja", HEAD, "there is no template called client/groups.py.jinja"),
    ],
)
def test_a_template_that_can_not_be_meant_is_an_error(
    root: Path, folder: Path, name: str, head: str, message: str
) -> None:
    put(folder, name, "x\n", head)
    [found] = errors(root, folder)
    assert found.message.startswith(message)
    assert (found.line, bool(found.hint)) == (1, True)


def test_a_folder_that_is_not_there_is_an_error(root: Path, tmp_path: Path) -> None:
    [found] = errors(root, tmp_path / "nowhere")
    assert found.message == "there is no such folder of templates"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("api.py.jinja", '"""x"""\n\nimport os\n', "api/costs.py:3: an import of os"),
        ("contract.py.jinja", '"""x"""\n\nimport os\n', "contract/__init__.py:3: an import of os"),
        ("contract/group.py.jinja", '"""x"""\n\nimport os\n', "contract/costs.py:3: an import of os"),
        (
            "client/group.py.jinja",
            "{{ imports }}\n\n\n" + OF_SINGLE,
            "client/costs.py:6: a Return in a function",
        ),
    ],
)
def test_a_template_is_blamed_for_the_modules_of_groups(
    root: Path, folder: Path, name: str, text: str, said: str
) -> None:
    put(folder, name, text)
    with pytest.raises(Refused) as caught:
        build(root / "spec" / "openapi.json", templates=folder, layout="split")
    [found] = caught.value.diagnostics
    assert said in found.message
    assert found.file.endswith(name)


def test_a_template_of_ours_stands_for_each_group(root: Path, folder: Path) -> None:
    put(folder, "api.py.jinja", '"""{{ api.groups[0].name | ident }} of {{ api.groups | length }}"""\n')
    files = build(root / "spec" / "openapi.json", templates=folder, layout="split").files
    assert files[PurePosixPath("api/api/costs.py")].endswith('"""costs of 1"""\n')


def test_another_template_is_another_input(
    root: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from generator.cli import app

    monkeypatch.chdir(tmp_path)
    command = ["generate", str(root / "spec" / "openapi.json"), "--package", "api", "--templates", "templates"]
    put(folder, "API.md.jinja", "one\n")
    assert app.run(command) == 0
    assert fast_path.run(command) == 0
    put(folder, "API.md.jinja", "two\n")
    assert fast_path.run(command) is None
    assert app.run(command) == 0
    assert (tmp_path / "generated/api/API.md").read_text("utf-8") == HEADS[".md"] + "two\n"
    put(folder, "api.py.jinja", "import os\n")
    assert app.run(command) == 2
    assert "templates/api.py.jinja:2:1: error" in capsys.readouterr().err


def test_the_template_of_the_page_is_one(root: Path, folder: Path) -> None:
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    [text] = re.findall(r"^```jinja\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    put(folder, "__init__.py.jinja", text, head="")
    assert written(root, folder, "__init__.py").splitlines()[-1] == '"""FastAPI"""'


def test_the_page_names_every_variable() -> None:
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    assert f"Version {ir.VERSION}" in page
    for kind in (each for each in vars(ir).values() if is_dataclass(each) and isinstance(each, type)):
        for field in fields(kind):
            assert f"`{field.name}`" in page, f"{kind.__name__}.{field.name}"


def test_templates_see_types_as_text(root: Path, folder: Path) -> None:
    put(
        folder,
        "API.md.jinja",
        "{% for operation in api.groups[0].operations %}{{ operation.returns | source }}, {{ operation['result'] | source }}, "
        "{{ operation.responses[0].media[0].type | source }}, {{ operation.returns == 'models.CostCreateRes' }}, "
        "{{ api.groups[0].operations | map(attribute='sync_returns') | join | source }}{% endfor %}, "
        "{{ api.credentials[0].annotation is string }}, {{ 'models.' in api.errors[0].body }}, {{ api.errors[0].body | source }}",
    )
    name = "models.CostCreateRes"
    expected = f"{name}, {name}, {name}, True, {name}, True, True, models.HTTPValidationError"
    assert written(root, folder, "API.md") == f"{expected}\n"
