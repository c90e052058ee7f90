"""URI references, resolved (RFC 3986, section 5.2)."""

from __future__ import annotations

from urllib.parse import urljoin


def resolved(base: str, reference: str) -> str:
    """Resolve a reference against a base URI; one that is no URI, such as ``http://[x``, stays as it is."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
