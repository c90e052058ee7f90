"""Answering operations."""
