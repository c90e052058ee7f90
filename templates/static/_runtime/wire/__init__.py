"""What is written to HTTP messages and read from them."""
