"""One module per command: its purpose, an example, its arguments, and what it does."""
