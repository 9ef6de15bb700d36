"""The words of the bucket source; its engine is not in this version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.work import Done, Tools, Yielded


class BucketConnection(Model):
    """Where a bucket is and who asks."""

    model_config = ConfigDict(extra="allow")

    bucket: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    """The address of a service that speaks like S3; null is Amazon's."""
    aws_access_key_id: str | None = None
    aws_secret_access_key: Secret | None = None
    aws_session_token: Secret | None = None


class BucketSource(Model):
    """The rows of one object of a bucket, or of several."""

    available: ClassVar[bool] = False
    type: Literal["s3"] = "s3"
    connection: BucketConnection | str | None = None
    """Where the bucket is, or the id of a saved source; null takes what the machine is set up with."""
    key: str | None = Field(default=None, min_length=1)
    """One object, or a pattern such as `2024/*.csv`."""
    prefix: str | None = None
    """All objects whose names begin so."""
    format: Literal["auto", "csv", "tsv", "json", "jsonl", "parquet", "xlsx", "avro", "xml", "delta"] = "auto"

    @model_validator(mode="after")
    def _key_or_prefix(self) -> BucketSource:
        if (self.key is None) == (self.prefix is None):
            raise ValueError("either `key` or `prefix` is needed")
        return self

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]:
        raise NotInThisVersion("The source `s3` is not in this version.", "Download the objects, or use their address.")
