"""Spectwin: from one OpenAPI document, a typed client and a server stub that cannot drift apart."""

__version__ = "0.2.0"
