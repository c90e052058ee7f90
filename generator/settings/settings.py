"""The settings of a project: ``[tool.spectwin]`` of its pyproject.toml, and the command line's options over them."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from ..diagnostics.diagnostic import Diagnostic, Refused

Side = Literal["client", "server"]

_BOTH: frozenset[Side] = frozenset(("client", "server"))
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")  # core metadata, section "Name"
_VERSION = re.compile(r"(?:==)?\s*(\d+(?:\.\d+)*[a-z0-9.+-]*)")
_BASE_URL = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one package is generated from, and how. Paths are relative to the working directory, or absolute."""

    spec: Path
    output: Path = Path("generated")  # the folder that holds the package's folder
    package: str | None = None  # None: a name from the document
    distribution: str | None = None  # None: no pyproject.toml beside the package
    sides: frozenset[Side] = _BOTH
    operations: tuple[str, ...] = ()  # such as "POST /cost/create"; all where empty
    names: Mapping[str, str] = field(default_factory=dict)  # JSON pointer or operationId → Python name
    types: Mapping[str, str] = field(default_factory=dict)  # format → "module.Name"
    lenient: bool = False
    naive_datetimes: Literal["reject", "utc"] = "reject"
    base_url: str | None = None
    tolerant: bool = False
    watch: bool = False
    overlays: tuple[Path, ...] = ()
    required_version: str | None = None
    severities: Mapping[str, str] = field(default_factory=dict)  # a change's identifier → error, warning, info or none
    templates: Path | None = None  # a folder with templates in place of ours


_KEYS = {item.name.replace("_", "-"): item.name for item in fields(Settings)}


def overrides(
    *,
    spec: Path | None = None,
    output: Path | None = None,
    package: str | None = None,
    only: Sequence[str] = (),
    lenient: bool = False,
    templates: Path | None = None,
) -> dict[str, Any]:
    """Put the options of a command line together as what ``read`` takes; what was not given is left out."""
    given = {"spec": spec, "output": output, "package": package, "operations": tuple(only), "lenient": lenient}
    given["templates"] = templates
    return {name: value for name, value in given.items() if value not in (None, (), False)}


def find_project(start: Path) -> Path:
    """Find the nearest folder, from ``start`` upwards, whose pyproject.toml has settings of ours.

    The search ends at the root of a git repository. Returns ``start`` where there is none.
    """
    for folder in (start, *start.absolute().parents):
        try:
            if b"tool.spectwin" in (folder / "pyproject.toml").read_bytes():
                return folder
        except OSError:
            pass
        if (folder / ".git").exists():
            break
    return start


def read(project: Path, overrides: Mapping[str, Any]) -> tuple[Settings, ...]:
    """Read the settings of each package of the project in the folder ``project``.

    ``overrides`` are values by the names of ``Settings``' fields, paths in them relative to the working directory;
    they win. Where several packages are configured, an overriding ``package`` or ``spec`` chooses among them. Raises
    Refused with everything that is wrong.
    """
    file = _File(project)
    found = file.packages()
    for index, (values, _) in enumerate(found):
        _contain(file, index, project, values)
    _compare(file, [values for values, _ in found])
    given = _given(overrides)
    file.finish()
    chosen = _choose([values for values, _ in found], given)
    for values in chosen:
        if "spec" not in values:
            message = "there is no document to generate from"
            hint = 'name it on the command line, or set spec = "openapi.json" in [tool.spectwin] of pyproject.toml'
            raise Refused(Diagnostic(severity="error", message=message, hint=hint))
    return tuple(Settings(**values) for values in chosen)


def _given(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Check what the command line gives by the same rules. Raises Refused."""
    given = dict(overrides)
    wrong = []
    for name, value in given.items():
        try:
            if name == "package":
                given[name] = _package(value)
        except _Wrong as error:
            wrong.append(Diagnostic(severity="error", message=f"--{name}: {error}", hint=error.hint))
    if wrong:
        raise Refused(wrong)
    return given


def _choose(packages: list[dict[str, Any]], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Lay the command line's values over the configured ones. Raises Refused where it is not clear over which."""
    if len(packages) <= 1:
        return [{**(packages[0] if packages else {}), **given}]
    chosen = packages
    if "package" in given:
        chosen = [values for values in packages if values.get("package") == given["package"]]
    elif "spec" in given:
        spec = given["spec"].resolve()
        chosen = [values for values in packages if "spec" in values and values["spec"].resolve() == spec]
    if chosen:
        return [{**values, **given} for values in chosen]
    if "package" in given and "spec" in given:
        return [given]  # a package that is not configured
    names = ", ".join(str(values.get("package", "(unnamed)")) for values in packages)
    message = f"none of the configured packages is meant by this: {names}"
    hint = "name one of them with --package, or give both a document and --package"
    raise Refused(Diagnostic(severity="error", message=message, hint=hint))


def _contain(file: _File, index: int, project: Path, values: dict[str, Any]) -> None:
    """Make the paths relative to the project; a workspace's settings must not lead the output out of it."""
    for name in ("spec", "output", "templates"):
        if name in values:
            values[name] = project / values[name]
    values.setdefault("output", project / "generated")
    values["overlays"] = tuple(project / overlay for overlay in values.get("overlays", ()))
    if not values["output"].resolve().is_relative_to(project.resolve()):
        message = "the output folder is outside the project"
        file.report(index, ("output",), message, "only the command line (-o) may lead there")


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


class _Wrong(Exception):  # noqa: N818 - a verdict about a value, never seen outside
    """A value is not what its key takes."""

    def __init__(self, message: str, hint: str = "", key: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.key = key


class _File:
    """A pyproject.toml, and what is wrong with it."""

    def __init__(self, project: Path) -> None:
        self.path = project / "pyproject.toml"
        self.text = ""
        self.wrong: list[Diagnostic] = []

    def packages(self) -> list[tuple[dict[str, Any], int]]:
        """Read the checked values of each package by field name; none where the file has no settings."""
        table = self._table()
        if table is None:
            return []
        tables = table.get("package")
        if not isinstance(tables, list):
            return [(self._values(table, 0, shared=True), 0)]
        common = {key: value for key, value in table.items() if key != "package"}
        shared = self._values(common, 0, shared=True)
        found = []
        for index, item in enumerate(tables):
            if isinstance(item, dict):
                found.append(({**shared, **self._values(item, index, shared=False)}, index))
            else:
                self.report(index, ("package",), "each package is a table: [[tool.spectwin.package]]")
        if not found:
            self.report(0, ("package",), "there is no package in this list")
        return found

    def report(self, index: int, keys: Sequence[str], message: str, hint: str = "") -> None:
        """Note an error at a key of the package with this number (from 0)."""
        from ..diagnostics.location import diagnose, display, place

        line, column = _find(self.text, index, keys)
        location = place(display(self.path), self.text, line, column)
        self.wrong.append(diagnose("error", message, location, hint=hint))

    def finish(self) -> None:
        """Raise Refused where anything is wrong."""
        if self.wrong:
            raise Refused(self.wrong)

    def _table(self) -> dict[str, Any] | None:
        try:
            self.text = self.path.read_text(encoding="utf-8")
            table = tomllib.loads(self.text)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            message = f"the file can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            raise Refused(Diagnostic(severity="error", message=message, file=str(self.path))) from None
        except tomllib.TOMLDecodeError as error:
            raise self._not_toml(str(error)) from None
        tool = table.get("tool")
        settings = tool.get("spectwin") if isinstance(tool, dict) else None
        return settings if isinstance(settings, dict) else None

    def _not_toml(self, text: str) -> Refused:
        """Make the exception for a file that is not TOML; Python 3.11 tells the place in the message only."""
        from ..diagnostics.location import diagnose, display, place

        found = re.search(r" \(at line (\d+), column (\d+)\)$", text)
        line, column = (int(found[1]), int(found[2])) if found else (self.text.count("\n") + 1, 1)
        message = "this is not TOML: " + (text[: found.start()] if found else text)
        return Refused(diagnose("error", message, place(display(self.path), self.text, line, column)))

    def _values(self, table: Mapping[str, Any], index: int, *, shared: bool) -> dict[str, Any]:
        values = {}
        for key, value in table.items():
            if key not in _KEYS:
                from difflib import get_close_matches

                close = get_close_matches(key.replace("_", "-"), _KEYS, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(_KEYS)}"
                self.report(-1 if shared else index, (key,), f"there is no setting called {key}", hint)
                continue
            try:
                values[_KEYS[key]] = _PARSERS[key](value)
            except _Wrong as error:
                keys = (key, error.key) if error.key else (key,)
                self.report(-1 if shared else index, keys, f"{key}: {error}", error.hint)
        return values


def _find(text: str, index: int, keys: Sequence[str]) -> tuple[int, int]:
    """Find the line and column of a setting: tomllib tells no positions, and the usual ways to write it are few.

    ``index`` is the number of the ``[[tool.spectwin.package]]``; -1 stands for ``[tool.spectwin]`` itself. Where the
    key itself is not found, its table's header is given, or the beginning of the file.
    """
    found, place = -1, (1, 1)
    inside: list[str] | None = None  # the keys that lead from the package's table to the one that we are in
    tables = -1
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            path = [part.strip().strip("\"'") for part in header[2].split(".")]
            tables += header[1] == "[[" and path == ["tool", "spectwin", "package"]
            inside = path[2:] if path[:2] == ["tool", "spectwin"] else None
            if path[2:3] == ["package"]:
                inside = path[3:] if index in {-1, tables} else None
        if inside is None or inside != list(keys[: len(inside)]):
            continue
        depth = len(inside) + (0 if header else 1)
        wanted = keys[len(inside)] if len(inside) < len(keys) else ""
        if depth > found and (header or re.match(rf"\s*([\"']?){re.escape(wanted)}\1\s*[=.]", line)):
            found, place = depth, (number, len(line) - len(line.lstrip()) + 1)
    return place


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip() and "\0" not in value:
        return value
    raise _Wrong(f"expected a text, found {_kind(value)}")


def _path(value: object) -> Path:
    return Path(_text(value))


def _package(value: object) -> str:
    name = _text(value)
    if name.isidentifier() and not keyword.iskeyword(name) and name.isascii():
        return name
    suggestion = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    usable = suggestion.isidentifier() and not keyword.iskeyword(suggestion)
    raise _Wrong(f"{name} is not a name that Python can import", f"for example {suggestion}" if usable else "")


def _distribution(value: object) -> str:
    name = _text(value)
    if _DISTRIBUTION.fullmatch(name):
        return name
    raise _Wrong(f"{name} is not a name for a distribution", "letters, digits, and between them dots, dashes, _")


def _sides(value: object) -> frozenset[Side]:
    words = [value] if isinstance(value, str) else value
    found: set[Side] = set()
    for word in words if isinstance(words, list) else [None]:
        if word == "both":
            found |= _BOTH
        elif word == "client" or word == "server":  # noqa: PLR1714 - the type checker narrows these only
            found.add(word)
        else:
            raise _Wrong('expected "client", "server" or "both", or a list of these')
    if not found:
        raise _Wrong("at least one side is needed: client, server")
    return frozenset(found)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(value)
    raise _Wrong(f"expected a list of texts, found {_kind(value)}")


def _paths(value: object) -> tuple[Path, ...]:
    return tuple(Path(item) for item in _texts([value] if isinstance(value, str) else value))


def _table_of(value: object, what: str, fits: Callable[[str], bool]) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Wrong(f"expected a table of texts, found {_kind(value)}")
    for key, item in value.items():
        if isinstance(item, dict):
            raise _Wrong(f"the value of {key} is a table", "quote a key that has dots in it", key)
        if not isinstance(item, str) or not fits(item):
            raise _Wrong(f"the value of {key} is not {what}", key=key)
    return dict(value)


def _names(value: object) -> dict[str, str]:
    return _table_of(value, 'a Python name, such as "create" or "costs.create"', _is_dotted)


def _types(value: object) -> dict[str, str]:
    fits = lambda item: "." in item.replace(":", ".") and _is_dotted(item.replace(":", ".", 1))  # noqa: E731
    table = _table_of(value, 'a type, such as "decimal.Decimal" or "decimal:Decimal"', fits)
    return {key: item.replace(":", ".") for key, item in table.items()}


def _is_dotted(value: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in value.split("."))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _Wrong(f"expected true or false, found {_kind(value)}")


def _naive(value: object) -> str:
    if isinstance(value, str) and value in {"reject", "utc"}:
        return value
    raise _Wrong('expected "reject" or "utc"')


def _base_url(value: object) -> str:
    url = _text(value)
    if _BASE_URL.fullmatch(url):
        return url
    raise _Wrong(f"{url} is not a URL to begin with", "for example https://api.example.com/v1")


def _version(value: object) -> str:
    match = _VERSION.fullmatch(_text(value).strip())
    if match:
        return match[1]
    raise _Wrong("expected one version", 'for example "0.1.0"; what is generated differs from version to version')


def _severities(value: object) -> dict[str, str]:
    from .severities import wrong

    table = value if isinstance(value, dict) else {}
    for identifier, level in table.items():
        if found := wrong(identifier, level):
            raise _Wrong(*found, key=identifier)
    return _table_of(value, "a level", lambda _: True)


_PARSERS: dict[str, Callable[[object], Any]] = {
    "spec": _path,
    "output": _path,
    "package": _package,
    "distribution": _distribution,
    "sides": _sides,
    "operations": _texts,
    "names": _names,
    "types": _types,
    "lenient": _boolean,
    "naive-datetimes": _naive,
    "base-url": _base_url,
    "tolerant": _boolean,
    "watch": _boolean,
    "overlays": _paths,
    "required-version": _version,
    "severities": _severities,
    "templates": _path,
}


def _kind(value: object) -> str:
    """Say in TOML's words what a value is."""
    if value == "":
        return "an empty one"
    kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "something else")
