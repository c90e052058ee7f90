"""The table of files has the numbers of `git diff --numstat`, without git a count of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from generator.changes.report import changed_files
from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.output.package import Package

MOVED = [f"class C{number}:\n    x: int\n\n" for number in range(9)]
OLD = {
    "p/models.py": "".join(MOVED),
    "p/API.md": "one\ntwo\n",
    "p/_runtime/old.py": "a\nb\n",
    "p/openapi.json": "{}\n",
    "p/same.py": "x\n",
}
NEW = {
    "p/models.py": "".join([*MOVED[5:], *MOVED[:5]]) + "# é\n",
    "p/API.md": "one\nthree\n",
    "p/_runtime/new.py": "c\n",
    "p/openapi.json": "{\n}\n",
    "p/same.py": "x\n",
    "README.md": "Words.\n",
}
STATIC = frozenset(("_runtime/old.py", "_runtime/new.py"))


def package(files: dict[str, str]) -> Package:
    texts = {PurePosixPath(path): text for path, text in files.items()}
    return Package(name="p", files=texts, warnings=(), operations=0, models=0)


def numstat(folder: Path) -> dict[str, tuple[int, int]]:
    """What git says of the same two packages in a repository."""

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=n", "-c", "user.email=e")
        return subprocess.run(
            ("git", *identity, *arguments), cwd=folder, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    for files in (OLD, NEW):
        for path in folder.rglob("*.*"):
            if path.is_file() and ".git" not in path.parts:
                path.unlink()
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        git("add", "-A")
        git("commit", "-qm", "x")
    lines = [line.split("\t") for line in git("diff", "--numstat", "--no-renames", "HEAD^", "HEAD").splitlines()]
    return {name.removeprefix("p/"): (int(plus), int(minus)) for plus, minus, name in lines}


def test_the_numbers_are_those_of_git(tmp_path: Path) -> None:
    files, by_git = changed_files.changed_files((package(OLD), package(NEW)), STATIC)
    assert by_git
    assert {one.name: (one.plus, one.minus) for one in files} == numstat(tmp_path)
    notes = {one.name: one.note for one in files if one.note}
    assert notes == {"_runtime/new.py": "the same in every package", "_runtime/old.py": "no longer needed"}


@pytest.mark.parametrize(
    "error", [Refused([Diagnostic(severity="error", message="x")]), subprocess.CalledProcessError(128, "git")]
)
def test_without_git_they_are_counted_here(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str, **__: Path) -> bytes:
        raise error

    monkeypatch.setattr(changed_files, "git", refuse)
    files, by_git = changed_files.changed_files((package(OLD), package(NEW)), STATIC)
    assert not by_git
    found = {one.name: (one.plus, one.minus) for one in files}
    assert found["API.md"] == (1, 1)
    assert found["_runtime/old.py"] == (0, 2)
    assert found["README.md"] == (1, 0)
