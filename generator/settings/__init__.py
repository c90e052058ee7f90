"""What a project sets."""
