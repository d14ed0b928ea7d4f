"""The names of what lies in a run's folder (see manifest)."""

MANIFEST = "manifest.json"
PARTS = "parts"
REFUSED = "refused.jsonl"
WORK = ".work"
