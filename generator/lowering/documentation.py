"""What the document says of an operation, as a docstring with sections."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from .. import ir
from ..document.document import Document
from ..document.operations import Located, OperationView, contents, follow
from ..python.escaping import py
from ..schemas.constants import constants_in_words
from .context import sentences


def document_operation(
    document: Document, view: OperationView, parameters: Sequence[ir.Parameter], responses: Sequence[ir.Response]
) -> str:
    """Write what the document says of an operation, with its place in the document."""
    value = view.value
    head = sentences(
        value.get("summary"), value.get("description"), "Deprecated." if value.get("deprecated") is True else None
    )
    place = f"`{view.method} {view.path}`, `{view.pointer}`"
    if more := [str(tag) for tag in (value.get("tags") or ())[1:]]:
        place += f"; also tagged {', '.join(more)}"
    arguments: list[tuple[str, Any]] = []
    if view.body is not None:
        arguments.append(("body", _described(document, view.body)))
    described = {(str(one.value["in"]), str(one.value["name"])): one for one in view.parameters}
    for parameter in parameters:
        declared = described[parameter.location, parameter.wire_name]
        note = "Deprecated." if declared.value.get("deprecated") is True else None
        arguments.append((parameter.name, sentences(_described(document, declared), note)))
    results, raised = [], []
    for status, response in view.responses.items():
        lowered = next(one for one in responses if one.status == status)
        text = response.value.get("description")
        if lowered.error:
            raised.append((f"errors.{lowered.error}", text))
        else:
            results.append((status, text))
    external = value.get("externalDocs")
    link = external.get("url") if isinstance(external, dict) else None
    text = "\n\n".join(
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
    document.spend(0, len(text), view.pointer)  # what is said once is written for each
    return text


def _described(document: Document, holder: Located) -> str:
    """Take the description of a parameter or body, else the first paragraph of its schema's, or of what that refers to.

    Constants that its schema names or describes follow.
    """
    media = next((one.value for _, one in contents(document, holder)), holder.value)
    schema = media.get("schema")
    constants = constants_in_words(schema)
    said = sentences(holder.value.get("description")) or _summary(document, schema)
    return "\n".join(part for part in (said, constants) if part)


def _summary(document: Document, schema: Any) -> str:
    """Take the first paragraph of the description of a schema, or of what it refers to."""
    for one in (schema, follow(document, "", schema).value):
        if isinstance(one, dict) and (said := sentences(one.get("description"))):
            return re.split(r"\n\s*\n", said)[0]
    return ""


def _section(title: str, entries: Sequence[tuple[str, Any]], *, bare: bool = False) -> str:
    """Write a section of a docstring, with the entries that say something."""
    lines: list[str] = []
    said = [(name, text.strip()) for name, text in entries if isinstance(text, str) and text.strip()]
    for name, text in said:
        first, *rest = text.splitlines()
        lines.append(f"    {first}" if bare and len(said) == 1 else f"    {name}: {first}")
        lines += [f"        {line}".rstrip() for line in rest]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def variables_of(prefix: str, schemes: Sequence[ir.SecurityScheme]) -> str:
    """Say which environment variables a client reads, as the runtime names them, and how credentials are written."""
    if not prefix:
        return "No environment variable is read, unless environment= says how their names begin."
    basic = {one.name for one in schemes if one.arguments.get("kind") == py("basic")}
    found = {"base_url": "", **{f"credential_{one.name}": one.name for one in schemes if one.credential}}
    listed = ", ".join(
        re.sub(r"\W", "_", f"{prefix}_{name}").upper() + (" (name:password)" if scheme in basic else "")
        for name, scheme in found.items()
    )
    return f"What is not given is read from {listed} in the environment."


def _credential(operation: ir.Operation, schemes: Sequence[ir.SecurityScheme]) -> Iterator[str]:
    """Write what a client is given for an operation, if that asks for credentials: by name, if another scheme takes such a one."""
    basic = py("basic")
    texts = {one.name: '"a token"' for one in schemes if one.credential}
    texts |= {one.name: '("name", "password")' for one in schemes if one.arguments.get("kind") == basic}
    found = (
        [one.name for one in operation.security[0] if one.name in texts]
        if operation.security and all(operation.security)
        else []
    )
    if len(found) == 1 and [*texts.values()].count(texts[found[0]]) == 1:
        yield texts[found[0]]
    elif found:
        yield f"{{{', '.join(f'{json.dumps(name, ensure_ascii=False)}: {texts[name]}' for name in found)}}}"


def document_client(
    kind: str,
    variables: str,
    summary: str,
    url: str,
    schemes: Sequence[ir.SecurityScheme],
    groups: Sequence[ir.Group],
    prefix: str = "",
) -> str:
    """Write what a client is, how it is used, and which variables it reads; `prefix` is `Async` for the async one."""
    first = next((one for group in groups for one in group.operations), None)
    arguments = [json.dumps(url, ensure_ascii=False), *(_credential(first, schemes) if first else ())]
    called = f"client.{first.group}.{first.name}(...)" if first else "..."
    awaited = "await " if prefix and first and not first.streams else ""
    return "\n".join(
        [
            f"{kind} client of {summary}.",
            "",
            "Example:",
            f"    {'async ' if prefix else ''}with {prefix}Client({', '.join(arguments)}) as client:",
            f"        {awaited}{called}",
            "",
            textwrap.fill(variables, 110, break_long_words=False, break_on_hyphens=False),
        ]
    )
