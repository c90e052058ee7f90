"""Answers before there is a service."""
