"""Peers for clients: services of ours behind uvicorn, and one that answers with fixed bytes on connections that stay open."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn


@contextlib.contextmanager
def serving(app: Any, **options: Any) -> Iterator[str]:
    """Serve an application; give its URL."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.started and time.monotonic() < end:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


@contextlib.contextmanager
def echoing(delay: float = 0.0, status: str = "200 OK") -> Iterator[str]:
    """Answer each request with its path as JSON, after a delay, on connections that stay open; give the URL."""
    listening = socket.create_server(("127.0.0.1", 0))

    def handle(connection: socket.socket) -> None:
        data = b""
        with connection, contextlib.suppress(OSError):
            while True:
                while b"\r\n\r\n" not in data:
                    if not (got := connection.recv(65536)):
                        return
                    data += got
                head, _, data = data.partition(b"\r\n\r\n")
                body = json.dumps({"detail": head.split()[1].decode()}).encode()
                time.sleep(delay)
                length = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall(length.encode() + body)

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits: a socket that is only closed takes one more
        listening.close()
