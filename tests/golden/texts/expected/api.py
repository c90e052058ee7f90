"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Literal, Protocol


class TApi(Protocol):
    """The operations tagged `T\"\"\" \\`.

    Ends with a quote\"
    """

    async def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        """\"\"\" + __import__('os').system('x') + \"\"\"

        Ends with a backslash\\

        `GET /a'"{p}`, `#/paths/~1a'"{p}/get`

        Returns:
            {{ 7 * 7 }} {% raw %}
                 \u202e
        """
        ...


class SyncTApi(Protocol):
    """The operations tagged `T\"\"\" \\`.

    Ends with a quote\"
    """

    def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        """\"\"\" + __import__('os').system('x') + \"\"\"

        Ends with a backslash\\

        `GET /a'"{p}`, `#/paths/~1a'"{p}/get`

        Returns:
            {{ 7 * 7 }} {% raw %}
                 \u202e
        """
        ...
