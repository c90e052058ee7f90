"""The application's frame: FastAPI with the document at /openapi.json and its page at /docs, without a network."""

from __future__ import annotations

import html
import importlib.resources
import inspect
import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline  # carries the page's files


def fastapi(options: Mapping[str, Any]) -> FastAPI:
    """Return an empty application; operations of the document that have one of these paths go before."""
    package = __package__.rpartition(".")[0]
    document = json.loads(importlib.resources.files(package).joinpath("openapi.json").read_bytes())
    given = {"redirect_slashes": False, "root_path_in_servers": False, **options}
    if "telemetry" in inspect.signature(FastAPI).parameters:  # asking whether it is wanted costs 5 µs a request
        given.setdefault("telemetry", {"tracing": False, "metrics": False, "logs": False})
    if given.get("openapi_url", "/"):
        given["title"] = html.escape(given.get("title", "FastAPI"))  # the page takes it for HTML
        app = FastAPIOffline(**{"redoc_url": None, "static_url": "/docs/assets", **given})
    else:
        app = FastAPI(**{**given, "docs_url": None, "redoc_url": None})
    app.openapi = lambda: document  # type: ignore[method-assign]
    return app
