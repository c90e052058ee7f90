"""What importers of a generated package see, read and compared."""
