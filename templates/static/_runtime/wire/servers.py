"""Where an API is found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Server:
    """Where the API is found: a URL with `{variables}`, their defaults and allowed values."""

    url: str
    variables: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def at(self, **variables: str) -> str:
        """Return the URL with its variables filled in; raise ValueError for a wrong one."""
        for name, value in variables.items():
            if name not in self.variables or value not in self.choices.get(name, (value,)):
                raise ValueError(f"{self.url} has no variable {name!r} that may be {value!r}")
        return re.sub(r"{([^{}]+)}", lambda m: {**self.variables, **variables}.get(m[1], m[0]), self.url)
