"""airbyte-cdk's declarative source, its records written with the standard library's csv."""

import csv
import logging
import sys
from pathlib import Path

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, Type
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

url, pages, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
base, _, path = url.rpartition("/")
schema = {"type": "object", "properties": {}}
stream = {
    "type": "DeclarativeStream",
    "name": "orders",
    "primary_key": [],
    "schema_loader": {"type": "InlineSchemaLoader", "schema": schema},
    "retriever": {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": base,
            "path": path,
            "http_method": "GET",
            "error_handler": {
                "type": "DefaultErrorHandler",
                "response_filters": [{"type": "HttpResponseFilter", "action": "IGNORE", "http_codes": [404]}],
            },
        },
        "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
        "paginator": {
            "type": "DefaultPaginator",
            "page_token_option": {"type": "RequestOption", "field_name": "page", "inject_into": "request_parameter"},
            "pagination_strategy": {
                "type": "PageIncrement",
                "start_from_page": 1,
                "page_size": 1000,
                "inject_on_first_request": True,
            },
        },
    },
}
manifest = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["orders"]},
    "streams": [stream],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
catalog = ConfiguredAirbyteCatalogSerializer.load(
    {
        "streams": [
            {
                "stream": {"name": "orders", "json_schema": schema, "supported_sync_modes": ["full_refresh"]},
                "sync_mode": "full_refresh",
                "destination_sync_mode": "overwrite",
            }
        ]
    }
)
source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=None, source_config=manifest)
names = {"id": "order", "created": "created_at", "customer": "client"}
columns = ["id", "created", "customer", "city", "price", "discount", "active", "day", "quantity"]
with Path(output + ".csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow([names.get(column, column) for column in columns] + ["latitude"])
    for message in source.read(logger=logging.getLogger("bench"), config={}, catalog=catalog, state=None):
        if message.type == Type.RECORD:
            row = message.record.data
            writer.writerow([row.get(column) for column in columns] + [row["geo"]["lat"]])
