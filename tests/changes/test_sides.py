"""What is compared where sides are left out, and what is said where git can't tell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.cli import app

Git = Callable[..., str]
Diff = Callable[..., tuple[int, dict[str, Any]]]


def document(*paths: str) -> str:
    operations = {path: {"get": {"responses": {"204": {"description": ""}}}} for path in paths}
    return json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": operations})


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with a settings file and a document on `main`, and one more operation on a branch `work`."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    def run(*arguments: str, folder: Path | None = None) -> str:
        who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "protocol.file.allow=always"]
        done = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True, cwd=folder)
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    Path("spec").mkdir()
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "spec/openapi.json"\n')
    for branch, paths in (("main", ["/a"]), ("work", ["/a", "/b"])):
        if branch == "work":
            run("checkout", "-q", "-b", "work")
        Path("spec/openapi.json").write_text(document(*paths))
        run("add", "-A")
        run("commit", "-qm", branch)
    return run


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Diff:
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = app.run(["diff", "--no-python", "--json", *arguments])
        return status, json.loads(capsys.readouterr().out)

    return run


def identifiers(found: tuple[int, dict[str, Any]]) -> list[str]:
    assert found[0] == 0, found
    return sorted(f"{change['id']} {change['operation']}" for change in found[1]["changes"])


def message(found: tuple[int, dict[str, Any]]) -> str:
    status, content = found
    assert (status, content["status"]) == (2, "refused")
    [one] = content["diagnostics"]
    return f"{one['message']} | {one['hint']}"


def test_without_sides_the_document_is_compared_with_where_the_branch_left_the_main_one(
    git: Git, diff: Diff, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert identifiers(diff()) == ["endpoint-added GET /b"]
    git("checkout", "-q", "main")
    Path("spec/openapi.json").write_text(document("/a", "/main"))
    git("commit", "-qam", "more")
    git("checkout", "-q", "work")
    assert identifiers(diff()) == ["endpoint-added GET /b"]  # what main got meanwhile is no change of this branch
    assert app.run(["diff", "--no-python"]) == 0
    assert (
        capsys.readouterr().err
        == f"compared with {git('rev-parse', '--short', 'main~1')}, where this branch left main\n"
    )
    assert identifiers(diff("main")) == ["api-path-removed-without-deprecation GET /main", "endpoint-added GET /b"]
    Path("spec/openapi.json").write_text(document("/a", "/b", "/c"))
    assert identifiers(diff("HEAD")) == ["endpoint-added GET /c"]
    monkeypatch.chdir("spec")
    assert identifiers(diff()) == ["endpoint-added GET /b", "endpoint-added GET /c"]


@pytest.mark.parametrize("named", ["origin/HEAD", "origin/main", "master", "init.defaultBranch"])
def test_the_main_branch_is_found_by_whatever_name(git: Git, diff: Diff, named: str) -> None:
    if named == "origin/HEAD":
        git("update-ref", "refs/remotes/origin/stable", "main")
        git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/stable")
    elif named == "origin/main":
        git("update-ref", "refs/remotes/origin/main", "main")
    elif named == "master":
        git("branch", "master", "main")
    else:
        git("branch", "stable", "main")
        git("config", "init.defaultBranch", "stable")
    git("branch", "-D", "main")
    assert identifiers(diff()) == ["endpoint-added GET /b"]


def test_another_project_has_its_own_repository(
    git: Git, diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert identifiers(diff("--project", "repository")) == ["endpoint-added GET /b"]
    (tmp_path / "linked").symlink_to("repository")
    assert identifiers(diff("--project", "linked")) == ["endpoint-added GET /b"]
    for old in ("main", "main:", "main:spec/openapi.json"):
        assert identifiers(diff(old, "repository/spec/openapi.json", "--project", "linked")) == [
            "endpoint-added GET /b"
        ]
    absolute = str(tmp_path / "repository/spec/openapi.json")
    assert identifiers(diff("main", absolute, "--project", "linked")) == ["endpoint-added GET /b"]


def test_what_can_not_be_told_is_asked_for(git: Git, diff: Diff) -> None:
    git("branch", "-m", "main", "other")
    assert "there is no main branch here: origin/HEAD" in (said := message(diff()))
    assert "spectwin diff REVISION" in said
    Path("spec/more.json").write_text(document())
    entry = '[[tool.spectwin.package]]\npackage = "{0}"\nspec = "spec/{0}.json"\n'
    Path("pyproject.toml").write_text(entry.format("openapi") + entry.format("more"))
    assert "choose one of the packages with --package" in message(diff())
    assert identifiers(diff("other", "--package", "openapi")) == ["endpoint-added GET /b"]
    Path("pyproject.toml").unlink()
    assert "no document is named" in message(diff())


def test_no_repository(diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path("openapi.json").write_text(document())
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.json"\n')
    for arguments in ([], ["main"], ["main:"], ["main:openapi.json", "openapi.json"], ["openapi.json", "main"]):
        said = message(diff(*arguments))
        assert "there is no git repository here" in said
        assert "name two files" in said
    assert message(diff("missing.json", "openapi.json")).startswith("there is no such file | ")


def test_a_repository_without_a_commit(git: Git, diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", str(tmp_path / "new"))
    monkeypatch.chdir(tmp_path / "new")
    Path("openapi.json").write_text(document())
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.json"\n')
    for arguments in ([], ["main"], ["HEAD:"]):
        said = message(diff(*arguments))
        assert "there is no commit here yet" in said
        assert "git fetch" not in said


def test_a_repository_of_somebody_else(git: Git, diff: Diff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for arguments in ([], ["main"], ["main:"], ["main:spec/openapi.json", "spec/openapi.json"]):
        said = message(diff(*arguments))
        assert "belongs to somebody else" in said
        assert f"git config --global --add safe.directory {Path.cwd()}" in said


def test_a_shallow_clone(git: Git, diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("checkout", "-q", "main")  # what the clone takes for the main branch
    git("clone", "-q", "--depth", "1", "--branch", "work", Path.cwd().as_uri(), str(tmp_path / "shallow"))
    old = git("rev-parse", "main")
    monkeypatch.chdir(tmp_path / "shallow")
    for arguments in ([], ["main"], ["origin/main:"], [f"{old}:spec/openapi.json", "spec/openapi.json"]):
        said = message(diff(*arguments))
        assert "shallow" in said
        assert "git fetch --unshallow origin" in said
        assert "fetch-depth: 0" in said
    git("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    assert "shallow" in message(diff())  # both branches are there, and no commit that they have in common
    assert identifiers(diff("origin/main")) == ["endpoint-added GET /b"]


def test_a_revision_that_is_not_there(git: Git, diff: Diff) -> None:
    for arguments in (["nowhere"], ["nowhere:"], ["nowhere:spec/openapi.json", "spec/openapi.json"]):
        said = message(diff(*arguments))
        assert "git does not know this" in said
        assert "git fetch" in said


def test_git_is_not_installed(git: Git, diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for arguments in ([], ["main:"]):
        assert "git is not installed" in message(diff(*arguments))
    assert diff("spec/openapi.json", "spec/openapi.json")[0] == 0


def test_links_in_a_revision_and_in_the_work_tree(git: Git, diff: Diff) -> None:
    Path("spec").rename("real")
    Path("spec").symlink_to("real")
    Path("current.json").symlink_to("spec/openapi.json")
    git("add", "-A")
    git("commit", "-qm", "links")
    Path("real/openapi.json").write_text(document("/a", "/b", "/c"))
    for arguments in (["HEAD"], ["HEAD:"], ["HEAD:", "current.json"], ["HEAD:current.json", "current.json"]):
        assert identifiers(diff(*arguments)) == ["endpoint-added GET /c"]
