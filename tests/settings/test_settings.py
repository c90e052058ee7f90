"""`[tool.spectwin]`: what it may say, and how it says what is wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.settings.settings import Settings, find_project, overrides, read


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def refused(project: Path, **given: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        read(project, given)
    return caught.value.diagnostics


def test_defaults_are_those_of_the_documentation(tmp_path: Path) -> None:
    [found] = read(tmp_path, {"spec": Path("openapi.yaml")})
    assert found == Settings(
        spec=Path("openapi.yaml"),
        output=Path("generated"),
        package=None,
        distribution=None,
        sides=frozenset({"client", "server"}),
        operations=(),
        names={},
        types={},
        lenient=False,
        naive_datetimes="reject",
        discriminator="tag",
        layout=None,
        models="all",
        properties_imply_object=False,
        base_url=None,
        tolerant=False,
        stream_end=None,
        overlays=(),
        required_version=None,
        severities={},
        audiences=("wire-caller", "wire-server", "python-caller", "python-service"),
        templates=None,
        watch=False,
    )


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        """
        [project]
        name = "x"
        [tool.spectwin]
        spec = "spec/openapi.json"
        output = "src"
        package = "weave_costs"
        distribution = "weave-costs"
        sides = "client"
        operations = ["POST /cost/create"]
        types = { decimal = "decimal:Decimal", date = "datetime.date" }
        lenient = true
        naive-datetimes = "utc"
        properties-imply-object = true
        discriminator = "exact"
        layout = "split"
        models = "reached"
        field-names = "wire"
        base-url = "https://api.example.com/v1"
        tolerant = true
        stream-end = "[DONE]"
        overlays = ["mend.yaml"]
        required-version = "==0.1.0"
        templates = "own"
        severities = { endpoint-added = "warning" }
        audiences = ["python-caller", "wire-caller"]
        watch = true
        [tool.spectwin.names]
        "#/paths/~1cost~1create/post" = "create"
        cost_list = "costs.list"
        """,
    )
    [found] = read(project, {})
    assert found == Settings(
        spec=tmp_path / "spec/openapi.json",
        output=tmp_path / "src",
        package="weave_costs",
        distribution="weave-costs",
        sides=frozenset({"client"}),
        operations=("POST /cost/create",),
        names={"#/paths/~1cost~1create/post": "create", "cost_list": "costs.list"},
        types={"decimal": "decimal.Decimal", "date": "datetime.date"},
        lenient=True,
        naive_datetimes="utc",
        properties_imply_object=True,
        discriminator="exact",
        layout="split",
        models="reached",
        field_names="wire",
        base_url="https://api.example.com/v1",
        tolerant=True,
        stream_end="[DONE]",
        overlays=(tmp_path / "mend.yaml",),
        required_version="0.1.0",
        templates=tmp_path / "own",
        severities={"endpoint-added": "warning"},
        audiences=("wire-caller", "python-caller"),
        watch=True,
        made_by=tmp_path / "pyproject.toml",
    )
    untouched = [item.name for item in fields(Settings) if getattr(found, item.name) == item.default]
    assert untouched == []


@pytest.mark.parametrize(
    ("given", "theirs"),
    [
        ({}, True),
        ({"lenient": True, "operations": ("GET /a",)}, True),
        ({"spec": Path("a.json")}, True),
        ({"spec": Path("b.json")}, False),
        ({"output": Path("elsewhere")}, False),
        ({"package": "other"}, False),
        ({"package": "pets"}, True),
    ],
)
def test_who_makes_a_package_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], theirs: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    [found] = read(write(tmp_path, '[tool.spectwin]\nspec = "a.json"\npackage = "pets"\n'), given)
    assert found.made_by == (tmp_path / "pyproject.toml" if theirs else None)
    [typed] = read(tmp_path / "without", {"spec": Path("a.json")})
    assert typed.made_by is None


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('endpoint-aded = "info"', "no change is called endpoint-aded", "did you mean endpoint-added?"),
        ('endpoint-added = "grave"', "the level of endpoint-added is none of error, warning, info, none", ""),
        ("endpoint-added = 1", "the level of endpoint-added is none of error, warning, info, none", ""),
    ],
)
def test_severities_are_of_changes_that_there_are(tmp_path: Path, line: str, message: str, hint: str) -> None:
    [found] = refused(write(tmp_path, f'[tool.spectwin]\nspec = "a.json"\n[tool.spectwin.severities]\n{line}\n'))
    assert (found.message, found.hint, found.line) == (f"severities: {message}", hint, 4)


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"both"', {"client", "server"}), ('["server"]', {"server"}), ('["client", "server"]', {"client", "server"})],
)
def test_sides(tmp_path: Path, value: str, expected: set[str]) -> None:
    [found] = read(write(tmp_path, f'[tool.spectwin]\nspec = "a.json"\nsides = {value}\n'), {})
    assert found.sides == expected


def test_the_command_line_wins(tmp_path: Path) -> None:
    project = write(tmp_path, '[tool.spectwin]\nspec = "a.json"\noutput = "src"\npackage = "a"\nlenient = false\n')
    given = overrides(spec=Path("b.json"), output=Path("../out"), package="b", only=["GET /x"], lenient=True)
    [found] = read(project, given)
    assert (found.spec, found.output, found.package) == (Path("b.json"), Path("../out"), "b")
    assert (found.operations, found.lenient) == (("GET /x",), True)


def test_what_the_command_line_leaves_out_stays() -> None:
    assert overrides() == {}


def test_without_a_document_there_is_nothing_to_do(tmp_path: Path) -> None:
    [found] = refused(tmp_path)
    assert "no document" in found.message
    assert "spec =" in found.hint


def test_everything_wrong_is_shown_at_once_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path,
        "[project]\n"
        'spec = "not ours"\n'
        "[tool.spectwin]\n"
        'spec = ""\n'
        '  pakage = "a"\n'
        'package = "not-a-name"\n'
        "lenient = 1\n"
        'sides = ["sever"]\n'
        "[tool.spectwin.names]\n"
        'good = "fine"\n'
        'bad = "class"\n'
        "[tool.other]\n"
        "lenient = 7\n",
    )
    found = refused(Path())
    assert [(item.file, item.line, item.column) for item in found] == [
        ("pyproject.toml", 4, 1),
        ("pyproject.toml", 5, 3),
        ("pyproject.toml", 6, 1),
        ("pyproject.toml", 7, 1),
        ("pyproject.toml", 8, 1),
        ("pyproject.toml", 11, 1),
    ]
    assert found[1].hint == "did you mean package?"
    assert found[2].hint == "for example not_a_name"
    assert found[3].message == "lenient: expected true or false, found a number"
    assert found[5].source == 'bad = "class"'


@pytest.mark.parametrize(
    "line",
    [
        "spec = 1",
        'package = "class"',
        'package = "a.b"',
        'package = "../x"',
        'package = "кот"',
        'distribution = "a b"',
        'distribution = "../x"',
        'sides = "sever"',
        "sides = []",
        "sides = 3",
        'operations = "POST /x"',
        "operations = [1]",
        'operations = [" "]',
        "names = 3",
        'names = { a = "b c" }',
        'names = { a.b = "c" }',
        'names = { a = "b." }',
        'types = { a = "int" }',
        'types = { a = "os; import x.y" }',
        'types = { a = "a:b:c" }',
        "lenient = 'yes'",
        'naive-datetimes = "local"',
        "naive-datetimes = []",
        'discriminator = "const"',
        "discriminator = true",
        'layout = "flat"',
        "layout = []",
        'models = "some"',
        "models = true",
        'field-names = "camel"',
        'package = "json"',
        'package = "pydantic"',
        'package = "spectwin"',
        'base-url = "file:///etc"',
        'base-url = "/v1"',
        "overlays = [3]",
        'required-version = ">=1"',
        "naive_datetimes = 'utc'",
        'output = "../elsewhere"',
        'output = "/tmp"',
    ],
)
def test_wrong_values_are_refused_where_they_stand(tmp_path: Path, line: str) -> None:
    header = "[tool.spectwin]\n" + ("" if line.startswith("spec") else 'spec = "a.json"\n')
    [found] = refused(write(tmp_path, header + line + "\n"))
    assert (found.severity, found.line, found.source) == ("error", header.count("\n") + 1, line)


def test_an_output_folder_that_a_link_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "generated").symlink_to(tmp_path)
    [found] = refused(write(project, '[tool.spectwin]\nspec = "a.json"\n'))
    assert "outside the project" in found.message


def test_what_is_not_toml_is_located(tmp_path: Path) -> None:
    [found] = refused(write(tmp_path, "[tool.spectwin]\nspec = \n"))
    assert (found.line, found.column) == (2, 8)
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.spectwin]\nspec = '\xff'\n")
    [found] = refused(tmp_path)
    assert "UTF-8" in found.message


@pytest.mark.parametrize("value", ["[" * 3000, "9" * 5000])
def test_what_python_can_not_read_is_refused(tmp_path: Path, value: str) -> None:
    [found] = refused(write(tmp_path, f"[tool.spectwin]\nspec = {value}\n"))
    assert found.message.startswith("the file can't be read: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#" * 1_000_001, "it has more than 1,000,000 bytes"),
        ("[tool.spectwin]\n" + "a." * 60_000 + "b = 1", "the key in line 2 has more than 50 parts"),
        ("\n[" + "'a' . " * 60_000 + "b]", "the key in line 2 has more than 50 parts"),
        ("x = [\n{" + '"." .' * 60_000 + "b = 1}]", "the key in line 2 has more than 50 parts"),
        ("x = " + "[" * 3_000, "lists or tables in it are nested too deeply"),
    ],
)
def test_files_of_settings_have_bounds(tmp_path: Path, text: str, message: str) -> None:
    inner = write(tmp_path, text) / "inner"
    inner.mkdir()
    [found] = refused(find_project(inner) if "tool.spectwin" in text or "#" in text else tmp_path)
    assert found.message == f"the file can't be read: {message}"


def test_texts_with_many_dots_are_no_deep_keys(tmp_path: Path) -> None:
    dots = "a." * 60 + "b"
    write(tmp_path, f'[tool.spectwin]\nspec = \'a\'\n[project]\nx = [\'{dots}\', """\n - {dots}"""]\n# {dots}')
    assert read(tmp_path, {})


def test_many_mistakes_are_listed_up_to_a_bound(tmp_path: Path) -> None:
    lines = "".join(f"field-name{index} = 1\n" for index in range(3_000))
    write(tmp_path, f"[tool.spectwin]\nspec = 'a'\n{lines}")
    found = refused(tmp_path)
    assert len(found) == 1_001
    assert "… and 2,000 more errors" in {one.message for one in found}
    assert [one.line for one in found if one.line] == [*range(3, 1_003)]
    assert len([one for one in found if one.hint == "did you mean field-names?"]) == 30


@pytest.mark.parametrize("text", ["", "tool = 3", "[tool]\nspectwin = 3", "[project]\nname = 'x'"])
def test_a_project_without_settings_has_none(tmp_path: Path, text: str) -> None:
    [found] = read(write(tmp_path, text), {"spec": Path("a.json")})
    assert found == Settings(spec=Path("a.json"))


SEVERAL = """
[tool.spectwin]
naive-datetimes = "utc"

[[tool.spectwin.package]]
package = "one"
spec = "one.json"

[[tool.spectwin.package]]
package = "two"
spec = "two.json"
naive-datetimes = "reject"
"""


def test_several_packages_share_what_stands_above_them(tmp_path: Path) -> None:
    one, two = read(write(tmp_path, SEVERAL), {})
    assert (one.package, one.spec.name, one.naive_datetimes) == ("one", "one.json", "utc")
    assert (two.package, two.spec.name, two.naive_datetimes) == ("two", "two.json", "reject")


def test_the_command_line_chooses_among_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, SEVERAL))
    assert [found.package for found in read(Path(), {"package": "two"})] == ["two"]
    assert [found.package for found in read(Path(), {"spec": Path("one.json")})] == ["one"]
    assert [found.lenient for found in read(Path(), {"lenient": True})] == [True, True]
    [other] = read(Path(), {"spec": Path("three.json"), "package": "three"})
    assert other == Settings(spec=Path("three.json"), package="three")
    [found] = refused(Path(), package="three")
    assert "one, two" in found.message


def test_mistakes_in_the_second_of_several_are_located_there(tmp_path: Path) -> None:
    [found] = refused(write(tmp_path, SEVERAL + "lenient = 3\n"))
    assert found.source == "lenient = 3"
    text = SEVERAL + 'sides = "x"\n[tool.spectwin.package.names]\na = "1"\n'
    found_names = refused(write(tmp_path, text.replace('spec = "one.json"', 'spec = "one.json"\nsides = "both"')))
    assert [(item.line, item.source) for item in found_names] == [(14, 'sides = "x"'), (16, 'a = "1"')]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({'package = "two"': 'package = "one"'}, "two packages are called one"),
        ({'package = "two"\n': ""}, "package is missing"),
        ({".json": '.json"\ndistribution = "same'}, "two distributions"),
    ],
)
def test_packages_that_would_write_the_same_files(tmp_path: Path, change: dict[str, str], message: str) -> None:
    text = SEVERAL
    for old, new in change.items():
        text = text.replace(old, new)
    [found] = refused(write(tmp_path, text))
    assert message in found.message


def test_the_nearest_project_with_settings_is_found(tmp_path: Path) -> None:
    write(tmp_path, "[tool.spectwin]\n")
    inner = tmp_path / "generated" / "deep"
    inner.mkdir(parents=True)
    write(inner.parent, "[project]\n")
    assert find_project(inner) == tmp_path
    (inner.parent / ".git").mkdir()
    assert find_project(inner) == inner
