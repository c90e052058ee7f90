"""Document + types + names → `Api`: everything that the templates print, decided."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .. import ir
from ..diagnostics.diagnostic import Diagnostic
from ..document.document import Document
from ..document.operations import WEBHOOKS, OperationView
from ..models.plan import Models
from ..python import names, words
from ..settings.settings import Settings
from .context import Lowering, sentences
from .documentation import document_client, variables_of
from .errors import error_classes, name_errors, runtime_exceptions
from .media import STREAMS
from .operation import lower_messages, lower_operation
from .security import lower_schemes, lower_servers, presented
from .server_path import may_stand_below, server_path


def lower(
    document: Document,
    operations: Sequence[OperationView],
    webhooks: Sequence[OperationView],
    models: Models,
    naming: names.Naming,
    settings: Settings,
    environment: str = "",
) -> tuple[ir.Api, tuple[Diagnostic, ...]]:
    """Decide everything that the templates print; the diagnostics say what fell back.

    `environment` begins the names of the variables that clients read; they read none where it is empty.
    """
    run = Lowering(document=document, models=models, stream_end=settings.stream_end)
    info = document.root.get("info") or {}
    title, version = str(info.get("title", "")), str(info.get("version", ""))
    taken = naming.contract(divided=models.layout == "split")
    schemes = lower_schemes(document, title or settings.package or "", taken)
    constants = {scheme.name: scheme.constant for scheme in schemes}
    messages = {view.pointer: lower_messages(run, view) for view in (*operations, *webhooks)}
    errors = name_errors(one for view in operations for one in messages[view.pointer].responses)
    lowered = {
        view.pointer: lower_operation(document, view, messages[view.pointer], naming, errors, constants)
        for view in operations
    }
    announced = {
        view.pointer: lower_operation(document, view, messages[view.pointer], naming, {}, {}) for view in webhooks
    }
    for view in webhooks:
        message = f"{view.method} {view.path} is described in {_described(view, naming, models)}; it is not routed"
        run.warnings.append(document.diagnostic("notice", message, view.pointer))
    servers = lower_servers(document.root.get("servers"))
    path = server_path(settings.base_url, servers)
    package, summary = settings.package or "", " ".join(f"{title} {version}".split())
    url = settings.base_url or next((one.url for one in servers if "://" in one.url), "http://127.0.0.1:8000")
    groups = _groups(document, operations, naming, lowered)
    variables = variables_of(environment, schemes)
    sides = tuple(side for side in ("client", "server") if side in settings.sides and operations)
    bodies = [
        body
        for one in (*lowered.values(), *announced.values())
        for body in (one.bodies, *(each.media for each in one.responses))
    ]
    files = any(one.kind == "Multipart" for body in bodies for one in body)
    contents = any(len(body) > 1 for body in bodies)
    api = ir.Api(
        package=package,
        title=title,
        version=version,
        doc=sentences(info.get("summary"), info.get("description")),
        servers=servers,
        base_url=settings.base_url,
        server_path=path,
        mount_path="" if may_stand_below(path, (view.path for view in operations)) else path,
        environment=environment,
        tolerant=settings.tolerant,
        watch=settings.watch,
        groups=groups,
        webhooks=_groups(document, webhooks, naming, announced),
        errors=error_classes(errors),
        security_schemes=schemes,
        **_credentials(schemes),
        presented=presented(schemes),
        client_doc=document_client("A blocking", variables, summary, url, schemes, groups),
        async_client_doc=document_client("An async", variables, summary, url, schemes, groups, "Async"),
        exceptions=runtime_exceptions(errors),
        streams=any(one.kind in STREAMS for body in bodies for one in body),
        files=files,
        contents=contents,
        secured=any(operation.security for operation in lowered.values()),
        templated=any(set(view.path) & set("{?#") for view in operations),
        layout=models.layout,
        models=models.source,
        model_modules=models.modules,
        sides=sides,
        homes=_homes(sides, contents=contents, files=files),
        distribution=settings.distribution,
        release=_release(version),
        summary=summary,
        example_url=url,
    )
    return api, run.diagnostics()


def _described(view: OperationView, naming: names.Naming, models: Models) -> str:
    """The file that has the Protocol of a webhook."""
    return f"api/{naming.operations[view.pointer][0]}.py" if models.layout == "split" else "api.py"


def _homes(sides: Collection[str], *, contents: bool, files: bool) -> dict[str, str]:
    """List what users import from the package itself, with the modules that have it."""
    found = {name: "client" for name in ("AsyncClient", "Client") if "client" in sides}
    found |= {"Content": "_runtime.wire.content"} if contents else {}
    found |= {"File": "_runtime.wire.multipart"} if files else {}
    return {**found, "errors": "errors", "models": "models"}


def _credentials(schemes: Sequence[ir.SecurityScheme]) -> dict[str, Any]:
    """List what a client can be given, and whether each can be called as its scheme is."""
    found = [ir.Credential(name=one.name, annotation=one.credential) for one in schemes if one.credential]
    named = all(words.safe(words.spelled(one.name, prefix="x")) == one.name for one in found)
    return {"credentials": tuple(found), "credentials_named": named}


def _release(version: str) -> str:
    """Take the document's version for the distribution's where it can be one (PEP 440), else 0."""
    return version if re.fullmatch(r"\d+(\.\d+){0,5}((a|b|rc|\.dev|\.post)\d+)?", version) else "0"


def _groups(
    document: Document, views: Sequence[OperationView], naming: names.Naming, lowered: Mapping[str, ir.Operation]
) -> tuple[ir.Group, ...]:
    """Gather operations by first tag, in the order in which the tags come up."""
    declared = document.root.get("tags")
    described = {
        tag.get("name"): sentences(tag.get("summary"), tag.get("description"))
        for tag in (declared if isinstance(declared, list) else ())
        if isinstance(tag, dict)
    }
    found: list[ir.Group] = []
    by_name: dict[str, list[OperationView]] = {}
    for view in views:
        by_name.setdefault(naming.operations[view.pointer][0], []).append(view)
    for name, mine in by_name.items():
        tags = list(dict.fromkeys(view.tag for view in mine))
        description = sentences(*(described.get(tag) for tag in tags))
        found.append(
            ir.Group(
                name=name,
                class_name=naming.classes[name],
                description=description,
                doc=sentences(_gathered(mine, tags), description),
                operations=tuple(lowered[view.pointer] for view in mine),
            )
        )
    return tuple(found)


def _gathered(views: Sequence[OperationView], tags: Sequence[str]) -> str:
    """Say which operations a group has."""
    if WEBHOOKS in tags:
        return "The requests that the API sends: webhooks and callbacks."
    if any(view.value.get("tags") for view in views):
        return f"The operations tagged {' or '.join(f'`{tag}`' for tag in sorted(tags))}."
    return "The operations without a tag."
