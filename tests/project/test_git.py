"""Revisions are read in memory; whatever a repository holds, nothing is written, fetched or run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from generator.changes.revisions import load_side, locate
from generator.cli import app
from generator.diagnostics.diagnostic import Refused
from generator.disk import InTheWay
from generator.git import GitFiles

EMPTY = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
REFERRING = {**EMPTY, "components": {"schemas": {"A": {"$ref": "x.json#/A"}}}}
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str, text: bytes | None = None) -> str:
        done = subprocess.run(["git", *arguments], check=True, capture_output=True, input=text)
        return done.stdout.decode().strip()

    run("init", "-q")
    run("config", "user.email", "a@example.com")
    run("config", "user.name", "a")
    return run


def commit(git: Git) -> None:
    git("add", "-A")
    git("commit", "-qm", "x")


def tree(git: Git, *entries: tuple[str, str, str]) -> str:
    text = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(found) for mode, name, found in entries)
    return git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", text=text)


def blob(git: Git, value: object) -> str:
    return git("hash-object", "-w", "--stdin", text=json.dumps(value).encode())


def test_files_beside_the_document_and_places_are_named_as_git_names_them(git: Git) -> None:
    Path("spec").mkdir()
    Path("spec/openapi.json").write_text(json.dumps(REFERRING))
    Path("spec/x.json").write_text('{"A": {"type": "string"}}')
    commit(git)
    for path in Path("spec").iterdir():
        path.unlink()
    found = load_side(locate("HEAD:spec/openapi.json"))
    assert found.root["components"]["schemas"]["A"] == {"type": "string"}
    assert found.locate("#/components/schemas/A").file == "HEAD:spec/x.json"
    assert found.locate("#/info").file == "HEAD:spec/openapi.json"


def test_errors_name_the_revision(git: Git) -> None:
    Path("a.json").write_text('{"openapi": ')
    commit(git)
    with pytest.raises(Refused) as refused:
        load_side(locate("HEAD:a.json"))
    assert refused.value.diagnostics[0].file == "HEAD:a.json"
    with pytest.raises(Refused) as refused:
        load_side(locate("HEAD:b.json"))
    assert (refused.value.diagnostics[0].file, refused.value.diagnostics[0].message) == (
        "HEAD:b.json",
        "there is no such file",
    )


@pytest.mark.parametrize("name", ["..", "."])
def test_a_tree_with_an_entry_that_no_folder_can_hold_is_refused(git: Git, name: str) -> None:
    up = tree(git, ("100644", "evil.json", blob(git, {"A": {"type": "string"}})))
    spec = tree(
        git, ("40000", name, up), ("100644", "openapi.json", blob(git, REFERRING)), ("100644", "x.json", blob(git, {}))
    )
    top = tree(git, ("40000", "spec", spec))
    git("update-ref", "refs/heads/evil", git("commit-tree", top, "-m", "x"))
    with pytest.raises(Refused) as refused:
        load_side(locate("evil:spec/openapi.json"))
    assert f"an entry called '{name}'" in refused.value.diagnostics[0].message


def test_an_absolute_name_in_a_tree_is_refused(git: Git) -> None:
    top = tree(git, ("100644", "/tmp/x.json", blob(git, {})), ("100644", "openapi.json", blob(git, EMPTY)))
    git("update-ref", "refs/heads/evil", git("commit-tree", top, "-m", "x"))
    with pytest.raises(Refused) as refused:
        load_side(locate("evil:openapi.json"))
    assert "an entry called '/tmp/x.json'" in refused.value.diagnostics[0].message


def test_nothing_is_fetched_and_nothing_of_the_repository_runs(git: Git, tmp_path: Path) -> None:
    Path("spec.json").write_text(json.dumps(EMPTY))
    commit(git)
    found = git("rev-parse", "HEAD:spec.json")
    (Path(".git/objects") / found[:2] / found[2:]).unlink()
    settings = {
        "remote.origin.url": f"ext::sh -c touch% {tmp_path}/ran",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "core.repositoryformatversion": "1",
        "protocol.ext.allow": "always",
        "core.fsmonitor": f"touch {tmp_path}/ran",
        "core.pager": f"touch {tmp_path}/ran",
    }
    for key, value in settings.items():
        git("config", key, value)
    with pytest.raises(Refused) as refused:
        load_side(locate("HEAD:spec.json"))
    assert "git fetch first" in refused.value.diagnostics[0].message
    assert not (tmp_path / "ran").exists()


def test_links_are_followed_as_long_as_they_end_in_the_revision(git: Git, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text(json.dumps(EMPTY))
    for folder in ("spec", "shared"):
        Path(folder).mkdir()
    Path("shared/openapi.json").write_text(json.dumps(REFERRING))
    Path("shared/x.json").write_text('{"A": {"type": "string"}}')
    Path("spec/openapi.json").symlink_to("../shared/openapi.json")
    Path("spec/y.json").write_text('{"A": {"type": "string"}}')
    Path("spec/x.json").symlink_to("y.json")
    Path("spec/out.json").symlink_to("../../outside.json")
    Path("spec/absolute.json").symlink_to("/etc/hosts")
    Path("spec/circle.json").symlink_to("circle.json")
    commit(git)
    assert load_side(locate("HEAD:spec/openapi.json")).root["components"]["schemas"]["A"] == {"type": "string"}
    for name in ("out", "absolute", "circle"):
        with pytest.raises(Refused) as refused:
            load_side(locate(f"HEAD:spec/{name}.json"))
        assert "link" in refused.value.diagnostics[0].message


def test_a_reference_out_of_the_documents_folder_is_refused_in_a_revision_too(git: Git) -> None:
    Path("spec").mkdir()
    Path("x.json").write_text('{"A": {"type": "string"}}')
    root = {**EMPTY, "components": {"schemas": {"A": {"$ref": "../x.json#/A"}}}}
    Path("spec/openapi.json").write_text(json.dumps(root))
    commit(git)
    with pytest.raises(Refused) as refused:
        load_side(locate("HEAD:spec/openapi.json"))
    assert "leads out of the document's folder" in refused.value.diagnostics[0].message


def test_no_more_is_read_of_an_object_than_asked_for(git: Git) -> None:
    Path("big.json").write_text("x" * 100_000)
    Path("small.json").write_text("small")
    commit(git)
    with GitFiles("HEAD", PurePosixPath()) as files:
        assert files.read(PurePosixPath("big.json"), 10) == b"x" * 10
        assert files.read(PurePosixPath("small.json"), 10) == b"small"
        assert files.read(PurePosixPath("small.json"), 5) == b"small"
        with pytest.raises(FileNotFoundError):
            files.read(PurePosixPath("none.json"), 5)
        with pytest.raises(InTheWay):
            files.read(PurePosixPath(), 5)


@pytest.mark.parametrize("filtered", ["blob:none", "tree:0"])
def test_what_a_partial_clone_does_not_have_is_refused(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filtered: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("spec.json").write_text(json.dumps(EMPTY))
    for text in ("", "# more\n"):
        Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "spec.json"\n{text}')
        commit(git)
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "-q", f"--filter={filtered}", Path.cwd().as_uri(), str(tmp_path / "partial"))
    monkeypatch.chdir(tmp_path / "partial")
    assert app.run(["diff", "HEAD~1", "spec.json", "--no-python"]) == 2
    said = capsys.readouterr().err
    assert "git does not have it here" in said
    assert "git fetch --refetch --no-filter" in said
