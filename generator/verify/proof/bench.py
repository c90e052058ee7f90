"""The package under proof: its client and its service, joined by transports that record."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from ..document.package import Package
from ..document.schemas import Schemas
from ..wire import credentials
from ..wire.transport import Wire
from .service import Recorder


class _Caught(logging.Handler):
    """Keeps the last exception that a server logged."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an exception."""
        self.error = record.exc_info[1] if record.exc_info else None


@dataclass(slots=True)
class Bench:
    """A package with its services behind both kinds of client."""

    package: Package
    schemes: credentials.Schemes
    streams: Mapping[tuple[str, str], bool]  # (group, member) → whether it does nothing but stream
    sent: Schemas
    answered: Schemas
    wire: Wire = field(default_factory=Wire)
    recorder: Recorder = field(init=False)
    caught: _Caught = field(default_factory=_Caught)
    url: str = ""  # of a real server; in process where there is none
    _apps: dict[bool, Any] = field(default_factory=dict)
    _clients: dict[tuple[str, bool, frozenset[str]], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.package.server.context)
        log = logging.getLogger(f"{self.package.name}.server")
        log.handlers, log.propagate = [self.caught], False

    def app(self, *, is_async: bool) -> Any:
        """Return the server with blocking or with async services."""
        if is_async not in self._apps:
            factories: dict[str, Any] = {
                group: self.recorder.service(
                    group, {m: self.streams.get((group, m), False) for m in names}, is_async=is_async
                )
                for group, names in self.package.groups.items()
            }
            if "authenticate" in inspect.signature(self.package.server.create_app).parameters:
                factories["authenticate"] = self.recorder.authenticate
            self._apps[is_async] = self.package.server.create_app(**factories)
        return self._apps[is_async]

    def reset(self, *, is_async: bool) -> None:
        """Forget the last exchange, and put a server behind the wire."""
        self.wire.last = None
        self.caught.error = None
        self.wire.app = self.app(is_async=is_async)

    def client(self, names: frozenset[str], *, is_async: bool) -> Any:
        """Return a client with the credentials of these schemes."""
        key = self.url, is_async, names
        if key not in self._clients:
            options: dict[str, Any] = {"retries": 0}
            if not self.url:
                http = httpx2.AsyncClient if is_async else httpx2.Client
                options["http"] = http(transport=self.wire)
            if names:
                options["credentials"] = credentials.given(names, self.schemes)
            kind = self.package.client.AsyncClient if is_async else self.package.client.Client
            self._clients[key] = kind(self.url or "http://127.0.0.1", **options)
        return self._clients[key]
