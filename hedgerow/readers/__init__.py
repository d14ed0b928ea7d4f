"""Files to input texts: what is in a file comes out, in order, as texts to label or as rejected rows."""
