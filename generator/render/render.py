"""`Api` → files: Jinja, the escaping filters, ruff, the syntax-tree gate."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from .. import ir, stages
from ..disk import read_text
from ..python import gate
from ..python.imports import header
from ..python.parts import Inspection
from ..python.pieces import Pieces
from ..python.syntax import GateError
from ..python.types import text
from ..records import record
from . import marks, own_templates
from .environment import environment, environment_with
from .folder import below, templates_folder
from .formatting import lay_out, sort_imports
from .requirements import requirements

if TYPE_CHECKING:
    from jinja2 import Environment

_IMPORT = re.compile(r"from (\.+)([\w.]*) import (.*)")
ALWAYS = ("_runtime/models/base", "_runtime/exceptions", "_runtime/wire/contract")
"""Static modules that every package has."""


def prepare() -> None:
    """Import Jinja and set it up for templates of ours, while something else is waited for."""
    environment()


def render(
    api: ir.Api, types: Mapping[str, str], schemas: ir.JudgingSchemas, own: Path | None = None
) -> dict[PurePosixPath, str]:
    """Write all files of a package, by path relative to the output folder.

    `types` are the user's own types by format; `schemas` those that values are judged by; `own` a folder with
    templates in place of ours. Raises Refused where these print what they may not.
    """
    if own is None:
        return _render(environment(), api, types, schemas, {}, Pieces())
    own_templates.inspect_folder(own)
    printed: dict[str, str] = {}
    with own_templates.blamed(own, printed):
        return _render(environment_with(own), api, types, schemas, printed, None)


def _render(
    jinja: Environment,
    api: ir.Api,
    types: Mapping[str, str],
    schemas: ir.JudgingSchemas,
    printed: dict[str, str],
    pieces: Pieces | None,
) -> dict[PurePosixPath, str]:
    """Write all files; `printed` takes the modules as the gate reads them, for messages about a line.

    With `pieces`, what several modules have is inspected once: not where somebody else's templates print it.
    """
    root = PurePosixPath(api.package)
    generated = _inspected(_modules(jinja, api, schemas), api, types, printed, pieces)
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
    modules: Mapping[str, _Module],
    api: ir.Api,
    types: Mapping[str, str],
    printed: dict[str, str],
    pieces: Pieces | None,
) -> dict[str, str]:
    """Lay the modules out, write their imports, and pass each through the gate. Each is parsed once, in parts."""
    allowed = {target.replace(":", ".").rpartition(".")[0] for target in types.values()}
    groups = allowed | _own(api)
    models = allowed | {f".{module.name}" for module in api.model_modules}
    stages.enter("laying out", modules, "module")
    alike = {f"models/{one.name}.py" for one in api.model_modules}
    printed.update(lay_out({name: one.text for name, one in modules.items()}, alike))
    stages.enter("inspecting", modules, "module")
    inspections = {
        name: Inspection(name, printed[name], one.place, models if name.startswith("models/") else groups, pieces)
        for name, one in modules.items()
        if one.place
    }
    heads = {
        name: modules[name].complete(name, one.head, one.digest, types) + one.first()
        for name, one in inspections.items()
    }
    found = sort_imports({**printed, **heads}, alike)
    for name in found:
        if one := inspections.pop(name, None):
            found[name] = one.finish(found[name].removesuffix(one.first()))
        else:
            gate.check(name, found[name], models if name.startswith("models/") else groups)
    return found


def _own(api: ir.Api) -> set[str]:
    """List what modules of this package import of one another, as the gate reads it: modules, and `module:name`."""
    groups = [group.name for group in api.groups]
    own = {f".{name}" for name in groups}
    if api.layout == "split":
        own |= {f".{group.name}" for group in api.webhooks} | {f"..api.{name}" for name in groups}
        own |= {f"..contract:{name}" for name in groups} | {f".:{one.constant}" for one in api.security_schemes}
    return own


def outline(
    api: ir.Api, types: Mapping[str, str], parse: Callable[[str, str], ast.Module], *, judged: bool
) -> dict[str, str]:
    """Write the Python files of a package to be compared, not to be kept: neither laid out nor passed by the gate.

    Static files are there with nothing in them; `judged` says that there are schemas that values are judged by. `parse` is
    asked once for the syntax tree of each module, with its name and its text.
    """
    schemas = ir.JudgingSchemas(by_name={"": True} if judged else {}, repeat=False, ways=0)
    modules = _modules(environment(), api, schemas)
    generated = {
        name: one.complete(name, one.text, parse(name, one.text), types) if one.place else one.text
        for name, one in modules.items()
    }
    return {**generated, **dict.fromkeys(_static(generated, api), "")}


def _template(jinja: Environment, name: str, **values: Any) -> str:
    return jinja.get_template(name).render(**values)


@record(kw_only=True)
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


_Make = Callable[..., _Module]
"""Renders a template: its name, the origins of further names, what else it prints."""


def _place() -> str:
    """Make a name that no document can hold."""
    return f"spectwin_{token_hex()}"


def _models(jinja: Environment, api: ir.Api) -> dict[str, _Module]:
    """Write models.py, or the modules of a split package and their table, which type checkers read as `.pyi`."""
    if api.layout == "single":
        return {"models.py": _classes(api.models)}
    names = "models/__init__.py", "models/__init__.pyi"
    tables = {name: _Module(text=_template(jinja, f"{name}.jinja", api=api)) for name in names}
    modules = {
        f"models/{one.name}.py": _classes(
            one.source, {name: f".{home}" for name, home in one.imports.items()}, _imported_first(one)
        )
        for one in api.model_modules
    }
    return tables | modules


def _classes(source: str, extra: Mapping[str, str] | None = None, first: str = "") -> _Module:
    """Put a title before classes, and imports that come `first`. Pydantic evaluates their annotations, so they stay as they are."""
    place = _place()
    title = '"""The schemas of the document as Pydantic models."""'
    if not source:
        return _Module(text=f"{title}\n")
    return _Module(text=f"{title}\n\n{first}import {place}\n\n{source}", place=place, extra=extra or {}, future=False)


def _imported_first(module: ir.ModelModule) -> str:
    """Write the imports of a module of models that come before all others, in their order."""
    lines = [
        f"from .{home} import {name}" + ("" if name in module.imports else f" as {name}")
        for name, home in module.first.items()
    ]
    remark = "# First what others lead to, so that no import has too many others inside it."
    apart = "\n\n# isort: split\n"
    return f"{remark}\n{apart.join(lines)}{apart}" if lines else ""


def _modules(jinja: Environment, api: ir.Api, schemas: ir.JudgingSchemas) -> dict[str, _Module]:
    """Render the Python files that depend on the document."""

    def module(template: str, extra: Mapping[str, str] | None = None, *, future: bool = True, **values: Any) -> _Module:
        place = _place()
        text = _template(jinja, template, **{"imports": f"import {place}", "api": api, **values})
        return _Module(text=text, place=place, extra=extra or {}, future=future)

    found = {
        "__init__.py": _Module(text=_template(jinja, "__init__.py.jinja", api=api)),
        **_models(jinja, api),
        "errors.py": module("errors.py.jinja"),
    }
    if api.layout == "split":
        found |= _parts(module, api)
    elif api.groups or api.webhooks:
        found["api.py"] = module("api.py.jinja")
    if api.groups and api.layout == "single":
        found["contract.py"] = module("contract.py.jinja")
    if schemas.by_name:
        found["schemas.py"] = _Module(text=_template(jinja, "schemas.py.jinja", **schemas.variables))
    found |= _client(module, api) if "client" in api.sides else {}
    found |= _server(module, api) if "server" in api.sides else {}
    return found if api.layout == "single" else {name: _with_late_rules(name, one) for name, one in found.items()}


def _with_late_rules(name: str, module: _Module) -> _Module:
    """Let a module of a split package take rules from where they are read late."""
    return replace(module, extra={"Rule": f"{'.' * (1 + name.count('/'))}_runtime.models.late", **module.extra})


def _parts(module: _Make, api: ir.Api) -> dict[str, _Module]:
    """Render the Protocols and the contract of a split package: what a group has is in a module of its name."""
    found: dict[str, _Module] = {}
    if api.groups or api.webhooks:
        found["api/__init__.py"] = replace(module("api/__init__.py.jinja"), place="")
    groups, webhooks = _by_name(api.groups), _by_name(api.webhooks)
    for name in dict.fromkeys((*groups, *webhooks)):
        part = replace(api, groups=groups.get(name, ()), webhooks=webhooks.get(name, ()))
        found[f"api/{name}.py"] = module("api.py.jinja", api=part)
    if api.groups:
        # Without `annotations` of __future__, which a group may be called.
        found["contract/__init__.py"] = module("contract.py.jinja", future=False)
    schemes = {one.constant: "." for one in api.security_schemes}
    for group in api.groups:
        found[f"contract/{group.name}.py"] = module("contract/group.py.jinja", schemes, group=group)
    return found


def _by_name(groups: Iterable[ir.Group]) -> dict[str, tuple[ir.Group, ...]]:
    found: dict[str, tuple[ir.Group, ...]] = {}
    for group in groups:
        found[group.name] = (*found.get(group.name, ()), group)
    return found


def _protocols(api: ir.Api) -> dict[str, str]:
    """Say which module has the Protocols of each group, as the modules of both sides import it."""
    return {
        name: f"..api.{group.name}" if api.layout == "split" else "..api"
        for group in api.groups
        for name in (f"{group.class_name}Api", f"Sync{group.class_name}Api")
    }


def _client(module: _Make, api: ir.Api) -> dict[str, _Module]:
    """Render the client and its groups."""
    shorthands = sorted({text(one.annotation) for one in api.credentials}, key=len, reverse=True)
    names = "AsyncBaseClient AsyncCredentialOf AsyncGroup BaseClient CredentialOf Group RawResponse".split()
    core = dict.fromkeys(names, ".._runtime.client.core")
    groups = {name: f".{g.name}" for g in api.groups for name in (g.class_name, f"Async{g.class_name}")}
    found = {"client/__init__.py": module("client/__init__.py.jinja", core | groups, shorthands=shorthands)}
    for group in api.groups:
        own = core | _protocols(api) | ({"contract": f"..contract:{group.name}"} if api.layout == "split" else {})
        found[f"client/{group.name}.py"] = module("client/group.py.jinja", own, group=group)
    return found


def _server(module: _Make, api: ir.Api) -> dict[str, _Module]:
    """Render the server, and the classes that services extend."""
    engine = dict.fromkeys(("MAX_BODY", "Application", "application"), ".._runtime.server.core")
    words = ("Authenticate", "Context", "Factory", "P", "Presented", "Services", "context")
    engine |= dict.fromkeys(words, ".._runtime.server.context")
    engine |= {"TemplateOperations": ".._runtime.server.routing", "Streams": ".._runtime.server.streams"}
    engine |= {"Watch": ".._runtime.server.watch"}
    engine |= dict.fromkeys(("Forbidden", "Unauthorized"), ".._runtime.exceptions")
    return {
        "server/stub.py": module("server/stub.py.jinja", _protocols(api)),
        "server/__init__.py": module("server/__init__.py.jinja", {**engine, **_protocols(api), "api": ".."}),
    }


def _static(generated: Mapping[str, str], api: ir.Api) -> dict[str, str]:
    """Choose the static files that the generated ones import, and those that these import in turn."""
    static = dict(below(templates_folder() / "static"))
    waiting = {f"{name}.py" for name in ALWAYS}
    for name, source in generated.items():
        waiting |= _imported(name, source)
    if "server" in api.sides:
        waiting.add("server/__main__.py")
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in static and name not in found and name not in generated:
            found[name] = read_text(static[name])
            waiting |= _imported(name, found[name])
    return dict(sorted(found.items()))


def _imported(name: str, source: str) -> set[str]:
    """List the files that a module may import, if they are there, and those that make its folders packages."""
    *folders, _ = name.split("/")
    found = {"/".join([*folders[:depth], "__init__.py"]) for depth in range(len(folders) + 1)}
    for match in _IMPORT.finditer(source):  # a pattern that begins with text is looked for fifteen times as fast
        if source[source.rfind("\n", 0, match.start()) + 1 : match.start()].strip(" "):
            continue
        dots, module, names = match.groups()
        home = (
            [*folders[: len(folders) + 1 - len(dots)], *module.split(".")]
            if module
            else folders[: len(folders) + 1 - len(dots)]
        )
        found.add(f"{'/'.join(home)}.py")
        found.update("/".join([*home, f"{one}.py"]) for one in re.findall(r"\w+", names))
    return found


def _squeezed(source: str) -> str:
    """Keep single empty lines only."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return "\n".join(line for index, line in enumerate(lines) if line or lines[index - 1]) + "\n"
