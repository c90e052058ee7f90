"""Who asks: customers present access tokens (OAuth 2), the staff a key."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .bookshop_api.server import ApiKey, Bearer, Forbidden, Presented, Unauthorized

STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Token:
    """What an access token stands for. A shop in production asks its OAuth 2 server, or checks a signed token."""

    customer: str
    scopes: frozenset[str]


class Access:
    """Finds out who presents what."""

    def __init__(self, tokens: Mapping[str, Token], staff_key: str) -> None:
        self._tokens = tokens
        self._staff_key = staff_key

    def check(self, presented: Presented) -> str:
        """Return the customer's name, or STAFF; raise Unauthorized or Forbidden."""
        match presented.credentials:
            case {"staff": ApiKey(value=key)} if hmac.compare_digest(key.encode(), self._staff_key.encode()):
                return STAFF
            case {"customer": Bearer(token=token)} if found := self._tokens.get(token):
                _require(found, presented.scopes["customer"])
                return found.customer
        raise Unauthorized("this token or key is not valid")


def _require(token: Token, scopes: Iterable[str]) -> None:
    """Raise Forbidden unless a token has all scopes that the document asks for."""
    if missing := {*scopes} - token.scopes:
        raise Forbidden(f"the token lacks {', '.join(sorted(missing))}")
