"""The window's own widgets; each knows its children and nothing further away."""
