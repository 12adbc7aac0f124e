"""The command line: one module per command, the tour as a package.

Nothing heavy is loaded before a command runs, so ``normcalc --help`` answers at once.
"""

from normcalc.cli.app import main

__all__ = ["main"]
