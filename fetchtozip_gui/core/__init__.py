"""What a job is and does: recipes, sources, steps and outputs over httpx and Polars, without Qt or a server."""
