"""Errors that the document declares: raised by a service, caught from a client."""

from __future__ import annotations
