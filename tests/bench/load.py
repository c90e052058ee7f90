"""A load of requests in a process of its own, for `make bench`: port, path, number of requests, connections."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time

from tests.bench.calls import BODY, TOKEN

STATUS = b"HTTP/1.1 200"


def message(path: str) -> bytes:
    """Give a request as it goes over the wire."""
    body = json.dumps(BODY).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """Sends one request after the other, as long as some are left."""

    def __init__(self, request: bytes, left: list[int], latencies: list[float]) -> None:
        self.request = request
        self.left = left
        self.latencies = latencies
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.data = b""
        self.begin = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            self.next()

    def next(self) -> None:
        """Send the next request, or end."""
        if self.transport is None or self.left[0] <= 0:
            self.done.set_result(None)
            return
        self.left[0] -= 1
        self.begin = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Read a part of an answer."""
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.latencies.append(time.perf_counter() - self.begin)
        if not head.startswith(STATUS):
            self.done.set_exception(RuntimeError(self.data.decode(errors="replace")))
            return
        self.data = b""
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that the server closed the connection."""
        if not self.done.done():
            self.done.set_exception(exc or RuntimeError("the server closed the connection"))


async def load(port: int, path: str, number: int, connections: int) -> dict[str, float]:
    """Send so many requests over so many connections; return requests per second and the 99th percentile's seconds."""
    left, latencies = [number], list[float]()
    loop = asyncio.get_running_loop()

    def spin() -> None:
        loop.call_soon(spin)

    # A client that sleeps must be woken, at the server's cost: the more often, the slower the server is.
    spin()
    begin = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: Connection(message(path), left, latencies), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in opened))
    taken = time.perf_counter() - begin
    for transport, _ in opened:
        transport.close()
    latencies.sort()
    return {"rate": number / taken, "p99": latencies[int(len(latencies) * 0.99) - 1]}


if __name__ == "__main__":
    gc.disable()
    print(json.dumps(asyncio.run(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))))
