"""What happens to the files on disk, whatever is there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.disk import Folder
from generator.output import plan
from generator.output.fingerprint import digest as digest_of
from generator.output.merge import Merge
from generator.output.package import Package
from generator.render.marks import HEADS
from tests.support.plans import HEAD, NEW, OLD, THIRD, contents, expect, generate, package, planned, states

CONFLICT = "<<<<<<< HEAD\na = 5\n=======\na = 6\n>>>>>>> other\n"


def test_every_state_is_told(tmp_path: Path) -> None:
    assert set(states(planned(OLD, tmp_path)).values()) == {"new"}
    assert not (tmp_path / "pets").exists()
    generate(OLD, tmp_path)
    expect(tmp_path, OLD)
    (tmp_path / "pets/client/c.py").write_text("c = 'mine'\n")
    assert states(planned(NEW, tmp_path)) == {
        "a.py": "changed",
        "b.py": "same",
        "client/c.py": "edited",
        "server/d.py": "new",
        "client/gone.py": "stale",
        "manifest.json": "changed",
    }


def test_writing_changes_what_differs_only(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    before = (tmp_path / "pets/b.py").stat()
    generate(NEW, tmp_path)
    expect(tmp_path, NEW)
    after = (tmp_path / "pets/b.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_nothing_to_do_writes_nothing(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert generate(OLD, tmp_path).current
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_other_inputs_with_the_same_result_change_the_manifest_only(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    plan = generate(OLD, tmp_path, digest="2")
    assert [str(file.path) for file in plan.files if file.state != "same"] == ["pets/manifest.json"]
    assert json.loads((tmp_path / "pets/manifest.json").read_text())["inputs"] == "2"


def test_what_the_manifest_says_beside_its_files_is_no_drift(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    made = planned(OLD, tmp_path, digest="2")
    assert not made.current
    assert plan.by_files(made).current
    assert plan.by_files(replace(made, sources=("other.yaml",))).current


def damaged(**members: object) -> Callable[[Path], None]:
    def damage(manifest: Path) -> None:
        content = {**json.loads(manifest.read_text()), **members}
        manifest.write_text(
            json.dumps({name: value for name, value in content.items() if value != ""}, indent=2) + "\n"
        )

    return damage


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.with_name("a.py").write_text("a = 'mine'\n"),
        lambda manifest: manifest.with_name("b.py").unlink(),
        Path.unlink,
        lambda manifest: manifest.write_text(json.dumps(json.loads(manifest.read_text()))),
        lambda manifest: manifest.write_text("[" * 100_000),
        lambda manifest: manifest.write_text("[]\n"),
        damaged(files={}),
        damaged(pending={}),
        damaged(sources=""),
        damaged(inputs=""),
        damaged(more=1),
    ],
)
def test_all_else_is_drift(tmp_path: Path, change: Callable[[Path], None]) -> None:
    generate(OLD, tmp_path)
    change(tmp_path / "pets/manifest.json")
    assert not plan.by_files(planned(OLD, tmp_path, digest="2")).current


def test_an_edited_file_stops_everything(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/a.py").write_text("a = 'mine'\n")
    (tmp_path / "pets/client/gone.py").write_text("gone = 'mine'\n")
    before = contents(tmp_path)
    with pytest.raises(Refused) as caught:
        generate(NEW, tmp_path)
    assert [Path(found.file).name for found in caught.value.diagnostics] == ["a.py"]
    assert "--force" in caught.value.diagnostics[0].hint
    assert contents(tmp_path) == before
    generate(NEW, tmp_path, force=True)
    assert (tmp_path / "pets/client/gone.py").read_text() == "gone = 'mine'\n"
    (tmp_path / "pets/client/gone.py").unlink()
    expect(tmp_path, NEW)


def test_an_edited_file_that_is_generated_no_more_stays_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output = Path("out")
    generate(OLD, output)
    (output / "pets/client/gone.py").write_text(f"{HEAD}gone = 'mine'\n")
    assert "kept: out/pets/client/gone.py (it was edited since it was generated)\n" in plan.compare(
        planned(NEW, output)
    )
    followed = generate(NEW, output)
    assert [(found.severity, found.file, found.message) for found in plan.keepings(followed)] == [
        (
            "warning",
            "out/pets/client/gone.py",
            "not removed: it was edited since it was generated; it is generated no more",
        )
    ]
    assert (output / "pets/client/gone.py").read_text() == f"{HEAD}gone = 'mine'\n"
    assert "gone.py" not in (output / "pets/manifest.json").read_text()
    assert planned(NEW, output).current
    generate(OLD | {"client/gone.py": f"{HEAD}gone = 'mine'\n"}, output)  # it may come back as it is


def test_a_kept_file_survives_a_run_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted before the first file is replaced does not take an edit for what was generated."""
    generate(OLD, tmp_path)
    (tmp_path / "pets/client/gone.py").write_text(f"{HEAD}gone = 'mine'\n")
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "replace", interrupted_at("a.py"))
        with pytest.raises(KeyboardInterrupt):
            generate(NEW, tmp_path)
    generate(NEW, tmp_path)
    assert (tmp_path / "pets/client/gone.py").read_text() == f"{HEAD}gone = 'mine'\n"


def interrupted_at(name: str) -> Callable[[Folder, PurePosixPath, PurePosixPath], None]:
    replace_file = Folder.replace

    def interrupted(folder: Folder, temporary: PurePosixPath, path: PurePosixPath) -> None:
        if path.name == name:
            raise KeyboardInterrupt
        replace_file(folder, temporary, path)

    return interrupted


def test_an_edit_that_comes_after_the_plan_is_noticed(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    outdated = planned(NEW, tmp_path)
    (tmp_path / "pets/a.py").write_text("a = 'mine'\n")
    with pytest.raises(Refused):
        plan.write(outdated)
    assert (tmp_path / "pets/a.py").read_text() == "a = 'mine'\n"


def test_files_of_the_user_are_left_alone(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    for name in ("pets/mine.py", "pets/client/mine.py", "other.py", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine\n")
    generate(THIRD, tmp_path, force=True)
    for name in ("pets/mine.py", "pets/client/mine.py", "other.py", ".git/config"):
        assert (tmp_path / name).read_text() == "mine\n"


def test_a_file_of_the_user_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets/a.py").write_text("a = 'mine'\n")
    with pytest.raises(Refused, match=r"a\.py: error: not overwritten: it is in the way"):
        generate(OLD, tmp_path)
    assert contents(tmp_path) == {"pets/a.py": b"a = 'mine'\n"}


def test_a_file_that_has_the_right_content_already_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets/a.py").write_text(OLD["a.py"])
    generate(OLD, tmp_path)
    expect(tmp_path, OLD)


def test_empty_folders_go_with_their_last_file(tmp_path: Path) -> None:
    generate(NEW, tmp_path)
    generate(OLD, tmp_path)
    assert not (tmp_path / "pets/server").exists()
    expect(tmp_path, OLD)


def test_a_removed_file_comes_back(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/a.py").unlink()
    generate(OLD, tmp_path)
    expect(tmp_path, OLD)


def test_a_checkout_with_other_newlines_is_not_an_edit(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    for name in ("a.py", "client/gone.py", "manifest.json"):
        path = tmp_path / "pets" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert planned(OLD, tmp_path).current
    generate(NEW, tmp_path)
    expect(tmp_path, NEW)


def test_files_beside_the_package(tmp_path: Path) -> None:
    text = HEADS[".toml"] + "[project]\n"
    beside = package(OLD, beside={"pyproject.toml": text})
    plan.write(plan.plan(beside, tmp_path, inputs_digest="1"))
    assert (tmp_path / "pyproject.toml").read_text() == text
    generate(OLD, tmp_path)
    assert not (tmp_path / "pyproject.toml").exists()
    (tmp_path / "pyproject.toml").write_text("mine\n")
    with pytest.raises(Refused, match="in the way"):
        plan.write(plan.plan(beside, tmp_path, inputs_digest="1"))


@pytest.mark.parametrize(
    "path", ["../x.py", "other/x.py", "x.py", "pets/../../x.py", "/x.py", "pets/.git/x", "pets/manifest.json"]
)
def test_a_package_can_not_name_files_outside_of_itself(tmp_path: Path, path: str) -> None:
    wrong = Package(name="pets", files={PurePosixPath(path): ""}, warnings=(), operations=0, models=0)
    with pytest.raises(ValueError, match="can't hold"):
        plan.plan(wrong, tmp_path, inputs_digest="1")


# Merges, and manifests in a bad way


def test_conflict_markers_between_two_versions_of_ours_are_mended(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    manifest = tmp_path / "pets/manifest.json"
    ours = manifest.read_text()
    generate({**OLD, "a.py": "x = 2\n"}, tmp_path, digest="2")
    manifest.write_text(f"<<<<<<< HEAD\n{ours}=======\n{manifest.read_text()}>>>>>>> other\n")
    (tmp_path / "pets/a.py").write_text(f"<<<<<<< HEAD\n{OLD['a.py']}=======\nx = 2\n>>>>>>> other\n")
    assert states(planned(NEW, tmp_path))["a.py"] == "changed"
    generate(NEW, tmp_path)
    expect(tmp_path, NEW)


def test_an_edit_beside_conflict_markers_is_an_edit(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/a.py").write_text(CONFLICT)
    with pytest.raises(Refused, match=r"a\.py: error: not overwritten: it has conflict markers, and differs from what"):
        generate(NEW, tmp_path)
    assert (tmp_path / "pets/a.py").read_text() == CONFLICT
    manifest = tmp_path / "pets/manifest.json"
    manifest.write_text(f"<<<<<<< HEAD\n{manifest.read_text()}=======\n{manifest.read_text()}>>>>>>> other\n")
    (tmp_path / "pets/a.py").write_text("mine = 1\n")
    assert states(planned(NEW, tmp_path))["a.py"] == "edited"


def test_something_that_only_resembles_a_conflict_is_an_edit(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    for text in ("<<<<<<< \n>>>>>>> \n=======\n", "x = '<<<<<<< '\n=======\n>>>>>>> \n"):
        (tmp_path / "pets/a.py").write_text(text)
        assert states(planned(NEW, tmp_path))["a.py"] == "edited"


def test_a_document_that_describes_conflicts_hides_no_edit(tmp_path: Path) -> None:
    documented = {**OLD, "a.py": f'"""\n{CONFLICT}"""\n'}
    generate(documented, tmp_path)
    (tmp_path / "pets/a.py").write_text(documented["a.py"] + "mine = 1\n")
    assert states(planned({**documented, "a.py": documented["a.py"] + "x = 1\n"}, tmp_path))["a.py"] == "edited"


LINES = [f"line{number} = 0\n" for number in range(20)]
FIRST = [*LINES[:2], "first = 1\n", *LINES[2:]]
SECOND = [*LINES[:18], "second = 1\n", *LINES[18:]]
BOTH = [*LINES[:2], "first = 1\n", *LINES[2:18], "second = 1\n", "both = 1\n", *LINES[18:]]
COMMANDS = {"merge": ("merge", "one"), "cherry-pick": ("cherry-pick", "one"), "rebase": ("rebase", "one")}


def running(folder: Path) -> Callable[..., int]:
    """Git in a folder; gives its exit status."""

    def git(*arguments: str) -> int:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        return subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=False).returncode

    return git


def merging(folder: Path, command: tuple[str, ...], style: str = "merge") -> None:
    """Let git bring two generated branches together: it stops at the manifest."""
    git = running(folder)
    git("init", "-q", "-b", "main")
    git("config", "merge.conflictStyle", style)
    for branch, text, digest in (("main", LINES, "0"), ("one", FIRST, "1"), ("two", SECOND, "2")):
        if branch != "main":
            assert git("checkout", "-q", "-b", branch, "main") == 0
        generate({**OLD, "a.py": "".join(text), "b.py": f"{branch} = 1\n"}, folder, digest=digest)
        assert git("add", ".") == 0
        assert git("commit", "-q", "-m", branch) == 0
    assert git(*command) == 1
    assert "<<<<<<<" in (folder / "pets/manifest.json").read_text()


@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_merge_of_two_generated_branches_is_mended(tmp_path: Path, style: str, command: str) -> None:
    """Really merged by git: conflicts in the manifest and a file, and a file that it mixed without one."""
    merging(tmp_path, COMMANDS[command], style)
    merged = (tmp_path / "pets/a.py").read_text()
    assert "first" in merged
    assert "second" in merged
    assert "<<<<<<<" not in merged
    assert "<<<<<<<" in (tmp_path / "pets/b.py").read_text()
    wanted = {**OLD, "a.py": "".join(BOTH), "b.py": "both = 1\n"}
    generate(wanted, tmp_path, digest="3")
    expect(tmp_path, wanted)


@pytest.mark.parametrize("name", ["a.py", "b.py"])
def test_an_edit_in_a_merge_is_kept(tmp_path: Path, name: str) -> None:
    merging(tmp_path, COMMANDS["merge"])
    path = tmp_path / "pets" / name
    edited = path.read_text() + "mine = 1\n"
    path.write_text(edited)
    wanted = {**OLD, "a.py": "".join(BOTH), "b.py": "both = 1\n"}
    with pytest.raises(Refused, match=rf"{name}: error: not overwritten"):
        generate(wanted, tmp_path, digest="3")
    assert path.read_text() == edited


def switching(folder: Path, *, edited: str = "") -> Path:
    """Merge a branch that changed a module of models into one that called it otherwise; returns what git mixed."""
    git = running(folder)
    output = folder / "src"
    git("init", "-q", "-b", "main")
    for branch, name, text in (
        ("main", "models.py", LINES),
        ("one", "models/pet.py", FIRST),
        ("two", "models.py", SECOND),
    ):
        if branch != "main":
            assert git("checkout", "-q", "-b", branch, "main") == 0
        generate({"a.py": f"{branch} = 1\n", name: HEAD + "".join(text)}, output, digest=branch)
        if branch == "two" and edited:
            (output / "pets/models.py").write_text(HEAD + "".join(SECOND) + edited)
        git("add", ".")
        assert git("commit", "-q", "-m", branch) == 0
    assert git("checkout", "-q", "one") == 0
    assert git("merge", "two") == 1
    return output / "pets/models/pet.py"


@pytest.mark.parametrize("name", ["models.py", "models/pet.py"])
def test_what_git_mixed_into_a_renamed_file_was_not_edited(tmp_path: Path, name: str) -> None:
    """Of a merge with a branch of another layout, nothing is left, whichever layout is chosen then."""
    mixed = switching(tmp_path)
    assert mixed.read_text() == HEAD + "".join(line for line in BOTH if line != "both = 1\n")
    wanted = {"a.py": "both = 1\n", name: HEAD + "".join(BOTH)}
    generate(wanted, tmp_path / "src", digest="3")
    expect(tmp_path / "src", wanted)


def test_a_committed_edit_that_git_mixed_in_is_kept(tmp_path: Path) -> None:
    mixed = switching(tmp_path, edited="mine = 1\n")
    text = mixed.read_text()
    assert "mine = 1" in text
    plan_ = planned({"a.py": "both = 1\n", "models.py": "x = 1\n"}, tmp_path / "src", "3")
    assert states(plan_)["models/pet.py"] == "kept"
    with pytest.raises(Refused, match=r"pet\.py: error: not overwritten"):
        generate({"a.py": "both = 1\n", "models/pet.py": HEAD + "".join(BOTH)}, tmp_path / "src", digest="3")
    assert mixed.read_text() == text


def test_git_in_an_output_of_no_repository_says_nothing(tmp_path: Path) -> None:
    assert not Merge(tmp_path, "pets").made(PurePosixPath("pets/a.py"), b"x")


@pytest.mark.parametrize("damage", ["", "{", "\0\0", "[" * 100_000])
def test_an_unreadable_manifest_is_rebuilt(tmp_path: Path, damage: str) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/manifest.json").write_text(damage)
    generate(OLD, tmp_path)
    expect(tmp_path, OLD)


def test_without_a_readable_manifest_a_file_that_differs_may_have_been_edited(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    (tmp_path / "pets/manifest.json").write_text("{")
    (tmp_path / "pets/b.py").write_text(CONFLICT)
    found = states(planned(NEW, tmp_path))
    assert (found["a.py"], found["b.py"]) == ("edited", "edited")
    with pytest.raises(Refused, match=r"manifest\.json can't be read"):
        generate(NEW, tmp_path)


@pytest.mark.parametrize("content", ['{"name": "my extension"}', "[]", '{"inputs": "", "files": []}'])
def test_a_manifest_of_somebody_else_is_in_the_way(tmp_path: Path, content: str) -> None:
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets/manifest.json").write_text(content)
    with pytest.raises(Refused, match=r"manifest\.json: error: not overwritten"):
        generate(OLD, tmp_path)


def test_a_manifest_of_more_files_than_a_package_has_is_not_followed(tmp_path: Path) -> None:
    generate(OLD, tmp_path)
    path = tmp_path / "pets/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"] |= {f"pets/a{index}/b": "0" for index in range(100_001)}
    path.write_text(json.dumps(manifest))
    assert set(states(planned(OLD, tmp_path))) == {*OLD, "manifest.json"}
    generate(OLD, tmp_path)
    expect(tmp_path, OLD)


def test_a_manifest_can_not_name_files_of_others(tmp_path: Path) -> None:
    output = tmp_path / "out"
    generate(OLD, output)
    inside = [output / "pets" / name for name in ("mine.py", "client/mine.py", "mine.json", ".gitattributes")]
    beside = [output / "pyproject.toml", output / "README.md"]
    victims = [tmp_path / "outside.py", output / "other/x.py", output / "pets/.git/config", output / "setup.py"]
    victims += inside + beside
    manifest = json.loads((output / "pets/manifest.json").read_text())
    for victim in victims:
        victim.parent.mkdir(exist_ok=True)
        victim.write_text("mine\n")
    for name in ("../outside.py", str(victims[0]), "other/x.py", "pets/../other/x.py", "pets/.git/config", "setup.py"):
        manifest["files"][name] = digest_of(b"mine\n")
    for victim in inside + beside:
        manifest["files"][victim.relative_to(output).as_posix()] = digest_of(b"mine\n")
    (output / "pets/manifest.json").write_text(json.dumps(manifest))
    generate(NEW, output)
    assert [victim.read_text() for victim in victims] == ["mine\n"] * len(victims)


# Links and other things in the way


@pytest.mark.parametrize("name", ["pets", "pets/client", "pets/a.py", "pets/manifest.json"])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    output, outside = tmp_path / "out", tmp_path / "outside"
    generate(OLD, output)
    (output / name).rename(outside)
    (output / name).symlink_to(outside)
    before = contents(tmp_path)
    with pytest.raises(Refused, match="link is in the way"):
        generate(NEW, output, force=True)
    assert contents(tmp_path) == before


def test_a_link_that_is_put_there_after_the_plan_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, outside = tmp_path / "out", tmp_path / "outside"
    generate(OLD, output)
    outside.mkdir()
    stage = Folder.stage

    def swap(folder: Folder, path: PurePosixPath, data: bytes) -> PurePosixPath:
        if path.parent.name == "server":
            (output / "pets/server").symlink_to(outside)
        return stage(folder, path, data)

    monkeypatch.setattr(Folder, "stage", swap)
    with pytest.raises(Refused):
        generate(NEW, output)
    assert not list(outside.iterdir())


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_folders_and_devices_in_the_way_are_reported(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "pets").mkdir()
    make(tmp_path / "pets/a.py")
    with pytest.raises(Refused, match="is in the way"):
        generate(OLD, tmp_path)


def test_a_file_where_the_output_belongs(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine\n")
    with pytest.raises(Refused, match="can't be written"):
        generate(OLD, tmp_path / "out")


# Comparing


def test_the_comparison_names_each_file_and_shows_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = Path("out")
    generate(OLD, output)
    (output / "pets/b.py").write_text(f"{HEAD}b = 'mine\x1b[31m'\n")
    text = plan.compare(planned(NEW, output))
    assert text == (
        "differs: out/pets/a.py\n"
        "edited: out/pets/b.py (it was edited since it was generated)\n"
        "differs: out/pets/client/c.py\n"
        "missing: out/pets/server/d.py\n"
        "stale: out/pets/client/gone.py\n"
        "differs: out/pets/manifest.json\n"
        "--- out/pets/a.py (on disk)\n+++ out/pets/a.py (what the document gives)\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
        "--- out/pets/b.py (on disk)\n+++ out/pets/b.py (what the document gives)\n@@ -2,4 +2,4 @@\n"
        f" {' '.join(HEAD.splitlines(keepends=True)[1:])}-b = 'mine\\x1b[31m'\n+b = 1\n"
        "--- out/pets/client/c.py (on disk)\n+++ out/pets/client/c.py (what the document gives)\n@@ -1 +1 @@\n"
        "-c = 1\n+c = 2\n"
    )


def test_huge_differences_are_not_shown_line_by_line(tmp_path: Path) -> None:
    generate({"a.py": "a = 1\n" * 30_000}, tmp_path)
    text = plan.compare(planned({"a.py": "a = 2\n" * 30_000}, tmp_path))
    assert "30,000 lines on disk" in text
    assert text.count("\n") == 3


def test_a_file_renamed_in_its_case_only_goes_before_the_new_one_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADS[".py"] + "a = 1\n"
    generate({"client/Costs.py": text}, tmp_path)
    done: list[str] = []
    remove, replace = Folder.remove, Folder.replace

    def removed(folder: Folder, path: PurePosixPath) -> None:
        done.append(f"remove {path}")
        remove(folder, path)

    def replaced(folder: Folder, source: PurePosixPath, path: PurePosixPath) -> None:
        done.append(f"write {path}")
        replace(folder, source, path)

    monkeypatch.setattr(Folder, "remove", removed)
    monkeypatch.setattr(Folder, "replace", replaced)
    generate({"client/costs.py": text}, tmp_path)
    assert done.index("remove pets/client/Costs.py") < done.index("write pets/client/costs.py")
    assert [path.name for path in (tmp_path / "pets/client").iterdir()] == ["costs.py"]
