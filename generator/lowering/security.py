"""Security schemes, requirements and servers, lowered."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from .. import ir
from ..document.document import Document
from ..document.operations import OperationView, follow
from ..parsing.limits import SECURED, weigh
from ..pointer import join
from ..python import names
from ..python.escaping import py
from ..python.types import STR, Generic, Type


def lower_schemes(document: Document, realm: str, taken: Collection[str]) -> tuple[ir.SecurityScheme, ...]:
    """Read `components.securitySchemes` (OpenAPI 3.1, 4.8.27).

    `realm` is what challenges are for; `taken` are the names that contract.py has already.
    """
    declared = (document.root.get("components") or {}).get("securitySchemes") or {}
    constants = names.security_schemes(declared, taken)
    found = []
    for name, value in declared.items():
        scheme = follow(document, join("#", "components", "securitySchemes", name), value).value
        kind, arguments, credential = _scheme(scheme, realm)
        found.append(
            ir.SecurityScheme(
                constant=constants[name], name=name, kind=kind, arguments=arguments, credential=credential
            )
        )
    return tuple(found)


def _quoted(text: str) -> str:
    """Write a text as a quoted-string, without what that may not hold (RFC 9110, 5.6.4)."""
    kept = re.sub(r"[^\x20-\x7e]|[\"\\]", "", text)
    return f'"{kept}"'


def _scheme(scheme: Mapping[str, Any], realm: str) -> tuple[str, dict[str, str], Type | Literal[""]]:
    """Choose the runtime's class, its arguments, and the type of what a client is given."""
    kind, own, where = scheme.get("type"), str(scheme.get("scheme", "")), str(scheme.get("in", ""))
    if kind == "http" and own.lower() == "basic":
        challenge = f'Basic realm={_quoted(realm)}, charset="UTF-8"'
        return "SecurityScheme", {"kind": py("basic"), "challenge": py(challenge)}, Generic("tuple", (STR, STR))
    if kind == "http" and own.lower() == "bearer":
        return "SecurityScheme", {"kind": py("bearer")}, STR
    if kind == "http":
        challenge = f"{_quoted(own)[1:-1]} realm={_quoted(realm)}".strip()  # a field's value has no blanks around it
        return "HttpScheme", {"wire_name": py(own), "challenge": py(challenge)}, STR
    if kind == "apiKey":
        name = str(scheme.get("name", ""))
        challenge = f'ApiKey realm={_quoted(realm)}, in="{where}", name={_quoted(name)}'
        return "KeyScheme", {"location": py(where), "wire_name": py(name), "challenge": py(challenge)}, STR
    if kind == "mutualTLS":
        return "TLSScheme", {}, ""
    return "SecurityScheme", {"kind": py(str(kind))}, STR


PRESENTED = {"HttpScheme": "ApiKey", "KeyScheme": "ApiKey", "TLSScheme": "Certificate"}
"""What services are given for schemes other than basic and bearer, by the runtime's class."""


def presented(schemes: Sequence[ir.SecurityScheme]) -> tuple[str, ...]:
    """List the classes of the credentials that services are given."""
    basic = py("basic")
    usual = (
        "Basic" if one.arguments.get("kind") == basic else "Bearer" for one in schemes if one.kind not in PRESENTED
    )
    return tuple(sorted({*usual, *(PRESENTED[one.kind] for one in schemes if one.kind in PRESENTED)}))


def lower_security(
    document: Document, view: OperationView, constants: Mapping[str, str]
) -> tuple[tuple[ir.Requirement, ...], ...]:
    """Read alternatives of combinations (OpenAPI 3.1, 4.8.30); `{}` is the alternative that asks for nothing."""
    own = "security" in view.value
    security = view.value["security"] if own else document.root.get("security")
    pointer = join(view.pointer, "security") if own else "#/security"
    values, characters = weigh(security)
    document.spend(SECURED * values, characters, pointer)  # each operation writes all of it
    found = [
        tuple(
            ir.Requirement(constant=constants[name], name=name, scopes=tuple(str(one) for one in scopes or ()))
            for name, scopes in alternative.items()
            if name in constants
        )
        for alternative in (security if isinstance(security, list) else ())
        if isinstance(alternative, dict)
    ]
    return tuple(found) if any(found) else ()


def lower_servers(servers: Any) -> tuple[ir.Server, ...]:
    """Read servers with their variables (OpenAPI 3.1, 4.8.5)."""
    found = []
    for server in servers if isinstance(servers, list | tuple) else ():
        if not isinstance(server, Mapping) or not isinstance(server.get("url"), str):
            continue
        variables = {k: v for k, v in (server.get("variables") or {}).items() if isinstance(v, dict)}
        found.append(
            ir.Server(
                url=server["url"],
                variables={name: str(value.get("default", "")) for name, value in variables.items()},
                choices={
                    name: tuple(str(one) for one in value["enum"])
                    for name, value in variables.items()
                    if value.get("enum")
                },
            )
        )
    return tuple(found)
