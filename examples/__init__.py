"""What people build on generated packages."""
