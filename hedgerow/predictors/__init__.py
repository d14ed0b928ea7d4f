"""What labels a sentence: the lexicon, the linear model, networks. No torch."""
