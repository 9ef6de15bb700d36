"""The ground that every figure stands on: the same pages for all, served by a real nginx on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

CITIES = ["Zürich", "São Paulo", "New York, NY", 'The "Hague"', "Kyoto 京都", "Baku", "Łódź", "Reykjavík"]
WORDS = ["ordered, twice", 'said "later"', "plain", "naïve café", "left at the door", "two\nlines"]


def orders(first: int, rows: int) -> pl.DataFrame:
    """Rows of ten mixed columns and one object, a function of the row number alone: about 213 bytes of JSON each."""
    number = pl.int_range(first, first + rows, eager=True).alias("n")
    mixed = (pl.col("n") * 2654435761) % 4294967296
    frame = number.to_frame().with_columns(mixed.alias("m"))
    return frame.select(
        id=pl.col("n"),
        customer=pl.format("Söhne & Co, {}", pl.col("m") % 50_000),
        city=pl.col("m").map_elements(lambda m: CITIES[m % len(CITIES)], return_dtype=pl.String),
        price=(pl.col("m") % 1_000_000) / 100,
        discount=pl.when(pl.col("m") % 3 > 0).then((pl.col("m") % 97) / 100),
        active=pl.col("m") % 2 == 0,
        created=(pl.lit(1_700_000_000) + pl.col("n"))
        .cast(pl.Int64)
        .mul(1_000_000)
        .cast(pl.Datetime("us"))
        .dt.strftime("%Y-%m-%dT%H:%M:%S"),
        day=(pl.lit(19_000) + pl.col("n") % 3000).cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d"),
        quantity=pl.col("m") % 24 + 1,
        note=pl.when(pl.col("m") % 5 < 2).then(
            pl.col("m").map_elements(lambda m: WORDS[m % len(WORDS)], return_dtype=pl.String)
        ),
        geo=pl.struct(lat=(pl.col("m") % 180_000) / 1000 - 90, lon=(pl.col("m") % 360_000) / 1000 - 180),
    )


def make_pages(folder: Path, pages: int, rows: int) -> Path:
    """Files `p1.json` … in a folder of their own, made once."""
    target = folder / f"{pages}x{rows}"
    ready = target / "ready"
    if not ready.exists():
        target.mkdir(parents=True, exist_ok=True)
        for start in range(0, pages, 50):
            count = min(50, pages - start)
            frame = orders(start * rows, count * rows)
            for page in range(count):
                frame.slice(page * rows, rows).write_json(target / f"p{start + page + 1}.json")
        ready.touch()
    return target


CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; sendfile on; tcp_nodelay on; keepalive_requests 1000000;
  open_file_cache max=20000 inactive=600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {pages};
    location ~ ^/(?<set>[0-9x]+)/orders$ {{ try_files /$set/p$arg_page.json =404; }} }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def nginx(folder: Path, pages: Path) -> Iterator[str]:
    """A running nginx that serves `/1000x1000/orders?page=N` from `pages`; gives its address."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise SystemExit("The benchmarks need nginx: apt-get install nginx-light, brew install nginx.")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, pages=pages))
    server = subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
