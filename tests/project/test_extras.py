"""A generated distribution's extras are complete: each alone, where nothing else is installed, serves its side."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support import environments, packages

# What needs most: a file to upload, and a value that is judged by its schema.
DOCUMENT = """\
openapi: 3.1.0
info: {title: Photos, version: "1"}
paths:
  /photos:
    post:
      tags: [photos]
      operationId: add_photo
      requestBody:
        required: true
        content: {multipart/form-data: {schema: {$ref: "#/components/schemas/Photo"}}}
      responses: {"201": {description: added, content: {application/json: {schema: {type: string, example: p1}}}}}
components:
  schemas:
    Photo:
      type: object
      required: [photo, name]
      properties: {photo: {type: string, format: binary}, name: {type: string, not: {const: none}}}
"""
CLIENT = """
import http.server, threading
from photos import models
from photos.client import Client

class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        sent.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(201)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'"p1"')

    def log_message(self, *_):
        pass

sent = []
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
File = models.PhotoForm.model_fields["photo"].annotation
with Client(f"http://127.0.0.1:{server.server_port}") as client:
    assert client.photos.add(models.PhotoForm(photo=File(b"GIF89a", name="a.gif"), name="a")) == "p1"
assert b"GIF89a" in sent[0]
"""
SERVER = """
import socket, threading, urllib.request
import uvicorn
from photos.server import create_app

listening = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listening.getsockname()[1]}"
server = uvicorn.Server(uvicorn.Config(create_app(mock=True), log_level="error"))
threading.Thread(target=server.run, args=([listening],), daemon=True).start()
parts = "".join(
    f'--x\\r\\nContent-Disposition: form-data; name="{name}"\\r\\n\\r\\n{text}\\r\\n'
    for name, text in (('photo"; filename="a.gif', "GIF89a"), ("name", "a"))
)
headers = {"content-type": "multipart/form-data; boundary=x"}
request = urllib.request.Request(f"{url}/photos", (parts + "--x--\\r\\n").encode(), headers)
with urllib.request.urlopen(request, timeout=20) as answer:
    assert (answer.status, answer.read()) == (201, b'"p1"')
with urllib.request.urlopen(f"{url}/docs", timeout=20) as answer:
    assert answer.status == 200
server.should_exit = True
"""


@pytest.mark.slow
@pytest.mark.parametrize(("side", "script"), [("client", CLIENT), ("server", SERVER)])
def test_each_extra_alone_serves_its_side(side: str, script: str, tmp_path: Path) -> None:
    spec = tmp_path / "photos.yaml"
    spec.write_text(DOCUMENT)
    output = packages.write(packages.build(spec, package="photos", distribution="photos"), tmp_path / "out").parent
    project = tomllib.loads((output / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert set(extras) == {"client", "server"}
    scripts, site = environments.create_with(tmp_path / "alone", [*project["dependencies"], *extras[side]])
    (site / "photos.pth").write_text(str(output))
    done = subprocess.run(
        [str(scripts / "python"), "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
