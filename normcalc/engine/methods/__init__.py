"""Methods, one per file, each an `init`, a `step` and a `measure` for the one loop."""
