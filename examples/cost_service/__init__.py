"""A service behind the generated stub of `weave_costs`: stores the prices of language models' tokens."""
