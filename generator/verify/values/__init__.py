"""Values that schemas accept, made for the proof."""
