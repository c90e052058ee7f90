"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .wire import Api

API = Api(
    package="api",
    title="Enums",
    version="1",
    operations=(),
)
