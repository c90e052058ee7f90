"""What the commands print: lines for people, one object for programs, and what to do about a defect of ours."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from . import stages
from .diagnostics.diagnostic import Diagnostic, Refused, counted, json_text, ordered, show, visible
from .diagnostics.location import display, display_folder
from .disk import keep
from .options import redrawn
from .output.fingerprint import MANIFEST
from .output.plan import Plan, State

if TYPE_CHECKING:
    from .ir import Api

_STATES: tuple[State, ...] = ("new", "changed", "stale", "kept", "edited", "same")
_SHOWN_WARNINGS = 10
_PATIENCE = 1.0  # seconds of silence before a terminal shows that something is going on
_BEAT = 0.1  # seconds between looks at the stage


@contextmanager
def progress(text: str, *, enabled: bool) -> Iterator[None]:
    """Show on a terminal what is going on, and its stage, when it takes more than a moment; the line goes when it is done."""
    if not (enabled and redrawn(sys.stderr)):
        yield
        return
    stages.enter("")
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(text, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(text: str, done: threading.Event) -> None:
    if done.wait(_PATIENCE):
        return
    from rich.console import Console
    from rich.text import Text

    def line() -> Text:
        stage = stages.now()
        return Text(visible(f"{text}: {stage}" if stage else text))

    shown = stages.now()
    with Console(stderr=True).status(line()) as status:
        while not done.wait(_BEAT):
            if stages.now() != shown:
                shown = stages.now()
                status.update(line())


def print_diagnostics(diagnostics: Iterable[Diagnostic], *, whole: Iterable[Diagnostic] = ()) -> None:
    """Show errors, and as many warnings as one can read, on standard error.

    `whole` comes last and is never cut: what is found once only, such as a file of the user's that was left where it is.
    """
    found = ordered(diagnostics)
    errors = [item for item in found if item.severity == "error"]
    others = [item for item in found if item.severity != "error"]
    text = show([*errors, *others[:_SHOWN_WARNINGS]])
    if text:
        click.echo(text, err=True)
    if len(others) > _SHOWN_WARNINGS:
        click.echo(f"… and {counted(len(others) - _SHOWN_WARNINGS, 'more warning')} (--json lists all)", err=True)
    if last := show(whole):
        click.echo(last, err=True)


def print_json(status: str, packages: Iterable[dict[str, Any]], diagnostics: Iterable[Diagnostic], **more: Any) -> None:
    """Print the one object that a program reads."""
    listed = [as_object(item) for item in ordered(diagnostics)]
    content = {"status": status, "packages": list(packages), "diagnostics": listed, **more}
    click.echo(json_text(content))


def print_refused(refused: Refused, *, as_json: bool) -> None:
    """Print why an input is refused."""
    if as_json:
        print_json("refused", [], refused.diagnostics)
    else:
        print_diagnostics(refused.diagnostics)


def as_object(found: Diagnostic) -> dict[str, Any]:
    """Turn a finding into what JSON can hold."""
    return {field.name: getattr(found, field.name) for field in fields(found) if field.name != "caret"}


def folder(plan: Plan) -> str:
    """The package's folder as people read it."""
    return display_folder(plan.output / plan.package)


def summary(plan: Plan, operations: int, models: int, seconds: float) -> str:
    """Say in one line what was written."""
    kinds = {
        "new": "new",
        "changed": "changed",
        "stale": "removed",
        "kept": "kept",
        "edited": "overwritten",
        "same": "unchanged",
    }
    states = [file.state for file in plan.files]
    if plan.of("changed") == (plan.manifest,):
        kinds["changed"] += f" ({MANIFEST}, which says what the package is made from)"
    listed = ", ".join(f"{states.count(state):,} {kinds[state]}" for state in _STATES if state in states)
    what = f"{counted(operations, 'operation')}, {counted(models, 'model')}"
    return f"{visible(folder(plan))}: {what}; files: {listed} ({seconds:.2f} s)"


def requirements(words: str, packages: Iterable[Iterable[str]]) -> str:
    """Say in one line what to install for generated packages, after some words; nothing if they need nothing."""
    together = dict.fromkeys(text for requires in packages for text in requires)
    return " ".join([f"{words}: pip install", *(f'"{text}"' for text in together)]) if together else ""


def unread(packages: Iterable[Api]) -> str:
    """Say in one line which clients read no environment variable: those of packages that nobody named."""
    named = ", ".join(visible(api.package) for api in packages if not api.environment and "client" in api.sides)
    hint = "choose the name with --package or in the settings, or give Client(environment=…)"
    return f"{named}: no environment variable is read, as the document chose this name: {hint}" if named else ""


def plan_object(plan: Plan, status: str, **more: Any) -> dict[str, Any]:
    """Turn a plan into what JSON can hold."""
    lists: dict[str, list[str]] = {
        state: [str(file.path) for file in plan.of(state)] for state in _STATES if state != "same"
    }
    return {"package": plan.package, "folder": display(plan.output / plan.package), "status": status, **more} | lists


def defect(error: BaseException, trace: str) -> str:
    """Keep the traceback in a file and say how to report what happened."""
    lines = [f"spectwin: a defect of ours, not of your document: {_first_line(error)}"]
    try:
        lines.append(f"  The traceback is in {keep(trace, 'spectwin-traceback.txt').as_posix()}")
    except OSError:
        lines.append(f"  The traceback could not be kept; its last place is {visible(_last_place(trace))}")
    lines.append(
        "  Please report it with that file and the document, or the part of it that is enough (CONTRIBUTING.md)"
    )
    return "\n".join(lines)


def _first_line(error: BaseException) -> str:
    text = str(error).split("\n", 1)[0][:300]
    named = type(error).__name__
    return visible(text if named == "ChildFailed" else f"{named}: {text}" if text else named)


def _last_place(trace: str) -> str:
    places = [line.strip() for line in trace.splitlines() if line.lstrip().startswith("File ")]
    return places[-1] if places else "unknown"
