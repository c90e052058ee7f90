"""aiohttp against a server of ours: forms whose file names are not ASCII, and a stream that is left early."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from tests.world.test_other_clients import url

__all__ = ["test_aiohttp", "url"]


def test_aiohttp(url: str) -> None:
    aiohttp: Any = importlib.import_module("aiohttp")

    async def main() -> None:
        async with aiohttp.ClientSession(url, headers={"Authorization": "Bearer me"}, cookies={"seen": "3"}) as session:
            async with session.get("/pets/x", params=[("tags", "a"), ("tags", "b c")]) as found:
                assert await found.json() == ["me", "x", ["a", "b c"], 3]
            for name in ("plain.txt", "Übersicht €.txt"):
                form = aiohttp.FormData(quote_fields=False)  # which would send the percent-encoded name as the name
                form.add_field("name", "ö")
                form.add_field("file", "hé".encode(), filename=name, content_type="text/x")
                async with session.post("/files", data=form) as found:
                    assert await found.json() == ["ö", name, "hé", "text/x"]
            async with session.get("/lines") as found:
                assert [line async for line in found.content] == [b"0\n", b"1\n", b"2\n"]

    asyncio.run(main())
