"""JSON Schema in one normal form."""
