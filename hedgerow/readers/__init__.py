"""Readers: files in, input texts and rejected rows out, in the order of the files."""
