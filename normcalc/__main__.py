"""``python -m normcalc`` is the command ``normcalc``."""

from normcalc.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
