"""What docs/builds.md and the files for other people's builds say, run as far as that can be done here."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import __version__
from tests.support.folders import ROOT

PAGE = (ROOT / "docs" / "builds.md").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/spectwin.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["spectwin"]["steps"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, root: Path, spectwin: Path) -> Path:
    """A repository with a document, and what is generated from it: made once, and copied for each test."""
    work = tmp_path_factory.mktemp("project")
    (work / "spec").mkdir()
    (work / "spec/openapi.json").write_text((root / "spec/openapi.json").read_text("utf-8"), "utf-8")
    (work / "pyproject.toml").write_text('[tool.spectwin]\nspec = "spec/openapi.json"\npackage = "costs"\n', "utf-8")
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=work, env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}, check=True)
    subprocess.run(["git", "update-ref", "refs/remotes/origin/main", "main"], cwd=work, check=True)
    subprocess.run([spectwin, "generate"], cwd=work, check=True, capture_output=True)
    return work


@pytest.fixture
def project(generated: Path, spectwin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository, and a `spectwin` on the path."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path / "bin"), str(spectwin.parent), os.environ["PATH"])))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return Path(shutil.copytree(generated, tmp_path / "work"))


def test_the_page_names_this_version() -> None:
    pages = (
        PAGE,
        (ROOT / "docs/settings.md").read_text("utf-8"),
        (ROOT / ".github/workflows/spectwin.yml").read_text("utf-8"),
    )
    assert {version for page in pages for version in re.findall(r"(?:==|v|-version = \")(\d+\.\d+\.\d+)", page)} == {
        __version__
    }


def test_the_page_says_first_how_to_install_what_is_not_released() -> None:
    said = PAGE.partition("```")[0]
    assert [text for text in ("pip install ../spectwin", "git+https://", "pip wheel") if text not in said] == []


def break_it(project: Path) -> None:
    spec = project / "spec/openapi.json"
    spec.write_text(spec.read_text("utf-8").replace('"/cost/create"', '"/cost/make"'), "utf-8")


def run(project: Path, script: str, **more: str) -> int:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=project,
        env={**os.environ, **more},
        check=False,
        capture_output=True,
    )
    return done.returncode


@pytest.mark.slow
def test_the_make_rules_pass_and_fail(project: Path) -> None:
    (project / "Makefile").write_text(blocks("make")[0], "utf-8")
    assert [run(project, f"make {target}") for target in ("generate", "check", "changes")] == [0, 0, 0]
    break_it(project)
    assert [run(project, f"make {target}") for target in ("check", "changes")] == [2, 2]  # make's own status
    assert run(project, "make generate && make check") == 0


@pytest.mark.slow
def test_the_steps_of_the_workflow_say_what_changed(project: Path) -> None:
    by_name = {step.get("name"): step for step in STEPS}
    check, changed = (by_name[name]["run"] for name in ("What is generated is up to date", "What changed"))
    given = {"PROJECT": ".", "PACKAGE": "", "BASE": "origin/main", "SPEC": "spec/openapi.json"}
    given |= {"GITHUB_STEP_SUMMARY": str(project / "summary.md")}
    assert run(project, check, PROJECT=".") == 0
    assert run(project, changed, **given, FAIL_ON="any") == 0
    break_it(project)
    assert run(project, check, PROJECT=".") == 1
    assert run(project, changed, **given, FAIL_ON="never") == 0
    assert "**major**" in (project / "changes.md").read_text("utf-8")
    assert "major" in (project / "review.html").read_text("utf-8")
    assert run(project, changed, **given, FAIL_ON="breaking") == 1
    assert run(project, changed, **{**given, "SPEC": "spec/new.json"}, FAIL_ON="breaking") == 0
    page = html.unescape((project / "review.html").read_text("utf-8"))
    lines = "\n".join(re.findall(r"<pre>(\[\[accepted\]\].*?)</pre>", page, re.DOTALL))
    accepted = lines.replace('reason = ""', 'reason = "nobody uses it yet"')
    (project / "spectwin-accepted.toml").write_text(accepted, "utf-8")
    assert run(project, changed, **given, FAIL_ON="breaking") == 0
    assert "accepted until" in (project / "changes.md").read_text("utf-8")


@pytest.mark.slow
def test_the_script_for_gitlab_passes_and_fails(project: Path) -> None:
    script = next(found["api"]["script"] for text in blocks("yaml") if "api" in (found := yaml.safe_load(text)))
    lines = "\n".join(line for line in script if not line.startswith("pip install"))
    assert run(project, lines, CI_MERGE_REQUEST_DIFF_BASE_SHA="main") == 0
    break_it(project)
    assert run(project, "spectwin generate && " + lines, CI_MERGE_REQUEST_DIFF_BASE_SHA="main") == 1
    assert (project / "review.html").exists()


def test_nothing_of_a_pull_request_is_put_into_a_shell() -> None:
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")]
    assert WORKFLOW["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_the_hooks_run_for_a_commit_that_only_deletes(project: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    local = [
        hook for text in blocks("yaml") for repo in yaml.safe_load(text).get("repos", ()) for hook in repo["hooks"]
    ]
    for hook in (*hooks, *(hook for hook in local if "entry" in hook)):
        assert hook["always_run"]
        assert not hook.keys() & {"files", "types", "types_or", "exclude"}
    (project / "generated/costs/errors.py").unlink()
    assert run(project, "spectwin check") == 1


def test_a_merge_is_mended_as_the_page_says(project: Path) -> None:
    git = "git -c user.name=Tester -c user.email=tester@example.com"
    spec = project / "spec/openapi.json"
    first = spec.read_text("utf-8")
    assert run(project, f"git add -A && {git} commit -qm generated") == 0
    for branch, field in (("one", "prompt_token_cost"), ("two", "completion_token_cost")):
        assert run(project, f"git checkout -q -b {branch} main") == 0
        spec.write_text(first.replace(f'"{field}"', f'"{field}_{branch}"'), "utf-8")
        assert run(project, f"spectwin generate && git add -A && {git} commit -qm {branch}") == 0
    assert run(project, f"{git} merge one") == 1
    conflicts = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=U"], cwd=project, capture_output=True, check=True
    )
    assert b"generated/costs/manifest.json" in conflicts.stdout
    text = first.replace('"prompt_token_cost"', '"prompt_token_cost_one"').replace(
        '"completion_token_cost"', '"completion_token_cost_two"'
    )
    spec.write_text(text, "utf-8")
    [recipe] = [text for text in blocks("bash") if "git add" in text]
    assert run(project, recipe) == 0
    assert run(project, f"git add spec && {git} commit -qm merged && spectwin check") == 0


def test_shells_complete_as_the_page_says(project: Path) -> None:
    [recipe] = [text for text in blocks("bash") if "_COMPLETE" in text]
    sources = re.findall(r"_SPECTWIN_COMPLETE=(\w+)_source spectwin", recipe)
    assert sources == ["bash", "zsh", "fish"]
    assert all(run(project, f"_SPECTWIN_COMPLETE={shell}_source spectwin | grep -q spectwin") == 0 for shell in sources)
    asked = "COMP_WORDS='spectwin diff --fail' COMP_CWORD=2 _SPECTWIN_COMPLETE=bash_complete spectwin"
    assert run(project, f"{asked} | grep -qx plain,--fail-on") == 0


GH = r"""#!{python}
import json, os, sys
# `gh api` of a pull request with comments: lists those of the bot that begin with the marker, adds, replaces.
path, arguments = os.environ["COMMENTS_FILE"], sys.argv[1:]
comments = json.load(open(path))
body = next((open(one.partition("@")[2]).read() for one in arguments if one.startswith("body=@")), None)
marker = os.environ["MARKER"]
if "--jq" in arguments:
    assert "github-actions[bot]" in arguments[-1] and "env.MARKER" in arguments[-1]
    print(*[i for i, (who, text) in enumerate(comments) if who == "bot" and text.startswith(marker)], sep="\n")
elif "PATCH" in arguments:
    comments[int(arguments[arguments.index("PATCH") + 1].rpartition("/")[2])][1] = body
else:
    comments.append(["bot", body])
json.dump(comments, open(path, "w"))
"""


def test_the_workflow_can_be_called_twice_and_replaces_its_own_comments_only(project: Path, tmp_path: Path) -> None:
    gh = tmp_path / "bin/gh"
    gh.write_text(GH.replace("{python}", sys.executable), "utf-8")
    gh.chmod(0o755)
    by_name = {step.get("name"): step for step in STEPS}
    name_it, comment = by_name["A name of this call"]["run"], by_name["Comment"]["run"]
    listed, output = tmp_path / "comments.json", tmp_path / "output"
    listed.write_text(json.dumps([["bot", "of another tool"], ["someone", "<!-- spectwin-x -->"]]), "utf-8")
    markers = []
    for call, text in ((". a/x.json ", "A"), (". b/x.json ", "B"), (". a/x.json ", "C"), (". a.x.json ", "D")):
        output.write_text("", "utf-8")
        assert run(project, name_it, CALL=call, GITHUB_OUTPUT=str(output)) == 0
        found = re.fullmatch(r"name=(spectwin-[A-Za-z0-9-]+)\n", output.read_text("utf-8"))
        assert found
        markers.append(f"<!-- {found[1]} -->")
        (project / "changes.md").write_text(text, "utf-8")
        given = {"MARKER": markers[-1], "COMMENTS": "c", "COMMENT": "d", "COMMENTS_FILE": str(listed)}
        assert run(project, comment, **given) == 0
    expected = [f"{markers[0]}\nC", f"{markers[1]}\nB", f"{markers[3]}\nD"]
    assert [text for _, text in json.loads(listed.read_text("utf-8"))[2:]] == expected
    assert json.loads(listed.read_text("utf-8"))[0][1] == "of another tool"
    assert by_name["Review page"]["with"]["name"] == "${{ steps.call.outputs.name }}"


def test_what_the_page_calls_is_there() -> None:
    calls = next(found for text in blocks("yaml") if "jobs" in (found := yaml.safe_load(text)))["jobs"]["api"]
    assert calls["uses"].partition("/spectwin/")[2].partition("@")[0] == ".github/workflows/spectwin.yml"
    assert set(calls["with"]) <= set(WORKFLOW[True]["workflow_call"]["inputs"])  # YAML 1.1 reads `on` as true
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    named = [
        hook["id"]
        for text in blocks("yaml")
        for repo in yaml.safe_load(text).get("repos", ())
        for hook in repo["hooks"]
    ]
    assert named == ["spectwin-check", "spectwin"]
    assert {hook["entry"] for hook in hooks.values()} == {"spectwin check", "spectwin generate"}
