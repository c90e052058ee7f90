"""What `diff` compares if a side is left out: the configured document, and the main branch."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..git import git, has_commits, is_shallow, refusal
from ..parsing.parse import STANDARD_INPUT
from ..settings.settings import overrides, read, require_document

_USUAL = ("origin/main", "origin/master", "main", "master")


def complete(old: str | None, new: str | None, project: Path, package: str | None = None) -> tuple[str, str, str]:
    """Fill in the sides that are left out; also a line that says what is compared with, empty if that was given.

    `new` is the document of the settings, `old` the commit at which this branch left the main one.
    Raises Refused if one of them can't be told.
    """
    if new is None:
        found = read(project, overrides(package=package))
        specs = {settings.spec: None for settings in found}
        if len(specs) > 1:
            raise _refused("several documents are configured", "choose one of the packages with --package")
        [spec] = specs
        require_document(found[0])
        new = str(spec)
    if old == new == STANDARD_INPUT:
        raise _refused(
            "standard input can be one of the two sides only", "name a file, or a revision, as the other one"
        )
    if old is not None:
        return old, new, ""
    branch = _main_branch(project)
    start = _start(branch, project)
    left = f"{start}, where this branch left {branch}"
    return f"{start}:", new, f"compared with {branch if start == branch else left}"


def _main_branch(project: Path) -> str:
    """The name of the main branch: what the remote says, else one of the usual names that is there."""
    for name in _candidates(project):
        try:
            git("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}", folder=project)
        except subprocess.CalledProcessError:
            continue
        return name
    if not has_commits(project):
        raise _refused("there is no commit here yet", "commit first, or name two files")
    if is_shallow(project):
        hint = "git fetch --unshallow origin; for actions/checkout fetch-depth: 0, in GitLab GIT_DEPTH: 0"
        raise _refused("this clone is shallow, and has no main branch", hint)
    hint = "git remote set-head origin --auto, or name what to compare with: spectwin diff REVISION"
    raise _refused(f"there is no main branch here: {', '.join(('origin/HEAD', *_USUAL))}", hint)


def _candidates(project: Path) -> Iterator[str]:
    """Names of the main branch, the likely one first. Raises Refused where there is no repository that git reads."""
    try:
        git("rev-parse", "--git-dir", folder=project)
    except subprocess.CalledProcessError as error:
        raise refusal("the main branch", error, project) from None
    for command in (["symbolic-ref", "--short", "refs/remotes/origin/HEAD"], ["config", "init.defaultBranch"]):
        try:
            yield git(*command, folder=project).decode().strip()
        except subprocess.CalledProcessError:
            continue
    yield from _USUAL


def _start(branch: str, project: Path) -> str:
    """The commit at which the work left a branch; the branch itself if that is its newest commit."""
    try:
        found, tip = (
            git(*command, folder=project).decode().strip()
            for command in (["merge-base", branch, "HEAD"], ["rev-parse", f"{branch}^{{commit}}"])
        )
        return branch if found == tip else git("rev-parse", "--short", found, folder=project).decode().strip()
    except subprocess.CalledProcessError as error:
        if is_shallow(project):
            raise refusal(branch, error, project) from None
        return branch  # they have no commit in common


def _refused(message: str, hint: str) -> Refused:
    return Refused(Diagnostic(severity="error", message=message, hint=hint))
