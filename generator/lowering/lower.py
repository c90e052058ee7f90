"""Document + types + names → `Api`: everything that the templates print, decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import ir
from ..diagnostics.diagnostic import Diagnostic
from ..document.document import Document
from ..document.operations import Located, OperationView, contents
from ..models.plan import Models
from ..models.source import default_text
from ..pointer import join
from ..python import names
from ..settings.settings import Settings
from .context import Lowering, shown, union
from .media import STREAMS, body_types, essence, is_json, lower_headers, lower_media
from .security import lower_schemes, lower_security, lower_servers

EMPTY_STATUSES = frozenset({"204", "205", "304"})
"""Statuses whose messages have no content (RFC 9110, 15)."""
STYLES = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False), "cookie": ("form", True)}
"""Style and explode where none is given, by location (OpenAPI 3.1, 4.8.12.2)."""
_NO_OBJECT = re.compile(r"(Annotated\[)?(str|int|float|bool|Literal|list|tuple)\b(?!.*dict\[|.*\0)")
KNOWN_STATUSES = frozenset({400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 500, 501, 502, 503, 504})
"""Statuses that have a class in exceptions.py."""


def lower(
    document: Document,
    operations: Sequence[OperationView],
    webhooks: Sequence[OperationView],
    models: Models,
    naming: names.Naming,
    settings: Settings,
) -> tuple[ir.Api, tuple[Diagnostic, ...]]:
    """Decide everything that the templates print; the diagnostics say what fell back."""
    run = Lowering(document=document, models=models)
    schemes = lower_schemes(document, str((document.root.get("info") or {}).get("title", "")) or settings.package or "")
    constants = {scheme.name: scheme.constant for scheme in schemes}
    errors = names.errors({key: _words(key[1]) for key in _error_bodies(run, operations)})
    lowered = {
        view.pointer: _operation(run, view, naming, errors, constants, document.root.get("security"))
        for view in operations
    }
    announced = {view.pointer: _operation(run, view, naming, {}, {}, None) for view in webhooks}
    for view in webhooks:
        run.warnings.append(
            document.diagnostic(
                "notice", f"{view.method} {view.path} is described in api.py; it is not routed", view.pointer
            )
        )
    info = document.root.get("info") or {}
    servers = lower_servers(document.root.get("servers"))
    api = ir.Api(
        package=settings.package or "",
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        doc=_sentences(info.get("summary"), info.get("description")),
        servers=servers,
        base_url=settings.base_url,
        tolerant=settings.tolerant,
        watch=settings.watch,
        groups=_groups(document, operations, naming, lowered),
        webhooks=_groups(document, webhooks, naming, announced),
        errors=tuple(_error_classes(errors)),
        security_schemes=schemes,
        credentials=tuple(ir.Credential(name=one.name, annotation=one.credential) for one in schemes if one.credential),
        credentials_named=all(
            names.safe(names.spelled(one.name, prefix="x")) == one.name for one in schemes if one.credential
        ),
        secured=any(operation.security for operation in lowered.values()),
        templated=any(set(view.path) & set("{?#") for view in operations),
        models=models.source,
        sides=tuple(side for side in ("client", "server") if side in settings.sides),
        distribution=settings.distribution,
        release=_release(str(info.get("version", ""))),
        summary=" ".join(f"{info.get('title', '')} {info.get('version', '')}".split()),
        example_url=settings.base_url
        or next((one.url for one in servers if "://" in one.url), "http://127.0.0.1:8000"),
    )
    return api, run.said()


def _release(version: str) -> str:
    """Take the document's version for the distribution's where it can be one (PEP 440), else 0."""
    return version if re.fullmatch(r"\d+(\.\d+){0,5}((a|b|rc|\.dev|\.post)\d+)?", version) else "0"


def _groups(
    document: Document, views: Sequence[OperationView], naming: names.Naming, lowered: Mapping[str, ir.Operation]
) -> tuple[ir.Group, ...]:
    """Gather operations by first tag, in the order in which the tags come up."""
    declared = document.root.get("tags")
    described = {
        tag.get("name"): _sentences(tag.get("summary"), tag.get("description"))
        for tag in (declared if isinstance(declared, list) else ())
        if isinstance(tag, dict)
    }
    found: list[ir.Group] = []
    for name in dict.fromkeys(naming.operations[view.pointer][0] for view in views):
        mine = [view for view in views if naming.operations[view.pointer][0] == name]
        tags = list(dict.fromkeys(view.tag for view in mine))
        tagged = any(view.value.get("tags") for view in mine)
        said = (
            f"The operations tagged {' or '.join(f'`{tag}`' for tag in sorted(tags))}."
            if tagged
            else "The operations without a tag."
        )
        found.append(
            ir.Group(
                name=name,
                class_name=names.group_class(name),
                doc=_sentences(said, *(described.get(tag) for tag in tags)),
                operations=tuple(lowered[view.pointer] for view in mine),
            )
        )
    return tuple(found)


def _sentences(*parts: Any) -> str:
    """Join what the document says, a paragraph each."""
    return "\n\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


def _operation(
    run: Lowering,
    view: OperationView,
    naming: names.Naming,
    errors: Mapping[tuple[str, str], str],
    constants: Mapping[str, str],
    root_security: Any,
) -> ir.Operation:
    """Lower one operation."""
    group, name = naming.operations[view.pointer]
    parameters = _parameters(run, view)
    bodies = (
        tuple(lower_media(run, media_type, entry, "request") for media_type, entry in contents(view.body))
        if view.body
        else ()
    )
    responses = _with_streams(view, _responses(run, view, errors))
    success = _successes(responses)
    streams = len(success) > 0 and all(len(one.media) == 1 and one.media[0].kind in STREAMS for one in success)
    returns, sync_returns, result = (
        union([text for one in success for text in (body_types(one.media, stream) or ["None"])])
        for stream in ("AsyncIterator[{}]", "Iterator[{}]", "{}" if streams else "Any")
    )
    required = view.body is not None and view.body.value.get("required") is True
    signature = _signature(parameters, union(body_types(bodies)) if bodies else None, required)
    summary = view.value.get("summary")
    return ir.Operation(
        name=name,
        constant=naming.constants[view.pointer],
        group=group,
        operation_id=view.operation_id or "",
        method=view.method,
        path=view.path,
        summary=summary if isinstance(summary, str) else "",
        doc=_documentation(view, parameters, responses),
        signature=", ".join(["self", *signature]),
        outline=f"({', '.join(signature)}) -> {returns}".replace("models.", ""),
        raises=tuple(dict.fromkeys(one.error for one in responses if one.error)),
        parameters=parameters,
        bodies=bodies,
        body_required=required,
        responses=responses,
        statuses=tuple(200 if one.status == "default" else int(one.status.replace("XX", "00")) for one in success),
        returns=returns,
        sync_returns=sync_returns,
        result=result,
        streams=streams,
        security=lower_security(view.value.get("security", root_security), constants),
        servers=lower_servers(view.servers),
        pointer=view.pointer,
    )


def _signature(parameters: Sequence[ir.Parameter], body: str | None, required: bool) -> list[str]:
    """Write a method's arguments: the body first, every parameter by keyword."""
    found = [] if body is None else [f"body: {body}" if required else f"body: {union([body, 'None'])} = None"]
    found += ["*"] if parameters else []
    for one in parameters:
        found.append(f"{one.name}: {one.annotation}" + ("" if one.shown_default is None else f" = {one.shown_default}"))
    return found


def _successes(responses: Sequence[ir.Response]) -> list[ir.Response]:
    """Choose the responses that are results: 2xx, else default, else those below 400."""
    by_class = [one for one in responses if one.status.startswith("2")]
    return (
        by_class
        or [one for one in responses if one.status == "default"]
        or [one for one in responses if one.status[0] in "13"]
    )


def _is_error(status: str, statuses: Sequence[str]) -> bool:
    """Whether a response is raised rather than returned."""
    if status.startswith("2"):
        return False
    if any(one.startswith("2") for one in statuses):
        return True
    return status != "default" if "default" in statuses else status[0] not in "13"


def _responses(run: Lowering, view: OperationView, errors: Mapping[tuple[str, str], str]) -> tuple[ir.Response, ...]:
    """Lower the declared responses; messages that carry no content have none, whatever is declared."""
    found: list[ir.Response] = []
    for status, response in view.responses.items():
        media = tuple(lower_media(run, media_type, entry, "") for media_type, entry in contents(response))
        if media and status in EMPTY_STATUSES:
            run.note(f"a {status} response has no content (RFC 9110): what is declared is left out", response.pointer)
            media = ()
        elif media and view.method == "HEAD":
            run.note("an answer to HEAD has no content: what is declared is left out", response.pointer, "", "notice")
            media = ()
        if response.value.get("links"):
            run.note("links stand in openapi.json only", join(response.pointer, "links"), "", "notice")
        error = None
        if _is_error(status, list(view.responses)):
            media = tuple(_settled(one) for one in media)
            error = errors.get(
                (status.upper() if status != "default" else status, union(body_types(media) or ["None"]))
            )
        code = status.upper() if status != "default" else status
        found.append(ir.Response(status=code, media=media, headers=lower_headers(run, response), error=error))
    return tuple(found) or (ir.Response(status="default", media=(), headers=(), error=None),)


def _settled(media: ir.Media) -> ir.Media:
    """Take a stream as one body: an error is read whole."""
    return (
        replace(media, kind="Text" if media.kind != "Download" else "Binary", type=None, plain=False)
        if media.kind in STREAMS
        else media
    )


def _with_streams(view: OperationView, responses: tuple[ir.Response, ...]) -> tuple[ir.Response, ...]:
    """Make a download a stream where bytes are all that the operation answers."""
    success = _successes(responses)
    raw = [one.media[0] for one in success if len(one.media) == 1 and one.media[0].kind == "Binary"]
    if not raw or len(raw) != len(success):
        return responses
    stream = {one.status for one in success}
    return (
        tuple(
            replace(one, media=(replace(one.media[0], kind="Download"),))
            if one.status in stream and _is_download(view, one)
            else one
            for one in responses
        )
        if all(_is_download(view, one) for one in success)
        else responses
    )


def _is_download(view: OperationView, response: ir.Response) -> bool:
    from ..schemas.normal_form import is_file

    declared = next(
        (entry for status, entry in view.responses.items() if status.upper() == response.status.upper()), None
    )
    schemas = [entry.value.get("schema") for _, entry in contents(declared)] if declared else []
    return (
        any(is_file(schema) for schema in schemas)
        or essence(response.media[0].media_type) == "application/octet-stream"
    )


# --- parameters -----------------------------------------------------------------------------------


def _parameters(run: Lowering, view: OperationView) -> tuple[ir.Parameter, ...]:
    keys = [(str(one.value["in"]), str(one.value["name"])) for one in view.parameters]
    given = names.parameters(key for key in keys if key[0] in STYLES)
    found: list[ir.Parameter] = []
    for one in view.ignored:
        message = f"the header {one.value['name']} is no parameter, as OpenAPI says: it is left out"
        run.note(message, one.pointer, "credentials and content types are arguments of the client", "notice")
    for key, parameter in zip(keys, view.parameters, strict=True):
        if key in given:
            found.append(_parameter(run, parameter, key, given[key]))
        else:
            run.warn(f"The parameter {key[1]!r} is left out: there is no location {key[0]!r}", parameter.pointer)
    return tuple(found)


def _parameter(run: Lowering, parameter: Located, key: tuple[str, str], name: str) -> ir.Parameter:
    """Lower one parameter."""
    value = parameter.value
    place = join(parameter.pointer, "schema")
    text = run.text(place, "request")
    media_type = None
    schema = value.get("schema")
    for declared, entry in contents(parameter) if text is None else ():
        schema = entry.value.get("schema")
        if is_json(essence(declared)):
            place = join(entry.pointer, "schema")
            media_type, text = declared, run.text(place, "request")
        else:
            run.warn(f"The parameter {key[1]!r} is taken as text: {declared} is not read in parameters", entry.pointer)
        break
    text = (text or "str").removesuffix(" | None") or "str"
    style, explode = value.get("style"), value.get("explode")
    if style == "deepObject" and re.match(_NO_OBJECT, run.meaning(place, "request")):
        run.note(
            "deepObject says how objects are written, and this is none: it is written as a form", parameter.pointer
        )
        style = explode = None
    usual = STYLES[key[0]]
    found_style = style if isinstance(style, str) and style != usual[0] else None
    spreads = (style or usual[0]) in ("form", "cookie")
    found_explode = explode if isinstance(explode, bool) and explode != spreads else None
    default = None
    required = value.get("required") is True or key[0] == "path"
    # What is required is never absent, so a default there means nothing.
    declared_default = _default(run, place, schema)
    if declared_default is not None and not required:
        default = default_text(declared_default, run.meaning(place, "request") or text)
        if default is None:
            run.note("the default can't be written in Python: absent stays absent", parameter.pointer)
    plain = default is not None and not default.startswith(("[", "{"))
    annotation = shown(text)
    if not required and not plain:
        annotation = union([annotation, "None"])
    return ir.Parameter(
        name=name,
        wire_name=key[1],
        location=key[0],
        style=found_style,
        explode=found_explode,
        allow_reserved=value.get("allowReserved") is True,
        media_type=media_type,
        type=text,
        annotation=annotation,
        required=required,
        default=default,
        shown_default=None if required else default if plain else "None",
    )


def _default(run: Lowering, pointer: str, schema: Any) -> Any:
    """Find the default of a schema: its own, else that of what it refers to (3.0 reads nothing beside a `$ref`)."""
    if not isinstance(schema, dict):
        return None
    own = "$ref" not in schema or run.document.version != (3, 0)
    return schema["default"] if own and "default" in schema else run.follow(pointer, schema).value.get("default")


# --- errors ---------------------------------------------------------------------------------------


def _error_bodies(run: Lowering, views: Sequence[OperationView]) -> list[tuple[str, str]]:
    """List the declared (status, body annotation) of errors."""
    quiet = Lowering(document=run.document, models=run.models)
    found: dict[tuple[str, str], None] = {}
    for view in views:
        for response in _responses(quiet, view, {}):
            if _is_error(response.status, list(view.responses)):
                found[response.status, union(body_types(response.media) or ["None"])] = None
    return list(found)


def _words(annotation: str) -> str:
    """Read a type as words: `list[models.Problem]` → Problem List."""
    if annotation == "None":
        return "Without Body"
    found = re.findall(r"[A-Za-z_]\w*", re.sub(r"models\.", "", annotation))
    return " ".join(reversed(found)) if annotation.startswith(("list[", "dict[")) else " ".join(found)


def _error_classes(errors: Mapping[tuple[str, str], str]) -> list[ir.ErrorClass]:
    found: list[ir.ErrorClass] = []
    for (status, body), name in errors.items():
        number = int(status) if status.isascii() and status.isdigit() else None
        known = number in KNOWN_STATUSES
        content = "" if body == "None" else f" with `{body.replace('models.', '')}`"
        found.append(
            ir.ErrorClass(
                name=name,
                base=names.status(status) if known else "StatusError",
                body=body,
                status=None if known else number,
                doc=f"{status}{content}.",
            )
        )
    return sorted(found, key=lambda one: (one.doc[:3].replace("def", "zzz"), one.name))


# --- documentation --------------------------------------------------------------------------------


def _documentation(view: OperationView, parameters: Sequence[ir.Parameter], responses: Sequence[ir.Response]) -> str:
    """Write what the document says of an operation, with its place in the document."""
    value = view.value
    head = _sentences(
        value.get("summary"), value.get("description"), "Deprecated." if value.get("deprecated") is True else None
    )
    place = f"`{view.method} {view.path}`, `{view.pointer}`"
    if more := [str(tag) for tag in (value.get("tags") or ())[1:]]:
        place += f"; also tagged {', '.join(more)}"
    arguments: list[tuple[str, Any]] = []
    if view.body is not None:
        arguments.append(("body", view.body.value.get("description")))
    described = {(str(one.value["in"]), str(one.value["name"])): one.value for one in view.parameters}
    for parameter in parameters:
        declared = described[parameter.location, parameter.wire_name]
        note = "Deprecated." if declared.get("deprecated") is True else None
        arguments.append((parameter.name, _sentences(declared.get("description"), note)))
    results, raised = [], []
    for status, response in view.responses.items():
        lowered = next(one for one in responses if one.status.upper() == status.upper())
        text = response.value.get("description")
        if lowered.error:
            raised.append((f"errors.{lowered.error}", text))
        else:
            results.append((status, text))
    external = value.get("externalDocs")
    link = external.get("url") if isinstance(external, dict) else None
    return "\n\n".join(
        part
        for part in (
            head,
            place,
            link,
            _section("Args", arguments),
            _section("Returns", results, bare=True),
            _section("Raises", raised),
        )
        if part
    )


def _section(title: str, entries: Sequence[tuple[str, Any]], *, bare: bool = False) -> str:
    """Write a section of a docstring, with the entries that say something."""
    lines: list[str] = []
    said = [(name, text.strip()) for name, text in entries if isinstance(text, str) and text.strip()]
    for name, text in said:
        first, *rest = text.splitlines()
        lines.append(f"    {first}" if bare and len(said) == 1 else f"    {name}: {first}")
        lines += [f"        {line}".rstrip() for line in rest]
    return "\n".join([f"{title}:", *lines]) if lines else ""
