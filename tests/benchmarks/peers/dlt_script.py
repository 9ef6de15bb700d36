"""dlt's rest_api source into its filesystem destination as CSV."""

import sys
import tempfile

import dlt
from dlt.sources.rest_api import rest_api_source

url, pages, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
base, _, path = url.rpartition("/")
paginator = {"type": "page_number", "base_page": 1, "maximum_page": pages + 1, "total_path": None}
source = rest_api_source(
    {
        "client": {"base_url": base, "paginator": paginator},
        "resources": [{"name": "orders", "endpoint": {"path": path}, "max_table_nesting": 1}],
    }
)
with tempfile.TemporaryDirectory() as folder:
    destination = dlt.destinations.filesystem(output + ".dlt")
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="bench")
    pipeline.run(source, loader_file_format="csv")
