"""The sources a recipe may have: one file each, one line here."""

from __future__ import annotations

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.sources.bucket import BucketSource
from fetchtozip_gui.core.sources.database import DatabaseSource
from fetchtozip_gui.core.sources.file import FileSource
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.sources.job import JobSource
from fetchtozip_gui.core.sources.website import WebsiteSource

SOURCES: tuple[type[Model], ...] = (HttpSource, FileSource, JobSource, DatabaseSource, BucketSource, WebsiteSource)
