"""The rounds of an active-picking experiment: fit on the labels so far, score the pool, pick, measure."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.corpus.exchange.items import Item
from hedgerow.corpus.external import objects, read_rows
from hedgerow.corpus.picking import By, pick
from hedgerow.labels import AXES
from hedgerow.predictors.linear import WORD
from hedgerow.results import Prediction
from hedgerow.training.recipe import LinearRecipe

logger = logging.getLogger(__name__)

START = 50  # labels at first
HELD_OUT = 0.25  # of the rows
OF_BASE = "margin of base"
WAYS = (*map(str, By), OF_BASE)
ROUNDS = {"FactAppeal": (100, 650), "Pei & Jurgens": (50, 450)}  # labels in a round, and at most
Features = Mapping[str, Any]  # sparse matrices (rows, n-grams): "word", "character", and "both" side by side


@dataclass(frozen=True, slots=True)
class Pool:
    """The rows of a corpus: its file, texts and labels, and the scores that a shipped model gives each text."""

    file: Path
    texts: Sequence[str]
    labels: Sequence[str]
    shipped: Sequence[Mapping[str, Mapping[str, float]]] = ()

    def with_scores_of(self, predictions: Sequence[Prediction]) -> Pool:
        """Return the pool with the scores of a model's axes."""
        return replace(self, shipped=[{axis: one.scores(axis) for axis in AXES} for one in predictions])


def read_pools(folder: Path) -> dict[str, Pool]:
    """Return the training parts of both corpora, every text once; raise CorpusError if a file is missing."""
    appeal = folder / "factappeal.jsonl"
    grades = folder / "pei_jurgens_certainty.jsonl"
    return {
        "FactAppeal": _pool(appeal, ((row["text"], row["appeal"]) for row in read_rows(appeal, "factappeal"))),
        "Pei & Jurgens": _pool(grades, _graded(grades)),
    }


def _pool(file: Path, rows: Iterator[tuple[str, str]]) -> Pool:
    by_text: dict[str, str] = {}
    for text, label in rows:
        by_text.setdefault(text, label)
    return Pool(file, list(by_text), list(by_text.values()))


def _graded(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the sentences of the training part with their mean grade, 1 to 6, in three: below 4, below 5, from 5."""
    for _, row in objects(path):
        grade = row["labels"].get("sentence_certainty")
        if row["split"] == "train" and grade is not None:
            yield row["text"], "below 4" if grade < 4 else "4 to 5" if grade < 5 else "5 or 6"


def curve(pool: Pool, recipe: LinearRecipe, way: str, seed: int, rounds: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Yield the number of labels and the macro-F1 on the held-out rows, by round; `rounds` is one of ROUNDS."""
    from sklearn.metrics import f1_score

    logger.info("%s, seed %s: %s", pool.file.stem, seed, way)
    step, budget = rounds
    order = np.random.default_rng(seed).permutation(len(pool.texts))
    cut = round(HELD_OUT * len(order))
    held_out, rest = order[:cut], order[cut:]
    features = _features(recipe, pool.texts, rest)
    labels = np.array(pool.labels)
    known, free = list(rest[:START]), list(rest[START:])
    while True:
        model = _fit(recipe, features["both"][known], labels[known])
        predicted = model.predict(features["both"][held_out])
        score = f1_score(labels[held_out], predicted, average="macro", zero_division=0.0)
        yield {"labels": len(known), "macro_f1": round(float(score), 4)}
        if len(known) + step > budget:
            return
        items = _scored(pool, features, way, (known, free), recipe)
        by = By.MARGIN if way == OF_BASE else By(way)
        picked = pick(items, step, by, seed=seed + len(known), known=[pool.texts[at] for at in known])
        if not picked:  # all others nearly repeat what is labelled
            return
        chosen = {int(item.id) for item in picked}
        known += [at for at in free if at in chosen]
        free = [at for at in free if at not in chosen]


def _features(recipe: LinearRecipe, texts: Sequence[str], pool: NDArray[np.int64]) -> Features:
    """Return the TF-IDF features of all texts; the n-grams are those of the pool, whose texts need no label."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared = {"min_df": recipe.features.min_sentences, "max_features": recipe.features.max_features}
    kinds = {
        "word": {"token_pattern": WORD, "ngram_range": recipe.features.word_ngrams},
        "character": {"analyzer": "char_wb", "ngram_range": recipe.features.character_ngrams},
    }
    features = {}
    for kind, settings in kinds.items():
        vectorizer = TfidfVectorizer(sublinear_tf=True, **shared, **settings)
        vectorizer.fit([texts[at] for at in pool])
        features[kind] = vectorizer.transform(texts).tocsr()
    return {**features, "both": hstack(list(features.values())).tocsr()}


def _fit(recipe: LinearRecipe, features: Any, labels: NDArray[Any]) -> Any:
    from sklearn.linear_model import LogisticRegression

    settings = recipe.regression
    return LogisticRegression(C=settings.C, class_weight="balanced", max_iter=settings.max_iter).fit(features, labels)


def _scored(
    pool: Pool, features: Features, way: str, rows: tuple[Sequence[int], Sequence[int]], recipe: LinearRecipe
) -> list[Item]:
    """Return the free rows as items with the scores that `way` needs; `rows` are the labelled and the free ones."""
    known, free = rows
    if way == By.RANDOM:
        return [Item(str(at), pool.texts[at]) for at in free]
    if way == OF_BASE:
        return [Item(str(at), pool.texts[at], scores=pool.shipped[at]) for at in free]
    names = {"label": "word", "label again": "character"} if way == By.DISAGREEMENT else {"label": "both"}
    labels = np.array(pool.labels)
    scores: list[dict[str, dict[str, float]]] = [{} for _ in free]
    for head, kind in names.items():
        model = _fit(recipe, features[kind][known], labels[known])
        for row, chances in zip(scores, model.predict_proba(features[kind][free]).tolist(), strict=True):
            row[head] = dict(zip(model.classes_.tolist(), chances, strict=True))
    return [Item(str(at), pool.texts[at], scores=row) for at, row in zip(free, scores, strict=True)]
