"""The document and its documentation page, without a network."""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from ..wire import Api


def add(app: FastAPI, api: Api) -> None:
    """Serve /openapi.json and /docs, unless the document has paths of these names."""
    document = importlib.resources.files(__package__.rpartition(".")[0]).joinpath("openapi.json").read_bytes()
    taken = {operation.path for operation in api.operations}
    assets = importlib.util.find_spec("fastapi_offline")  # a package that carries the page's files

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    async def page(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title=api.title,
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon.png",
        )

    def schema() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(document)
        return found

    app.openapi = schema  # type: ignore[method-assign]
    if "/openapi.json" not in taken:
        app.add_route("/openapi.json", openapi, include_in_schema=False)
    if "/docs" not in taken and assets and assets.origin:
        app.add_route("/docs", page, include_in_schema=False)
        app.mount("/docs/assets", StaticFiles(directory=Path(assets.origin).parent / "static"))
