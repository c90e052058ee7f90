"""Nothing is written but below the output folder, nothing of a user's is lost, and no file is ever half a file."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
import yaml

from generator import pipeline
from generator.diagnostics.diagnostic import Refused
from generator.disk import Folder
from generator.document import load
from generator.output import package, plan
from generator.settings.settings import Settings, read
from generator.validation import validate
from tests.hostile import killing
from tests.hostile.killing import SEED, contents, run
from tests.support.skips import left_out


def generated(folder: Path, tree: object) -> plan.Plan:
    """Write the package of a document below a folder, with the package's name from the document."""
    return plan.write(plan.plan(built(folder, tree), folder / "out", inputs_digest="1"))


def built(folder: Path, tree: object) -> package.Package:
    spec = folder / "api.json"
    spec.write_text(yaml.safe_dump(tree, allow_unicode=False), encoding="utf-8")
    spec = spec.rename(folder / "api.yaml")
    checked, _ = validate.validate(load.load(spec))
    return pipeline.build(checked, Settings(spec=spec, package=None))


NAMES = ["../evil", "../../evil", "/evil", "..", ".", "C:\\evil", "a/../../evil", "~", "a\0b", "CON", "nul", "-rf", "."]
NAMES += [
    "x" * 900,
    "漢" * 300,
    "a b " * 240,
    "__init__",
    "core",
    "manifest.json",
    ".git",
    ".git/config",
    "%2e%2e/evil",
    "．．／evil",
    "\u202e",
    "",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name[:20]))
def test_cve_2020_15141_and_ghsa_4vv7_jj25_4gh6_no_name_leads_out_of_the_output_folder(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "inner"
    (folder / "out").mkdir(parents=True)
    get = {"operationId": name, "tags": [name], "responses": {"204": {"description": name}}}
    tree = {
        "openapi": "3.1.0",
        "info": {"title": name, "version": name},
        "paths": {"/a": {"get": get}},
        "components": {"schemas": {"A": {"type": "object", "title": name, "properties": {name: {"type": "string"}}}}},
    }
    generated(folder, tree)
    outside = [path for path in contents(tmp_path) if not path.startswith(("inner/out/", "inner/api.yaml"))]
    assert outside == []


def test_ghsa_4rj6_vrwv_wr8m_settings_do_not_lead_the_output_out_of_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path, target_is_directory=True)
    for output in ("../elsewhere", str(tmp_path / "elsewhere"), "link/elsewhere", "a/../../elsewhere", "~/../.."):
        (project / "pyproject.toml").write_text(f'[tool.spectwin]\nspec = "a.json"\noutput = "{output}"\n')
        if output.startswith("~"):
            continue
        with pytest.raises(Refused, match="outside the project"):
            read(project, {})


def test_a_link_in_the_output_is_not_followed(tmp_path: Path) -> None:
    tree = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "models.py").write_text("mine = 1\n")
    for link, target in (("everything", elsewhere), ("everything/client", elsewhere), ("everything/models.py", None)):
        folder = tmp_path / link.replace("/", "-")
        path = folder / "out" / link
        path.parent.mkdir(parents=True)
        path.symlink_to(target or elsewhere / "models.py")
        with pytest.raises(Refused):
            generated(folder, tree)
        assert contents(elsewhere) == {"models.py": b"mine = 1\n"}


def test_openapi_python_client_issue_1105_users_files_and_git_stay(tmp_path: Path) -> None:
    tree = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    mine = {".git/HEAD": "ref", "mine.py": "1", "everything/mine.py": "1", "everything/client/mine.py": "1"}
    for name, text in mine.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text(text)
    generated(tmp_path, tree)
    tree["paths"] = {}
    generated(tmp_path, tree)
    found = contents(tmp_path / "out")
    assert {name: found.get(name) for name in mine} == {name: text.encode() for name, text in mine.items()}


def test_a_killed_run_leaves_whole_files_and_the_next_one_ends_right() -> None:
    kills = killing.kill_many(12, seed=7)
    assert kills.wrong == []
    assert kills.done == 12


def test_a_folder_that_vanishes_while_it_is_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    stage = Folder.stage

    def vanishing(folder: Folder, path: PurePosixPath, data: bytes) -> PurePosixPath:
        if path.name == "models.py":
            shutil.rmtree(tmp_path / "out")
        return stage(folder, path, data)

    monkeypatch.setattr(Folder, "stage", vanishing)
    with pytest.raises(Refused, match="out"):
        generated(tmp_path, tree)
    monkeypatch.undo()
    assert generated(tmp_path, tree).of("new")


def test_a_disk_that_is_full_keeps_what_was_there(tmp_path: Path) -> None:
    """On a real file system that is too small; where none can be mounted, tests/output/test_interrupted.py has the errors alone."""
    small = tmp_path / "out"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        left_out("a disk that is full: no file system can be mounted here (it takes root)")
    try:
        (small / "mine.bin").write_bytes(b"x" * 100_000)
        before = contents(small)
        with pytest.raises(Refused, match="No space left"):
            generated(tmp_path, yaml.safe_load(SEED.read_text(encoding="utf-8")))
        assert contents(small) == before
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_link_that_comes_and_goes_leads_no_file_elsewhere(tmp_path: Path) -> None:
    """Somebody swaps a folder of ours and a link to another place all the time: nothing is ever written there."""
    tree = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    generated(tmp_path, tree)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    client, aside = tmp_path / "out" / "everything" / "client", tmp_path / "aside"
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):  # the generator makes the folder anew where it finds none
                client.rename(aside)
            with contextlib.suppress(OSError):
                client.symlink_to(elsewhere, target_is_directory=True)
            with contextlib.suppress(OSError):
                client.unlink()
            with contextlib.suppress(OSError):
                aside.rename(client)
            shutil.rmtree(aside, ignore_errors=True)

    attacker = threading.Thread(target=swap)
    attacker.start()
    package = built(tmp_path, tree)
    ends = []
    for turn in range(60):
        changed = replace(package, files={path: f"{text}\n# {turn}" for path, text in package.files.items()})
        try:
            plan.write(plan.plan(changed, tmp_path / "out", inputs_digest="1"), force=True)
            ends.append("written")
        except Refused:
            ends.append("refused")
    over.set()
    attacker.join()
    assert contents(elsewhere) == {}
    assert len(ends) == 60
    plan.write(plan.plan(package, tmp_path / "out", inputs_digest="1"), force=True)
    assert contents(tmp_path / "out")["everything/client/__init__.py"].decode() in package.files.values()


def test_two_runs_at_once_end_in_one_state(tmp_path: Path) -> None:
    project, _, new = killing.versions(tmp_path)
    shutil.copy(tmp_path / "1.yaml", project / "api.yaml")
    shutil.rmtree(project / "out" / "pets")
    processes = [run(project, "generate", "api.yaml", "-o", "out", "--package", "pets") for _ in range(3)]
    ends = [(process.communicate()[1], process.returncode) for process in processes]
    assert [code for _, code in ends] == [0, 0, 0], ends
    assert contents(project / "out") == new
