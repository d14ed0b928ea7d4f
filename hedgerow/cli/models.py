"""`hedgerow models`: what is shipped, with its scores."""

from __future__ import annotations

import json

from hedgerow.predictors.folder import model_hash, read_manifest, shipped


def run() -> None:
    for name, folder in shipped().items():
        manifest = read_manifest(folder)
        scores = json.loads((folder / "metrics.json").read_text("utf-8"))
        rows = manifest["data"]["sentences"]
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        print(f"{name}: {manifest['kind']}, {size:.1f} MB, hash {model_hash(folder)[:12]}, {rows:,} training sentences")
        for corpus in sorted(scores, key=lambda corpus: corpus == "dev"):  # published text first
            what = "the recipe's dev, composed text, which flatters" if corpus == "dev" else corpus
            print(f"  on {what} ({scores[corpus]['sentences']:,} sentences), macro-F1 with 95 % intervals:")
            for axis in manifest["labels"]:
                score = scores[corpus][axis]["macro_f1"]
                print(f"    {axis} {score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]")
    print("lexicon: rules of the codebook as data, no training")
