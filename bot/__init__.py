"""Mingbai 明白: understand money before you sign."""
