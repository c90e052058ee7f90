"""Schemas → Python models."""
