"""Looks at rows without changing them."""
