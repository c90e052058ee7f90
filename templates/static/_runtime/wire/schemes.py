"""Security schemes beyond basic and bearer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from .contract import Parts, SecurityScheme


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, or what follows the name of an unusual HTTP scheme."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A client certificate, which whoever ends TLS has checked."""


@dataclass(eq=False)
class KeyScheme(SecurityScheme):
    """An apiKey in a header, in the query or in a cookie."""

    kind: str = field(default="apiKey", kw_only=True)
    location: str = field(kw_only=True)
    wire_name: str = field(kw_only=True)

    def place(self, value: Any, parts: Parts) -> None:
        if self.location == "query":
            parts.secrets.append(written := quote(value, ""))
            parts.query.append(f"{quote(self.wire_name, '')}={written}")
        elif self.location == "cookie":
            if any(c in ';, "\\' for c in value):
                raise ValueError(f"the key for cookie {self.wire_name!r} has characters that no cookie takes")
            parts.cookies.append(f"{self.wire_name}={value}")
        else:
            parts.headers.append((self.wire_name, value))

    def find(self, headers: Mapping[str, str], query: str) -> Any:
        if self.location == "query":
            value = dict(parse_qsl(query)).get(self.wire_name)
        elif self.location == "cookie":
            pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
            value = next((v for name, _, v in pairs if name == self.wire_name), None)
        else:
            value = headers.get(self.wire_name.lower())
        if value and self.location != "query":
            with contextlib.suppress(UnicodeError):  # fields are read as ISO 8859-1, and written as UTF-8
                value = value.encode("latin-1").decode()
        return ApiKey(value) if value else None


@dataclass(eq=False)
class HttpScheme(SecurityScheme):
    """Another scheme of the Authorization header, such as Digest; the credentials are what follows its name."""

    kind: str = field(default="http", kw_only=True)
    wire_name: str = field(kw_only=True)

    def place(self, value: Any, parts: Parts) -> None:
        parts.headers.append(("authorization", f"{self.wire_name} {value}"))

    def find(self, headers: Mapping[str, str], query: str) -> Any:
        name, _, rest = headers.get("authorization", "").partition(" ")
        return (bool(rest.strip()) and ApiKey(rest.strip())) if name.lower() == self.wire_name.lower() else None


@dataclass(eq=False)
class TLSScheme(SecurityScheme):
    """mutualTLS: nothing is sent in the request itself."""

    kind: str = field(default="mutualTLS", kw_only=True)
    challenge: str = ""
    sends = False

    def place(self, value: Any, parts: Parts) -> None:
        return None

    def find(self, headers: Mapping[str, str], query: str) -> Any:
        return Certificate()
