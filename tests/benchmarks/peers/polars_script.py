"""A plain Polars script: httpx pages, read_json, concat, write_csv and the standard library's zipfile."""

import io
import sys
import zipfile

import httpx
import polars as pl

url, pages, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with httpx.Client() as client:
    bodies = (client.get(url, params={"page": page}).content for page in range(1, pages + 1))
    frames = [pl.read_json(io.BytesIO(body)) for body in bodies]
frame = pl.concat(frames, how="vertical_relaxed").select(
    pl.col("id").alias("order"),
    pl.col("created").alias("created_at"),
    pl.col("customer").alias("client"),
    "city",
    "price",
    "discount",
    "active",
    "day",
    "quantity",
    pl.col("geo").struct.field("lat").alias("latitude"),
)
with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data.csv", "w") as member:
    frame.write_csv(member)
