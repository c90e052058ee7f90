"""One operation there and back."""
