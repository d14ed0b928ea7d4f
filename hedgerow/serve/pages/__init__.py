"""The pages of the server: paste a text, look at it, correct its labels."""
