"""Proving a generated package: every operation there and back, by what its document says."""
