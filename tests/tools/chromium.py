"""A headless Chromium over the DevTools protocol, for the tests of pages; it needs nothing but the browser.

The protocol goes over two pipes (`--remote-debugging-pipe`: descriptors 3 and 4, messages end with a zero octet).
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--proxy-server=127.0.0.1:9", "--remote-debugging-pipe"),  # nothing leaves the machine
)


def find() -> str | None:
    """Find a Chromium; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """A tab."""

    def __init__(self, write: int, read: io.BufferedReader) -> None:
        self._write, self._read = write, read
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.requests: list[str] = []
        """The addresses that the page asked for, itself left out."""
        self.messages: list[str] = []
        """What the console said: errors, violations of the content security policy."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer. Raises RuntimeError where the browser refuses or has ended."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._number:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']}")
                result: dict[str, Any] = found["result"]
                return result

    def wait(self, event: str) -> None:
        """Wait for an event."""
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = self._read.read1(1 << 20)
            if not more:
                raise RuntimeError("the browser has ended")
            self._buffer += more
        text, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        params = found.get("params", {})
        if found.get("method") == "Network.requestWillBeSent" and params["type"] != "Document":
            self.requests.append(params["request"]["url"])
        elif found.get("method") == "Log.entryAdded":
            self.messages.append(params["entry"]["text"])
        elif found.get("method") == "Runtime.exceptionThrown":
            self.messages.append(str(params["exceptionDetails"]))
        elif found.get("method") == "Page.javascriptDialogOpening":
            self.messages.append(f"dialog: {params['message']}")
        return found

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait("Page.loadEventFired")

    def run(self, expression: str) -> Any:
        """Evaluate JavaScript, in the page but outside its content security policy, and give the value."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, as somebody would."""
        for key in keys:
            text = {"text": key} if len(key) == 1 else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def media(self, *, scheme: str = "light", media: str = "") -> None:
        """Choose light or dark, screen or print."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, path: Path, width: int = 1400, height: int = 1000) -> None:
        """Take a picture of the window."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def printed(self, path: Path) -> None:
        """Print to a PDF."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"]))


@contextmanager
def browser() -> Iterator[Page]:
    """Start a browser with one tab. Raises FileNotFoundError where there is none."""
    command = find()
    if command is None:
        raise FileNotFoundError("no Chromium on the path")
    (theirs, ours), (mine, their) = os.pipe(), os.pipe()

    def arrange() -> None:
        # Both pairs are moved out of the way first: 3 and 4 may be among them.
        for descriptor, number in ((os.dup(theirs), 3), (os.dup(their), 4)):
            os.dup2(descriptor, number)

    with tempfile.TemporaryDirectory(prefix="spectwin-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [command, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=arrange,  # noqa: PLW1509 - the tests that use it start no threads
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(their)
        reader = os.fdopen(mine, "rb")
        try:
            yield Page(ours, reader)
        finally:
            with suppress(OSError):
                os.close(ours)
            reader.close()
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
