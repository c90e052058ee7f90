"""What stands on the wire, written and read by code of its own."""
