"""Sending operations."""
