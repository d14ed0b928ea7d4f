"""Behaviour: small hand-written tests of a model's abilities, after CheckList (Ribeiro et al. 2020).

A score on a corpus says how often a model is right, not which ability it lacks. Each `FAMILY.jsonl` here holds cases of
one ability, with the section of data/CODEBOOK.md that decides each. The sentences were written for this folder: none is
in a corpus, and no model may be trained on them.
"""
