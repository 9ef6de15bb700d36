"""What an analyst writes: requests, json_normalize and a zip of the CSV by pandas."""

import sys

import pandas
import requests

url, pages, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rows = []
for page in range(1, pages + 1):
    rows += requests.get(url, params={"page": page}, timeout=30).json()
frame = pandas.json_normalize(rows)
frame = frame.rename(columns={"id": "order", "customer": "client", "geo.lat": "latitude", "created": "created_at"})
columns = ["order", "created_at", "client", "city", "price", "discount", "active", "day", "quantity", "latitude"]
frame[columns].to_csv(output, index=False, compression={"method": "zip", "archive_name": "data.csv"})
