"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations
