"""Sums without a closed form: nothing yet."""
