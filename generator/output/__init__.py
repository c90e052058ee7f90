"""The generated package and the disk."""
