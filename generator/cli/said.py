"""What `generate` says of the packages that it wrote, left as they are, or removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from .. import console
from ..changes import since
from ..diagnostics.diagnostic import Diagnostic, counted, visible
from ..output import orphans
from ..output.plan import Plan
from ..records import record
from ..render.requirements import SIDES, requirements
from . import fast_path
from .first_steps import first_steps
from .prepare import Prepared


@record(kw_only=True)
class Done:
    """What a run did."""

    current: Sequence[Path]
    """Folders of packages that are as they should be."""
    written: Sequence[tuple[Prepared, str]]
    """Packages that were written, each with what that changes."""
    removed: Sequence[Plan]
    """Packages that were removed."""
    orphaned: Sequence[Path]
    """Folders of packages that the settings no longer make."""
    warnings: Sequence[Diagnostic]
    """Warnings about documents and settings: there may be many."""
    kept: Sequence[Diagnostic]
    """Warnings about edited files that are generated no more: nothing says it again."""
    project: Path
    """The folder whose settings count."""


def show(done: Done, *, as_json: bool) -> None:
    """Print what was done, for people or as one object for programs."""
    about_files = [*done.kept, *orphans.warnings(done.orphaned)]
    if as_json:
        objects = [fast_path.status(folder, "up-to-date") for folder in done.current]
        objects += [{**described(item, "written"), "changes": changes} for item, changes in done.written]
        objects += [console.plan_object(plan, "removed") for plan in done.removed]
        objects += [fast_path.status(folder, "orphaned") for folder in done.orphaned]
        console.print_json(
            "written" if done.written or done.removed else "up-to-date", objects, [*done.warnings, *about_files]
        )
        return
    console.print_diagnostics(done.warnings, whole=about_files)
    for item, changes in done.written:
        click.echo(console.summary(item.plan, item.package.operations, item.package.models, item.seconds))
        for line in changes.splitlines():
            click.echo(visible(line))
        for sentence in item.advice:
            click.echo(sentence)
    for plan in done.removed:
        files = counted(len([file for file in plan.files if file.state == "stale"]), "file")
        kept = len(plan.of("kept"))
        click.echo(f"{visible(console.folder(plan))}: {files} removed" + (f", {kept} kept" if kept else ""))
    click.echo(fast_path.say(done.current, as_json=False), nl=False)
    click.echo(_closing([item for item, _ in done.written], done.project), nl=False)


def described(item: Prepared, status: str) -> dict[str, Any]:
    """Turn a package into what JSON can hold."""
    package = item.package
    numbers = {
        "operations": package.operations,
        "models": package.models,
        "unreached": package.unreached,
        "seconds": round(item.seconds, 3),
    }
    prefix = (package.api.environment if package.api else "") or None
    return console.plan_object(
        item.plan,
        status,
        **numbers,
        layout=package.layout,
        advice=item.advice,
        requires=package.requires,
        environment=prefix,
        unread=item.unread,
    )


def _closing(written: Sequence[Prepared], project: Path) -> str:
    """Say what the packages that were written need, what to do with new ones, and which of them read no environment variable."""
    new = [item for item in written if _is_new(item)]
    bare = [item for item in written if not item.settings.distribution]
    lines = [
        console.requirements("to use it", (item.package.requires for item in bare if _is_new(item))),
        console.requirements("to use it from now on", (_added(item) for item in bare if not _is_new(item))),
        *first_steps(new, project),
        console.unread(item.package.api for item in written if item.package.api),
    ]
    return "".join(f"{line}\n" for line in lines if line)


def _is_new(item: Prepared) -> bool:
    """Whether there was no such package before."""
    return all(file.state == "new" for file in item.plan.files)


def _added(item: Prepared) -> list[str]:
    """What a package needs that its earlier version did not."""
    before = requirements(item.plan.package, since.held(item.plan), SIDES).all
    return [text for text in item.package.requires if text not in before]
