"""Names, types and text of Python."""
