"""A project's own templates: checked before they run, and named where what they print is refused."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from .. import ir
from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import diagnose, display, place
from ..diagnostics.similar import Similar
from ..disk import FILE_LIMIT, InTheWay, is_file, is_folder, read_file
from ..python.syntax import GateError
from .folder import below, own_templates, templates_folder

_VERSION = re.compile(r"\{#-?\s*spectwin variables (\d+)\s*-?#\}")
_PLACE = re.compile(r"([\w./]+\.py):(\d+): ")


def inspect_folder(own: Path) -> None:
    """Inspect a folder of templates. Raises Refused for names that are none of ours, and for other versions.

    Files that begin with an underscore may be called anything: they are there to be included.
    """
    if not is_folder(own):
        raise Refused(Diagnostic(severity="error", message="there is no such folder of templates", file=display(own)))
    ours = {name for name, _ in below(templates_folder()) if name.endswith(".jinja")}
    wrong, similar = [], Similar()
    for name, text in _read(own).items():
        file = own / name
        if not name.endswith(".jinja") or file.name.startswith("_"):
            continue
        message = hint = ""
        if name not in ours:
            close = similar.find(name, ours, cutoff=0.5)
            message = f"there is no template called {name} that it could stand for"
            hint = (
                f"did you mean {close[0]}?" if close else "docs/templates.md lists them; what is included begins with _"
            )
        else:
            found = _VERSION.match(text.partition(b"\n")[0].decode("utf-8", "replace"))
            if found is None:
                message = "the template does not say which version of the variables it is for"
                hint = f"begin it with {{# spectwin variables {ir.VERSION} #}}"
            elif int(found[1]) != ir.VERSION:
                message = f"the template is for version {found[1]} of the variables, and this Spectwin has {ir.VERSION}"
                hint = "docs/templates.md says what each version changed"
        if message:
            wrong.append(Diagnostic(severity="error", message=message, file=display(file), line=1, column=1, hint=hint))
    if wrong:
        raise Refused(wrong)


def _read(own: Path) -> dict[str, bytes]:
    """Read a folder of templates. Raises Refused."""
    try:
        return own_templates(own)
    except InTheWay as error:
        message = f"the template can't be read: it is {error.what}"
        raise Refused(Diagnostic(severity="error", message=message, file=display(own / error.path))) from None
    except OSError as error:
        message = f"the templates can't be read: {error.strerror or error}"
        raise Refused(Diagnostic(severity="error", message=message, file=display(own))) from None


@contextmanager
def blamed(own: Path | None, generated: Mapping[str, str]) -> Iterator[None]:
    """Turn what a project's template does wrong into Refused with its place; defects of ours stay what they are."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        if own is None or error.filename is None or not Path(error.filename).is_relative_to(own):
            raise
        _refuse(Path(error.filename), str(error.message), "", error.lineno)
    except GateError as error:
        place = _PLACE.match(str(error))
        template = _template(own, place[1]) if own and place else None
        if template is None or place is None:
            raise
        lines = generated.get(place[1], "").splitlines()
        line = lines[int(place[2]) - 1] if 0 < int(place[2]) <= len(lines) else ""
        if isinstance(error.__cause__, SyntaxError):
            _refuse(
                template, f"what the template prints is not Python: {error.__cause__.msg}", error.__cause__.text or ""
            )
        _refuse(template, f"what the template prints is refused: {error}", line)
    except (
        *(TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError),
        *(RecursionError, MemoryError),
    ) as error:
        frames = traceback.extract_tb(error.__traceback__)
        mine = [frame for frame in frames if own and Path(frame.filename).is_relative_to(own)]
        if not mine:
            raise
        message = f"{type(error).__name__}: {error}"
        if "StrictUndefined" in message:
            message = "a name here is not defined"
        if isinstance(error, RecursionError):
            message = "the template includes or calls itself without end"
        _refuse(Path(mine[-1].filename), message, "", mine[-1].lineno or 1)


def _template(own: Path | None, name: str) -> Path | None:
    """The project's template that printed a module, if it was one."""
    if own is None:
        return None
    folder = name.partition("/")[0]
    group = [] if name.endswith("__init__.py") else [f"{folder}/group.py.jinja"]
    names = [f"{name}.jinja", *group, f"{folder}.py.jinja"]
    names += ["contract/operation.py.jinja"] if folder.startswith("contract") else []
    return next((own / each for each in names if is_file(own / each)), None)


def _refuse(template: Path, message: str, printed: str, line: int = 0) -> NoReturn:
    """Raise Refused at a template's line: the given one, or the one that reads as what was printed."""
    source = read_file(template, FILE_LIMIT).decode("utf-8", "replace")
    if not line:
        wanted = printed.strip()
        lines = (number for number, each in enumerate(source.splitlines(), 1) if wanted and wanted in each)
        line = next(lines, 1)
    hint = f"it printed: {printed.strip()}" if printed.strip() else ""
    raise Refused(diagnose("error", message, place(display(template), source, line, 1), hint=hint)) from None
