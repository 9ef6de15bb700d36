"""The window: PySide6 over the engine, and no server."""
