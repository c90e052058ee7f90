"""Bytes → values with places."""
