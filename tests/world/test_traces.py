"""A client's calls as OpenTelemetry sees them: a span for each attempt, without keys; the trace goes on in a service of ours."""

from __future__ import annotations

import importlib
import re

import httpx2
import pytest
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.runtime.test_sockets import serving
from tests.support.folders import ROOT
from tests.support.packages import build_tree, imported

ANSWER = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "security": [{"Key": []}],
    "components": {"securitySchemes": {"Key": {"type": "apiKey", "in": "query", "name": "key"}}},
    "paths": {"/a": {"get": {"operationId": "t_get", "tags": ["t"], "responses": ANSWER}}},
}


def test_opentelemetry_instrumentation_httpx(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("traces")
    imported(build_tree(folder, DOCUMENT, package="traced"), folder)
    server, client = importlib.import_module("traced.server"), importlib.import_module("traced.client")
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    [block] = re.findall(r"```py\n(.*?)```", (ROOT / "docs" / "client.md").read_text(encoding="utf-8"), re.DOTALL)

    class Service:
        async def get(self) -> str:
            return "a"

    app = server.create_app(t=lambda _: Service(), authenticate=lambda presented: presented.credential.value)
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    with httpx2.Client() as http, serving(app) as at:
        exec(block, {"http": http})  # our own page
        assert client.Client(at, "s3cret", http=http).t.get() == "a"
    spans = {one.kind.name: one for one in exporter.get_finished_spans() if one.kind.name in ("CLIENT", "SERVER")}
    sent, answered = spans["CLIENT"], spans["SERVER"]
    assert sent.context
    assert answered.parent
    assert (answered.parent.trace_id, answered.parent.span_id) == (sent.context.trace_id, sent.context.span_id)
    assert sent.name == "GET"
    assert "s3cret" not in sent.to_json()
    provider.shutdown()
