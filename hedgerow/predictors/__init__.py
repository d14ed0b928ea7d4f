"""The models that label a sentence: the lexicon, the linear model, networks. No torch."""
