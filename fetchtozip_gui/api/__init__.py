"""The server: five documented doors on one engine, and the practice source."""
