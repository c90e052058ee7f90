"""Runs that end early, meet a disk that refuses, or each other: files stay whole and the next run mends."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from generator import disk
from generator.diagnostics.diagnostic import Refused
from generator.disk import Folder
from tests.support.plans import NEW, OLD, THIRD, contents, expect, generate


def steps(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Call ``act`` with the number of the step before everything that changes the disk."""
    count = 0

    def wrap(function: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            act(count)
            return function(*arguments, **options)

        return wrapped

    for name in ("mkdir", "unlink", "replace", "rmdir"):
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))
    monkeypatch.setattr(Folder, "stage", wrap(Folder.stage))


def count_steps(tmp_path: Path) -> int:
    highest = 0

    def note(number: int) -> None:
        nonlocal highest
        highest = number

    with pytest.MonkeyPatch.context() as patch:
        generate(OLD, tmp_path)
        steps(patch, note)
        generate(NEW, tmp_path)
    return highest


def kill_at(step: int, files: dict[str, str], output: Path) -> None:
    """Generate in a process that dies at this step, without any clean-up."""
    child = os.fork()
    if child == 0:
        try:
            with pytest.MonkeyPatch.context() as patch:
                steps(patch, lambda number: os._exit(9) if number == step else None)
                generate(files, output, digest="2")
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("then", [OLD, NEW, THIRD], ids=["old", "new", "third"])
def test_a_run_that_is_killed_leaves_whole_files_and_the_next_one_mends(tmp_path: Path, then: dict[str, str]) -> None:
    total = count_steps(tmp_path / "count")
    assert total >= 10
    for step in range(1, total + 1):
        output = tmp_path / str(step)
        generate(OLD, output)
        kill_at(step, NEW, output)
        for name, content in contents(output / "pets").items():
            if name != "manifest.json" and not name.rpartition("/")[2].startswith(".spectwin-"):
                assert content.decode() in {OLD.get(name), NEW.get(name)}, f"{name} after step {step}"
        generate(then, output, digest="3")
        expect(output, then)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_first_run_that_is_killed_is_completed(tmp_path: Path) -> None:
    for step in range(1, 12):
        output = tmp_path / str(step)
        kill_at(step, OLD, output)
        generate(OLD, output)
        expect(output, OLD)


def full_after(allowed: int, number: int) -> Callable[[Folder, PurePosixPath, bytes], PurePosixPath]:
    """Stage so many files, and fail with this error from then on."""
    left = [None] * allowed
    stage = Folder.stage

    def full(folder: Folder, path: PurePosixPath, data: bytes) -> PurePosixPath:
        if not left and path.name != "manifest.json":
            raise OSError(number, os.strerror(number))
        left[:1] = []
        return stage(folder, path, data)

    return full


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_takes_no_more_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    generate(OLD, tmp_path)
    before = contents(tmp_path)
    for allowed in range(4):
        with monkeypatch.context() as patch:
            patch.setattr(Folder, "stage", full_after(allowed, number))
            with pytest.raises(Refused, match=os.strerror(number)):
                generate(NEW, tmp_path)
        assert contents(tmp_path) == before
    generate(NEW, tmp_path)
    expect(tmp_path, NEW)


def test_a_file_that_a_crash_left_empty_is_not_an_edit(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/a.py").write_text("")
    generate(NEW, tmp_path)
    expect(tmp_path, NEW)


def test_only_temporary_files_of_ours_are_cleaned_up(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/.spectwin-0123456789abcdef.tmp").write_text("x")
    (tmp_path / "pets/.spectwin-mine.tmp").write_text("x")
    generate(OLD, tmp_path)
    assert [path.name for path in (tmp_path / "pets").glob(".*")] == [".spectwin-mine.tmp"]


RUN = """
import sys
from pathlib import Path
from tests.support.plans import NEW, OLD, generate
for number in range(40):
    generate([OLD, NEW][(number + int(sys.argv[1])) % 2], Path(sys.argv[2]), digest=str(number % 2))
"""


def test_runs_at_the_same_time_take_turns(tmp_path: Path, root: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    runs = [
        subprocess.Popen([sys.executable, "-c", RUN, start, tmp_path], env=environment, stderr=subprocess.PIPE)
        for start in "01"
    ]
    for run in runs:
        _, errors = run.communicate()
        assert run.returncode == 0, errors.decode()
    manifest = json.loads((tmp_path / "pets/manifest.json").read_text())
    expect(tmp_path, NEW if "pets/server/d.py" in manifest["files"] else OLD)


def test_a_run_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_LOCK_SECONDS", 0.1)
    with Folder(tmp_path) as folder:
        folder.lock()
        with pytest.raises(Refused, match="another run"):
            generate(OLD, tmp_path)
    generate(OLD, tmp_path)
