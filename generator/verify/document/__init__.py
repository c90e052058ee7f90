"""The document as the proof reads it, by code of its own."""
