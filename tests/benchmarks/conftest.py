"""Benchmarks are scripts, some of which import one another by name: none holds a test."""

collect_ignore_glob = ["*.py"]
