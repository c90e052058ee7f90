"""What a client takes from the environment where it is not told: variables named after the package."""

from __future__ import annotations

import os
import re

from .wire import Api


def variable(api: Api, name: str) -> str | None:
    """Return a variable such as WEAVE_COSTS_BASE_URL."""
    return os.environ.get(re.sub(r"\W", "_", f"{api.package}_{name}").upper()) or None


def credentials(api: Api) -> dict[str, str | tuple[str, ...] | None]:
    """Return credentials by the name of their scheme; those of a basic one are written name:password."""
    found = {scheme: variable(api, scheme.name) for scheme in api.schemes if scheme.sends}
    return {s.name: tuple(v.split(":", 1)) if v and s.kind == "basic" else v for s, v in found.items()}
