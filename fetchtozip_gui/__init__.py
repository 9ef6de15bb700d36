"""FetchToZip fetches data, reshapes it and hands it over; this file knows only the version."""

__version__ = "0.1.0"
