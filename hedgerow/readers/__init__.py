"""Files to input texts, with every rejected row named."""
