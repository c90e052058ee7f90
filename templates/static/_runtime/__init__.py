"""What every generated package runs on."""
