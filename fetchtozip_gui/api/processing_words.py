"""The data processing door's documented examples and error answers, for its OpenAPI."""

from __future__ import annotations

from typing import Any

from fetchtozip_gui.api.processing_models import ProcessingFault

Answers = dict[int | str, dict[str, Any]]
ID = "01k9x3v7m2q4d"
UPLOADED = {"message": "File uploaded successfully", "file_id": ID, "filename": "data.csv"}
PROCESS = {
    "file_id": ID,
    "operations": [
        {"type": "clean", "params": {"remove_duplicates": True, "handle_missing": "drop"}},
        {"type": "transform", "params": {"output_format": "json"}},
    ],
}
PROCESSED = {
    "status": "success",
    "processed_data": {
        "records": [{"name": "Ada", "age": 36}],
        "columns": [{"name": "name", "type": "string"}, {"name": "age", "type": "integer"}],
        "rows": 950,
        "truncated": True,
        "format": "json",
        "download": f"/api/download/{ID}?format=json",
    },
    "statistics": {"rows_processed": 1000, "rows_removed": 50, "rows_returned": 950, "columns_returned": 2},
}
VALIDATE = {
    "file_id": ID,
    "schema": {
        "name": {"type": "string", "required": True},
        "age": {"type": "integer", "min": 0, "max": 150},
        "email": {"type": "email", "required": True},
    },
}
VALIDATED = {"valid": True, "errors": [], "validated_rows": 1000}
ANALYZE = {"file_id": ID, "analysis_type": "descriptive"}
ANALYZED = {"analysis": {"mean": 45.5, "median": 43.0, "std_dev": 12.3, "min": 18, "max": 95}}
UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "The file, with its name"},
                    "format": {"type": "string", "description": "csv, tsv, json, jsonl, xlsx, parquet, avro or xml"},
                    "sheet": {"type": "string", "description": "Of a workbook: a name, or a number from 1"},
                    "delimiter": {"type": "string", "description": "Of a CSV: one character"},
                    "encoding": {"type": "string", "description": "Of a text, such as cp1252"},
                    "member": {"type": "string", "description": "The file inside a ZIP that holds several"},
                    "quote": {"type": "string", "description": "Of a CSV: auto, double, single or none"},
                    "header": {"type": "integer", "description": "The line or row that holds the names; 0 is none"},
                    "records": {"type": "string", "description": "Where the rows of a JSON or XML are, as $.data"},
                    "bad_lines": {"type": "string", "description": "Lines that are no rows: stop, or skip them"},
                },
            }
        }
    },
}
_WORDS = {
    400: ("The request cannot be done as it is", "file: data.csv is empty.", "Send a file with rows."),
    401: ("A key is set on this server, and the request has none or another", "API key: …", "Unauthorized"),
    403: ("Host, Origin or Sec-Fetch-Site tell that a web page asks", "Origin: …", "Forbidden"),
    404: ("There is no such file", "There is no uploaded file '…'.", "Upload it again."),
    408: ("The body did not come in time", "body: must have come within 60 seconds.", "Request Timeout"),
    409: ("The job was stopped by somebody, or another program has it", "The job … was cancelled.", "Send it again."),
    413: (
        "The file is larger than MAX_CONTENT_LENGTH",
        "body: at most 16,777,216 bytes are taken.",
        "Content Too Large",
    ),
    415: ("The file is of another type", "file: data.pdf is of a type that is not read here.", "Its name may end …"),
    503: ("Too many jobs wait", "200 jobs are waiting already.", "Wait until some are done."),
    507: ("The disk is full", "The upload cannot be written: No space left.", "Make room, then upload again."),
}


def answered(example: Any, status: int = 200) -> Answers:
    """A successful answer with its example."""
    return {status: {"description": "Successful Response", "content": {"application/json": {"example": example}}}}


def faults(*statuses: int) -> Answers:
    """Error answers in the door's shape; 400 is one of them on every route."""
    told: Answers = {}
    for status in sorted({400, *statuses}):
        description, error, details = _WORDS[status]
        example = {"error": error, "status_code": status, "details": details}
        content = {"application/json": {"example": example}}
        told[status] = {"model": ProcessingFault, "description": description, "content": content}
    return told


DOWNLOADS: Answers = {
    200: {
        "description": "The file; Content-Disposition has its name",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The ranges that were asked for"},
    304: {"description": "The client has it already"},
    416: {"description": "No such range is in the file"},
    **faults(404, 409, 503, 507),
}
