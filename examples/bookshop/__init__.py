"""A bookshop behind the generated stub, and its client."""
