"""Schemas as sets of values, compared."""
