"""`Api` → files: Jinja, the escaping filters, ruff, the syntax-tree gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from .. import ir
from ..python import gate
from ..python.imports import header
from ..python.types import text
from . import own_templates
from .environment import environment, environment_with
from .folder import templates_folder
from .formatting import _formatted

if TYPE_CHECKING:
    from jinja2 import Environment

_IMPORT = re.compile(r"^from (\.+)([\w.]*) import (.*)$", re.MULTILINE)
ALWAYS = ("base", "exceptions", "wire")
"""Static modules that every package has."""


def render(
    api: ir.Api, types: Mapping[str, str], schemas: Mapping[str, Any], own: Path | None = None
) -> dict[PurePosixPath, str]:
    """Write all files of a package, by path relative to the output folder.

    `types` are the user's own types by format; `schemas` those that values are judged by, by name; `own` a folder with
    templates in place of ours. Raises Refused where these print what they may not.
    """
    if own is None:
        return _render(environment(), api, types, schemas)
    own_templates.check(own)
    generated: dict[str, str] = {}
    with own_templates.blamed(own, generated):
        return _render(environment_with(own), api, types, schemas, own, generated)


def _render(
    jinja: Environment,
    api: ir.Api,
    types: Mapping[str, str],
    schemas: Mapping[str, Any],
    own: Path | None = None,
    seen: dict[str, str] | None = None,
) -> dict[PurePosixPath, str]:
    root = PurePosixPath(api.package)
    generated = _generated(jinja, api, types, schemas)
    if own is not None:
        own_templates.parsed(own, generated)
    allowed = {target.replace(":", ".").rpartition(".")[0] for target in types.values()}
    allowed |= {f".{group.name}" for group in api.groups}
    generated = _formatted(generated)
    if seen is not None:
        seen.update(generated)
    for name, source in generated.items():
        gate.check(name, source, allowed)
    files = {root / name: source for name, source in generated.items()}
    static = _static(generated, api)
    files |= {root / name: source for name, source in static.items()}
    files[root / "py.typed"] = ""
    files[root / "API.md"] = _squeezed(_template(jinja, "API.md.jinja", api=api))
    if api.distribution is not None:
        values = {"api": api, **_requirements(static, api.sides)}
        files |= {
            PurePosixPath(name): _squeezed(_template(jinja, f"{name}.jinja", **values))
            for name in ("pyproject.toml", "README.md")
        }
    return files


def outline(api: ir.Api, types: Mapping[str, str], *, judged: bool) -> dict[str, str]:
    """Write the Python files of a package to be compared, not to be kept: neither laid out nor passed by the gate.

    Static files are there with nothing in them; `judged` says that there are schemas that values are judged by.
    """
    generated = _generated(environment(), api, types, {"": True} if judged else {})
    return {**generated, **dict.fromkeys(_static(generated, api), "")}


def _requirements(static: Iterable[str], sides: Iterable[str]) -> dict[str, Any]:
    """List what a package needs to run, by side."""
    requires = ["pydantic>=2.12", "typing-extensions>=4.12"] + (["jsonschema-rs>=0.33"] if "rules.py" in static else [])
    server = ["fastapi>=0.120", "fastapi-offline>=1.7", "uvicorn>=0.35"] + (
        ["python-multipart>=0.0.20"] if "multipart.py" in static else []
    )
    extras = {"client": ["httpx2>=2.0"], "server": server}
    return {"requires": requires, "extras": {side: extras[side] for side in sides}}


def _template(jinja: Environment, name: str, **values: Any) -> str:
    return jinja.get_template(name).render(**values)


def _generated(jinja: Environment, api: ir.Api, types: Mapping[str, str], schemas: Mapping[str, Any]) -> dict[str, str]:
    """Render the Python files that depend on the document."""
    classes = {f"{group.class_name}Api": "..api" for group in api.groups}
    classes |= {f"Sync{group.class_name}Api": "..api" for group in api.groups}
    found = {
        "__init__.py": _template(jinja, "__init__.py.jinja", api=api),
        "models.py": api.models,
        "api.py": _module(jinja, "api.py.jinja", types, api=api),
        "contract.py": _module(jinja, "contract.py.jinja", types, api=api),
        "errors.py": _module(jinja, "errors.py.jinja", types, api=api),
    }
    if schemas:
        found["schemas.py"] = _template(jinja, "schemas.py.jinja", schemas=schemas)
    shorthands = sorted({text(one.annotation) for one in api.credentials}, key=len, reverse=True)
    core = dict.fromkeys(("AsyncBaseClient", "BaseClient", "RawResponse"), ".core")
    if "client" in api.sides:
        own = {name: f".{g.name}" for g in api.groups for name in (g.class_name, f"Async{g.class_name}")}
        found["client/__init__.py"] = _module(
            jinja, "client/__init__.py.jinja", types, depth=2, extra=core | own, api=api, shorthands=shorthands
        )
        for group in api.groups:
            found[f"client/{group.name}.py"] = _module(
                jinja, "client/group.py.jinja", types, depth=2, extra=core | classes, api=api, group=group
            )
    if "server" in api.sides:
        engine = dict.fromkeys(("Context", "MAX_BODY", "Presented", "application", "context"), ".core")
        more = {
            "FastAPI": "fastapi",
            "Forbidden": "..exceptions",
            "Unauthorized": "..exceptions",
            "TemplateOperations": ".routing",
        }
        found["server/stub.py"] = _module(jinja, "server/stub.py.jinja", types, depth=2, extra=classes, api=api)
        found["server/__init__.py"] = _module(
            jinja, "server/__init__.py.jinja", types, depth=2, extra=engine | more | classes, api=api
        )
    return found


def _module(
    jinja: Environment,
    template: str,
    types: Mapping[str, str],
    *,
    depth: int = 1,
    extra: Mapping[str, str] | None = None,
    **values: Any,
) -> str:
    """Render a template, and put the imports that its names need where it wants them."""
    place = f"#{token_hex()}"  # that no document can hold
    body = _template(jinja, template, imports=place, **values)
    try:
        imports = header(body, types, depth=depth, extra=extra)
    except SyntaxError as error:
        name = template.removesuffix(".jinja")
        raise gate.GateError(f"{name}:{error.lineno or 1}: not Python: {error.msg}") from error
    return body.replace(place, imports)


def _static(generated: Mapping[str, str], api: ir.Api) -> dict[str, str]:
    """Choose the static files that the generated ones import, and those that these import in turn."""
    folder = templates_folder() / "static"
    wanted = [f"{name}.py" for name in ALWAYS]
    for name, source in generated.items():
        wanted += _imported(name, source, folder)
    if "server" in api.sides:
        wanted += ["server/__main__.py", "server/mock.py", *(["server/watch.py"] if api.watch else [])]
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and name not in generated:
            found[name] = (folder / name).read_text(encoding="utf-8")
            wanted += _imported(name, found[name], folder)
    return dict(sorted(found.items()))


def _imported(name: str, source: str, folder: Path) -> list[str]:
    """List the static files that a module imports at its top level."""
    base = PurePosixPath(name).parent
    found: list[str] = []
    for dots, module, names in _IMPORT.findall(source):
        home = base if dots == "." else base.parent
        wanted = [module.replace(".", "/")] if module else re.findall(r"\w+", names)
        found += [str(home / f"{one}.py") for one in wanted]
    return [one for one in found if (folder / one).is_file()]


def _squeezed(source: str) -> str:
    """Keep single empty lines only."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return "\n".join(line for index, line in enumerate(lines) if line or lines[index - 1]) + "\n"
