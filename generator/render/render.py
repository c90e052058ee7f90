"""`Api` → files: Jinja, the escaping filters, ruff, the syntax-tree gate."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import ir
from ..circles import circles
from ..disk import is_file, read_text
from ..python import gate
from ..python.imports import header
from ..python.syntax import GateError, parse, with_imports
from ..python.types import text
from . import marks, own_templates
from .environment import environment, environment_with
from .folder import templates_folder
from .formatting import lay_out, sort_imports
from .requirements import requirements

if TYPE_CHECKING:
    from jinja2 import Environment

_IMPORT = re.compile(r"^ *from (\.+)([\w.]*) import (.*)$", re.MULTILINE)
ALWAYS = ("_runtime/models/base", "_runtime/exceptions", "_runtime/wire/contract")
"""Static modules that every package has."""


def render(
    api: ir.Api, types: Mapping[str, str], schemas: Mapping[str, Any], own: Path | None = None
) -> dict[PurePosixPath, str]:
    """Write all files of a package, by path relative to the output folder.

    `types` are the user's own types by format; `schemas` those that values are judged by, by name; `own` a folder with
    templates in place of ours. Raises Refused where these print what they may not.
    """
    if own is None:
        return _render(environment(), api, types, schemas, {})
    own_templates.inspect_folder(own)
    printed: dict[str, str] = {}
    with own_templates.blamed(own, printed):
        return _render(environment_with(own), api, types, schemas, printed)


def _render(
    jinja: Environment,
    api: ir.Api,
    types: Mapping[str, str],
    schemas: Mapping[str, Any],
    printed: dict[str, str],
) -> dict[PurePosixPath, str]:
    """Write all files; `printed` takes the modules as the gate reads them, for messages about a line."""
    root = PurePosixPath(api.package)
    generated = _inspected(_modules(jinja, api, schemas), api, types, printed)
    static = _static(generated, api)
    files = {root / name: source for name, source in (generated | static).items()}
    files |= {root / "py.typed": "", root / ".gitattributes": marks.GIT_ATTRIBUTES}
    files[root / "API.md"] = _squeezed(_template(jinja, "API.md.jinja", api=api))
    if api.distribution is not None:
        needs = requirements(api.package, files, api.sides)
        extras = {side: list(texts) for side, texts in needs.extras.items()}
        values = {"api": api, "requires": list(needs.base), "extras": extras}
        files |= {
            PurePosixPath(name): _squeezed(_template(jinja, f"{name}.jinja", **values))
            for name in ("pyproject.toml", "README.md")
        }
    return {path: marks.HEADS.get(path.suffix, "") + text for path, text in files.items()}


def _inspected(
    modules: Mapping[str, _Module], api: ir.Api, types: Mapping[str, str], printed: dict[str, str]
) -> dict[str, str]:
    """Lay the modules out, write their imports, and pass each through the gate. Each is parsed once, after its layout."""
    allowed = {target.replace(":", ".").rpartition(".")[0] for target in types.values()}
    allowed |= {f".{group.name}" for group in api.groups}
    printed.update(lay_out({name: one.text for name, one in modules.items()}))
    parsed = {name: parse(name, printed[name]) for name, one in modules.items() if one.place}
    complete = {name: modules[name].complete(name, one.text, one.tree, types) for name, one in parsed.items()}
    found = sort_imports({**printed, **complete})
    for name, source in found.items():
        known = parsed.get(name)
        module = with_imports(known, modules[name].place, name, source) if known else parse(name, source)
        gate.check(name, module, allowed)
    return found


def outline(api: ir.Api, types: Mapping[str, str], *, judged: bool) -> dict[str, str]:
    """Write the Python files of a package to be compared, not to be kept: neither laid out nor passed by the gate.

    Static files are there with nothing in them; `judged` says that there are schemas that values are judged by.
    """
    modules = _modules(environment(), api, {"": True} if judged else {})
    generated = {
        name: one.complete(name, one.text, ast.parse(one.text), types) if one.place else one.text
        for name, one in modules.items()
    }
    return {**generated, **dict.fromkeys(_static(generated, api), "")}


def _template(jinja: Environment, name: str, **values: Any) -> str:
    return jinja.get_template(name).render(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """A module as its template prints it: `import {place}` stands for its imports, or `place` is empty and they are there.

    `extra` gives the origins of names that `imports.KNOWN` has not.
    """

    text: str
    place: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    future: bool = True

    def complete(self, name: str, text: str, tree: ast.Module, types: Mapping[str, str]) -> str:
        """Write the imports into a text of this module, whose syntax tree is given. Raises GateError."""
        try:
            imports = header(tree, types, depth=1 + name.count("/"), extra=self.extra, future=self.future)
        except SyntaxError as error:
            raise GateError(f"{name}:{error.lineno or 1}: not Python: {error.msg}") from error
        return text.replace(f"import {self.place}", imports)


def _place() -> str:
    """Make a name that no document can hold."""
    return f"spectwin_{token_hex()}"


def _models(api: ir.Api) -> _Module:
    """Put a title before the classes. Pydantic evaluates their annotations, so they stay as they are."""
    place = _place()
    title = '"""The schemas of the document as Pydantic models."""'
    if not api.models:
        return _Module(text=f"{title}\n")
    return _Module(text=f"{title}\n\nimport {place}\n\n{api.models}", place=place, future=False)


def _lead_back(schemas: Mapping[str, Any]) -> bool:
    """Whether any of the schemas leads back to itself."""
    places = {f"#/$defs/{quote(name)}": place for place, name in enumerate(schemas)}
    mentioned = [sorted({places[one] for one in _mentioned(schema) if one in places}) for schema in schemas.values()]
    return any(len(circle) > 1 or circle[0] in mentioned[circle[0]] for circle in circles(mentioned))


def _mentioned(schema: Any) -> Iterator[str]:
    """Yield the references in a JSON Schema."""
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _mentioned(part)


def _modules(jinja: Environment, api: ir.Api, schemas: Mapping[str, Any]) -> dict[str, _Module]:
    """Render the Python files that depend on the document."""

    def module(template: str, extra: Mapping[str, str] | None = None, **values: Any) -> _Module:
        place = _place()
        text = _template(jinja, template, imports=f"import {place}", api=api, **values)
        return _Module(text=text, place=place, extra=extra or {})

    classes = {f"{group.class_name}Api": "..api" for group in api.groups}
    classes |= {f"Sync{group.class_name}Api": "..api" for group in api.groups}
    found = {
        "__init__.py": _Module(text=_template(jinja, "__init__.py.jinja", api=api)),
        "models.py": _models(api),
        "errors.py": module("errors.py.jinja"),
    }
    if api.groups or api.webhooks:
        found["api.py"] = module("api.py.jinja")
    if api.groups:
        found["contract.py"] = module("contract.py.jinja")
    if schemas:
        found["schemas.py"] = _Module(
            text=_template(jinja, "schemas.py.jinja", schemas=schemas, recurse=_lead_back(schemas))
        )
    shorthands = sorted({text(one.annotation) for one in api.credentials}, key=len, reverse=True)
    names = "AsyncBaseClient AsyncCredentialOf AsyncGroup BaseClient CredentialOf Group RawResponse".split()
    core = dict.fromkeys(names, ".._runtime.client.core")
    if "client" in api.sides:
        own = {name: f".{g.name}" for g in api.groups for name in (g.class_name, f"Async{g.class_name}")}
        found["client/__init__.py"] = module("client/__init__.py.jinja", core | own, shorthands=shorthands)
        for group in api.groups:
            found[f"client/{group.name}.py"] = module("client/group.py.jinja", core | classes, group=group)
    if "server" in api.sides:
        engine = dict.fromkeys(("MAX_BODY", "Application", "application"), ".._runtime.server.core")
        words = ("Authenticate", "Context", "Factory", "P", "Presented", "Services", "context")
        engine |= dict.fromkeys(words, ".._runtime.server.context")
        engine |= {"TemplateOperations": ".._runtime.server.routing", "Streams": ".._runtime.server.streams"}
        engine |= {"Watch": ".._runtime.server.watch"}
        engine |= dict.fromkeys(("Forbidden", "Unauthorized"), ".._runtime.exceptions")
        found["server/stub.py"] = module("server/stub.py.jinja", classes)
        found["server/__init__.py"] = module("server/__init__.py.jinja", engine | classes)
    return found


def _static(generated: Mapping[str, str], api: ir.Api) -> dict[str, str]:
    """Choose the static files that the generated ones import, and those that these import in turn."""
    folder = templates_folder() / "static"
    wanted = [f"{name}.py" for name in ALWAYS]
    for name, source in generated.items():
        wanted += _imported(name, source, folder)
    if "server" in api.sides:
        wanted.append("server/__main__.py")
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and name not in generated:
            found[name] = read_text(folder / name)
            wanted += _imported(name, found[name], folder)
    return dict(sorted(found.items()))


def _imported(name: str, source: str, folder: Path) -> list[str]:
    """List the static files that a module imports, and those that make its folders packages."""
    found: list[str] = []
    for dots, module, names in _IMPORT.findall(source):
        home = PurePosixPath(name).parents[len(dots) - 1]
        found += [str(home / module.replace(".", "/"))] if module else []
        found += [str(home / module.replace(".", "/") / one) for one in re.findall(r"\w+", names)]
    found += [str(one / "__init__") for one in PurePosixPath(name).parents]
    return [f"{one}.py" for one in found if is_file(folder / f"{one}.py")]


def _squeezed(source: str) -> str:
    """Keep single empty lines only."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return "\n".join(line for index, line in enumerate(lines) if line or lines[index - 1]) + "\n"
