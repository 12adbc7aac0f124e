"""Boundaries and curves as arrays; nothing here knows matplotlib."""
