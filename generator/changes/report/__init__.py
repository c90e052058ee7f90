"""What changed, as text, JSON, Markdown and a page."""
