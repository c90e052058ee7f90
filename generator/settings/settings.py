"""The settings of a project: ``[tool.spectwin]`` of its pyproject.toml, and the command line's options over them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import field, fields
from pathlib import Path
from typing import Any, Literal

from ..diagnostics.diagnostic import Diagnostic, Findings, Refused, Severity
from ..diagnostics.location import Location, diagnose, display, place
from ..diagnostics.similar import Similar
from ..disk import boundary, exists, read_file
from ..parsing import toml_text
from ..records import record
from .places import Places
from .severities import AUDIENCES, Audience
from .values import BOTH, PARSERS, Layout, Side, WrongValue, package_name

_WHERE = {
    "spec": ("the document", "only the command line may lead there: spectwin generate PATH"),
    "output": ("the output folder", "only the command line (-o) may lead there"),
    "templates": ("the folder of templates", "only the command line (--templates) may lead there"),
    "overlays": ("an overlay", "only the command line (--overlay) may lead there"),
}
"""What a path of the settings is, and what to do if it leads out of the project."""
_USUAL_OUTPUT = Path("generated")
_SOMETIMES = {"base-url", "discriminator", "naive-datetimes", "stream-end", "tolerant", "watch"}
"""Settings that change nothing for some documents, beside `types`: lowering/without_effect warns of them."""


@record(kw_only=True)
class Settings:
    """What one package is generated from, and how. Paths are relative to the working directory, or absolute."""

    spec: Path
    """The document: JSON, YAML, or a Markdown page that holds one."""
    output: Path = _USUAL_OUTPUT
    """The folder that holds the package's folder."""
    package: str | None = None
    """The package's name. Without it, the name is made from the document's title."""
    distribution: str | None = None
    """Write `pyproject.toml` and `README.md` beside the package, so that pip can install it under this name."""
    sides: frozenset[Side] = BOTH
    """What is generated: the client, the server, or both."""
    operations: tuple[str, ...] = ()
    """Generate only these operations and what they reach: method and path, or operationId. `*`, `?` and `[…]` are patterns."""
    field_names: Literal["snake", "wire"] = "snake"
    """`wire`: fields have the names that the document gives them, as far as Python allows it."""
    layout: Layout | None = None
    """How the package is divided: `single`, few modules; `split`, one for each group and component, imported when used."""
    models: Literal["all", "reached"] = "all"
    """`reached`: only the models that operations lead to."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of your choice for operations and models, by operationId or JSON pointer."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Python types of your own for formats: `module.Name`."""
    lenient: bool = False
    """Repair faults of the document that do not stop a generator. Each repair is a warning."""
    naive_datetimes: Literal["reject", "utc"] = "reject"
    """What becomes of a date-time without an offset: it is refused, or it is read as UTC."""
    discriminator: Literal["tag", "exact"] = "tag"
    """What becomes of a value that several branches of a `oneOf` accept: its tag names the branch, or it is refused."""
    properties_imply_object: bool = False
    """A schema with properties and no `type` accepts objects only."""
    base_url: str | None = None
    """The client's base URL. Without it, that is the first of the document's `servers`, if its URL is absolute."""
    tolerant: bool = False
    """The client can be told to read what the document does not have yet."""
    stream_end: str | None = None
    """The data that ends a stream of server-sent events. Without it, that is `[DONE]`, unless the items are text."""
    watch: bool = False
    """The server gets a middleware: request identifiers, an access log, a limit in time."""
    overlays: tuple[Path, ...] = ()
    """OpenAPI Overlay files. They are applied first, in this order."""
    required_version: str | None = None
    """The version of Spectwin that must be used. `generate` refuses to run in another one, and `check` reports it."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """How `diff` judges a change, by its identifier: `error`, `warning`, `info` or `none`."""
    audiences: tuple[Audience, ...] = AUDIENCES
    """Whose breaks count for `diff`."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Bounds of the document that are raised for a big one: `{ bytes = 67_108_864 }`. The message that one was met says what to type."""
    templates: Path | None = None
    """A folder with templates that take the place of Spectwin's, by their names."""
    made_by: Path | None = None
    """The settings file that names the document and the package; None: a command line does. No setting."""
    places: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)
    """Where the settings file says what counts for this package alone, by field; `types.date` for one format's type. No setting."""


_KEYS = {name: item.name for item in fields(Settings) if (name := item.name.replace("_", "-")) in PARSERS}


def overrides(*, only: Sequence[str] = (), overlays: Sequence[Path] = (), **given: Any) -> dict[str, Any]:
    """Put the options of a command line together as what ``read`` takes; what was not given is left out.

    `given` are values by the names of ``Settings``' fields.
    """
    values = {**given, "operations": tuple(only), "overlays": tuple(overlays)}
    return {name: value for name, value in values.items() if value not in (None, (), False, {})}


def find_project(start: Path) -> Path:
    """Find the nearest folder, from ``start`` upwards, whose pyproject.toml has settings of ours.

    The search ends at the root of a git repository. Returns ``start`` where there is none.
    """
    for folder in (start, *start.absolute().parents):
        try:
            data = read_file(folder / "pyproject.toml", toml_text.TOML_LIMIT + 1)
            if b"tool.spectwin" in data or len(data) > toml_text.TOML_LIMIT:
                return folder
        except OSError:
            pass
        if exists(folder / ".git"):
            break
    return start


def read(project: Path, overrides: Mapping[str, Any]) -> tuple[Settings, ...]:
    """Read the settings of each package of the project in the folder ``project``.

    ``overrides`` are values by the names of ``Settings``' fields, paths in them relative to the working directory;
    they win. Where several packages are configured, an overriding ``package`` or ``spec`` chooses among them. Raises
    Refused with everything that is wrong.
    """
    file, found = _found(_File(project), project, overrides)
    given = _given(overrides)
    if file.wrong:
        raise Refused(file.wrong.listed())
    chosen = _choose(found, given)
    made = [_identity(values) for values in found if "spec" in values]
    for values in chosen:
        if "spec" not in values:
            message = "no document is named"
            hint = 'name it on the command line, or set spec = "openapi.json" in [tool.spectwin] of pyproject.toml'
            raise Refused(Diagnostic(severity="error", message=message, hint=hint))
        values["made_by"] = file.path if _identity(values) in made else None
    return tuple(Settings(**values) for values in chosen)


def require_inside(path: Path, folder: Path, what: str, remedy: str) -> None:
    """Raise Refused for a usual place that nobody typed, and that a link leads to outside of what settings may lead to."""
    if not path.resolve().is_relative_to(boundary(folder)):
        message = f"{what} is outside the project: a link leads there"
        raise Refused(Diagnostic(severity="error", message=message, file=display(path), hint=remedy))


def to_write(project: Path, overrides: Mapping[str, Any]) -> tuple[Settings, ...]:
    """Read the same for a command that writes packages, or judges what it wrote. Raises Refused also for the usual output folder."""
    found = read(project, overrides)
    if "output" not in overrides and any(each.output == _USUAL_OUTPUT for each in found):
        require_inside(_USUAL_OUTPUT, Path(), *_WHERE["output"])
    return found


def require_document(settings: Settings) -> None:
    """Raise Refused if the settings file names a document that is not there."""
    if settings.made_by is not None and not exists(settings.spec):
        hint = f"spec in {display(settings.made_by)} names it"
        raise Refused(
            Diagnostic(severity="error", message="there is no such file", file=display(settings.spec), hint=hint)
        )


def configured(project: Path) -> tuple[tuple[Path, str | None], ...]:
    """List the packages of a project's settings: the output folder and the name, None for one that the document chooses.

    Empty where there are no settings. Raises Refused where they can't be read.
    """
    file = _File(project)
    found = file.packages()
    for index, values in enumerate(found):
        _contain(file, index, project, values, ())
    return tuple((values["output"], values.get("package")) for values in found)


def _identity(values: Mapping[str, Any]) -> tuple[Path, Path, str | None]:
    """What tells one package from another: its document, its output folder and its name."""
    return values["spec"].resolve(), values.get("output", _USUAL_OUTPUT).resolve(), values.get("package")


def packages(project: Path) -> tuple[Settings, ...]:
    """The settings of each package that names its document. Raises Refused with everything that is wrong."""
    file, found = _found(_File(project), project, {})
    if file.wrong:
        raise Refused(file.wrong.listed())
    return tuple(Settings(**values) for values in found if "spec" in values)


def earlier_packages(project: Path, text: str, name: str) -> tuple[tuple[Settings, ...], tuple[Diagnostic, ...]]:
    """The same from the text that the pyproject.toml of the folder had in a revision, where messages call it `name`.

    Settings that this version does not know are passed over: what comes second are warnings about them.
    """
    file, found = _found(_File(project, text, name), project, {})
    if file.wrong.refuse:
        raise Refused(file.wrong.listed())
    return tuple(Settings(**values) for values in found if "spec" in values), file.wrong.listed()


def _found(file: _File, project: Path, overrides: Mapping[str, Any]) -> tuple[_File, list[dict[str, Any]]]:
    found = file.packages()
    for index, values in enumerate(found):
        _contain(file, index, project, values, overrides.keys())
    _compare(file, found)
    return file, found


def _given(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Check the values of the command line by the same rules. Raises Refused."""
    given = dict(overrides)
    try:
        if "package" in given:
            given["package"] = package_name(given["package"])
    except WrongValue as error:
        raise Refused(Diagnostic(severity="error", message=f"--package: {error}", hint=error.hint)) from None
    for name, values in (("discriminator", ("tag", "exact")), ("layout", ("single", "split"))):
        if given.get(name, values[0]) not in values:
            expected = " or ".join(f'"{value}"' for value in values)
            raise Refused(Diagnostic(severity="error", message=f"--{name}: expected {expected}"))
    return given


def _choose(packages: list[dict[str, Any]], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the command line's values over the configured ones. Raises Refused if no package is meant, or none can be told."""
    if len(packages) <= 1:
        return [_over(packages[0] if packages else {}, given)]
    chosen = packages
    if "package" in given:
        chosen = [values for values in packages if values.get("package") == given["package"]]
    elif "spec" in given:
        spec = given["spec"].resolve()
        chosen = [values for values in packages if "spec" in values and values["spec"].resolve() == spec]
    if chosen:
        return [_over(values, given) for values in chosen]
    if "package" in given and "spec" in given:
        return [given]  # a package that is not configured
    names = ", ".join(str(values.get("package", "(unnamed)")) for values in packages)
    message = f"no configured package fits; there are: {names}"
    hint = "choose one with --package, or give both a document and --package for a package that is not configured"
    raise Refused(Diagnostic(severity="error", message=message, hint=hint))


def _over(values: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Put the command line's values over those of a package; limits one by one."""
    return {**values, **given, "limits": {**values.get("limits", {}), **given.get("limits", {})}}


def _contain(file: _File, index: int, project: Path, values: dict[str, Any], given: Container[str]) -> None:
    """Make the paths relative to the project, and keep them below the folder that holds `.git`, else below the project.

    The settings come with the working tree, which need not be the user's own; what the command line has `given` is.
    """
    for name in ("spec", "output", "templates"):
        if name in values:
            values[name] = project / values[name]
    values.setdefault("output", project / "generated")
    values["overlays"] = tuple(project / overlay for overlay in values.get("overlays", ()))
    top = boundary(project)
    for name, (what, remedy) in _WHERE.items():
        found = values.get(name, ())
        for path in () if name in given else (found,) if isinstance(found, Path) else found:
            if not path.resolve().is_relative_to(top):
                file.report(index, (name,), f"{what} is outside the project", remedy)


def _compare(file: _File, packages: list[dict[str, Any]]) -> None:
    """Refuse packages that would write the same files."""
    folders: set[tuple[Path, str | None]] = set()
    distributions: set[Path] = set()
    for index, values in enumerate(packages):
        output = values["output"].resolve()
        if len(packages) > 1 and "package" not in values:
            file.report(index, (), "each of several packages needs a name: package is missing")
        elif (output, values.get("package")) in folders:
            file.report(index, ("package",), f"two packages are called {values['package']} in one output folder")
        folders.add((output, values.get("package")))
        if "distribution" in values:
            if output in distributions:
                message = "two distributions share an output folder, and so one pyproject.toml"
                file.report(index, ("distribution",), message, "give each its own output")
            distributions.add(output)


class _File:
    """A pyproject.toml, and what is wrong with it."""

    def __init__(self, project: Path, text: str | None = None, name: str = "") -> None:
        """Take a project's file; `text` is what it held in a revision, where it is called `name`."""
        self.path = project / "pyproject.toml"
        self.text = ""
        self._given = text
        self._name = name or display(self.path)
        self.wrong = Findings()
        self._places = Places("")
        self._similar = Similar()

    def packages(self) -> list[dict[str, Any]]:
        """Read the checked values of each package by field name; none where the file has no settings."""
        table = self._table()
        if table is None:
            return []
        tables = table.get("package")
        if not isinstance(tables, list):
            return [self._values(table, -1)]
        common = {key: value for key, value in table.items() if key != "package"}
        shared = self._values(common, -1)
        found = []
        for index, item in enumerate(tables):
            if isinstance(item, dict):
                found.append({**shared, **self._values(item, index)})
            else:
                self.report(index, ("package",), "each package is a table: [[tool.spectwin.package]]")
        if not found:
            self.report(0, ("package",), "there is no package in this list")
        return found

    def report(
        self, index: int, keys: Sequence[str], message: str, hint: str = "", severity: Severity = "error"
    ) -> None:
        """Note an error at a key of the package with this number (from 0)."""
        self.wrong.add(severity, lambda: diagnose(severity, message, self._place(index, keys), hint=hint))

    def _place(self, index: int, keys: Sequence[str]) -> Location:
        return place(self._name, self.text, *self._places.find(index, keys))

    def _table(self) -> dict[str, Any] | None:
        try:
            given = self._given
            data = read_file(self.path, toml_text.TOML_LIMIT + 1) if given is None else given.encode()
            self.text = toml_text.decode(data)
            table = toml_text.loads(self.text)
            self._places = Places(self.text)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            message = f"the file can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            raise Refused(Diagnostic(severity="error", message=message, file=self._name)) from None
        except tomllib.TOMLDecodeError as error:
            raise self._not_toml(str(error)) from None
        except ValueError as error:  # beyond a bound
            message = f"the file can't be read: {error}"
            raise Refused(Diagnostic(severity="error", message=message, file=self._name)) from None
        tool = table.get("tool")
        settings = tool.get("spectwin") if isinstance(tool, dict) else None
        return settings if isinstance(settings, dict) else None

    def _not_toml(self, text: str) -> Refused:
        """Make the exception for a file that is not TOML; Python 3.11 tells the place in the message only."""
        found = re.search(r" \(at line (\d+), column (\d+)\)$", text)
        line, column = (int(found[1]), int(found[2])) if found else (self.text.count("\n") + 1, 1)
        message = "this is not TOML: " + (text[: found.start()] if found else text)
        return Refused(diagnose("error", message, place(self._name, self.text, line, column)))

    def _values(self, table: Mapping[str, Any], index: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        places: dict[str, Location] = {}
        for key, value in table.items():
            if key not in _KEYS:
                close = self._similar.find(key.replace("_", "-"), _KEYS)
                hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(_KEYS)}"
                severity: Severity = "error" if self._given is None else "warning"
                self.report(index, (key,), f"there is no setting called {key}", hint, severity)
                continue
            try:
                values[_KEYS[key]] = PARSERS[key](value)
            except WrongValue as error:
                keys = (key, error.key) if error.key else (key,)
                self.report(index, keys, f"{key}: {error}", error.hint)
            if key in _SOMETIMES:
                places[_KEYS[key]] = self._place(index, (key,))
        places |= {f"types.{name}": self._place(index, ("types", name)) for name in values.get("types", ())}
        return {**values, "places": places}
